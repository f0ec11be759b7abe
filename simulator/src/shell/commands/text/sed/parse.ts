/** The script of sed: commands with their addresses. @see POSIX, sed */
import { type Expression, ExpressionError, expressionOf } from '../expression.js'

export type Address = Expression | number | '$'
export type Action =
  | { verb: 'p' | 'd' | 'D' | 'n' | 'N' | 'g' | 'G' | 'h' | 'H' | 'x' | 'P' | 'l' | '=' | '{' | '}' }
  | { verb: 'q' | 'Q'; code: number }
  /** `:` names a place, the others go there; an empty name is the end. */
  | { verb: ':' | 'b' | 't' | 'T'; label: string }
  | { verb: 'a' | 'i' | 'c'; text: string }
  | { verb: 'y'; from: string; to: string }
  | { verb: 'r' | 'w'; path: string }
  | { verb: 's'; expression: Expression; replacement: string; nth: number; all: boolean; print: boolean; path?: string }

export interface Edit {
  address: Address | undefined
  last: Address | undefined
  /** `addr,+N` */
  more: number | undefined
  negated: boolean
  action: Action
}

export class SedError extends Error {}

class Script {
  #at = 0
  constructor(
    readonly text: string,
    readonly extended: boolean,
  ) {}

  get #rest(): string {
    return this.text.slice(this.#at)
  }
  /** What the pattern finds here, which is then behind. */
  #take(pattern: RegExp): RegExpExecArray | undefined {
    const found = new RegExp(`^(?:${pattern.source})`, pattern.flags).exec(this.#rest)
    if (found) this.#at += found[0].length
    return found ?? undefined
  }

  edits(): Edit[] {
    const edits: Edit[] = []
    for (;;) {
      this.#take(/(?:[\s;]|#[^\n]*)+/)
      if (this.#rest === '') return edits
      const address = this.#address()
      this.#take(/\s*/)
      const more = this.#take(/,\s*\+(\d+)/)?.[1]
      const last = more === undefined && this.#take(/,\s*/) ? this.#address() : undefined
      const negated = this.#take(/\s*!\s*/) !== undefined
      this.#take(/\s*/)
      edits.push({ address, last, more: more === undefined ? undefined : Number(more), negated, action: this.#action() })
    }
  }

  #address(): Address | undefined {
    const plain = this.#take(/\d+|\$/)?.[0]
    if (plain) return plain === '$' ? '$' : Number(plain)
    const custom = this.#take(/\\(?=[^\n])/)
    if (!custom && !this.#rest.startsWith('/')) return undefined
    const [source] = this.#delimited(1)
    return this.#expression(source ?? '', this.#take(/I/) !== undefined)
  }

  /** An empty one is the last that was read. */
  #last: Expression | undefined
  #expression(source: string, ignoreCase: boolean): Expression {
    if (source === '' && !this.#last) throw new SedError('no previous regexp')
    this.#last = source === '' && this.#last ? this.#last : expressionOf(source, { extended: this.extended, ignoreCase })
    return this.#last
  }

  /** So many parts between the letter that stands here. */
  #delimited(count: number): string[] {
    const mark = this.text[this.#at++] ?? ''
    const parts: string[] = []
    let part = ''
    let inSet = false
    for (; parts.length < count; this.#at++) {
      const letter = this.text[this.#at]
      if (letter === undefined) throw new SedError(`unmatched '${mark}'`)
      if (letter === '\\') {
        const next = this.text[++this.#at] ?? ''
        part += next === mark ? mark : `\\${next}`
      } else if (letter === mark && !inSet) {
        parts.push(part)
        part = ''
      } else {
        if (letter === '[' && parts.length === 0) inSet = true
        else if (letter === ']' && !/\[\^?$/.test(part)) inSet = false
        part += letter
      }
    }
    return parts
  }

  #action(): Action {
    const verb = this.text[this.#at++] ?? ''
    if ('pdDnNgGhHxPl={}'.includes(verb) && verb) return { verb: verb as 'p' }
    if (verb === ':' || verb === 'b' || verb === 't' || verb === 'T') return { verb, label: this.#label(verb) }
    if (verb === 'q' || verb === 'Q') return { verb, code: Number(this.#take(/\s*(\d+)/)?.[1] ?? 0) }
    if (verb === 'a' || verb === 'i' || verb === 'c') return { verb, text: this.#textBlock() }
    if (verb === 'r' || verb === 'w') return { verb, path: this.#take(/\s*([^\n]*)/)?.[1] ?? '' }
    if (verb === 'y') {
      const [from = '', to = ''] = this.#delimited(2)
      return { verb, from, to }
    }
    if (verb === 's') return this.#substitution()
    throw new SedError(`unsupported command ${verb}`)
  }
  /** GNU and BusyBox end the name of a place at the end of the line, that of a jump at a semicolon too. */
  #label(verb: string): string {
    const label = (this.#take(verb === ':' ? /\s*([^\n;]*)/ : /[ \t]*([^\n;}]*)/)?.[1] ?? '').trim()
    if (verb === ':' && label === '') throw new SedError('no label')
    return label
  }
  /** What follows up to the end of the line; a backslash at an end goes on with the next. */
  #textBlock(): string {
    const [, text = ''] = this.#take(/[ \t]*(?:\\\n?)?((?:[^\\\n]|\\[\s\S])*)/) ?? []
    return text.replace(/\\([\s\S])/g, (_all, letter: string) => (letter === 't' ? '\t' : letter === 'n' ? '\n' : letter))
  }
  #substitution(): Action {
    const [source = '', replacement = ''] = this.#delimited(2)
    const flags = this.#take(/[gpIi0-9]*/)?.[0] ?? ''
    const path = this.#take(/w\s*([^\n;]+)/)?.[1]
    if (!this.#take(/\s*(?=[;}\n#]|$)/)) throw new SedError('unknown option to s command')
    return {
      verb: 's',
      expression: this.#expression(source, /i/i.test(flags)),
      replacement,
      nth: Number(/\d+/.exec(flags)?.[0] ?? 1),
      all: flags.includes('g'),
      print: flags.includes('p'),
      ...(path && { path }),
    }
  }
}

/** @throws SedError where a jump leads nowhere, or braces do not pair */
function check(edits: Edit[]): void {
  const labels = edits.flatMap(({ action }) => (action.verb === ':' ? [action.label] : []))
  let depth = 0
  for (const { action } of edits) {
    if ('label' in action && action.label !== '' && !labels.includes(action.label))
      throw new SedError(`can't find label for jump to '${action.label}'`)
    if (action.verb === '{') depth++
    if (action.verb === '}' && --depth < 0) throw new SedError('unexpected }')
  }
  if (depth > 0) throw new SedError('unmatched {')
}

/** @throws SedError */
export function parseSed(text: string, extended: boolean): Edit[] {
  try {
    const edits = new Script(text, extended).edits()
    check(edits)
    return edits
  } catch (error) {
    if (error instanceof ExpressionError) throw new SedError(`bad regex: ${error.message}`)
    throw error
  }
}
