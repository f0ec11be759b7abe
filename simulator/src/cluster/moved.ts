/** Moves the times in objects that were made earlier, sharing whatever bears none. */
import { fieldsOf, type Json, type JsonObject, type KubeObject } from '../objects/object.js'
import { microTimestamp, parseTime, timestamp } from '../time/clock.js'

/** @param laterMs whole seconds: what has a fraction keeps it. @returns the object with every time in it moved */
export function movedBy(laterMs: number): (object: KubeObject) => KubeObject {
  if (laterMs === 0) return (object) => object
  const later = laterBy(laterMs)
  return (object) => shifted(fieldsOf(object), later) as unknown as KubeObject
}

/** A time as text, moved. */
type Later = (text: string) => string

const SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
const MICROSECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/

function laterBy(laterMs: number): Later {
  // A cluster came up within seconds: there are few times in it, each many times over.
  const moved = new Map<string, string>()
  return (text) => {
    const known = moved.get(text)
    if (known !== undefined) return known
    const result = movedText(text, laterMs)
    moved.set(text, result)
    return result
  }
}

function movedText(text: string, laterMs: number): string {
  if (SECONDS.test(text)) return timestamp(parseTime(text) + laterMs)
  if (!MICROSECONDS.test(text)) return text
  return `${microTimestamp(parseTime(text) + laterMs).slice(0, 23)}${text.slice(23)}`
}

/** Values that no time stands in: looked through once. */
const timeless = new WeakSet<object>()

/** The value with every time in it moved; what bears none is shared. */
function shifted(value: Json, later: Later): Json {
  if (typeof value === 'string') return value.endsWith('Z') && (value.length === 20 || value.length === 27) ? later(value) : value
  if (typeof value !== 'object' || value === null || timeless.has(value)) return value
  const moved = Array.isArray(value) ? value.map((item) => shifted(item, later)) : shiftedFields(value, later)
  if (moved !== value && !(Array.isArray(moved) && moved.every((item, index) => item === (value as Json[])[index]))) return moved
  timeless.add(value)
  return value
}

function shiftedFields(value: JsonObject, later: Later): JsonObject {
  const fields: JsonObject = {}
  let isSame = true
  for (const name in value) {
    const field = value[name]
    fields[name] = field === undefined ? field : shifted(field, later)
    if (fields[name] !== field) isSame = false
  }
  return isSame ? value : fields
}
