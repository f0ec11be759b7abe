/** From tokens to a tree; macros are recognised here, as cel-go's parser does. */
import { type Token, tokenize } from './lexer.js'
import { CompileError, type Expr, type ExprOf, type Issue, type Literal, type LoopMacro, qualifiedName } from './syntax.js'

/** Upstream allows 250 levels; so deep a tree of ours stays well within the stack. */
const DEEPEST = 250
/** Characters of one expression. @see cel-go parser: expressionSizeCodePointLimit */
const LONGEST = 100_000

const RESERVED = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(' '),
)
const OPERAND = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"

/** Levels of `||` and `&&`. */
const LOGICAL = 2
const BINARY: string[][] = [['||'], ['&&'], ['==', '!=', '<', '<=', '>', '>=', 'in'], ['+', '-'], ['*', '/', '%']]
const OPERATOR: Record<string, string> = { in: '@in' }
export const operatorName = (sign: string): string => OPERATOR[sign] ?? `_${sign}_`

class Parser {
  readonly #tokens: Token[]
  #next = 0
  #depth = 0
  constructor(
    readonly source: string,
    issues: Issue[],
  ) {
    this.#tokens = tokenize(source, issues)
  }

  parse(): Expr {
    const expr = this.#expression()
    const token = this.#peek()
    if (token.type === 'end') return expr
    const isExtra = this.#tokens[this.#next + 1]?.type === 'end'
    throw this.#error(token.at, `${isExtra ? 'extraneous' : 'mismatched'} input '${token.text}' expecting <EOF>`)
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { type: 'end', text: '<EOF>', at: this.source.length }
  }

