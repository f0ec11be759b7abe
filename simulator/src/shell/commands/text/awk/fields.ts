/** The line that an awk program looks at, and its fields: each changes the other. */
import { type Expression, expressionOf, matchesOf } from '../expression.js'
import { AwkError } from './syntax.js'
import { textOf, type Value } from './values.js'

/** More elements than any exercise has. */
export const MOST_ELEMENTS = 100_000

/** @throws AwkError */
export function awkExpression(source: string): Expression {
  try {
    return expressionOf(source, { extended: true, escapesInBrackets: true })
  } catch (error) {
    throw new AwkError(`bad regex '${source}': ${error instanceof Error ? error.message : error}`)
  }
}

/** The pieces between the matches; what is empty has none. */
export function splitBy(expression: Expression, text: string): string[] {
  if (text === '') return []
  const parts: string[] = []
  let at = 0
  for (const { index, end } of matchesOf(expression, text)) {
    if (end === index) continue
    parts.push(text.slice(at, index))
    at = end
  }
  return [...parts, text.slice(at)]
}

/** A blank stands for all blanks, another letter for itself, nothing for between all letters; more is an expression. */
export function splitText(text: string, separator: string): string[] {
  if (text === '') return []
  if (separator === ' ') return text.trim() === '' ? [] : text.trim().split(/[ \t\n]+/)
  return separator.length < 2 ? text.split(separator) : splitBy(awkExpression(separator), text)
}

export class Fields {
  #line = ''
  #fields: string[] = []
  #isSplit = true

  constructor(readonly variables: Map<string, Value>) {}

  get line(): string {
    return this.#line
  }
  set line(text: string) {
    this.#line = text
    this.#isSplit = false
  }
  #text(name: string): string {
    return textOf(this.variables.get(name) ?? '')
  }

  get fields(): readonly string[] {
    return this.#split()
  }
  #split(): string[] {
    if (this.#isSplit) return this.#fields
    this.#fields = splitText(this.#line, this.#text('FS'))
    this.#isSplit = true
    this.variables.set('NF', this.#fields.length)
    return this.#fields
  }

  /** @throws AwkError */
  field(index: number): string {
    if (index < 0) throw new AwkError(`trying to access out of range field ${index}`)
    return index === 0 ? this.#line : (this.#split()[Math.trunc(index) - 1] ?? '')
  }

  /** @throws AwkError */
  setField(index: number, text: string): void {
    if (index < 0) throw new AwkError(`trying to access out of range field ${index}`)
    if (index === 0) {
      this.line = text
      return
    }
    if (index > this.#split().length) this.setCount(index)
    this.#fields[index - 1] = text
    this.setCount(this.#fields.length)
  }

  /** So many fields, joined to a line anew. @throws AwkError */
  setCount(count: number): void {
    const fields = this.#split()
    if (count > MOST_ELEMENTS) throw new AwkError('out of memory')
    this.#fields = Array.from({ length: Math.max(0, count) }, (_, index) => fields[index] ?? '')
    this.#line = this.#fields.join(this.#text('OFS'))
    this.variables.set('NF', this.#fields.length)
  }
}
