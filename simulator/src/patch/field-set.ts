/**
 * Sets of fields, in the shape in which `managedFields` keeps them (FieldsV1): `f:name` for a field, `k:{...}` for an item of a list
 * by its keys, `v:...` for a value of a set; `.` for the item itself. @see structured-merge-diff/fieldpath
 */
import { isObject, type Json, type JsonObject, sameJson } from '../objects/object.js'
import { childField, type Field, factsOf, structOf } from '../schema/types.js'

export interface FieldSet {
  [segment: string]: FieldSet
}

const SELF = '.'
/** A member without parts; sets are never changed, so all share it. */
const MEMBER: FieldSet = Object.freeze({})
const member = (): FieldSet => MEMBER
const itself = (): FieldSet => ({ [SELF]: MEMBER })

export function isEmptySet(set: FieldSet): boolean {
  // The segments of a set of thousands are not listed to see that there are some.
  for (const _segment in set) return false
  return true
}

/** How a value is owned: as a whole, or part by part. */
export function shapeOf(field: Field | undefined, value: Json | undefined): 'leaf' | 'fields' | 'items' | 'values' {
  if (isObject(value)) {
    const isAtomic = field?.map === 'atomic' || (field?.type === 'ref' && factsOf(field.ref ?? '')?.map === 'atomic')
    return isAtomic ? 'leaf' : 'fields'
  }
  if (Array.isArray(value)) {
    if (field?.list === 'map' && field.keys?.length) return 'items'
    if (field?.list === 'set') return 'values'
  }
  return 'leaf'
}

/** `k:{"name":"web"}`; missing keys have the default of the schema. */
export function itemSegment(field: Field, item: Json): string {
  const keys: JsonObject = {}
  for (const key of [...(field.keys ?? [])].sort()) {
    const value = isObject(item) ? (item[key] ?? (childField(field.items, key)?.default as Json | undefined)) : undefined
    if (value !== undefined) keys[key] = value
  }
  return `k:${JSON.stringify(keys)}`
}
export const valueSegment = (value: Json): string => `v:${JSON.stringify(value)}`

/** Names of a map are members themselves; those of a struct are not. */
function namedSet(child: Json, field: Field | undefined, name: string): FieldSet {
  const set = setOf(child, childField(field, name))
  return field?.type === 'map' && !isEmptySet(set) ? { ...itself(), ...set } : set
}

/** Every field that a value sets. */
export function setOf(value: Json, field: Field | undefined): FieldSet {
  const shape = shapeOf(field, value)
  if (shape === 'fields' && isObject(value)) {
    const set: FieldSet = {}
    for (const name of Object.keys(value)) {
      const child = value[name]
      if (child !== undefined) set[`f:${name}`] = namedSet(child, field, name)
    }
    return set
  }
  if (!Array.isArray(value) || shape === 'leaf') return member()
  const set: FieldSet = {}
  for (const item of value) {
    if (shape === 'values') set[valueSegment(item)] = member()
    else set[itemSegment(field as Field, item)] = { ...itself(), ...setOf(item, field?.items) }
  }
  return set
}

export interface Difference {
  /** What is new or has another value. */
  changed: FieldSet
  removed: FieldSet
}

/** What a change from `before` to `after` touches. */
export function compare(before: Json | undefined, after: Json | undefined, field: Field | undefined): Difference {
  if (sameJson(before, after)) return { changed: {}, removed: {} }
  const shape = shapeOf(field, after ?? before)
  const result: Difference = { changed: {}, removed: {} }
  if (shape === 'leaf' || (before !== undefined && after !== undefined && shapeOf(field, before) !== shape)) return result
  if (shape === 'fields') compareFields(result, { before: before as JsonObject, after: after as JsonObject, field })
  else {
    const [left, right] = [itemsOf(before, field, shape), itemsOf(after, field, shape)]
    for (const segment of new Set([...left.keys(), ...right.keys()]))
      compareParts(result, segment, { before: left.get(segment), after: right.get(segment), field: field?.items })
  }
  return result
}

interface Parts {
  before: Json | undefined
  after: Json | undefined
  field: Field | undefined
}

function compareFields(result: Difference, parts: { before?: JsonObject; after?: JsonObject; field: Field | undefined }): void {
  const { before = {}, after = {}, field } = parts
  const compareName = (name: string) =>
    compareParts(result, `f:${name}`, { before: before[name], after: after[name], field: childField(field, name) })
  for (const name in after) if (after[name] !== undefined) compareName(name)
  for (const name in before) if (before[name] !== undefined && after[name] === undefined) compareName(name)
}

/** What Go holds where a field is absent that it always writes. */
function emptyOf(field: Field | undefined): Json | undefined {
  if (field?.zero !== 'keep') return undefined
  if (field.type === 'string') return ''
  if (field.type === 'boolean') return false
  if (field.type === 'array') return []
  if (field.type === 'integer' || field.type === 'number') return 0
  return field.type === 'map' || structOf(field) ? {} : undefined
}

