/**
 * Strategic merge patch: lists merge by the keys that the schema names, and directives inside the patch say what else to do.
 * @see apimachinery/pkg/util/strategicpatch
 */
import { isObject, type Json, type JsonObject, sameJson } from '../objects/object.js'
import { failure } from '../objects/status.js'
import { childField, type Field } from '../schema/types.js'
import { goValue } from './typed.js'

const DIRECTIVE = '$patch'
const RETAIN = '$retainKeys'
const ORDER = '$setElementOrder/'
const DELETE_FROM = '$deleteFromPrimitiveList/'

/** @param field the schema of `target`. Neither argument is changed. */
export function strategicMerge(target: JsonObject, patch: JsonObject, field: Field | undefined): JsonObject {
  const directive = patch[DIRECTIVE]
  if (directive === 'replace') return withoutDirectives(patch)
  if (directive === 'delete') return {}
  if (directive !== undefined && directive !== 'merge')
    throw failure.unknown(`unknown patch type: ${goValue(directive)} in map: ${goValue(patch)}`)
  const result: JsonObject = retainKeys(target, patch)
  for (const key of Object.keys(patch)) {
    const value = patch[key]
    if (key === DIRECTIVE || key === RETAIN || value === undefined || key.startsWith(ORDER)) continue
    if (key.startsWith(DELETE_FROM)) deleteFromList(result, key.slice(DELETE_FROM.length), value)
    else if (value === null) delete result[key]
    else result[key] = mergeValue(result[key], value, { field: childField(field, key), order: patch[`${ORDER}${key}`] })
  }
  for (const key of Object.keys(patch)) {
    // An order may come without a change of the list.
    const name = key.startsWith(ORDER) ? key.slice(ORDER.length) : ''
    const [list, order] = [result[name], patch[key]]
    if (name && !(name in patch) && Array.isArray(list) && Array.isArray(order))
      result[name] = inOrder(list, { order, present: list, key: childField(field, name)?.mergeKey })
  }
  return result
}

function withoutDirectives(patch: JsonObject): JsonObject {
  const { [DIRECTIVE]: _directive, ...rest } = patch
  return rest
}

function retainKeys(target: JsonObject, patch: JsonObject): JsonObject {
  const kept = patch[RETAIN]
  if (!Array.isArray(kept)) return { ...target }
  const isKept = (name: string) => name.startsWith('$') || patch[name] === null || kept.includes(name)
  if (!Object.keys(patch).every(isKept)) throw failure.badRequest('invalid patch format of retainKeys')
  return Object.fromEntries(Object.entries(target).filter(([key]) => kept.includes(key)))
}

function deleteFromList(result: JsonObject, name: string, values: Json): void {
  const list = result[name]
  if (Array.isArray(list) && Array.isArray(values)) result[name] = without(list, values)
}

/** The items that are none of the others. */
function without(items: Json[], others: Json[]): Json[] {
  // Nearly always texts; of what is none each is compared.
  const plain = new Set(others.filter((item) => !isComposite(item)))
  const composites = others.filter(isComposite)
  return items.filter((item) => !(isComposite(item) ? composites.some((other) => sameJson(item, other)) : plain.has(item)))
}

const isComposite = (item: Json): boolean => typeof item === 'object' && item !== null

interface ListContext {
  field: Field | undefined
  order: Json | undefined
}

function mergeValue(target: Json | undefined, patch: Json, context: ListContext): Json {
  if (isObject(patch)) return strategicMerge(isObject(target) ? target : {}, patch, context.field)
  if (!Array.isArray(patch)) return patch
  const isMerged = context.field?.strategy?.split(',').includes('merge')
  if (!isMerged) return patch.filter((item) => !(isObject(item) && DIRECTIVE in item))
  if (patch.some((item) => isObject(item) && item[DIRECTIVE] === 'replace'))
    return patch.filter((item) => !(isObject(item) && DIRECTIVE in item))
  const present = Array.isArray(target) ? target : []
  const order = Array.isArray(context.order) ? context.order : patch
  const key = context.field?.mergeKey
  if (order !== patch) checkOrder(patch, order, key)
  return inOrder(mergeList(present, patch, context.field), { order, present, key })
}

function mergeList(target: Json[], patch: Json[], field: Field | undefined): Json[] {
  const key = field?.mergeKey
  if (!key) return [...target, ...without(patch, target)]
  const result: (Json | undefined)[] = [...target]
  const places = new Map<string, number[]>()
  const placesOf = (item: Json): number[] => {
    const id = idOf(item, key)
    const known = places.get(id) ?? []
    places.set(id, known)
    return known
  }
  for (const [index, item] of target.entries()) if (isObject(item)) placesOf(item).push(index)
  for (const item of patch) {
    if (!isObject(item)) throw failure.badRequest('map: each item of a list that is merged must be an object')
    if (item[key] === undefined) throw failure.unknown(`map: ${goValue(item)} does not contain declared merge key: ${key}`)
    const own = placesOf(item)
    const [index] = own
    if (item[DIRECTIVE] === 'delete') {
      if (index !== undefined) result[index] = undefined
      own.shift()
    } else if (index === undefined) own.push(result.push(strategicMerge({}, item, field?.items)) - 1)
    else {
      const present = result[index]
      result[index] = strategicMerge(isObject(present) ? present : {}, item, field?.items)
    }
  }
  return result.filter((item): item is Json => item !== undefined)
}

interface Ordering {
  order: Json[]
  /** The list before the patch. */
  present: Json[]
  key: string | undefined
}

const idOf = (item: Json, key: string | undefined): string => JSON.stringify((key && isObject(item) ? item[key] : item) ?? null)

/**
 * Items that the order names come in that order, the others in the order they had; each of these goes before the first named one that it
 * stood before, and new items therefore come first. Models normalizeElementOrder and mergeSortedSlice.
 */
function inOrder(list: Json[], { order, present, key }: Ordering): Json[] {
  const positions = (items: Json[]) => new Map(items.map((item, index) => [idOf(item, key), index]))
  const [wanted, before] = [positions(order), positions(present)]
  const sorted = (items: Json[], by: Map<string, number>) =>
    [...items].sort((a, b) => (by.get(idOf(a, key)) ?? 0) - (by.get(idOf(b, key)) ?? 0))
  const named = sorted(
    list.filter((item) => wanted.has(idOf(item, key))),
    wanted,
  )
  const others = sorted(
    list.filter((item) => !wanted.has(idOf(item, key))),
    before,
  )
  const result: Json[] = []
  for (const item of named) {
    const place = before.get(idOf(item, key))
    while (place !== undefined && others[0] !== undefined && (before.get(idOf(others[0], key)) ?? place) < place)
      result.push(others.shift() as Json)
    result.push(item)
  }
  return [...result, ...others]
}

/** The items of the patch must come as the order has them. @throws ApiError */
function checkOrder(patch: Json[], order: Json[], key: string | undefined): void {
  let at = 0
  for (const item of patch) {
    if (isObject(item) && DIRECTIVE in item) continue
    while (at < order.length && idOf(order[at] ?? null, key) !== idOf(item, key)) at++
    if (at++ < order.length) continue
    throw failure.unknown(
      `The order in patch list:\n${goValue(patch)}\n doesn't match $setElementOrder list:\n${goValue(order)}\n`,
    )
  }
}
