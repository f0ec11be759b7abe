/** Runs an awk program over lines. */
import { Pace } from '../../../../time/steps.js'
import type { Expression as Pattern } from '../expression.js'
import { awkExpression, Fields, MOST_ELEMENTS } from './fields.js'
import { callFunction } from './functions.js'
import { AwkError, type Expression, type Place, type Rule, type Statement } from './syntax.js'
import { compare, isTrue, Read, sprintf, textOf, toNumber, UNSET, type Value } from './values.js'

export interface AwkOutput {
  print(text: string): void | Promise<void>
  toFile(path: string, text: string, append: boolean): void
  nowMs(): number
  /** 0 to 1. */
  chance(): number
  /** Nobody waits for the program any more. */
  isEnded(): boolean
}

type Flow = 'next' | 'break' | 'continue' | 'exit' | undefined

/** Between the keys of an element of several dimensions. */
const SUBSEP = '\x1c'

export class AwkMachine {
  readonly variables = new Map<string, Value>([
    ['FS', ' '],
    ['OFS', ' '],
    ['ORS', '\n'],
    ['NR', 0],
    ['FNR', 0],
    ['NF', 0],
    ['SUBSEP', SUBSEP],
    ['RSTART', 0],
    ['RLENGTH', -1],
  ])
  readonly arrays = new Map<string, Map<string, Value>>()
  readonly #inside = new Set<Rule>()
  readonly #pace = new Pace()
  readonly #fields = new Fields(this.variables)
  #code = 0
  #isOver = false

  constructor(
    readonly rules: Rule[],
    readonly output: AwkOutput,
  ) {}

  get isOver(): boolean {
    return this.#isOver
  }
  get code(): number {
    return this.#code
  }
  /** Whether any rule wants lines. */
  get reads(): boolean {
    return this.rules.some(({ pattern }) => pattern !== 'BEGIN')
  }

