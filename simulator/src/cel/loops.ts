/** Comprehensions: `all`, `exists`, `map`, `filter` and the like. Models cel-go's macros and their cost. */
import { sorted } from './functions/lists.js'
import type { Expr, ExprOf } from './syntax.js'
import { CelMap, EntryMap, EvaluationError, isList, noSuchOverload, typeNameOf, type Value } from './values.js'

/** What a loop needs of the evaluation that it is a part of. */
export interface Interpreter {
  eval(expr: Expr): Value
  /** A fault as a value: another turn may decide. */
  attempt(expr: Expr): Value | EvaluationError
  /** Runs with names that hide the outer ones; `set` gives them their values, again for each turn of a loop. */
  within<T>(names: readonly string[], work: (set: (values: Value[]) => void) => T): T
  spend(cost: number): void
}

type Loop = ExprOf<'loop'>

/** Of making a list. */
export const LIST_COST = 10

/** The values of the names, for each turn. */
function turnsOf(interpreter: Interpreter, expr: Loop): Value[][] {
  const range = interpreter.eval(expr.range)
  if (isList(range)) return range.map((item, index) => (expr.names.length === 2 ? [BigInt(index), item] : [item]))
  if (range instanceof CelMap) return range.keys().map((key) => [key, range.get(key) ?? null])
  throw new EvaluationError(`got '${typeNameOf(range)}', expected iterable type`)
}

/** Runs a comprehension of any macro. */
export function runLoop(interpreter: Interpreter, expr: Loop): Value {
  const turns = turnsOf(interpreter, expr)
  switch (expr.macro) {
    case 'all':
      return quantify(interpreter, { expr, turns, decisive: false })
    case 'exists':
      return quantify(interpreter, { expr, turns, decisive: true })
    case 'exists_one':
      return existsOne(interpreter, expr, turns)
    case 'sortBy':
      return sortBy(interpreter, expr, turns)
    case 'transformMap':
    case 'transformMapEntry':
      return transformMap(interpreter, expr, turns)
    default:
      return collect(interpreter, expr, turns)
  }
}

function sortBy(interpreter: Interpreter, expr: Loop, turns: Value[][]): Value {
  const keys = interpreter.within(expr.names, (set) =>
    turns.map((values) => {
      set(values)
      return interpreter.eval(expr.step)
    }),
  )
  interpreter.spend(LIST_COST + turns.length)
  return sorted(
    turns.map(([item]) => item ?? null),
    keys,
  )
}

/** `map`, `filter` and `transformList`. */
function collect(interpreter: Interpreter, expr: Loop, turns: Value[][]): Value {
  const items: Value[] = []
  const take = (item: Value | undefined) => {
    if (expr.macro === 'filter') {
      if (!isTrue(interpreter, expr.step)) return
      interpreter.spend(LIST_COST + 3)
      items.push(item ?? null)
    } else if (!expr.filter || isTrue(interpreter, expr.filter)) {
      interpreter.spend(LIST_COST + 2)
      items.push(interpreter.eval(expr.step))
    }
  }
  interpreter.within(expr.names, (set) => {
    for (const values of turns) {
      set(values)
      take(values[0])
    }
  })
  interpreter.spend(1)
  return items
}

function isTrue(interpreter: Interpreter, expr: Expr): boolean {
  const value = interpreter.eval(expr)
  if (typeof value !== 'boolean') throw noSuchOverload()
  return value
}

interface Quantified {
  expr: Loop
  turns: Value[][]
  /** The result of one turn that settles the whole. */
  decisive: boolean
}

function quantify(interpreter: Interpreter, { expr, turns, decisive }: Quantified): Value {
  let fault: EvaluationError | undefined
  const isSettled = interpreter.within(expr.names, (set) => {
    for (const values of turns) {
      interpreter.spend(decisive ? 4 : 3)
      set(values)
      const result = interpreter.attempt(expr.step)
      if (result === decisive) return true
      if (result instanceof EvaluationError) fault ??= result
      else if (typeof result !== 'boolean') fault ??= noSuchOverload()
    }
    return false
  })
  interpreter.spend(1)
  if (isSettled) return decisive
  if (fault) throw fault
  return !decisive
}

function existsOne(interpreter: Interpreter, expr: Loop, turns: Value[][]): Value {
  let count = 0
  interpreter.within(expr.names, (set) => {
    for (const values of turns) {
      set(values)
      if (!isTrue(interpreter, expr.step)) continue
      count++
      interpreter.spend(2)
    }
  })
  interpreter.spend(2)
  return count === 1
}

function transformMap(interpreter: Interpreter, expr: Loop, turns: Value[][]): Value {
  const map = new EntryMap()
  const add = (key: Value, value: Value) => {
    if (map.get(key) !== undefined) throw new EvaluationError(`insert failed: key ${String(key)} already exists`)
    map.set(key, value)
  }
  interpreter.within(expr.names, (set) => {
    for (const values of turns) {
      set(values)
      if (expr.filter && !isTrue(interpreter, expr.filter)) continue
      const value = interpreter.eval(expr.step)
      interpreter.spend(3)
      if (expr.macro === 'transformMap') add(values[0] ?? null, value)
      else if (value instanceof CelMap) for (const key of value.keys()) add(key, value.get(key) ?? null)
      else throw noSuchOverload()
    }
  })
  interpreter.spend(1)
  return map
}
