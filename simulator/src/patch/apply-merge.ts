/** The merge of server-side apply: what is applied goes over what is there, by the list and map types of the schema. */
import { isObject, type Json, type JsonObject } from '../objects/object.js'
import { childField, type Field } from '../schema/types.js'
import { type FieldSet, itemSegment, shapeOf, valueSegment } from './field-set.js'

/** Neither argument is changed. */
export function mergeApplied(live: Json | undefined, applied: Json, field: Field | undefined): Json {
  const shape = shapeOf(field, applied)
  if (shape === 'fields' && isObject(applied)) {
    const result: JsonObject = isObject(live) ? { ...live } : {}
    for (const name of Object.keys(applied)) {
      const value = applied[name]
      if (value !== undefined) result[name] = mergeApplied(result[name], value, childField(field, name))
    }
    return result
  }
  if (!Array.isArray(applied) || !Array.isArray(live) || shape === 'leaf') return applied
  return mergeLists(live, applied, field as Field)
}

/** Items of the applied list come in its order; live ones that it does not name keep their place before or between them. */
function mergeLists(live: Json[], applied: Json[], field: Field): Json[] {
  const idOf = (item: Json) => (field.list === 'set' ? valueSegment(item) : itemSegment(field, item))
  const present = new Map(live.map((item) => [idOf(item), item]))
  const wanted = new Set(applied.map(idOf))
  const merged = applied.map((item) => mergeApplied(present.get(idOf(item)), item, field.items))
  return [...live.filter((item) => !wanted.has(idOf(item))), ...merged]
}

/** Removes the members of `set` from a value. */
export function removeFields(value: Json, set: FieldSet, field: Field | undefined): Json {
  if (isObject(value)) {
    const result: JsonObject = { ...value }
    for (const name of Object.keys(value)) {
      const below = set[`f:${name}`]
      const child = value[name]
      if (!below || child === undefined) continue
      if (isWhole(below)) delete result[name]
      else {
        const rest = removeFields(child, below, childField(field, name))
        if (isHollow(rest) && !isHollow(child)) delete result[name]
        else result[name] = rest
      }
    }
    return result
  }
  if (!Array.isArray(value) || !field) return value
  return value.flatMap((item) => {
    const below = set[field.list === 'set' ? valueSegment(item) : itemSegment(field, item)]
    if (!below) return [item]
    return isWhole(below) || '.' in below ? [] : [removeFields(item, below, field.items)]
  })
}

const isWhole = (set: FieldSet): boolean => Object.keys(set).length === 0
const isHollow = (value: Json): boolean => typeof value === 'object' && value !== null && Object.keys(value).length === 0
