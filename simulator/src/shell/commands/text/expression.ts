/**
 * POSIX expressions, basic and extended, of grep, sed, awk and their like: the longest match from the left, in time that grows with the text
 * alone. Back-references are beyond such an engine; another one takes them, for expressions that cannot run away.
 * @see POSIX, Regular Expressions
 */
import { RE2JS } from 're2js'

export interface Found {
  index: number
  /** Behind its last letter. */
  end: number
  /** The whole first; undefined for a group that took no part. */
  groups: (string | undefined)[]
}

export interface Expression {
  /** The first match that begins at `from` or after it. */
  find(text: string, from?: number): Found | undefined
  test(text: string): boolean
}

/** An expression that cannot be read. */
export class ExpressionError extends Error {}

export interface ExpressionOptions {
  extended?: boolean
  ignoreCase?: boolean
  /** Whether a backslash is one inside brackets too, as for awk. */
  escapesInBrackets?: boolean
  /** The whole line, or whole words. */
  bounds?: 'line' | 'word' | undefined
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', '<': '\\b', '>': '\\b', '`': '^', "'": '$', '/': '/' }
const OPERATORS = '(){}|+?'
/** Letters of which a backslash makes something: classes and edges. */
const KEPT = 'wWsSbB'

/** Writes a POSIX expression as one of RE2. */
class Translation {
  #at = 0
  #text = ''
  hasReference = false
  /** Repetitions without an end, and whether one lies within another. */
  #repeated = 0
  #groups: { repeats: boolean }[] = []
  isCostly = false

  constructor(
    readonly source: string,
    readonly options: ExpressionOptions,
  ) {
    while (this.#at < source.length) this.#next()
    if (this.#groups.length > 0) throw new ExpressionError('unmatched (')
    if (this.#repeated > 3) this.isCostly = true
  }

  get text(): string {
    const { bounds } = this.options
    if (bounds === undefined) return this.#text
    return bounds === 'line' ? `^(?:${this.#text})$` : `\\b(?:${this.#text})\\b`
  }

  /** Nothing stands before it that could be repeated. */
  #isAtStart(): boolean {
    return this.#text === '' || /(^|[^\\])(\(|\||\^)$/.test(this.#text)
  }

  #next(): void {
    const letter = this.source[this.#at] ?? ''
    if (letter === '[') this.#bracket()
    else if (letter === '\\') this.#backslash(this.source[this.#at + 1] ?? '')
    else {
      this.#at++
      this.#plain(letter)
    }
  }

  #backslash(letter: string): void {
    if (letter === '') throw new ExpressionError('trailing backslash')
    this.#at += 2
    if (OPERATORS.includes(letter) && !this.options.extended) this.#operator(letter)
    else this.#escaped(letter)
  }

  #plain(letter: string): void {
    if (letter === '*') this.#repeat('*')
    else if (OPERATORS.includes(letter)) {
      if (this.options.extended) this.#operator(letter)
      else this.#text += `\\${letter}`
    } else if (letter === '^') this.#text += this.options.extended || this.#isAtStart() ? '^' : '\\^'
    else if (letter === '$') this.#text += this.options.extended || this.#endsHere() ? '$' : '\\$'
    else this.#text += letter
  }

  #endsHere(): boolean {
    return /^(?:$|\\\)|\\\|)/.test(this.source.slice(this.#at))
  }

  #operator(sign: string): void {
    if (sign === '(') {
      this.#groups.push({ repeats: false })
      this.#text += '('
    } else if (sign === ')') this.#close()
    else if (sign === '{') this.#interval()
    else if (sign === '+' || sign === '?') this.#repeat(sign)
    else this.#text += sign === '}' ? '\\}' : sign
  }

  #close(): void {
    const group = this.#groups.pop()
    if (!group) throw new ExpressionError('unmatched )')
    this.#text += ')'
    const outer = this.#groups.at(-1)
    if (outer && group.repeats) outer.repeats = true
    const rest = this.source.slice(this.#at)
    if (group.repeats && /^(?:[*+]|\\[+{]|\{)/.test(rest)) this.isCostly = true
  }

  /** `{2}`, `{2,}`, `{2,5}`; what is none of these is itself. */
  #interval(): void {
    const [all, range] = /^(\d*,?\d*)\\?\}/.exec(this.source.slice(this.#at)) ?? []
    if (all === undefined || range === '' || this.#isAtStart()) {
      this.#text += '\\{'
      return
    }
    this.#at += all.length
    this.#repeat(`{${range?.startsWith(',') ? `0${range}` : range}}`)
  }

  #repeat(sign: string): void {
    if (this.#isAtStart()) {
      if (this.options.extended && sign !== '*') throw new ExpressionError('repetition of nothing')
      this.#text += `\\${sign}`
      return
    }
    // Twice repeated is repeated.
    if (/[^\\][*+?]$/.test(this.#text)) {
      if (sign !== '?') this.#text = `${this.#text.slice(0, -1)}*`
      return
    }
    this.#text += sign
    if (sign === '?' || /^\{\d+\}$/.test(sign)) return
    this.#repeated++
    const group = this.#groups.at(-1)
    if (group) group.repeats = true
  }

  #escaped(letter: string): void {
    if (/[1-9]/.test(letter)) this.hasReference = true
    if (KEPT.includes(letter) || /[1-9]/.test(letter)) this.#text += `\\${letter}`
    else this.#text += ESCAPES[letter] ?? letter.replace(/[^A-Za-z0-9]/, '\\$&')
  }

  /** A set. A `]` that comes first is a letter of it, and a backslash is one. */
  #bracket(): void {
    let set = '['
    let at = this.#at + 1
    if (this.source[at] === '^') set += this.source[at++]
    const first = at
    for (let letter = this.source[at]; letter !== ']' || at === first; letter = this.source[at]) {
      if (letter === undefined) throw new ExpressionError('unmatched [')
      const [named] = /^\[:\w+:\]/.exec(this.source.slice(at, at + 12)) ?? []
      const [text, length] = named ? [named, named.length] : this.#ofSet(at)
      set += text
      at += length
    }
    this.#text += `${set}]`
    this.#at = at + 1
  }
  /** One letter of a set, and how many stand for it. */
  #ofSet(at: number): [string, number] {
    const [letter = '', next = ''] = [this.source[at], this.source[at + 1]]
    const quoted = (text: string) => (/[\\[\]^]/.test(text) ? `\\${text}` : text)
    if (letter !== '\\' || !(this.options.escapesInBrackets || next === 'n' || next === 't')) return [quoted(letter), 1]
    return [KEPT.includes(next) ? `\\${next}` : quoted(ESCAPES[next] ?? next), 2]
  }
}