function compareParts(result: Difference, segment: string, parts: Parts): void {
  const { field } = parts
  const before = parts.before ?? emptyOf(field)
  const after = parts.after ?? emptyOf(field)
  if (sameJson(before, after)) return
  if (before === undefined && after !== undefined) result.changed[segment] = wholeSet(after, field)
  else if (before !== undefined && after === undefined) result.removed[segment] = wholeSet(before, field)
  else if (shapeOf(field, after) === 'leaf' || shapeOf(field, before) === 'leaf') result.changed[segment] = member()
  else {
    const inner = compare(before, after, field)
    if (!isEmptySet(inner.changed)) result.changed[segment] = inner.changed
    if (!isEmptySet(inner.removed)) result.removed[segment] = inner.removed
  }
}

/** A value that was not there, or is not any more: what has parts is a member beside them. */
function wholeSet(value: Json, field: Field | undefined): FieldSet {
  const shape = shapeOf(field, value)
  if (shape === 'leaf') return member()
  const set = itself()
  let [isHollow, areOrdered] = [true, true]
  const add = (segment: string, part: Json, inner: Field | undefined) => {
    const below = wholeSet(part, inner)
    isHollow = false
    areOrdered &&= isOrdered(below)
    set[segment] = below
  }
  if (isObject(value)) {
    // In the order in which it is written, so that nobody has to sort it.
    for (const name of Object.keys(value).sort()) {
      const child = value[name]
      if (child !== undefined) add(`f:${name}`, child, childField(field, name))
    }
    if (areOrdered) ordered.add(set)
  } else for (const [segment, item] of itemsOf(value, field, shape)) add(segment, item, field?.items)
  return isHollow ? member() : set
}

/** Items of a list by their segments. */
function itemsOf(value: Json | undefined, field: Field | undefined, shape: string): Map<string, Json> {
  const items = new Map<string, Json>()
  if (shape === 'leaf' || !Array.isArray(value)) return items
  for (const item of value) items.set(shape === 'values' ? valueSegment(item) : itemSegment(field as Field, item), item)
  return items
}

export function union(left: FieldSet, right: FieldSet): FieldSet {
  const result: FieldSet = { ...left }
  for (const segment of Object.keys(right)) {
    const other = right[segment] ?? {}
    const mine = result[segment]
    result[segment] = mine ? joined(mine, other) : other
  }
  return result
}

/** A member without parts stays one beside the parts of the other. */
function joined(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmptySet(left) !== isEmptySet(right)) return { ...itself(), ...left, ...right }
  return union(left, right)
}

const isInOrder = (segments: string[]): boolean =>
  segments.every((segment, index) => index === 0 || (segments[index - 1] ?? '') <= segment)

/** Sets that are known to be in order, with all below them. */
const ordered = new WeakSet<FieldSet>()
const isOrdered = (set: FieldSet): boolean => set === MEMBER || ordered.has(set)

/** In the order in which Go writes it. The same set where it is already. */
export function sortedSet(set: FieldSet): FieldSet {
  if (isOrdered(set)) return set
  const segments = Object.keys(set)
  if (segments.length === 0) return set
  const wasInOrder = isInOrder(segments)
  if (!wasInOrder) segments.sort()
  const parts = segments.map((segment) => sortedSet(set[segment] ?? MEMBER))
  if (wasInOrder && parts.every((part, index) => part === set[segments[index] ?? ''])) return set
  const sorted: FieldSet = {}
  for (const [index, segment] of segments.entries()) sorted[segment] = parts[index] ?? MEMBER
  return sorted
}

/** `left` without what is in `right`. A whole on the right takes its parts with it. */
export function subtract(left: FieldSet, right: FieldSet): FieldSet {
  const result: FieldSet = {}
  for (const segment of Object.keys(left)) {
    const mine = left[segment] ?? {}
    const other = right[segment]
    if (!other) result[segment] = mine
    else if (!isEmptySet(other) && !isEmptySet(mine)) {
      const rest = subtract(mine, other)
      if (!isEmptySet(rest)) result[segment] = rest
    }
  }
  return result
}

/** What both own. */
export function intersect(left: FieldSet, right: FieldSet): FieldSet {
  const result: FieldSet = {}
  for (const segment of Object.keys(left)) {
    const mine = left[segment] ?? {}
    const other = right[segment]
    if (!other || segment === SELF) continue
    if (isEmptySet(mine) || isEmptySet(other)) result[segment] = {}
    else {
      const both = intersect(mine, other)
      if (!isEmptySet(both)) result[segment] = both
    }
  }
  return result
}

/** `.spec.containers[name="web"].image` for every member, as conflicts are told. */
export function pathsOf(set: FieldSet, prefix = ''): string[] {
  const segments = Object.keys(set).filter((segment) => segment !== SELF)
  const isInner = (segment: string) => Object.keys(set[segment] ?? {}).some((key) => key !== SELF)
  // Upstream tells the members of a set before its children.
  return [
    ...segments.filter((segment) => !isInner(segment)).map((segment) => prefix + readable(segment)),
    ...segments.filter(isInner).flatMap((segment) => pathsOf(set[segment] ?? {}, prefix + readable(segment))),
  ]
}

/** `.name`, `[name="web"]`, `[="value"]` */
export function readable(segment: string): string {
  if (segment.startsWith('f:')) return `.${segment.slice(2)}`
  if (segment.startsWith('v:')) return `[=${segment.slice(2)}]`
  const keys = JSON.parse(segment.slice(2)) as JsonObject
  return `[${Object.entries(keys)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(',')}]`
}
