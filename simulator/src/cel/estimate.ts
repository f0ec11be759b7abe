/** The most that an expression can cost, from the sizes that its types allow. Models cel-go checker/cost.go. */
import type { Checked } from './checker.js'
import { type Estimate, type Overload, type SizedNode, type Sizes, UNBOUNDED } from './functions/declare.js'
import type { Expr, ExprOf } from './syntax.js'
import { type CelType, DYN } from './types.js'
import { countLetters } from './values.js'

/** What is known of an expression beside its cost. */
interface Shape {
  sizes?: Sizes | undefined
  /** Of keys (or places) and values of a container. */
  entry?: { key: Sizes; value: Sizes } | undefined
  /** Its type in the schema, where it is a part of a variable: the schema knows its greatest size. */
  origin?: CelType | undefined
}
interface Costed extends Shape {
  cost: number
}

const add = (...costs: number[]): number =>
  Math.min(
    UNBOUNDED,
    costs.reduce((sum, each) => sum + each, 0),
  )
const UNKNOWN: Sizes = { min: 0, max: UNBOUNDED }
const ONE: Sizes = { min: 1, max: 1 }
const union = (left: Sizes, right: Sizes): Sizes => ({ min: Math.min(left.min, right.min), max: Math.max(left.max, right.max) })

/** A part of a variable is as large as the schema allows; numbers and the like have no size there. */
const originSizes = (origin: CelType | undefined): Sizes | undefined => origin && { min: 0, max: origin.most ?? 0 }

const FIXED = new Set(['bool', 'int', 'uint', 'double', 'null', 'duration', 'timestamp', 'type'])
const typeSizes = (type: CelType): Sizes | undefined => (FIXED.has(type.kind) ? ONE : undefined)

class Coster {
  #names: { name: string; shape: Shape }[] = []
  constructor(
    readonly checked: Checked,
    readonly roots: ReadonlyMap<string, CelType>,
  ) {}

