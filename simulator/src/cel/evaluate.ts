/** Runs a checked expression and counts its cost. Models cel-go interpreter, runtimecost.go. */
import { elementAt, fieldOf, noSuchKey } from './access.js'
import type { Checked } from './checker.js'
import { CostLimitError, effort, touch } from './effort.js'
import type { Overload } from './functions/declare.js'
import { type Interpreter, LIST_COST, type LoopState, runLoop } from './loops.js'
import { Meter, PER_CALL_LIMIT } from './meter.js'
import { NO_OVERLOADS, noneFits, overloadFor } from './overloads.js'
import { inPiece, Rest } from './pieces.js'
import { Progress } from './progress.js'
import { childrenOf, type Expr, type ExprOf, qualifiedName } from './syntax.js'
import {
  CelMap,
  EntryMap,
  EvaluationError,
  FieldMap,
  isList,
  noSuchOverload,
  Opaque,
  Optional,
  TypeValue,
  Uint,
  type Value,
} from './values.js'

export type Variables = (name: string) => Value | undefined

export interface Result {
  value: Value
  cost: number
}

/** One name; a loop puts another value under it for each turn. */
interface Scope {
  name: string
  value: Value
  outer: Scope | undefined
}

const TYPE_NAMES = new Set(['bool', 'bytes', 'double', 'int', 'list', 'map', 'null_type', 'string', 'type', 'uint'])

/** The parts of a chain such as `a.b[0]` count one each; what such a chain starts from counts one more. */
const isChain = (expr: Expr): boolean =>
  expr.kind === 'ident' ||
  (expr.kind === 'select' && !expr.optional) ||
  (expr.kind === 'call' && (expr.name === '_[_]' || expr.name === '_?_:_'))

const constants = new WeakMap<Expr, boolean>()

/** A literal of literals is made once and costs nothing. */
function isConstant(expr: Expr): boolean {
  if (expr.kind === 'literal') return true
  if (expr.kind !== 'list' && expr.kind !== 'map') return false
  const known = constants.get(expr) ?? childrenOf(expr).every(isConstant)
  constants.set(expr, known)
  return known
}

const MAP = 30
const STRUCT = 40

/** Units and elements of a call whose result is kept where the evaluation may rest: to work it out again costs more than to keep it. */
const COSTLY = 1000

export class Evaluation implements Interpreter {
  readonly #meter: Meter
  readonly #progress: Progress
  #scope: Scope | undefined
  #result: Result | EvaluationError | CostLimitError | undefined
  constructor(
    readonly checked: Checked,
    readonly variables: Variables,
    readonly limit = PER_CALL_LIMIT,
  ) {
    this.#meter = new Meter(limit)
    this.#progress = new Progress(this.#meter, () => this.#goOn())
  }

  /** Begins, or goes on where it rested. @throws EvaluationError, CostLimitError, and Rest where the piece is over */
  run(): Result {
    if (this.#result === undefined) {
      try {
        this.#result = this.#start()
      } catch (error) {
        if (!(error instanceof EvaluationError || error instanceof CostLimitError)) throw error
        this.#result = error
      }
    }
    if (this.#result instanceof Error) throw this.#result
    return this.#result
  }

  #start(): Result {
    // A variable of a policy is evaluated within the expression that names it.
    const outer = effort.spent
    effort.spent = 0
    this.#meter.cost = 0
    this.#progress.rewind()
    this.#scope = undefined
    try {
      return { value: this.eval(this.checked.expr), cost: this.#meter.cost }
    } finally {
      effort.spent = outer
    }
  }

  /** @returns whether it is done */
  #goOn(): boolean {
    return inPiece(undefined, () => {
      try {
        this.run()
      } catch (error) {
        return !(error instanceof Rest)
      }
      return true
    })
  }

  loop(expr: ExprOf<'loop'>, make: () => Pick<LoopState, 'turns' | 'fold'>): LoopState {
    return this.#progress.enter(expr, make)
  }
  turned(loop: LoopState): void {
    this.#progress.turned(loop)
  }
  spend(cost: number): void {
    this.#meter.spend(cost)
  }