  async begin(): Promise<void> {
    for (const { pattern, action } of this.rules) if (pattern === 'BEGIN' && action && !this.#isOver) await this.#run(action)
  }
  /** Also after `exit`, as POSIX wants it. */
  async end(): Promise<void> {
    this.#isOver = false
    for (const { pattern, action } of this.rules) if (pattern === 'END' && action && !this.#isOver) await this.#run(action)
  }

  async line(text: string): Promise<void> {
    this.variables.set('NR', this.#number('NR') + 1)
    this.variables.set('FNR', this.#number('FNR') + 1)
    this.#fields.line = text
    for (const rule of this.rules) {
      if (rule.pattern === 'BEGIN' || rule.pattern === 'END' || !this.#meets(rule)) continue
      const flow = rule.action ? await this.#run(rule.action) : await this.#print([], false)
      if (flow === 'next' || this.#isOver) return
    }
  }

  #meets(rule: Rule): boolean {
    const { pattern, until } = rule
    if (pattern === undefined) return true
    const meets = (expression: Expression) => isTrue(this.evaluate(expression))
    if (!until) return meets(pattern as Expression)
    if (!this.#inside.has(rule) && !meets(pattern as Expression)) return false
    if (meets(until)) this.#inside.delete(rule)
    else this.#inside.add(rule)
    return true
  }

  #number(name: string): number {
    return toNumber(this.variables.get(name) ?? 0)
  }
  #text(name: string): string {
    return textOf(this.variables.get(name) ?? '')
  }

  /** The expression that stands there as such, or a text that is one. */
  patternOf(expression: Expression | undefined): Pattern {
    if (!expression) throw new AwkError('an expression is missing')
    return awkExpression(expression.type === 'regexp' ? expression.source : textOf(this.evaluate(expression)))
  }

  array(name: string): Map<string, Value> {
    const found = this.arrays.get(name) ?? new Map<string, Value>()
    this.arrays.set(name, found)
    return found
  }
  #key(keys: Expression[]): string {
    return keys.map((key) => textOf(this.evaluate(key))).join(SUBSEP)
  }

  read(place: Place): Value {
    if (place.type === 'field') return new Read(this.#fields.field(toNumber(this.evaluate(place.of))))
    if (place.type === 'element') {
      const [array, key] = [this.array(place.name), this.#key(place.keys)]
      if (!array.has(key)) this.#put(array, key, UNSET)
      return array.get(key) as Value
    }
    if (place.name === 'NF') return this.#fields.fields.length
    return this.variables.get(place.name) ?? UNSET
  }
  #put(array: Map<string, Value>, key: string, value: Value): void {
    if (array.size >= MOST_ELEMENTS && !array.has(key)) throw new AwkError('out of memory')
    array.set(key, value)
  }

  write(place: Place, value: Value): Value {
    if (place.type === 'element') this.#put(this.array(place.name), this.#key(place.keys), value)
    else if (place.type === 'field') this.#fields.setField(toNumber(this.evaluate(place.of)), textOf(value))
    else {
      if (place.name === 'NF') this.#fields.setCount(toNumber(value))
      else this.variables.set(place.name, value)
    }
    return value
  }
  evaluate(expression: Expression): Value {
    switch (expression.type) {
      case 'number':
      case 'string':
        return expression.value
      case 'regexp':
        return Number(awkExpression(expression.source).test(this.#fields.line))
      case 'variable':
      case 'field':
      case 'element':
        return this.read(expression)
      case 'assign':
        return this.#assign(expression)
      case 'step': {
        const before = toNumber(this.read(expression.to))
        this.write(expression.to, before + expression.by)
        return expression.before ? before + expression.by : before
      }
      case 'unary':
        return this.#unary(expression.operator, this.evaluate(expression.of))
      case 'binary':
        return this.#binary(expression)
      case 'choice':
        return this.evaluate(isTrue(this.evaluate(expression.test)) ? expression.yes : expression.no)
      case 'in':
        return Number(this.array(expression.name).has(this.#key(expression.keys)))
      case 'call':
        return callFunction(this, expression.name, expression.args)
    }
  }

  #assign({ operator, to, value }: Extract<Expression, { type: 'assign' }>): Value {
    const given = this.evaluate(value)
    if (operator === '=') return this.write(to, given)
    return this.write(to, calculate(operator.slice(0, -1), toNumber(this.read(to)), toNumber(given)))
  }
  #unary(operator: string, value: Value): Value {
    if (operator === '(') return value
    if (operator === '!') return Number(!isTrue(value))
    return operator === '-' ? -toNumber(value) : toNumber(value)
  }

  #binary({ operator, left, right }: Extract<Expression, { type: 'binary' }>): Value {
    if (operator === '&&') return Number(isTrue(this.evaluate(left)) && isTrue(this.evaluate(right)))
    if (operator === '||') return Number(isTrue(this.evaluate(left)) || isTrue(this.evaluate(right)))
    const value = this.evaluate(left)
    if (operator === '~' || operator === '!~') {
      const fits = this.patternOf(right).test(textOf(value))
      return Number(fits === (operator === '~'))
    }
    const other = this.evaluate(right)
    if (operator === ' ') return joined(textOf(value), textOf(other))
    const order = COMPARED[operator]
    return order ? Number(order(compare(value, other))) : calculate(operator, toNumber(value), toNumber(other))
  }

  async #run(statement: Statement): Promise<Flow> {
    await this.#pace.step()
    if (this.output.isEnded()) this.#isOver = true
    if (this.#isOver) return 'exit'
    switch (statement.type) {
      case 'expression':
        this.evaluate(statement.of)
        return undefined
      case 'print':
        return this.#print(statement.args, statement.formatted, statement.file)
      case 'block':
        return this.#all(statement.body)
      case 'if': {
        const taken = isTrue(this.evaluate(statement.test)) ? statement.yes : statement.no
        return taken ? this.#run(taken) : undefined
      }
      case 'while':
        return this.#loop(statement)
      case 'for':
        if (statement.start) await this.#run(statement.start)
        return this.#loop({ ...statement, first: false })
      case 'each':
        return this.#each(statement)
      case 'delete':
        if (statement.keys.length > 0) this.array(statement.name).delete(this.#key(statement.keys))
        else this.array(statement.name).clear()
        return undefined
      case 'exit':
        this.#code = statement.code ? toNumber(this.evaluate(statement.code)) : this.#code
        this.#isOver = true
        return 'exit'
      default:
        return statement.type
    }
  }

  async #all(body: Statement[]): Promise<Flow> {
    for (const statement of body) {
      const flow = await this.#run(statement)
      if (flow) return flow
    }
    return undefined
  }

  async #loop({
    test,
    body,
    next,
    first,
  }: {
    test?: Expression
    body: Statement
    next?: Statement
    first: boolean
  }): Promise<Flow> {
    for (let isFirst = first; isFirst || !test || isTrue(this.evaluate(test)); isFirst = false) {
      const flow = await this.#run(body)
      if (flow === 'break') return undefined
      if (flow === 'next' || flow === 'exit') return flow
      if (next) await this.#run(next)
    }
    return undefined
  }
  async #each({ variable, of, body }: Extract<Statement, { type: 'each' }>): Promise<Flow> {
    for (const key of [...this.array(of).keys()]) {
      this.variables.set(variable, new Read(key))
      const flow = await this.#run(body)
      if (flow === 'break') return undefined
      if (flow === 'next' || flow === 'exit') return flow
    }
    return undefined
  }

  async #print(args: Expression[], formatted: boolean, file?: { append: boolean; path: Expression }): Promise<undefined> {
    const values = args.map((each) => this.evaluate(each))
    const text = formatted
      ? sprintf(textOf(values[0] ?? ''), values.slice(1))
      : `${args.length === 0 ? this.#fields.line : values.map(textOf).join(this.#text('OFS'))}${this.#text('ORS')}`
    if (file) this.output.toFile(textOf(this.evaluate(file.path)), text, file.append)
    else await this.output.print(text)
  }
}

const COMPARED: Record<string, (order: number) => boolean> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

/** @throws AwkError */
function calculate(operator: string, left: number, right: number): number {
  if ((operator === '/' || operator === '%') && right === 0) throw new AwkError('Division by zero')
  if (operator === '+') return left + right
  if (operator === '-') return left - right
  if (operator === '*') return left * right
  if (operator === '/') return left / right
  return operator === '%' ? left % right : left ** right
}

/** Longer than any text of an exercise. */
const LONGEST_TEXT = 1_000_000
function joined(left: string, right: string): string {
  if (left.length + right.length > LONGEST_TEXT) throw new AwkError('out of memory')
  return left + right
}
