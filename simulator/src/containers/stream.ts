/**
 * Byte streams between the programs of containers. Data is text with one letter a byte (latin1), so that every byte survives and
 * text commands stay simple; `toBytes` and `fromBytes` stand at the edges.
 */

import { FileError } from './file-system.js'

export type Data = string
export const toBytes = (data: Data): Buffer => Buffer.from(data, 'latin1')
export const fromBytes = (bytes: Uint8Array): Data =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
/** Text of ours, which may hold any letter, as data. */
export const encode = (text: string): Data => Buffer.from(text, 'utf8').toString('latin1')
export const decode = (data: Data): string => Buffer.from(data, 'latin1').toString('utf8')

export interface Sink {
  write(data: Data): void | Promise<void>
  /** Nobody reads it any more: what writes for ever ends then, as of SIGPIPE. */
  readonly broken?: boolean
  /** Who reads it sits at a terminal: some programs show themselves otherwise there. */
  readonly isTerminal?: boolean
}

export interface Source {
  /** The next piece; null at the end. */
  read(): Promise<Data | null>
}

export const nowhere: Sink = { write: () => {} }
export const empty: Source = { read: async () => null }

/** More than this waiting and a writer waits too. */
const MOST_WAITING = 65_536

/** Writers on one side, readers on the other. */
export class Pipe implements Sink, Source {
  #waiting: Data[] = []
  #size = 0
  #ended = false
  #broken = false
  #readers: (() => void)[] = []
  #writers: (() => void)[] = []

  get broken(): boolean {
    return this.#broken
  }
  /** Nothing more goes through it. */
  get isOver(): boolean {
    return this.#ended || this.#broken
  }
  async write(data: Data): Promise<void> {
    if (this.#broken || this.#ended || data === '') return
    this.#waiting.push(data)
    this.#size += data.length
    wake(this.#readers)
    while (this.#size > MOST_WAITING && !this.isOver) await new Promise<void>((resolve) => this.#writers.push(resolve))
  }
  async read(): Promise<Data | null> {
    while (this.#waiting.length === 0 && !this.#ended && !this.#broken)
      await new Promise<void>((resolve) => this.#readers.push(resolve))
    const data = this.#waiting.shift()
    if (data === undefined) return null
    this.#size -= data.length
    wake(this.#writers)
    return data
  }
  /** Nothing more will be written; what waits is read still. */
  end(): void {
    this.#ended = true
    wake(this.#writers)
    wake(this.#readers)
  }
  /** What nobody has read yet. */
  takeBack(): Data {
    const data = this.#waiting.join('')
    this.#waiting = []
    this.#size = 0
    return data
  }
  /** Nobody reads any more. */
  break(): void {
    this.#broken = true
    this.#waiting = []
    this.#size = 0
    wake(this.#writers)
    wake(this.#readers)
  }
}

/** All of them: each looks for itself whether it is its turn. */
function wake(sleepers: (() => void)[]): void {
  for (const sleeper of sleepers.splice(0)) sleeper()
}

/** Fixed content, such as that of a file. */
export class TextSource implements Source {
  #data: Data | null
  constructor(data: Data) {
    this.#data = data === '' ? null : data
  }
  async read(): Promise<Data | null> {
    const data = this.#data
    this.#data = null
    return data
  }
}

/** More than any file system of a container holds. */
const MOST_READ = 64 * 1024 * 1024

/** @throws FileError ENOMEM where there are more than `most` letters */
export async function readAll(source: Source, most = MOST_READ): Promise<Data> {
  let all = ''
  for (let data = await source.read(); data !== null; data = await source.read()) {
    all += data
    if (all.length > most) throw new FileError('ENOMEM', '-')
  }
  return all
}

/** What is longer counts as several lines: it is looked through anew with every piece that comes. */
const LONGEST_LINE = 256 * 1024

/** Lines one by one, without their ends; what is left over stays for the next reader. */
export class LineReader {
  #rest = ''
  #done = false
  #endedEarly = false
  constructor(readonly source: Source) {}

  /** Whether what was read last had no end of its own. */
  get endedEarly(): boolean {
    return this.#endedEarly
  }

  async #more(): Promise<void> {
    const data = await this.source.read()
    if (data === null) this.#done = true
    else this.#rest += data
  }
  #take(count: number, skipped: number): Data {
    const taken = this.#rest.slice(0, count)
    this.#rest = this.#rest.slice(count + skipped)
    return taken
  }

  /** @param mark what ends a line */
  async next(mark = '\n'): Promise<Data | null> {
    for (;;) {
      const end = this.#rest.indexOf(mark)
      this.#endedEarly = end < 0 && this.#done
      if (end >= 0) return this.#take(end, 1)
      if (this.#done || this.#rest.length > LONGEST_LINE) return this.#rest === '' ? null : this.#take(this.#rest.length, 0)
      await this.#more()
    }
  }

  /** So many letters, or those up to the end of the line. */
  async letters(count: number): Promise<Data | null> {
    for (;;) {
      const end = this.#rest.indexOf('\n')
      this.#endedEarly = false
      if (end >= 0 && end < count) return this.#take(end, 1)
      if (this.#rest.length >= count) return this.#take(count, 0)
      this.#endedEarly = this.#done
      if (this.#done) return this.#rest === '' ? null : this.#take(this.#rest.length, 0)
      await this.#more()
    }
  }
}
