/** One line at a time from raw keys: arrows, Home and End, history, deletions, completion. */
import { LineDiscipline } from '../containers/line-discipline.js'
import type { Pipe, Sink, Source } from '../containers/stream.js'
import type { TerminalView } from '../containers/terminal.js'
import type { Complete } from './completion.js'
import { EditedLine } from './edited-line.js'
import { nextKey } from './keyboard.js'

export type Line = { interrupted: false; text: string } | { interrupted: true }

const KEY = {
  ctrlA: '\x01',
  ctrlB: '\x02',
  ctrlC: '\x03',
  ctrlD: '\x04',
  ctrlE: '\x05',
  ctrlF: '\x06',
  backspace: '\x08',
  tab: '\t',
  ctrlK: '\x0b',
  ctrlL: '\x0c',
  enter: '\r',
  ctrlN: '\x0e',
  newline: '\n',
  ctrlP: '\x10',
  ctrlU: '\x15',
  ctrlW: '\x17',
  delete: '\x7f',
}
const MOST_HISTORY = 500

interface Lent {
  pipe: Pipe
  cooked: LineDiscipline
  raw: boolean
  interrupt: () => void
}

export interface Surroundings {
  size: TerminalView | undefined
  complete: Complete
}

export class LineEditor {
  readonly history: string[] = []
  #keys = ''
  #lent: Lent | undefined
  #wake = () => {}
  #ended = false

  constructor(
    readonly source: Source,
    readonly output: Sink,
    readonly surroundings: Surroundings,
  ) {
    void this.#pump()
  }

  async #pump(): Promise<void> {
    for (let data = await this.source.read(); data !== null; data = await this.source.read()) {
      for (let rest = data; rest !== ''; ) rest = await this.#take(rest)
    }
    this.#ended = true
    this.#lent?.pipe.end()
    this.#lent?.interrupt()
    this.#wake()
  }

  /** Who has the keyboard may change from one key to the next. @returns what is left */
  async #take(data: string): Promise<string> {
    const lent = this.#lent
    if (lent?.raw) void lent.pipe.write(data)
    else if (lent) {
      await lent.cooked.press(data[0] ?? '')
      return data.slice(1)
    } else {
      this.#keys += data
      this.#wake()
    }
    return ''
  }

  /**
   * Gives the keyboard to a running program until `release` is called. What was typed ahead is its input; what it leaves unread is the
   * next line's.
   * @param interrupt Ctrl+C was pressed; a program may turn that and the echo off for itself
   */
  lend(pipe: Pipe, interrupt: () => void): { release: () => void; terminal?: TerminalView } {
    const cooked = new LineDiscipline({
      echo: (text) => this.output.write(text),
      handOn: (data) => void pipe.write(data),
      interrupt,
      end: () => pipe.end(),
    })
    const lent: Lent = { pipe, cooked, raw: false, interrupt }
    this.#lent = lent
    const typed = this.#keys.replace(/\r/g, '\n')
    this.#keys = ''
    if (typed) void pipe.write(typed)
    const release = () => {
      this.#lent = undefined
      this.#keys = pipe.takeBack() + cooked.takeBack() + this.#keys
      pipe.break()
    }
    const { size } = this.surroundings
    return size ? { release, terminal: viewOf(size, lent) } : { release }
  }

  async #key(): Promise<string | null> {
    while (this.#keys === '' && !this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve))
    if (this.#keys === '') return null
    const { key, rest } = nextKey(this.#keys)
    this.#keys = rest
    return key
  }

  /** @returns null at the end of the input */
  async readLine(prompt: string): Promise<Line | null> {
    const line = new EditedLine(this.output, prompt, () => this.surroundings.size?.columns ?? 80)
    let place = this.history.length
    await line.begin()
    for (;;) {
      const key = await this.#key()
      if (key === null || (key === KEY.ctrlD && line.text === '')) return null
      if (key === KEY.ctrlC) {
        await this.output.write('^C\r\n')
        return { interrupted: true }
      }
      if (key === KEY.enter || key === KEY.newline) {
        await line.leave()
        this.#remember(line.text)
        return { interrupted: false, text: line.text }
      }
      if (key === KEY.tab) await this.#complete(line)
      else if (['up', 'down', KEY.ctrlP, KEY.ctrlN].includes(key)) {
        const step = key === 'up' || key === KEY.ctrlP ? -1 : 1
        place = Math.max(0, Math.min(this.history.length, place + step))
        await line.replace(this.history[place] ?? '')
      } else await edit(line, key)
    }
  }

  async #complete(line: EditedLine): Promise<void> {
    const { added, choices } = this.surroundings.complete(line.text.slice(0, line.at))
    if (added) await line.insert(added)
    else if (choices.length > 0) await line.below(choices)
    else await this.output.write('\x07')
  }

  #remember(text: string): void {
    if (text.trim() && this.history.at(-1) !== text) this.history.push(text)
    if (this.history.length > MOST_HISTORY) this.history.shift()
  }
}

/** A terminal as one program sees it, which alone wants every key while it runs. */
const viewOf = (size: TerminalView, lent: Lent): TerminalView => ({
  get columns() {
    return size.columns
  },
  get rows() {
    return size.rows
  },
  get raw() {
    return lent.raw
  },
  set raw(isRaw) {
    lent.raw = isRaw
  },
})

const EDITS: Record<string, (line: EditedLine) => void | Promise<void>> = {
  [KEY.backspace]: (line) => line.erase(line.before(), line.at),
  [KEY.delete]: (line) => line.erase(line.before(), line.at),
  del: (line) => line.erase(line.at, line.after()),
  [KEY.ctrlD]: (line) => line.erase(line.at, line.after()),
  left: (line) => line.move(line.before()),
  [KEY.ctrlB]: (line) => line.move(line.before()),
  right: (line) => line.move(line.after()),
  [KEY.ctrlF]: (line) => line.move(line.after()),
  home: (line) => line.move(0),
  [KEY.ctrlA]: (line) => line.move(0),
  end: (line) => line.move(line.text.length),
  [KEY.ctrlE]: (line) => line.move(line.text.length),
  [KEY.ctrlU]: (line) => line.erase(0, line.at),
  [KEY.ctrlK]: (line) => line.erase(line.at, line.text.length),
  [KEY.ctrlW]: (line) => line.erase(line.text.slice(0, line.at).replace(/\S+\s*$/, '').length, line.at),
  [KEY.ctrlL]: (line) => line.onTop(),
}

async function edit(line: EditedLine, key: string): Promise<void> {
  const change = EDITS[key]
  if (change) await change(line)
  else if (key.length === 1 && key >= ' ') await line.insert(key)
}
