/** vi's modes: what each key does. */
import { MOTIONS, motionKey, WHOLE_LINES } from './motions.js'
import type { ViText } from './text.js'

export type Outcome = { type: 'stay' } | { type: 'run'; line: string } | { type: 'leave' }
const STAY: Outcome = { type: 'stay' }

type Mode = 'normal' | 'insert' | 'command'

export class ViEditor {
  mode: Mode = 'normal'
  /** What is typed behind `:` or `/`, with it. */
  typed = ''
  message = ''
  /** Keys of a command that is not whole yet, such as `d` or `2d`. */
  #pending = ''
  #searched = ''

  constructor(
    readonly text: ViText,
    /** Rows for the text. */
    readonly page: () => number,
  ) {}

  press(key: string): Outcome {
    if (this.mode === 'insert') return this.#insert(key)
    if (this.mode === 'command') return this.#type(key)
    return this.#normal(key)
  }

  #insert(key: string): Outcome {
    const { text } = this
    if (key === 'escape' || key === '\x03') {
      this.mode = 'normal'
      text.cursor.column--
      text.clamp(false)
    } else if (key === '\x7f' || key === '\b') text.backspace()
    else if (key === '\r' || key === '\n') text.insert('\n')
    else if (key.length === 1 && (key >= ' ' || key === '\t')) text.insert(key)
    else {
      const motion = MOTIONS[motionKey(key)]
      if (key.length > 1 && motion) text.cursor = motion(text, { count: undefined, page: this.page() })
      text.clamp(true)
    }
    return STAY
  }

  #type(key: string): Outcome {
    if (key === 'escape' || key === '\x03') this.mode = 'normal'
    else if (key === '\x7f' || key === '\b') {
      this.typed = this.typed.slice(0, -1)
      if (this.typed === '') this.mode = 'normal'
    } else if (key === '\r' || key === '\n') {
      this.mode = 'normal'
      const line = this.typed
      if (line.startsWith('/')) this.#search(line.slice(1) || this.#searched, 1)
      else return { type: 'run', line: line.slice(1).trim() }
    } else if (key.length === 1 && key >= ' ') this.typed += key
    return STAY
  }

  #search(words: string, direction: 1 | -1): void {
    this.#searched = words
    const found = words ? this.text.find(words, direction) : undefined
    if (found) this.text.cursor = found
    else this.message = 'Pattern not found'
  }

  #normal(key: string): Outcome {
    this.message = ''
    if (key === 'escape' || key === '\x03') {
      this.#pending = ''
      return STAY
    }
    const name = key === 'del' ? 'x' : motionKey(key)
    if (name.length > 1) return STAY
    const keys = this.#pending + name
    const [, digits, operator = '', more, prefix = '', last = ''] =
      /^([1-9]\d*)?(?:([dcy])([1-9]\d*)?|([grZ]))?([\s\S]?)$/.exec(keys) ?? []
    if (last === '') {
      this.#pending = keys
      return STAY
    }
    const count = Number(more ?? digits) || undefined
    this.#pending = ''
    if (keys === 'ZZ') return { type: 'run', line: 'x' }
    this.#act({ operator: operator || prefix, last, count })
    if (this.mode === 'normal') this.text.clamp(false)
    return STAY
  }

  #act({ operator, last, count }: { operator: string; last: string; count: number | undefined }): void {
    const { text } = this
    if (operator === 'r') {
      text.mark()
      text.line = text.line.slice(0, text.cursor.column) + last + text.line.slice(text.cursor.column + 1)
      return
    }
    const name = operator === 'g' ? `g${last}` : last
    const motion = MOTIONS[name]
    if (operator && operator !== 'g') this.#operate(operator, last, count)
    else if (motion) text.cursor = motion(text, { count, page: this.page() })
    else this.#edit(name, count ?? 1)
  }

  /** `d`, `c` or `y` over what a motion passes, or over whole lines. */
  #operate(operator: string, last: string, count: number | undefined): void {
    const { text } = this
    const { row, column } = text.cursor
    if (operator !== 'y') text.mark()
    const motion = MOTIONS[last]
    const isSame = last === operator
    if (!isSame && !motion) return
    const goal = isSame
      ? { row: row + (count ?? 1) - 1, column: 0 }
      : (motion as NonNullable<typeof motion>)(text, { count, page: this.page() })
    if (isSame || WHOLE_LINES.has(last)) {
      const [from, to] = [Math.min(row, goal.row), Math.min(Math.max(row, goal.row), text.lines.length - 1)]
      if (operator === 'y') text.yankLines(from, to)
      else text.cutLines(from, to)
      if (operator === 'c') this.#open(from)
      return
    }
    // A word is left out to its own line's end at most; `cw` leaves the space behind it.
    const end = goal.row > row ? text.line.length : goal.column + (last === 'e' ? 1 : 0)
    const to = operator === 'c' && last === 'w' ? column + text.line.slice(column, end).trimEnd().length : end
    const [from, until] = to < column ? [to, column] : [column, to]
    if (operator === 'y') text.yanked = { lines: [text.line.slice(from, until)], whole: false }
    else text.cut(from, until)
    if (operator === 'c') this.mode = 'insert'
  }

  /** A new line before the row, to be typed into. */
  #open(row: number): void {
    const { text } = this
    if (!(text.lines.length === 1 && text.lines[0] === '')) text.lines.splice(row, 0, '')
    text.cursor = { row, column: 0 }
    text.isModified = true
    this.mode = 'insert'
  }

  #edit(key: string, count: number): void {
    const { text } = this
    const { row, column } = text.cursor
    const edits: Record<string, () => void> = {
      x: () => text.cut(column, column + count),
      X: () => text.cut(Math.max(0, column - count), column),
      D: () => text.cut(column, text.line.length),
      C: () => {
        text.cut(column, text.line.length)
        this.mode = 'insert'
      },
      p: () => text.put('after'),
      P: () => text.put('before'),
      J: () => {
        const next = text.lines[row + 1]
        if (next === undefined) return
        text.lines.splice(row, 2, `${text.line} ${next.trimStart()}`)
        text.isModified = true
      },
      '~': () => {
        const letter = text.line[column] ?? ''
        const other = letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase()
        text.line = text.line.slice(0, column) + other + text.line.slice(column + 1)
        text.cursor.column++
      },
      o: () => this.#open(row + 1),
      O: () => this.#open(row),
      ...this.#insertions(),
    }
    const edit = edits[key]
    if (edit) {
      text.mark()
      edit()
    } else if (key === 'u') this.message = text.undo() ? '' : 'Already at oldest change'
    else if (key === 'n') this.#search(this.#searched, 1)
    else if (key === 'N') this.#search(this.#searched, -1)
    else if (key === ':' || key === '/') {
      this.mode = 'command'
      this.typed = key
    }
  }

  #insertions(): Record<string, () => void> {
    const { text } = this
    const at = (column: number) => () => {
      text.cursor.column = column
      this.mode = 'insert'
      text.clamp(true)
    }
    const { column } = text.cursor
    return { i: at(column), a: at(column + 1), I: at(text.line.search(/\S|$/)), A: at(text.line.length) }
  }
}