  #typeOf(expr: Expr): CelType {
    return this.checked.types.get(expr) ?? DYN
  }

  #sizes(expr: Expr, shape: Shape): Sizes {
    return shape.sizes ?? originSizes(shape.origin) ?? typeSizes(this.#typeOf(expr)) ?? UNKNOWN
  }

  cost(expr: Expr): Costed {
    switch (expr.kind) {
      case 'literal':
        return { cost: 0, sizes: literalSizes(expr.value) }
      case 'ident':
        return { cost: 1, ...this.#shapeOf(expr.name) }
      case 'select':
        return this.#select(expr)
      case 'has':
        return { cost: this.cost(expr.operand).cost, sizes: ONE }
      case 'call':
        return this.#call(expr)
      case 'list': {
        const items = expr.items.map((each) => [each, this.cost(each)] as const)
        const value = items.reduce<Sizes>((all, [each, costed]) => union(all, this.#sizes(each, costed)), noSizes(items.length))
        const length = { min: items.length, max: items.length }
        return { cost: add(10, ...items.map(([, { cost }]) => cost)), sizes: length, entry: { key: ONE, value } }
      }
      case 'map':
        return this.#map(expr)
      case 'struct':
        return { cost: add(40, ...expr.fields.map(({ value }) => this.cost(value).cost)) }
      case 'loop':
        return this.#loop(expr)
      case 'bind': {
        const value = this.cost(expr.value)
        const result = this.#with([{ name: expr.name, shape: value }], () => this.cost(expr.result))
        return { ...result, cost: add(10, value.cost, result.cost) }
      }
      case 'optMap': {
        const operand = this.cost(expr.operand)
        const result = this.#with([{ name: expr.name, shape: operand }], () => this.cost(expr.result))
        return { ...result, cost: add(operand.cost, operand.cost, 14, result.cost) }
      }
    }
  }

  #with<T>(names: { name: string; shape: Shape }[], work: () => T): T {
    const before = this.#names
    this.#names = [...before, ...names]
    const result = work()
    this.#names = before
    return result
  }

  #shapeOf(name: string): Shape {
    const local = this.#names.findLast((each) => each.name === name)
    return local ? local.shape : { origin: this.roots.get(name) }
  }

  #select(expr: ExprOf<'select'>): Costed {
    const operand = this.cost(expr.operand)
    const { kind } = this.#typeOf(expr.operand)
    const own = kind === 'map' || kind === 'object' || kind === 'param' ? 1 : 0
    const { origin } = operand
    const inner = origin?.kind === 'object' ? origin.fields[expr.field] : undefined
    return { cost: add(operand.cost, own), origin: inner }
  }

  #map(expr: ExprOf<'map'>): Costed {
    let cost = 30
    let key = noSizes(expr.entries.length)
    let value = key
    for (const entry of expr.entries) {
      const [name, held] = [this.cost(entry.key), this.cost(entry.value)]
      cost = add(cost, name.cost, held.cost)
      key = union(key, this.#sizes(entry.key, name))
      value = union(value, this.#sizes(entry.value, held))
    }
    return { cost, sizes: { min: expr.entries.length, max: expr.entries.length }, entry: { key, value } }
  }

  #node(expr: Expr, shape: Costed): SizedNode {
    const item = shape.origin?.kind === 'list' ? shape.origin.item : undefined
    return {
      type: this.#typeOf(expr),
      sizes: this.#sizes(expr, shape),
      itemSizes: () => shape.entry?.value ?? originSizes(item) ?? UNKNOWN,
      ...(expr.kind === 'literal' && !(typeof expr.value === 'object') ? { literal: expr.value } : {}),
    }
  }

  #call(expr: ExprOf<'call'>): Costed {
    const isMember = this.checked.overloads.get(expr)?.[0]?.member === true
    const parts = isMember && expr.target ? [expr.target, ...expr.args] : expr.args
    const costed = parts.map((each) => this.cost(each))
    const [first, second, third] = costed
    if (expr.name === 'dyn' && first) return { ...first, cost: add(1, first.cost) }
    if ((expr.name === '_&&_' || expr.name === '_||_') && first && second)
      return { cost: add(first.cost, second.cost), sizes: ONE }
    if (expr.name === '_?_:_' && second && third) return this.#conditional(parts, costed)
    const sum = add(...costed.map(({ cost }) => cost))
    const nodes = parts.map((each, index) => this.#node(each, costed[index] ?? { cost: 0 }))
    const { cost, sizes } = this.#overloads(this.checked.overloads.get(expr) ?? [], nodes)
    if (expr.name !== '_[_]' && expr.name !== '_[?_]') return { cost: add(sum, cost), sizes }
    const { origin } = first ?? {}
    const inner = origin?.kind === 'list' ? origin.item : origin?.kind === 'map' ? origin.value : undefined
    return { cost: add(sum, cost), sizes: first?.entry?.value, origin: inner }
  }

  #conditional(parts: Expr[], [condition, yes, no]: Costed[]): Costed {
    const [, left, right] = parts
    const sizes = left && right && yes && no ? union(this.#sizes(left, yes), this.#sizes(right, no)) : undefined
    const entry =
      yes?.entry && no?.entry
        ? { key: union(yes.entry.key, no.entry.key), value: union(yes.entry.value, no.entry.value) }
        : undefined
    return { cost: add(condition?.cost ?? 0, Math.max(yes?.cost ?? 0, no?.cost ?? 0)), sizes, entry }
  }

  #overloads(overloads: readonly Overload[], nodes: SizedNode[]): Estimate {
    const estimates = overloads.map((each) => each.cost.estimate(nodes))
    const sized = estimates.map(({ sizes }) => sizes).filter((sizes) => sizes !== undefined)
    return {
      cost: Math.max(0, ...estimates.map(({ cost }) => cost)),
      ...(sized.length ? { sizes: sized.reduce(union) } : {}),
    }
  }

  #loop(expr: ExprOf<'loop'>): Costed {
    const range = this.cost(expr.range)
    const { origin, entry } = range
    const place: Shape = { sizes: entry?.key, origin: origin?.kind === 'map' ? origin.key : undefined }
    const value: Shape = {
      sizes: entry?.value,
      origin: origin?.kind === 'list' ? origin.item : origin?.kind === 'map' ? origin.value : undefined,
    }
    const isList = this.#typeOf(expr.range).kind === 'list'
    const shapes = expr.names.length === 2 ? [place, value] : [isList ? value : place]
    const names = expr.names.map((name, index) => ({ name, shape: shapes[index] ?? {} }))
    const [filter, step] = this.#with(names, () => [expr.filter ? this.cost(expr.filter).cost : 0, this.cost(expr.step)] as const)
    const turns = this.#sizes(expr.range, range)
    const { each, before, after } = TURN[expr.macro]
    const cost = add(range.cost, before, after, Math.min(UNBOUNDED, turns.max * add(each, filter, step.cost)))
    const isQuantifier = ['all', 'exists', 'exists_one'].includes(expr.macro)
    const inner = expr.macro === 'filter' || expr.macro === 'sortBy' ? this.#sizes(expr.step, {}) : this.#sizes(expr.step, step)
    const kept =
      expr.macro === 'filter' || expr.macro === 'sortBy' ? (entry?.value ?? originSizes(value.origin) ?? UNKNOWN) : inner
    return isQuantifier ? { cost, sizes: ONE } : { cost, sizes: turns, entry: { key: ONE, value: kept } }
  }
}

/** What a turn costs beside the condition and the result, and what is paid before and after all of them. */
const TURN: Record<ExprOf<'loop'>['macro'], { each: number; before: number; after: number }> = {
  all: { each: 3, before: 0, after: 1 },
  exists: { each: 4, before: 0, after: 1 },
  exists_one: { each: 2, before: 0, after: 2 },
  map: { each: 12, before: 10, after: 1 },
  filter: { each: 13, before: 10, after: 1 },
  sortBy: { each: 12, before: 10, after: 2 },
  transformList: { each: 12, before: 10, after: 1 },
  transformMap: { each: 3, before: 30, after: 1 },
  transformMapEntry: { each: 3, before: 30, after: 1 },
}

const noSizes = (count: number): Sizes => ({ min: count === 0 ? 0 : UNBOUNDED, max: 0 })

function literalSizes(value: ExprOf<'literal'>['value']): Sizes {
  const size = typeof value === 'string' ? countLetters(value) : value instanceof Uint8Array ? value.length : 1
  return { min: size, max: size }
}

/** @param roots the variables whose types know how large they can be */
export const estimateCost = (checked: Checked, roots: ReadonlyMap<string, CelType>): number =>
  new Coster(checked, roots).cost(checked.expr).cost
