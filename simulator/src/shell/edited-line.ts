/** A line while it is edited, on as many rows of the screen as it takes. Text is bytes: a letter may have several. */
import { decode, type Sink } from '../containers/stream.js'

/** A byte that goes on with the letter before it. */
const goesOn = (byte: string | undefined): boolean => byte !== undefined && byte >= '\x80' && byte <= '\xbf'
/** Letters of the wide scripts take two columns. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/
const widthOf = (text: string): number => [...decode(text)].reduce((sum, letter) => sum + (WIDE.test(letter) ? 2 : 1), 0)

export class EditedLine {
  text = ''
  at = 0
  /** The row of the cursor, counted from that of the prompt. */
  #row = 0

  constructor(
    readonly output: Sink,
    readonly prompt: string,
    readonly columns: () => number,
  ) {}

  before(): number {
    let at = this.at - 1
    while (at > 0 && goesOn(this.text[at])) at--
    return Math.max(0, at)
  }
  after(): number {
    let at = this.at + 1
    while (goesOn(this.text[at])) at++
    return Math.min(this.text.length, at)
  }

  async begin(): Promise<void> {
    await this.output.write(this.prompt)
  }

  async insert(text: string): Promise<void> {
    const isAtEnd = this.at === this.text.length
    this.text = this.text.slice(0, this.at) + text + this.text.slice(this.at)
    this.at += text.length
    const place = widthOf(this.prompt + this.text)
    // The usual case: one more letter, which needs no other to be drawn again.
    if (isAtEnd && place % this.columns() !== 0 && !goesOn(text[0]) && Math.floor(place / this.columns()) === this.#row)
      await this.output.write(text)
    else await this.#draw()
  }

  async erase(from: number, to: number): Promise<void> {
    this.text = this.text.slice(0, from) + this.text.slice(to)
    this.at = from
    await this.#draw()
  }
  async move(at: number): Promise<void> {
    this.at = at
    await this.#draw()
  }
  async replace(text: string): Promise<void> {
    this.text = text
    this.at = text.length
    await this.#draw()
  }

  /** The cursor goes behind the line, and to the next row. */
  async leave(): Promise<void> {
    if (this.at < this.text.length) await this.move(this.text.length)
    await this.output.write('\r\n')
  }

  /** Shows words below, and the line anew behind them. */
  async below(words: string[]): Promise<void> {
    const { at } = this
    await this.move(this.text.length)
    const column = Math.max(...words.map((word) => word.length)) + 2
    const count = Math.max(1, Math.floor(this.columns() / column))
    const rows = Array.from({ length: Math.ceil(words.length / count) }, (_, row) => words.slice(row * count, (row + 1) * count))
    await this.output.write(
      `\r\n${rows
        .map(
          (row) =>
            `${row
              .map((word) => word.padEnd(column))
              .join('')
              .trimEnd()}\r\n`,
        )
        .join('')}`,
    )
    this.#row = 0
    await this.move(at)
  }

  async onTop(): Promise<void> {
    await this.output.write('\x1b[H\x1b[2J')
    this.#row = 0
    await this.#draw()
  }

  async #draw(): Promise<void> {
    const columns = this.columns()
    const end = widthOf(this.prompt + this.text)
    const cursor = widthOf(this.prompt + this.text.slice(0, this.at))
    const [endRow, cursorRow] = [Math.floor(end / columns), Math.floor(cursor / columns)]
    const up = this.#row > 0 ? `\x1b[${this.#row}A` : ''
    // A full row leaves the cursor in its last column: the next one begins by itself only with a further letter.
    const full = end > 0 && end % columns === 0 ? '\r\n' : ''
    const back = endRow > cursorRow ? `\x1b[${endRow - cursorRow}A` : ''
    const column = cursor % columns
    const across = this.at === this.text.length ? '' : `\r${column > 0 ? `\x1b[${column}C` : ''}`
    await this.output.write(`${up}\r\x1b[J${this.prompt}${this.text}${full}${back}${across}`)
    this.#row = cursorRow
  }
}