  eval(expr: Expr): Value {
    switch (expr.kind) {
      case 'literal':
        return literalValue(expr.value)
      case 'ident':
        this.spend(1)
        return this.#variable(expr.name)
      case 'select':
        return this.#select(expr)
      case 'has':
        return this.#has(expr)
      case 'call':
        return this.#call(expr)
      case 'list':
        return this.#list(expr)
      case 'map':
        return this.#map(expr)
      case 'struct':
        return this.#struct(expr)
      case 'loop':
        return this.#progress.loop(expr, () => runLoop(this, expr))
      case 'bind':
        return this.#bound(expr.name, this.eval(expr.value), expr.result)
      case 'optMap':
        return this.#optMap(expr)
    }
  }

  within<T>(names: readonly string[], work: (set: (values: Value[]) => void) => T): T {
    const outer = this.#scope
    const scopes = names.map((name): Scope => {
      this.#scope = { name, value: null, outer: this.#scope }
      return this.#scope
    })
    const set = (values: Value[]) => {
      for (const [index, scope] of scopes.entries()) scope.value = values[index] ?? null
    }
    try {
      return work(set)
    } finally {
      this.#scope = outer
    }
  }

  #bound(name: string, value: Value, result: Expr): Value {
    const outer = this.#scope
    this.#scope = { name, value, outer }
    try {
      return this.eval(result)
    } finally {
      this.#scope = outer
    }
  }

  #variable(name: string): Value {
    for (let at = this.#scope; at; at = at.outer) if (at.name === name) return at.value
    const plain = name.replace(/^\./, '')
    const value = this.variables(plain)
    if (value !== undefined) return value
    if (TYPE_NAMES.has(plain)) return new TypeValue(plain)
    throw new EvaluationError(`no such attribute(s): ${plain}`)
  }

  /** What a chain starts from. */
  #operand(expr: Expr): Value {
    const value = this.eval(expr)
    if (!isChain(expr)) this.spend(1)
    return value
  }

  /** The value of a chain where the chain itself counts nothing, as in a branch or an index. */
  #free(expr: Expr): Value {
    if (isChain(expr)) this.#meter.cost -= 1
    return this.eval(expr)
  }

  #select(expr: ExprOf<'select'>): Value {
    const whole = qualifiedName(expr)
    const isLocal = whole !== undefined && this.#isLocal(whole.split('.')[0] ?? '')
    if (whole && !isLocal) {
      const value = this.variables(whole) ?? (whole.startsWith('google.protobuf.') ? new TypeValue(whole) : undefined)
      if (value !== undefined) {
        this.spend(1)
        return value
      }
    }
    const operand = this.#operand(expr.operand)
    this.spend(1)
    return fieldOf(operand, expr.field, expr.optional)
  }

  #isLocal(name: string): boolean {
    for (let at = this.#scope; at; at = at.outer) if (at.name === name) return true
    return false
  }

  #has({ operand, field: name }: ExprOf<'has'>): Value {
    const value = this.#free(operand)
    this.spend(1)
    const target = value instanceof Optional ? (value.isPresent ? value.held : undefined) : value
    if (target === undefined) return false
    if (target instanceof CelMap) return target.get(name) !== undefined
    if (target instanceof Opaque && target.inner instanceof CelMap) return target.inner.get(name) !== undefined
    throw noSuchKey(name)
  }

  #call(expr: ExprOf<'call'>): Value {
    const [first, second, third] = expr.args
    if (!expr.target && first && second) {
      switch (expr.name) {
        case '_&&_':
          return this.#logic(first, second, false)
        case '_||_':
          return this.#logic(first, second, true)
        case '_?_:_': {
          const condition = this.eval(first)
          if (typeof condition !== 'boolean') throw noSuchOverload()
          return this.#free(condition ? second : (third ?? second))
        }
        case '_[_]':
        case '_[?_]': {
          const operand = this.#operand(first)
          const index = this.#free(second)
          this.spend(1)
          return elementAt(operand, index, expr.name === '_[?_]')
        }
      }
    }
    return this.#function(expr)
  }

  /** The side that decides hides a fault of the other. */
  #logic(left: Expr, right: Expr, decisive: boolean): Value {
    const first = this.attempt(left)
    if (first === decisive) return decisive
    const second = this.attempt(right)
    if (second === decisive) return decisive
    for (const each of [first, second]) {
      if (each instanceof EvaluationError) throw each
      if (typeof each !== 'boolean') throw noSuchOverload()
    }
    return !decisive
  }

  attempt(expr: Expr): Value | EvaluationError {
    try {
      return this.eval(expr)
    } catch (error) {
      if (error instanceof EvaluationError) return error
      throw error
    }
  }

  #function(expr: ExprOf<'call'>): Value {
    const known = this.#progress.known(expr)
    if (known !== undefined) return known
    const begun = this.#meter.cost
    const spent = effort.spent
    const candidates = this.checked.overloads.get(expr) ?? NO_OVERLOADS
    const args: Value[] = candidates[0]?.member === true && expr.target ? [this.eval(expr.target)] : []
    for (const each of expr.args) args.push(this.eval(each))
    const overload = overloadFor(candidates, args)
    if (!overload) throw noneFits(expr.name, args)
    const result = this.#run(overload, args)
    if (this.#meter.cost - begun + effort.spent - spent > COSTLY) {
      this.#progress.keep(expr, result, { cost: begun, effort: spent })
      this.#progress.restIfOver()
    }
    return result
  }

  /** What the arguments alone tell of the cost is counted first: a call that costs too much is not begun. */
  #run({ cost, run }: Overload, args: readonly Value[]): Value {
    if (!cost.ofResult) this.spend(cost.actual(args, null))
    const result = run(args)
    if (isList(result)) touch(result.length)
    if (cost.ofResult) this.spend(cost.actual(args, result))
    return result
  }

  #list(expr: ExprOf<'list'>): Value {
    const items: Value[] = []
    for (const [index, each] of expr.items.entries()) {
      const value = this.eval(each)
      if (!expr.optional.has(index)) items.push(value)
      else if (value instanceof Optional && value.isPresent) items.push(value.held)
    }
    if (!isConstant(expr)) this.spend(LIST_COST)
    return items
  }

  #map(expr: ExprOf<'map'>): Value {
    const map = new EntryMap()
    for (const { key, value, optional } of expr.entries) {
      const name = this.eval(key)
      const held = this.eval(value)
      if (!optional) map.set(name, held)
      else if (held instanceof Optional && held.isPresent) map.set(name, held.held)
    }
    if (!isConstant(expr)) this.spend(MAP)
    return map
  }

  #struct(expr: ExprOf<'struct'>): Value {
    const fields = new Map<string, Value>()
    for (const { name, value, optional } of expr.fields) {
      const held = this.eval(value)
      if (!optional) fields.set(name, held)
      else if (held instanceof Optional && held.isPresent) fields.set(name, held.held)
    }
    this.spend(STRUCT)
    const map = new FieldMap(expr.name, [...fields.keys()], (name) => fields.get(name))
    return new Opaque(expr.name, map, expr.name)
  }

  #optMap(expr: ExprOf<'optMap'>): Value {
    const operand = this.eval(expr.operand)
    this.spend(1)
    if (!(operand instanceof Optional)) throw noSuchOverload()
    if (!operand.isPresent) return Optional.none
    this.spend(2)
    const value = this.#bound(expr.name, operand.held, expr.result)
    return expr.flat ? value : Optional.of(value)
  }
}

function literalValue(value: ExprOf<'literal'>['value']): Value {
  return typeof value === 'object' && value !== null && 'uint' in value ? new Uint(value.uint) : value
}

/** @throws EvaluationError, CostLimitError */
export const evaluate = (checked: Checked, variables: Variables, limit = PER_CALL_LIMIT): Result =>
  new Evaluation(checked, variables, limit).run()
