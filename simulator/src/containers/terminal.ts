/**
 * The terminal of a process: what a kernel does between keys and a program. Typed lines are echoed and handed on whole, Ctrl+C
 * interrupts, Ctrl+D ends the input, and each end of a line in the output returns the carriage. A shell that edits lines itself sets
 * `raw` and gets every key.
 */
import { type Data, Pipe, type Sink } from './stream.js'

const KEY = {
  ctrlC: '\x03',
  ctrlD: '\x04',
  backspace: '\x08',
  delete: '\x7f',
  ctrlU: '\x15',
  enter: '\r',
  newline: '\n',
} as const

/** What a program sees of its terminal. */
export interface TerminalView {
  readonly columns: number
  readonly rows: number
  /** Set by who wants every key as it is pressed, and draws the screen itself. */
  raw: boolean
}

export class Terminal implements TerminalView {
  columns = 80
  rows = 24
  raw = false
  #line = ''
  readonly input = new Pipe()
  readonly output: Sink

  /** @param interrupt Ctrl+C was pressed while the program reads cooked input */
  constructor(
    readonly screen: Sink,
    readonly interrupt: () => void,
  ) {
    this.output = { isTerminal: true, write: (data) => screen.write(this.raw ? data : data.replace(/\r?\n/g, '\r\n')) }
  }

  resize(size: { columns: number; rows: number }): void {
    this.columns = size.columns
    this.rows = size.rows
  }

  /** Keys as they come from the other side. Resolves when more may come. */
  async type(keys: Data): Promise<void> {
    if (this.raw) return this.input.write(keys)
    for (const key of keys) await this.#press(key)
  }

  async #press(key: string): Promise<void> {
    if (key === KEY.ctrlC) {
      this.#line = ''
      await this.screen.write('^C')
      this.interrupt()
    } else if (key === KEY.ctrlD) {
      // At the start of a line it is the end of the input; within one it hands on what is typed.
      if (this.#line === '') this.input.end()
      else await this.#handOn('')
    } else if (key === KEY.enter || key === KEY.newline) {
      await this.screen.write('\r\n')
      await this.#handOn('\n')
    } else if (key === KEY.backspace || key === KEY.delete) await this.#rub(1)
    else if (key === KEY.ctrlU) await this.#rub(this.#line.length)
    else {
      this.#line += key
      await this.screen.write(key)
    }
  }

  async #rub(count: number): Promise<void> {
    const some = Math.min(count, this.#line.length)
    this.#line = this.#line.slice(0, this.#line.length - some)
    await this.screen.write('\b \b'.repeat(some))
  }

  async #handOn(end: string): Promise<void> {
    const line = this.#line + end
    this.#line = ''
    await this.input.write(line)
  }
}
