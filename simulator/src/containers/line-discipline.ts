/** What a kernel makes of keys for a program that reads lines: echo, corrections, Ctrl+C and Ctrl+D. @see termios(3), canonical mode */
import type { Data } from './stream.js'

const KEY = {
  ctrlC: '\x03',
  ctrlD: '\x04',
  backspace: '\x08',
  delete: '\x7f',
  ctrlU: '\x15',
  ctrlW: '\x17',
  enter: '\r',
  newline: '\n',
} as const
const ESCAPE = '\x1b'

export interface LineReader {
  echo(text: Data): void | Promise<void>
  /** A line with its end, or what was typed of one. */
  handOn(data: Data): void | Promise<void>
  interrupt(): void
  end(): void
}

export class LineDiscipline {
  #line = ''
  constructor(readonly reader: LineReader) {}

  async press(keys: Data): Promise<void> {
    for (const key of keys) await this.#press(key)
  }

  /** Takes back what is typed of a line. */
  takeBack(): Data {
    const line = this.#line
    this.#line = ''
    return line
  }

  async #press(key: string): Promise<void> {
    const { reader } = this
    if (key === KEY.ctrlC) {
      this.#line = ''
      await reader.echo('^C')
      reader.interrupt()
    } else if (key === KEY.ctrlD) {
      // At the start of a line it is the end of the input; within one it hands on what is typed.
      if (this.#line === '') reader.end()
      else await this.#handOn('')
    } else if (key === KEY.enter || key === KEY.newline) {
      // The line is the program's before it is seen that it is: who takes back what is typed finds all of it or nothing.
      const handed = this.#handOn('\n')
      await reader.echo('\r\n')
      await handed
    } else if (key === KEY.backspace || key === KEY.delete) await this.#rub(1)
    else if (key === KEY.ctrlU) await this.#rub(this.#line.length)
    else if (key === KEY.ctrlW) await this.#rub(this.#line.length - this.#line.replace(/\S+\s*$/, '').length)
    else {
      this.#line += key
      await reader.echo(key === ESCAPE ? '^[' : key)
    }
  }

  async #rub(count: number): Promise<void> {
    const gone = this.#line.slice(Math.max(0, this.#line.length - count))
    this.#line = this.#line.slice(0, this.#line.length - gone.length)
    // Bytes that go on with a letter have no place of their own.
    const columns = gone.replace(/[\x80-\xbf]/g, '').length
    const isWithin = count === 1 && /[\x80-\xbf]/.test(gone)
    await this.reader.echo('\b \b'.repeat(columns))
    if (isWithin && this.#line !== '') await this.#rub(1)
  }

  async #handOn(end: string): Promise<void> {
    await this.reader.handOn(this.takeBack() + end)
  }
}
