/** Reads the text of a label selector, word by word. Models apimachinery/pkg/labels/selector.go, with its sentences. */
import { labelValue, qualifiedName } from './names.js'
import { failure } from './status.js'

export interface Requirement {
  key: string
  operator: 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt'
  values: string[]
}

const END = ''
const SIGNS = new Set(['(', ')', ',', '!', '=', '==', '!=', '<', '>'])
const OPERATORS: Record<string, Requirement['operator']> = {
  in: 'in',
  notin: 'notin',
  '=': 'in',
  '==': 'in',
  '!=': 'notin',
  '>': 'gt',
  '<': 'lt',
}

/** Signs and words; each letter is looked at once. */
export const wordsOf = (text: string): string[] => text.match(/==|!=|[(),!=<>]|[^\s(),!=<>]+/g) ?? []

/** What nearly every key and value looks like: valid as either, without a closer look. */
const PLAIN = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/

const isName = (word: string): boolean => word !== END && !SIGNS.has(word)

class Unreadable extends Error {}

export class LabelParser {
  #at = 0
  constructor(readonly words: string[]) {}

  /** Words read so far: none is read twice. */
  get taken(): number {
    return this.#at
  }
  get next(): string {
    return this.words[this.#at] ?? END
  }
  take(): string {
    return this.words[this.#at++] ?? END
  }

  requirements(): Requirement[] {
    const found: Requirement[] = []
    while (this.next !== END) {
      if (!isName(this.next) && this.next !== '!')
        throw failure.badRequest(`found '${this.next}', expected: !, identifier, or 'end of string'`)
      found.push(this.#whole())
      const after = this.take()
      if (after === END) break
      if (after !== ',') throw failure.badRequest(`found '${after}', expected: ',' or 'end of string'`)
      if (!isName(this.next) && this.next !== '!')
        throw failure.badRequest(`found '${this.next}', expected: identifier after ','`)
    }
    return found
  }

  #whole(): Requirement {
    try {
      return this.#requirement()
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      throw failure.badRequest(`unable to parse requirement: ${error.message}`)
    }
  }

  #requirement(): Requirement {
    const isAbsent = this.next === '!'
    if (isAbsent) this.take()
    const key = this.take()
    if (!isName(key)) throw new Unreadable(`found '${key}', expected: identifier`)
    const [problem] = PLAIN.test(key) ? [] : qualifiedName(key)
    if (problem) throw new Unreadable(`<nil>: Invalid value: ${JSON.stringify(key)}: ${problem}`)
    if (isAbsent) return { key, operator: '!', values: [] }
    if (this.next === END || this.next === ',') return { key, operator: 'exists', values: [] }
    const sign = this.take()
    const operator = Object.hasOwn(OPERATORS, sign) ? OPERATORS[sign] : undefined
    if (!operator) throw new Unreadable(`found '${sign}', expected: in, notin, =, ==, !=, gt, lt`)
    const values = sign === 'in' || sign === 'notin' ? this.#list() : [this.#one()]
    checkValues(key, operator, values)
    return { key, operator, values }
  }

  #one(): string {
    if (this.next === END || this.next === ',') return ''
    const word = this.take()
    if (!isName(word)) throw new Unreadable(`found '${word}', expected: identifier`)
    return word
  }

  #list(): string[] {
    const open = this.take()
    if (open !== '(') throw new Unreadable(`found '${open}' expected: '('`)
    const values: string[] = []
    for (;;) {
      const word = this.next
      if (word !== ',' && word !== ')' && !isName(word))
        throw new Unreadable(`found '${word}', expected: ${values.length > 0 ? "',', or identifier" : "',', ')' or identifier"}`)
      values.push(isName(word) ? this.take() : '')
      const after = this.take()
      if (after === ')') return values
      if (after !== ',') throw new Unreadable(`found '${after}', expected: ',' or ')'`)
    }
  }
}

function checkValues(key: string, operator: Requirement['operator'], values: string[]): void {
  for (const [index, value] of [...values].sort().entries()) {
    const invalid = (where: string, why: string) => new Unreadable(`${where}: Invalid value: ${JSON.stringify(value)}: ${why}`)
    if ((operator === 'gt' || operator === 'lt') && !/^[+-]?\d+$/.test(value))
      throw invalid(`values[${index}]`, "for 'Gt', 'Lt' operators, the value must be an integer")
    const [problem] = PLAIN.test(value) ? [] : labelValue(value)
    if (problem) throw invalid(`values[${index}][${key}]`, problem)
  }
}

/** @throws ApiError 400 */
export const parseRequirements = (text: string): Requirement[] => new LabelParser(wordsOf(text)).requirements()
