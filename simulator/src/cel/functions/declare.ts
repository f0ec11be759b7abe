/** How a function of CEL is declared: its types, what it does, and what it costs. */
import { type CelType, parseType, splitTop } from '../types.js'
import { sizeOf, type Value } from '../values.js'

/** From the least to the most elements that a value may have. */
export interface Sizes {
  min: number
  max: number
}

/** More than any budget: stands for upstream's largest whole number. */
export const UNBOUNDED = 2 ** 64

/** An argument as the estimate of costs sees it. */
export interface SizedNode {
  type: CelType
  sizes: Sizes
  /** Of the elements of a list. */
  itemSizes(): Sizes
  literal?: Value
}

export interface Estimate {
  /** The most that the call costs, its arguments apart. */
  cost: number
  sizes?: Sizes
}

export interface Cost {
  /** Whether the actual cost is told by the result; else by the arguments alone, before the function runs. */
  ofResult?: boolean
  actual(args: readonly Value[], result: Value): number
  estimate(args: readonly SizedNode[]): Estimate
}

export interface Overload {
  params: CelType[]
  result: CelType
  /** Called on its first argument. */
  member: boolean
  run(args: readonly Value[]): Value
  cost: Cost
}

export type FunctionTable = Map<string, Overload[]>

type Run = (...args: never[]) => Value

export interface Declaration {
  name: string
  overload: Overload
}

export const TRAVERSAL = 0.1
const REGEX_LENGTH = 0.25
const LIST_BASE = 10
const STRUCT_BASE = 40

const times = (size: number, factor: number): number => Math.min(UNBOUNDED, Math.ceil(size * factor))
const first = (args: readonly Value[]): number => sizeOf(args[0] ?? null)
const second = (args: readonly Value[]): number => sizeOf(args[1] ?? null)
const most = (node: SizedNode | undefined): number => node?.sizes.max ?? UNBOUNDED

export const UNIT: Cost = { actual: () => 1, estimate: () => ({ cost: 1 }) }

/** The whole of the first argument is walked; the result is as long where `keeps` is set. */
export const traversal = (factor = TRAVERSAL, keeps = false): Cost => ({
  actual: (args) => times(first(args), factor),
  estimate: ([node]) => ({ cost: times(most(node), factor), ...(keeps && node ? { sizes: node.sizes } : {}) }),
})

/** The shorter of the two is walked. */
export const comparison: Cost = {
  actual: (args) => times(Math.min(first(args), second(args)), TRAVERSAL),
  estimate: ([left, right]) => ({ cost: times(Math.min(most(left), most(right)), TRAVERSAL) }),
}

export const concatenation: Cost = {
  actual: (args) => times(first(args) + second(args), TRAVERSAL),
  estimate([left, right]) {
    const sizes = { min: (left?.sizes.min ?? 0) + (right?.sizes.min ?? 0), max: Math.min(UNBOUNDED, most(left) + most(right)) }
    return { cost: times(sizes.max, TRAVERSAL), sizes }
  },
}

export const listConcatenation: Cost = {
  actual: () => 1,
  estimate: (args) => ({ ...concatenation.estimate(args), cost: 1 }),
}

/** A look for the first argument in the second. */
export const membership: Cost = {
  actual: (args) => second(args),
  estimate: ([, list]) => ({ cost: most(list) }),
}

export const search: Cost = {
  actual: (args) => times(first(args), TRAVERSAL) * times(second(args), TRAVERSAL),
  estimate: ([text, part]) => ({ cost: Math.min(UNBOUNDED, times(most(text), TRAVERSAL) * times(most(part), TRAVERSAL)) }),
}

/** A regular expression runs over a text. */
export const expression = (isSearch = false): Cost => ({
  actual: (args) => times(1 + first(args), TRAVERSAL) * times(second(args), REGEX_LENGTH),
  estimate: ([text, pattern]) => ({
    cost: Math.min(UNBOUNDED, times(Math.min(UNBOUNDED, most(text) + 1), TRAVERSAL) * times(most(pattern), REGEX_LENGTH)),
    ...(isSearch ? { sizes: { min: 0, max: most(text) } } : {}),
  }),
})

/** A named format is a regular expression of known length. */
export const formatCheck = (lengthOf: (format: Value) => number, longest: number): Cost => ({
  actual: (args) => times(1 + second(args), TRAVERSAL) * times(lengthOf(args[0] ?? null), REGEX_LENGTH),
  estimate: ([, text]) => ({ cost: times(times(most(text), TRAVERSAL), longest * REGEX_LENGTH) }),
})

/** An authorization check: two of them fit into one expression. */
export const AUTHORIZATION: Cost = { actual: () => 350_000, estimate: () => ({ cost: 350_000 }) }

