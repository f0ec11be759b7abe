/**
 * The terminal of a process: what a kernel does between keys and a program. Typed lines are echoed and handed on whole, Ctrl+C
 * interrupts, Ctrl+D ends the input, and each end of a line in the output returns the carriage. A shell that edits lines itself sets
 * `raw` and gets every key.
 */
import { LineDiscipline } from './line-discipline.js'
import { type Data, Pipe, type Sink } from './stream.js'

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
  readonly #cooked: LineDiscipline
  readonly input = new Pipe()
  readonly output: Sink

  /** @param interrupt Ctrl+C was pressed while the program reads cooked input */
  constructor(
    readonly screen: Sink,
    readonly interrupt: () => void,
  ) {
    this.#cooked = new LineDiscipline({
      echo: (text) => screen.write(text),
      handOn: (line) => this.input.write(line),
      interrupt,
      end: () => this.input.end(),
    })
    this.output = { isTerminal: true, write: (data) => screen.write(this.raw ? data : data.replace(/\r?\n/g, '\r\n')) }
  }

  resize(size: { columns: number; rows: number }): void {
    this.columns = size.columns
    this.rows = size.rows
  }

  /** Keys as they come from the other side. Resolves when more may come. */
  async type(keys: Data): Promise<void> {
    if (this.raw) return this.input.write(keys)
    await this.#cooked.press(keys)
  }
}
