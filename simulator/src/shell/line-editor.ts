/** One line at a time from raw keys: arrows, Home and End, history, deletions. */
import type { Pipe, Sink, Source } from '../containers/stream.js'
import type { TerminalView } from '../containers/terminal.js'
import { nextKey } from './keyboard.js'

export type Line = { interrupted: false; text: string } | { interrupted: true }

const KEY = {
  ctrlA: '\x01',
  ctrlC: '\x03',
  ctrlD: '\x04',
  ctrlE: '\x05',
  backspace: '\x08',
  ctrlK: '\x0b',
  ctrlL: '\x0c',
  enter: '\r',
  newline: '\n',
  ctrlU: '\x15',
  ctrlW: '\x17',
  delete: '\x7f',
}
const MOST_HISTORY = 500

export class LineEditor {
  readonly #history: string[] = []
  #keys = ''
  #lent: { pipe: Pipe; interrupt: () => void; raw: boolean } | undefined
  #wake = () => {}
  #ended = false

  constructor(
    readonly source: Source,
    readonly output: Sink,
  ) {
    void this.#pump()
  }

  async #pump(): Promise<void> {
    for (let data = await this.source.read(); data !== null; data = await this.source.read()) {
      if (this.#lent) this.#forward(data)
      else {
        this.#keys += data
        this.#wake()
      }
    }
    this.#ended = true
    this.#lent?.pipe.end()
    this.#lent?.interrupt()
    this.#wake()
  }

  /** Keys that are typed while a program runs: its input, with echo, line by line; Ctrl+C ends it. */
  #forward(data: string): void {
    const lent = this.#lent
    if (!lent) return
    if (lent.raw) void lent.pipe.write(data)
    else if (data.includes(KEY.ctrlC)) lent.interrupt()
    else if (data === KEY.ctrlD) lent.pipe.end()
    else {
      void this.output.write(data.replace(/\r/g, '\r\n'))
      void lent.pipe.write(data.replace(/\r/g, '\n'))
    }
  }

  /**
   * Gives the keyboard to a running program until `release` is called.
   * @param size of the terminal, of which the program sees a view that turns off echo and Ctrl+C for it alone
   */
  lend(pipe: Pipe, interrupt: () => void, size?: TerminalView): { release: () => void; terminal?: TerminalView } {
    const lent = { pipe, interrupt, raw: false }
    this.#lent = lent
    const release = () => {
      this.#lent = undefined
      pipe.break()
    }
    if (!size) return { release }
    const terminal = {
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
    }
    return { release, terminal }
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
    const state = { text: '', at: 0, history: this.#history.length, prompt }
    await this.output.write(prompt)
    for (;;) {
      const key = await this.#key()
      if (key === null || (key === KEY.ctrlD && state.text === '')) return null
      if (key === KEY.ctrlC) {
        await this.output.write('^C\r\n')
        return { interrupted: true }
      }
      if (key === KEY.enter || key === KEY.newline) {
        await this.output.write('\r\n')
        this.#remember(state.text)
        return { interrupted: false, text: state.text }
      }
      await this.#edit(state, key)
    }
  }

  #remember(text: string): void {
    if (text.trim() && this.#history.at(-1) !== text) this.#history.push(text)
    if (this.#history.length > MOST_HISTORY) this.#history.shift()
  }

  async #edit(state: { text: string; at: number; history: number; prompt: string }, key: string): Promise<void> {
    const { text, at } = state
    const replace = (next: string, cursor: number) => {
      state.text = next
      state.at = Math.max(0, Math.min(cursor, next.length))
    }
    if (key.length === 1 && key >= ' ' && key !== KEY.delete) {
      replace(text.slice(0, at) + key + text.slice(at), at + 1)
      if (at === text.length) {
        await this.output.write(key)
        return
      }
    } else if (key === KEY.backspace || key === KEY.delete) replace(text.slice(0, Math.max(0, at - 1)) + text.slice(at), at - 1)
    else if (key === 'del' || key === KEY.ctrlD) replace(text.slice(0, at) + text.slice(at + 1), at)
    else if (key === 'left') state.at = Math.max(0, at - 1)
    else if (key === 'right') state.at = Math.min(text.length, at + 1)
    else if (key === 'home' || key === KEY.ctrlA) state.at = 0
    else if (key === 'end' || key === KEY.ctrlE) state.at = text.length
    else if (key === KEY.ctrlU) replace(text.slice(at), 0)
    else if (key === KEY.ctrlK) replace(text.slice(0, at), at)
    else if (key === KEY.ctrlW) {
      const kept = text.slice(0, at).replace(/\S+\s*$/, '')
      replace(kept + text.slice(at), kept.length)
    } else if (key === 'up' || key === 'down') {
      state.history = Math.max(0, Math.min(this.#history.length, state.history + (key === 'up' ? -1 : 1)))
      const found = this.#history[state.history] ?? ''
      replace(found, found.length)
    } else if (key === KEY.ctrlL) await this.output.write('\x1b[H\x1b[2J')
    await this.#redraw(state)
  }

  async #redraw({ text, at, prompt }: { text: string; at: number; prompt: string }): Promise<void> {
    const back = text.length - at
    await this.output.write(`\r\x1b[K${prompt}${text}${back > 0 ? `\x1b[${back}D` : ''}`)
  }
}