class Linear implements Expression {
  readonly #pattern: RE2JS
  constructor(source: string, ignoreCase: boolean) {
    this.#pattern = RE2JS.compile(source, RE2JS.LONGEST_MATCH | RE2JS.DOTALL | (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0))
  }
  find(text: string, from = 0): Found | undefined {
    const matcher = this.#pattern.matcher(text)
    if (!matcher.find(from)) return undefined
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? undefined)
    return { index: matcher.start(), end: matcher.end(), groups }
  }
  test(text: string): boolean {
    return this.#pattern.matcher(text).find()
  }
}

/** Of a longer text no more is searched for what repeats itself. */
const LONGEST_REPEATING = 1000

class Backtracking implements Expression {
  readonly #pattern: RegExp
  constructor(source: string, ignoreCase: boolean) {
    this.#pattern = new RegExp(source, `gs${ignoreCase ? 'i' : ''}`)
  }
  find(text: string, from = 0): Found | undefined {
    this.#pattern.lastIndex = from
    const found = this.#pattern.exec(text.slice(0, LONGEST_REPEATING))
    return found ? { index: found.index, end: found.index + found[0].length, groups: [...found] } : undefined
  }
  test(text: string): boolean {
    return this.find(text) !== undefined
  }
}

const compiled = new Map<string, Expression>()
const MOST_KEPT = 500

/** @throws ExpressionError */
export function expressionOf(source: string, options: ExpressionOptions = {}): Expression {
  const { extended = false, ignoreCase = false, escapesInBrackets = false, bounds = '' } = options
  const key = `${extended} ${ignoreCase} ${escapesInBrackets} ${bounds} ${source}`
  const known = compiled.get(key)
  if (known) return known
  if (compiled.size >= MOST_KEPT) compiled.clear()
  const made = compile(source, options)
  compiled.set(key, made)
  return made
}

function compile(source: string, options: ExpressionOptions): Expression {
  const { text, hasReference, isCostly } = new Translation(source, options)
  if (hasReference && isCostly) throw new ExpressionError('back-references with so many repetitions are too costly')
  try {
    return new (hasReference ? Backtracking : Linear)(text, options.ignoreCase ?? false)
  } catch (error) {
    throw new ExpressionError(error instanceof Error ? error.message : String(error))
  }
}

/** All matches from the left. An empty one does not follow another at once. */
export function* matchesOf(expression: Expression, text: string): Generator<Found> {
  let [from, last] = [0, -1]
  while (from <= text.length) {
    const found = expression.find(text, from)
    if (!found) return
    const isEmpty = found.end === found.index
    if (!isEmpty || found.index !== last) yield found
    last = found.end
    from = isEmpty ? found.end + 1 : found.end
  }
}

/** @param by what stands in the place of a match; undefined leaves it. Counts from 1 */
export function replaced(expression: Expression, text: string, by: (found: Found, count: number) => string | undefined): string {
  let [result, at, count] = ['', 0, 0]
  for (const found of matchesOf(expression, text)) {
    const made = by(found, ++count)
    if (made === undefined) continue
    result += text.slice(at, found.index) + made
    at = found.end
  }
  return result + text.slice(at)
}
