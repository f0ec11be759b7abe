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
  /** Where a loop stands that has been begun: `make` does so where it has not. */
  loop(expr: Loop, make: () => Pick<LoopState, 'turns' | 'fold'>): LoopState
  /** A turn is done: a long evaluation may rest here. */
  turned(loop: LoopState): void
}

type Loop = ExprOf<'loop'>

/** What a macro makes of the turns of its loop. A turn changes nothing before all of its expressions have been evaluated. */
interface Fold {
  /** @returns whether no further turn is needed */
  turn(values: Value[]): boolean
  end(): Value
}

/** How far a loop has come. */
export interface LoopState {
  /** The values of the names, for each turn. */
  turns: Value[][]
  fold: Fold
  next: number
}

/** Of making a list. */
export const LIST_COST = 10

function turnsOf(interpreter: Interpreter, expr: Loop): Value[][] {
  const range = interpreter.eval(expr.range)
  if (isList(range)) return range.map((item, index) => (expr.names.length === 2 ? [BigInt(index), item] : [item]))
  if (range instanceof CelMap) return range.keys().map((key) => [key, range.get(key) ?? null])
  throw new EvaluationError(`got '${typeNameOf(range)}', expected iterable type`)
}

/** Runs a comprehension of any macro. */
export function runLoop(interpreter: Interpreter, expr: Loop): Value {
  const loop = interpreter.loop(expr, () => {
    const turns = turnsOf(interpreter, expr)
    return { turns, fold: foldOf(interpreter, expr, turns) }
  })
  const { turns, fold } = loop
  interpreter.within(expr.names, (set) => {
    for (let values = turns[loop.next]; values; values = turns[loop.next]) {
      set(values)
      loop.next = fold.turn(values) ? turns.length : loop.next + 1
      interpreter.turned(loop)
    }
  })
  return fold.end()
}

function foldOf(interpreter: Interpreter, expr: Loop, turns: Value[][]): Fold {
  switch (expr.macro) {
    case 'all':
      return quantify(interpreter, expr, false)
    case 'exists':
      return quantify(interpreter, expr, true)
    case 'exists_one':
      return existsOne(interpreter, expr)
    case 'sortBy':
      return sortBy(interpreter, expr, turns)
    case 'transformMap':
    case 'transformMapEntry':
      return transformMap(interpreter, expr)
    default:
      return collect(interpreter, expr)
  }
}

function sortBy(interpreter: Interpreter, expr: Loop, turns: Value[][]): Fold {
  const keys: Value[] = []
  return {
    turn() {
      keys.push(interpreter.eval(expr.step))
      return false
    },
    end() {
      interpreter.spend(LIST_COST + turns.length)
      return sorted(
        turns.map(([item]) => item ?? null),
        keys,
      )
    },
  }
}

/** `map`, `filter` and `transformList`. */
function collect(interpreter: Interpreter, expr: Loop): Fold {
  const items: Value[] = []
  return {
    turn([item]) {
      if (expr.macro === 'filter') {
        if (!isTrue(interpreter, expr.step)) return false
        interpreter.spend(LIST_COST + 3)
        items.push(item ?? null)
      } else if (!expr.filter || isTrue(interpreter, expr.filter)) {
        interpreter.spend(LIST_COST + 2)
        items.push(interpreter.eval(expr.step))
      }
      return false
    },
    end() {
      interpreter.spend(1)
      return items
    },
  }
}

function isTrue(interpreter: Interpreter, expr: Expr): boolean {
  const value = interpreter.eval(expr)
  if (typeof value !== 'boolean') throw noSuchOverload()
  return value
}

/** @param decisive the result of one turn that settles the whole */
function quantify(interpreter: Interpreter, expr: Loop, decisive: boolean): Fold {
  let fault: EvaluationError | undefined
  let isSettled = false
  return {
    turn() {
      interpreter.spend(decisive ? 4 : 3)
      const result = interpreter.attempt(expr.step)
      isSettled = result === decisive
      if (isSettled) return true
      if (result instanceof EvaluationError) fault ??= result
      else if (typeof result !== 'boolean') fault ??= noSuchOverload()
      return false
    },
    end() {
      interpreter.spend(1)
      if (isSettled) return decisive
      if (fault) throw fault
      return !decisive
    },
  }
}

function existsOne(interpreter: Interpreter, expr: Loop): Fold {
  let count = 0
  return {
    turn() {
      if (isTrue(interpreter, expr.step)) {
        count++
        interpreter.spend(2)
      }
      return false
    },
    end() {
      interpreter.spend(2)
      return count === 1
    },
  }
}

function transformMap(interpreter: Interpreter, expr: Loop): Fold {
  const map = new EntryMap()
  const add = (key: Value, value: Value) => {
    if (map.get(key) !== undefined) throw new EvaluationError(`insert failed: key ${String(key)} already exists`)
    map.set(key, value)
  }
  return {
    turn(values) {
      if (expr.filter && !isTrue(interpreter, expr.filter)) return false
      const value = interpreter.eval(expr.step)
      interpreter.spend(3)
      if (expr.macro === 'transformMap') add(values[0] ?? null, value)
      else if (value instanceof CelMap) for (const key of value.keys()) add(key, value.get(key) ?? null)
      else throw noSuchOverload()
      return false
    },
    end() {
      interpreter.spend(1)
      return map
    },
  }
}