const selectorCost = (length: number): number =>
  Math.min(UNBOUNDED, LIST_BASE + times(length, TRAVERSAL) + times(times(length, 0.5), LIST_BASE + STRUCT_BASE))
export const selector: Cost = {
  actual: (args) => selectorCost(second(args)),
  estimate: ([, text]) => ({ cost: selectorCost(most(text)) }),
}

function walk(value: Value): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return Math.floor(value.length * TRAVERSAL)
  if (Array.isArray(value)) return value.reduce((sum: number, each: Value) => sum + walk(each), 0)
  return 1
}

/** Every element of a list is compared. */
export const elements: Cost = {
  actual: (args) => walk(args[0] ?? null),
  estimate([node]) {
    if (!node) return { cost: UNBOUNDED }
    if (node.type.kind !== 'list') return { cost: times(most(node), TRAVERSAL) }
    const { kind } = node.type.item
    const each = kind === 'string' || kind === 'bytes' ? 1 + times(node.itemSizes().max, TRAVERSAL) : 1
    return { cost: Math.min(UNBOUNDED, most(node) * each) }
  },
}

export const splitting: Cost = {
  actual: (args) => times(first(args), 2 * TRAVERSAL),
  estimate([node, , limit]) {
    const max = typeof limit?.literal === 'bigint' && limit.literal >= 0n ? Number(limit.literal) : most(node)
    return { cost: times(most(node), 2 * TRAVERSAL), sizes: { min: 0, max } }
  },
}

export const replacing: Cost = {
  actual: (args) => times(first(args), 2 * TRAVERSAL),
  estimate([text, from, to]) {
    const length = most(text)
    const least = from?.sizes.min ?? 0
    const longer = most(to)
    const count = least === 0 ? length + 1 : longer <= least ? 0 : Math.ceil(length / least)
    const kept = least === 0 || longer <= least ? length : 0
    return { cost: times(length, 2 * TRAVERSAL), sizes: { min: 0, max: Math.min(UNBOUNDED, count * longer + kept) } }
  },
}

export const joining: Cost = {
  ofResult: true,
  actual: (_args, result) => times(sizeOf(result), 2 * TRAVERSAL),
  estimate([list, separator]) {
    const count = most(list)
    const length = count * (list?.itemSizes().max ?? UNBOUNDED) + (separator ? most(separator) * Math.max(0, count - 1) : 0)
    const max = Math.min(UNBOUNDED, length)
    return { cost: times(max, TRAVERSAL), sizes: { min: 0, max } }
  },
}

/** Addresses of up to 16 bytes are compared; a text is read first. */
export const contained = (extra: number, isText: boolean): Cost => ({
  actual: () => times(8, TRAVERSAL) + extra,
  estimate: ([, other]) => ({
    cost: times(32, TRAVERSAL) + (extra ? times(16, TRAVERSAL) + 1 : 0) + (isText ? times(most(other), TRAVERSAL) : 0),
  }),
})

/** The two sets of n and m elements are compared pair by pair. */
export const pairs: Cost = {
  actual: (args) => Math.max(1, first(args) * second(args)),
  estimate: ([left, right]) => ({ cost: Math.min(UNBOUNDED, Math.max(1, most(left) * most(right))) }),
}

const SIGNATURE = /^\((.*)\): (.+)$/

function read(signature: string): { params: CelType[]; result: CelType } {
  const match = SIGNATURE.exec(signature)
  if (!match) throw new Error(`a signature that cannot be read: ${signature}`)
  return { params: splitTop(match[1] ?? '').map(parseType), result: parseType(match[2] ?? '') }
}

const declare = (name: string, overload: Omit<Overload, 'run'>, run: Run): Declaration => ({
  name,
  overload: { ...overload, run: (args) => (run as unknown as (...all: readonly Value[]) => Value)(...args) },
})

/** A function that is called by its name alone, `sets.contains(a, b)`. The signature is as `(string, list(A)): bool`. */
export function global(name: string, signature: string, run: Run, cost: Cost = UNIT): Declaration {
  return declare(name, { ...read(signature), member: false, cost }, run)
}

/** A function that is called on a value, which `run` gets first. */
export function member(target: string, call: string, run: Run, cost: Cost = UNIT): Declaration {
  const open = call.indexOf('(')
  const { params, result } = read(call.slice(open))
  return declare(call.slice(0, open), { params: [parseType(target), ...params], result, member: true, cost }, run)
}

export function tableOf(declarations: Declaration[]): FunctionTable {
  const table: FunctionTable = new Map()
  for (const { name, overload } of declarations) table.set(name, [...(table.get(name) ?? []), overload])
  return table
}
