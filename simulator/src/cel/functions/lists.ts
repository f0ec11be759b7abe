/** The functions of lists and sets. Models Kubernetes' list library, cel-go ext/lists.go (version 3) and ext/sets.go. */
import { touch } from '../effort.js'
import { compare, Duration, EvaluationError, equals, isList, noSuchOverload, type Value } from '../values.js'
import { type Declaration, elements, global, member, pairs } from './declare.js'
import { checkedInt } from './standard.js'

const isSorted = (list: Value[]): boolean =>
  list.every((each, index) => index === 0 || compare(list[index - 1] ?? null, each) <= 0)

function sum(list: Value[]): Value {
  const [first] = list
  if (first === undefined) return 0n
  if (typeof first === 'bigint') return list.reduce<bigint>((total, each) => checkedInt(total + (each as bigint)), 0n)
  if (typeof first === 'number') return list.reduce<number>((total, each) => total + (each as number), 0)
  if (first instanceof Duration) return new Duration(list.reduce<bigint>((total, each) => total + (each as Duration).nanos, 0n))
  throw noSuchOverload()
}

function best(list: Value[], name: string, sign: number): Value {
  if (list.length === 0) throw new EvaluationError(`${name} called on empty list`)
  return list.reduce((most, each) => (compare(each, most) * sign > 0 ? each : most))
}

const indexOf = (list: Value[], item: Value): bigint => BigInt(list.findIndex((each) => equals(each, item)))
const lastIndexOf = (list: Value[], item: Value): bigint => BigInt(list.findLastIndex((each) => equals(each, item)))

function slice(list: Value[], start: bigint, end: bigint): Value[] {
  if (start < 0n || end < 0n) throw new EvaluationError(`cannot slice(${start}, ${end}), negative indexes not supported`)
  if (start > end)
    throw new EvaluationError(`cannot slice(${start}, ${end}), start index must be less than or equal to end index`)
  if (end > BigInt(list.length)) throw new EvaluationError(`cannot slice(${start}, ${end}), list is length ${list.length}`)
  return list.slice(Number(start), Number(end))
}

function flatten(list: readonly Value[], depth = 1n): Value[] {
  if (depth < 0n) throw new EvaluationError('level must be non-negative')
  return list.flatMap((each) => (isList(each) && depth > 0n ? (depth > 1n ? flatten(each, depth - 1n) : [...each]) : [each]))
}

/** Elements that are touched in the time in which a number of a range is made. */
const ELEMENTS_A_NUMBER = 7

function range(length: bigint): Value[] {
  touch(Math.max(0, Number(length)) * ELEMENTS_A_NUMBER)
  const list: Value[] = []
  for (let index = 0n; index < length; index++) list.push(index)
  return list
}

/** @throws EvaluationError where elements have no order */
export const sorted = (list: readonly Value[], keys: readonly Value[] = list): Value[] => {
  const order = list.map((_each, index) => index)
  return order.sort((left, right) => compare(keys[left] ?? null, keys[right] ?? null)).map((index) => list[index] ?? null)
}

const contains = (list: Value[], part: Value[]): boolean => part.every((item) => list.some((each) => equals(each, item)))

/** The quadratic functions may be called on long lists: each step counts in the cost. */
const distinct = (list: Value[]): Value[] => list.filter((item, index) => list.findIndex((each) => equals(each, item)) === index)

const COMPARABLE = ['int', 'double', 'bool', 'string', 'bytes', 'duration', 'timestamp', 'uint']
const SUMMABLE = ['int', 'uint', 'double', 'duration']

export const listFunctions: Declaration[] = [
  ...COMPARABLE.flatMap((type) => [
    member(`list(${type})`, 'isSorted(): bool', isSorted, elements),
    member(`list(${type})`, `min(): ${type}`, (list: Value[]) => best(list, 'min', -1), elements),
    member(`list(${type})`, `max(): ${type}`, (list: Value[]) => best(list, 'max', 1), elements),
    member(`list(${type})`, `sort(): list(${type})`, (list: Value[]) => sorted(list), elements),
  ]),
  ...SUMMABLE.map((type) => member(`list(${type})`, `sum(): ${type}`, sum, elements)),
  member('list(A)', 'indexOf(A): int', indexOf, elements),
  member('list(A)', 'lastIndexOf(A): int', lastIndexOf, elements),
  member('list(A)', 'slice(int, int): list(A)', slice, elements),
  member('list(list(A))', 'flatten(): list(A)', (list: Value[]) => flatten(list), elements),
  member('list(dyn)', 'flatten(int): list(dyn)', flatten, elements),
  member('list(A)', 'reverse(): list(A)', (list: Value[]) => list.toReversed(), elements),
  member('list(A)', 'distinct(): list(A)', distinct, pairsWithItself()),
  global('lists.range', '(int): list(int)', range, {
    actual: ([length]) => (typeof length === 'bigint' && length > 0n ? Number(length) : 0),
    estimate: () => ({ cost: 1 }),
  }),
  global('sets.contains', '(list(A), list(A)): bool', contains, pairs),
  global(
    'sets.equivalent',
    '(list(A), list(A)): bool',
    (left: Value[], right: Value[]) => contains(left, right) && contains(right, left),
    pairs,
  ),
  global(
    'sets.intersects',
    '(list(A), list(A)): bool',
    (left: Value[], right: Value[]) => left.some((item) => right.some((each) => equals(each, item))),
    pairs,
  ),
]

function pairsWithItself() {
  return {
    actual: ([list]: readonly Value[]) => pairs.actual([list ?? null, list ?? null], null),
    estimate: ([node]: Parameters<typeof pairs.estimate>[0]) => pairs.estimate(node ? [node, node] : []),
  }
}