  #take(): Token {
    const token = this.#peek()
    this.#next++
    return token
  }

  #has(type: string): Token | undefined {
    return this.#peek().type === type ? this.#take() : undefined
  }

  #need(type: string): Token {
    const token = this.#peek()
    const wanted = type === 'ident' ? 'IDENTIFIER' : `'${type}'`
    if (token.type === 'end' && type !== 'ident') throw this.#error(token.at, `missing ${wanted} at '<EOF>'`)
    if (token.type !== type) throw this.#error(token.at, `mismatched input '${token.text}' expecting ${wanted}`)
    return this.#take()
  }

  #error(at: number, text: string): CompileError {
    return new CompileError(this.source, [{ at, text: `Syntax error: ${text}` }])
  }

  #refuse(at: number, text: string): CompileError {
    return new CompileError(this.source, [{ at, text }])
  }

  #expression(): Expr {
    if (++this.#depth > DEEPEST) throw this.#refuse(-1, `expression recursion limit exceeded: ${DEEPEST}`)
    const condition = this.#binary(0)
    const question = this.#has('?')
    if (!question) {
      this.#depth--
      return condition
    }
    const yes = this.#binary(0)
    this.#need(':')
    const no = this.#expression()
    this.#depth--
    return { kind: 'call', name: '_?_:_', args: [condition, yes, no], at: question.at }
  }

  #binary(level: number): Expr {
    const signs = BINARY[level]
    if (!signs) return this.#unary()
    if (level < LOGICAL) return this.#logical(level, signs)
    let left = this.#binary(level + 1)
    while (signs.includes(this.#peek().type)) {
      const { type, at } = this.#take()
      left = { kind: 'call', name: operatorName(type), args: [left, this.#binary(level + 1)], at }
    }
    return left
  }

  /** A long chain becomes a tree that is not deep. Models cel-go parser/helper.go: balancedTree */
  #logical(level: number, signs: string[]): Expr {
    const terms = [this.#binary(level + 1)]
    const places: number[] = []
    while (signs.includes(this.#peek().type)) {
      places.push(this.#take().at)
      terms.push(this.#binary(level + 1))
    }
    const tree = (from: number, to: number): Expr => {
      const middle = from + Math.floor((to - from) / 2)
      if (from === to) return terms[from] as Expr
      return {
        kind: 'call',
        name: operatorName(signs[0] ?? ''),
        args: [tree(from, middle), tree(middle + 1, to)],
        at: places[middle] ?? 0,
      }
    }
    return tree(0, terms.length - 1)
  }

  #unary(): Expr {
    const { type, at } = this.#peek()
    if (type !== '!' && type !== '-') return this.#member()
    let count = 0
    while (this.#has(type)) count++
    const number = this.#peek()
    if (type === '-' && number.type === 'literal' && (typeof number.value === 'bigint' || typeof number.value === 'number')) {
      // The sign belongs to the number, which may be the least that there is.
      this.#take()
      const value = (typeof number.value === 'bigint' ? -number.value : -(number.value as number)) as Literal
      const literal = this.#suffixes({ kind: 'literal', value, at })
      return this.#negate(type, count - 1, literal, at)
    }
    return this.#negate(type, count, this.#member(), at)
  }

  #negate(type: string, count: number, operand: Expr, at: number): Expr {
    return count % 2 === 0 ? operand : { kind: 'call', name: type === '!' ? '!_' : '-_', args: [operand], at }
  }

  #member(): Expr {
    return this.#suffixes(this.#primary())
  }

  #suffixes(start: Expr): Expr {
    let expr = start
    for (;;) {
      const { type, at } = this.#peek()
      if (type === '.') expr = this.#dotted(expr, this.#take().at)
      else if (type === '[') {
        this.#take()
        const optional = this.#has('?') !== undefined
        const index = this.#expression()
        this.#need(']')
        expr = { kind: 'call', name: optional ? '_[?_]' : '_[_]', args: [expr, index], at }
      } else if (type === '{' && qualifiedName(expr) !== undefined) expr = this.#struct(qualifiedName(expr) ?? '', at)
      else return expr
    }
  }

  #dotted(operand: Expr, at: number): Expr {
    const optional = this.#has('?') !== undefined
    if (this.#peek().type === 'end') throw this.#error(this.source.length, "no viable alternative at input '.'")
    const name = this.#has('quoted') ?? this.#need('ident')
    if (name.type === 'quoted') return { kind: 'select', operand, field: name.text.slice(1, -1), optional, at }
    const open = optional ? undefined : this.#has('(')
    if (!open) return { kind: 'select', operand, field: name.text, optional, at }
    const args = this.#list(')')
    return this.#macro(operand, name.text, args, open.at) ?? { kind: 'call', name: name.text, target: operand, args, at: open.at }
  }

  #list(close: string): Expr[] {
    const items: Expr[] = []
    while (!this.#has(close)) {
      if (items.length && this.#peek().type === 'end') this.#need(close)
      if (items.length) this.#need(',')
      items.push(this.#expression())
    }
    return items
  }

  #primary(): Expr {
    const token = this.#take()
    const { type, at, text } = token
    switch (type) {
      case 'literal':
        return { kind: 'literal', value: this.#literal(token), at }
      case 'true':
      case 'false':
        return { kind: 'literal', value: type === 'true', at }
      case 'null':
        return { kind: 'literal', value: null, at }
      case '(': {
        const inner = this.#expression()
        this.#need(')')
        return inner
      }
      case '[':
        return this.#listLiteral(at)
      case '{':
        return this.#mapLiteral(at)
      case '.':
        return this.#named(this.#need('ident'), '.')
      case 'ident':
        return this.#named(token, '')
      default:
        throw this.#error(at, `mismatched input '${text}' expecting ${OPERAND}`)
    }
  }

  #literal({ value, at }: Token): Literal {
    if (value === 9223372036854775808n) throw this.#refuse(at, 'invalid int literal')
    return value ?? null
  }

  #named({ text, at }: Token, dot: string): Expr {
    if (RESERVED.has(text)) throw this.#refuse(at, `reserved identifier: ${text}`)
    const open = this.#has('(')
    if (!open) return { kind: 'ident', name: `${dot}${text}`, at }
    const args = this.#list(')')
    if (text !== 'has' || args.length !== 1) return { kind: 'call', name: text, args, at: open.at }
    const [operand] = args
    if (operand?.kind !== 'select' || operand.optional)
      throw this.#refuse(operand?.at ?? open.at, 'invalid argument to has() macro')
    return { kind: 'has', operand: operand.operand, field: operand.field, at: open.at }
  }

  #listLiteral(at: number): Expr {
    const items: Expr[] = []
    const optional = new Set<number>()
    while (!this.#has(']')) {
      if (items.length) {
        this.#need(',')
        if (this.#has(']')) break
      }
      if (this.#has('?')) optional.add(items.length)
      items.push(this.#expression())
    }
    return { kind: 'list', items, optional, at }
  }

  #mapLiteral(at: number): Expr {
    const entries: ExprOf<'map'>['entries'] = []
    while (!this.#has('}')) {
      if (entries.length) {
        this.#need(',')
        if (this.#has('}')) break
      }
      const optional = this.#has('?') !== undefined
      const key = this.#expression()
      this.#need(':')
      entries.push({ key, value: this.#expression(), optional })
    }
    return { kind: 'map', entries, at }
  }

  #struct(name: string, at: number): Expr {
    this.#need('{')
    const fields: ExprOf<'struct'>['fields'] = []
    while (!this.#has('}')) {
      if (fields.length) {
        this.#need(',')
        if (this.#has('}')) break
      }
      const optional = this.#has('?') !== undefined
      const field = this.#has('quoted') ?? this.#need('ident')
      const colon = this.#need(':')
      const text = field.type === 'quoted' ? field.text.slice(1, -1) : field.text
      fields.push({ name: text, value: this.#expression(), at: colon.at, optional })
    }
    return { kind: 'struct', name, fields, at }
  }

  #name(expr: Expr | undefined): string {
    if (expr?.kind !== 'ident' || expr.name.startsWith('.')) throw this.#refuse(expr?.at ?? 0, 'argument must be a simple name')
    return expr.name
  }

  /** The macro that a call on a target is; undefined where it is a plain call. */
  #macro(target: Expr, name: string, args: Expr[], at: number): Expr | undefined {
    const [first, second, third, fourth] = args
    if (name === 'bind' && target.kind === 'ident' && target.name === 'cel' && second && third && args.length === 3)
      return { kind: 'bind', name: this.#name(first), value: second, result: third, at }
    if ((name === 'optMap' || name === 'optFlatMap') && second && args.length === 2)
      return { kind: 'optMap', flat: name === 'optFlatMap', operand: target, name: this.#name(first), result: second, at }
    const loop = (macro: LoopMacro, names: (Expr | undefined)[], step: Expr, filter?: Expr): Expr => ({
      kind: 'loop',
      macro,
      range: target,
      names: names.map((each) => this.#name(each)),
      step,
      ...(filter ? { filter } : {}),
      at,
    })
    const quantifier = name === 'existsOne' ? 'exists_one' : name
    if (quantifier === 'all' || quantifier === 'exists' || quantifier === 'exists_one') {
      if (args.length === 2 && second && name !== 'existsOne') return loop(quantifier, [first], second)
      if (args.length === 3 && third) return loop(quantifier, [first, second], third)
    }
    if (name === 'filter' && args.length === 2 && second) return loop('filter', [first], second)
    if (name === 'sortBy' && args.length === 2 && second) return loop('sortBy', [first], second)
    if (name === 'map' && args.length === 2 && second) return loop('map', [first], second)
    if (name === 'map' && args.length === 3 && second && third) return loop('map', [first], third, second)
    if (name === 'transformList' || name === 'transformMap' || name === 'transformMapEntry') {
      if (args.length === 3 && third) return loop(name, [first, second], third)
      if (args.length === 4 && third && fourth) return loop(name, [first, second], fourth, third)
    }
    return undefined
  }
}

/** @throws CompileError */
export function parseExpression(source: string): Expr {
  const size = [...source].length
  if (size > LONGEST)
    throw new CompileError('', [{ at: 0, text: `expression code point size exceeds limit: size: ${size}, limit ${LONGEST}` }])
  const issues: Issue[] = []
  try {
    const expr = new Parser(source, issues).parse()
    if (issues.length === 0) return expr
  } catch (error) {
    if (!(error instanceof CompileError)) throw error
    issues.push(...error.issues)
  }
  throw new CompileError(source, issues)
}
