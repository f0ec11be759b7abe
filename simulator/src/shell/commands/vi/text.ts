/** The text that vi edits: lines, a cursor, what was yanked, and what can be undone. */

export interface Place {
  row: number
  column: number
}

export interface Yanked {
  lines: string[]
  /** Whole lines, which are put below or above; otherwise letters, which are put within a line. */
  whole: boolean
}

interface State {
  lines: string[]
  cursor: Place
}

const MOST_UNDONE = 100

export class ViText {
  lines: string[]
  cursor: Place = { row: 0, column: 0 }
  yanked: Yanked | undefined
  isModified = false
  readonly #before: State[] = []

  constructor(text: string) {
    this.lines = text.split('\n')
    if (this.lines.length > 1 && this.lines.at(-1) === '') this.lines.pop()
  }

  get text(): string {
    return this.lines.length === 1 && this.lines[0] === '' ? '' : `${this.lines.join('\n')}\n`
  }
  get line(): string {
    return this.lines[this.cursor.row] ?? ''
  }
  set line(text: string) {
    this.lines[this.cursor.row] = text
    this.isModified = true
  }

  /** What follows can be undone in one go. */
  mark(): void {
    this.#before.push({ lines: [...this.lines], cursor: { ...this.cursor } })
    if (this.#before.length > MOST_UNDONE) this.#before.shift()
  }
  /** @returns whether there was anything to undo */
  undo(): boolean {
    const state = this.#before.pop()
    if (!state) return false
    this.lines = state.lines
    this.cursor = state.cursor
    this.isModified = true
    return true
  }

  /** Keeps the cursor within the text. @param beyond whether it may stand behind the last letter of a line */
  clamp(beyond: boolean): void {
    const row = Math.max(0, Math.min(this.cursor.row, this.lines.length - 1))
    const last = Math.max(0, (this.lines[row]?.length ?? 0) - (beyond ? 0 : 1))
    this.cursor = { row, column: Math.max(0, Math.min(this.cursor.column, last)) }
  }

  /** Types letters at the cursor; a line feed begins a new line. */
  insert(letters: string): void {
    for (const letter of letters) {
      const { row, column } = this.cursor
      const [left, right] = [this.line.slice(0, column), this.line.slice(column)]
      if (letter === '\n') {
        this.lines.splice(row, 1, left, right)
        this.cursor = { row: row + 1, column: 0 }
      } else {
        this.line = left + letter + right
        this.cursor = { row, column: column + 1 }
      }
    }
    this.isModified = true
  }

  backspace(): void {
    const { row, column } = this.cursor
    if (column > 0) {
      this.line = this.line.slice(0, column - 1) + this.line.slice(column)
      this.cursor.column--
    } else if (row > 0) {
      const before = this.lines[row - 1] ?? ''
      this.lines.splice(row - 1, 2, before + this.line)
      this.cursor = { row: row - 1, column: before.length }
      this.isModified = true
    }
  }

  /** Takes whole lines out, and yanks them. */
  cutLines(from: number, to: number): void {
    this.yankLines(from, to)
    this.lines.splice(from, to - from + 1)
    if (this.lines.length === 0) this.lines = ['']
    this.cursor = { row: Math.min(from, this.lines.length - 1), column: 0 }
    this.isModified = true
  }
  yankLines(from: number, to: number): void {
    this.yanked = { lines: this.lines.slice(from, to + 1), whole: true }
  }

  /** Takes letters of the cursor's line out, and yanks them. */
  cut(from: number, to: number): void {
    this.yanked = { lines: [this.line.slice(from, to)], whole: false }
    this.line = this.line.slice(0, from) + this.line.slice(to)
    this.cursor.column = from
  }

  put(where: 'after' | 'before'): void {
    if (!this.yanked) return
    const { lines, whole } = this.yanked
    const { row, column } = this.cursor
    if (whole) {
      const at = where === 'after' ? row + 1 : row
      this.lines.splice(at, 0, ...lines)
      this.cursor = { row: at, column: 0 }
    } else {
      const at = where === 'after' ? Math.min(column + 1, this.line.length) : column
      this.line = this.line.slice(0, at) + (lines[0] ?? '') + this.line.slice(at)
      this.cursor.column = at + Math.max(0, (lines[0]?.length ?? 0) - 1)
    }
    this.isModified = true
  }

  /** The next place of a word, forward from the cursor and around the end; undefined where there is none. */
  find(words: string, direction: 1 | -1): Place | undefined {
    const { row, column } = this.cursor
    for (let step = 0; step <= this.lines.length; step++) {
      const at = (row + direction * step + this.lines.length * 2) % this.lines.length
      const line = this.lines[at] ?? ''
      const found =
        direction === 1
          ? line.indexOf(words, step === 0 ? column + 1 : 0)
          : step === 0
            ? column > 0
              ? line.lastIndexOf(words, column - 1)
              : -1
            : line.lastIndexOf(words)
      if (found >= 0) return { row: at, column: found }
    }
    return undefined
  }
}
