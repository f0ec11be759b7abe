/**
 * Strategic merge patch: lists merge by the keys that the schema names, and directives inside the patch say what else to do.
 * @see apimachinery/pkg/util/strategicpatch
 */
import { isObject, type Json, type JsonObject, sameJson } from '../objects/object.js'
import { failure } from '../objects/status.js'
import { childField, type Field } from '../schema/types.js'

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
    throw failure.badRequest(`unknown patch type: ${JSON.stringify(directive)}`)
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
    if (name && !(name in patch)) result[name] = reorder(result[name] ?? [], patch[key], childField(field, name)) as Json
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
  return Object.fromEntries(Object.entries(target).filter(([key]) => kept.includes(key)))
}

function deleteFromList(result: JsonObject, name: string, values: Json): void {
  const list = result[name]
  if (Array.isArray(list) && Array.isArray(values))
    result[name] = list.filter((item) => !values.some((value) => sameJson(item, value)))
}

interface ListContext {
  field: Field | undefined
  order: Json | undefined
}

function mergeValue(target: Json | undefined, patch: Json, context: ListContext): Json {
  if (isObject(patch)) return strategicMerge(isObject(target) ? target : {}, patch, context.field)
  if (!Array.isArray(patch)) return patch
  const isMerged = context.field?.strategy?.split(',').includes('merge')
  if (!isMerged) return patch.filter((item) => !(isObject(item) && DIRECTIVE in item))
  return reorder(mergeList(Array.isArray(target) ? target : [], patch, context.field), context.order, context.field)
}

function mergeList(target: Json[], patch: Json[], field: Field | undefined): Json[] {
  const key = field?.mergeKey
  if (!key) return [...target, ...patch.filter((item) => !target.some((present) => sameJson(present, item)))]
  if (patch.some((item) => isObject(item) && item[DIRECTIVE] === 'replace'))
    return patch.filter((item) => !(isObject(item) && DIRECTIVE in item))
  const result = [...target]
  for (const item of patch) {
    if (!isObject(item)) throw failure.badRequest('map: each item of a list that is merged must be an object')
    if (item[key] === undefined)
      throw failure.badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`)
    const index = result.findIndex((present) => isObject(present) && sameJson(present[key], item[key]))
    const present = result[index]
    if (item[DIRECTIVE] === 'delete') {
      if (index >= 0) result.splice(index, 1)
    } else if (index < 0) result.push(strategicMerge({}, item, field?.items))
    else result[index] = strategicMerge(isObject(present) ? present : {}, item, field?.items)
  }
  return result
}

/** Items named in the order come in that order; the others keep their place relative to them. */
function reorder(list: Json, order: Json | undefined, field: Field | undefined): Json {
  if (!Array.isArray(order) || !Array.isArray(list)) return list
  const key = field?.mergeKey
  const idOf = (item: Json | undefined) => JSON.stringify(key && isObject(item) ? item[key] : item)
  const position = new Map(order.map((item, index) => [idOf(item), index]))
  const named = list
    .filter((item) => position.has(idOf(item)))
    .sort((a, b) => (position.get(idOf(a)) ?? 0) - (position.get(idOf(b)) ?? 0))
  const result: Json[] = []
  for (const item of list) {
    if (!position.has(idOf(item))) result.push(item)
    else {
      const next = named.shift()
      if (next !== undefined) result.push(next)
    }
  }
  return result
}
