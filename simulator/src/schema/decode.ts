/**
 * Brings what a client sent into the form that the real API server would hold after decoding it into its Go types: unknown fields
 * dropped and reported, types checked, quantities in canonical form, zero values left out or filled in as Go writes them.
 */
import { timeProblem } from '../objects/go-time.js'
import { clone, isObject, type Json, type JsonObject } from '../objects/object.js'
import { canonicalQuantity, parseQuantity, QUANTITY_MESSAGE } from '../objects/quantity.js'
import { type ApiError, failure } from '../objects/status.js'
import { goTypeOf, wrongType } from './go-words.js'
import { type Field, factsOf, INT_OR_STRING, MICRO_TIME, QUANTITY, rootField, structOf, TIME, type TypeFacts } from './types.js'

export interface DecodeReport {
  /** Places of unknown fields, in the order met: `spec.foo`. */
  unknown: string[]
  /** Numbers that are not written as whole ones, by their place: `1.0` of `spec.replicas`. */
  written?: ReadonlyMap<string, string> | undefined
  /** The first value of a wrong type: told at the end, as Go does. */
  misfit?: ApiError | undefined
}

/** Lists of which an empty one is not the same as none: only in place of none is a default set. */
const EMPTY_COUNTS = new Set(['HPAScalingRules.policies'])

/** Deeper than any real object, and far from the end of the stack. */
const DEEPEST = 200

interface Walk {
  /** Go's name of the innermost structure, for messages. */
  struct: string
  root: Field
  report: DecodeReport
  depth: number
  /** As it comes back from storage, where an empty list and none are the same. */
  isStored?: boolean
}

/**
 * @param typeName full name of the schema type
 * @param kind for messages: `Deployment`
 * @throws ApiError 400 with the message of Go's decoder where a value has the wrong type
 */
export function decodeObject(
  typeName: string,
  kind: string,
  source: JsonObject,
  report: DecodeReport = { unknown: [] },
): JsonObject {
  const walk = { struct: kind, root: rootField(typeName), report, depth: 0 }
  return whole(decodeStruct(factsOf(typeName) ?? {}, source, walk, ''), report)
}

/** @throws ApiError where a value has the wrong type */
function whole<T>(decoded: T, { misfit }: DecodeReport): T {
  if (misfit) throw misfit
  return decoded
}

/** What comes back of an object once it has been stored. */
export function storedForm(typeName: string, kind: string, source: JsonObject): JsonObject {
  const walk = { struct: kind, root: rootField(typeName), report: { unknown: [] }, depth: 0, isStored: true }
  return whole(decodeStruct(factsOf(typeName) ?? {}, source, walk, ''), walk.report)
}

/** A value of one field, such as the Scale of a patch. */
export function decodeValue(typeName: string, kind: string, source: Json): Json {
  const root = rootField(typeName)
  const walk = { struct: kind, root, report: { unknown: [] }, depth: 0 }
  return whole(decodeField(root, source, walk, ''), walk.report)
}

function decodeStruct(facts: TypeFacts, source: JsonObject, walk: Walk, path: string): JsonObject {
  const fields = facts.fields
  if (!fields) return source
  if (walk.depth > DEEPEST) throw failure.badRequest('exceeded max depth')
  const inner = { ...walk, depth: walk.depth + 1 }
  const result: JsonObject = {}
  for (const name in source) {
    const value = source[name]
    if (value === undefined) continue
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (!field) {
      walk.report.unknown.push(path + name)
      continue
    }
    if (value === null) continue
    const decoded = decodeField(field, value, inner, `${path}${name}`)
    if (decoded === null) continue
    const isLeftOut = field.zero === 'omit' ? !EMPTY_COUNTS.has(`${walk.struct}.${name}`) : isNothing(field, inner)
    if (!(isLeftOut && isZero(decoded))) result[name] = decoded
  }
  for (const name in fields) {
    const field = fields[name]
    if (!field || result[name] !== undefined) continue
    // What upstream defaults by a marker on the field; the rest is in `kinds/`.
    if (field.default) result[name] = clone(field.default as Json)
    else if (field.zero === 'keep') keepZero(result, name, field, inner)
  }
  return inGoOrder(result, fields)
}

/** An empty list in a field that Go always writes: null once it has been stored. */
const isNothing = (field: Field, { isStored }: Walk): boolean =>
  isStored === true && field.zero === 'keep' && (field.type === 'array' || field.type === 'map')

/** The fields as Go writes them: in the order of its struct. The same object where they are already. */
function inGoOrder(result: JsonObject, fields: Record<string, Field>): JsonObject {
  if (isInOrder(result, fields)) return result
  const ordered: JsonObject = {}
  for (const name in fields) if (result[name] !== undefined) ordered[name] = result[name]
  return ordered
}

function isInOrder(result: JsonObject, fields: Record<string, Field>): boolean {
  const wanted = placesOf(fields)
  let last = -1
  for (const name in result) {
    const place = wanted[name] ?? -1
    if (place < last) return false
    last = place
  }
  return true
}

const places = new WeakMap<Record<string, Field>, Record<string, number>>()

function placesOf(fields: Record<string, Field>): Record<string, number> {
  const known = places.get(fields)
  if (known) return known
  const made = Object.fromEntries(Object.keys(fields).map((name, index) => [name, index]))
  places.set(fields, made)
  return made
}

const isZero = (value: Json): boolean =>
  value === '' || value === 0 || value === false || (typeof value === 'object' && value !== null && !hasAny(value))

function hasAny(value: object): boolean {
  // The names of a map of thousands are not listed to see that there are some.
  for (const _name in value) return true
  return false
}

/** A plain Go field without omitempty is written even where nobody has set it. */
function keepZero(result: JsonObject, name: string, field: Field, walk: Walk): void {
  if (field.type === 'string') result[name] = ''
  else if (field.type === 'boolean') result[name] = false
  else if (field.type === 'integer' || field.type === 'number') result[name] = 0
  else if (isNothing(field, walk)) result[name] = null
  else if (field.type === 'ref') {
    const facts = structOf(field)
    if (facts) result[name] = decodeStruct(facts, {}, walk, '')
    else if (field.ref === TIME || field.ref === MICRO_TIME) result[name] = null
    else if (field.ref === QUANTITY) result[name] = '0'
    else if (field.ref === INT_OR_STRING) result[name] = 0
  }
}

function decodeField(field: Field, value: Json, walk: Walk, path: string): Json {
  switch (field.type) {
    case 'ref':
      return decodeReference(field, value, walk, path)
    case 'array':
      return decodeArray(field, value, walk, path)
    case 'map':
      return decodeMap(field, value, walk, path)
    case 'string':
      if (field.format === 'byte') return decodeBytes(field, value, walk, path)
      if (typeof value === 'string') return value
      break
    case 'boolean':
      if (typeof value === 'boolean') return value
      break
    case 'integer':
      if (typeof value === 'number') return decodeInteger(field, value, walk, path)
      break
    case 'number':
      if (typeof value === 'number') return value
      break
    default:
      return value
  }
  return misfit(walk, value, path, goTypeOf(field))
}

/** Remembers the first complaint and goes on: who reads the result hears of it. */
function misfit(walk: Walk, value: Json, path: string, goType: string): null {
  walk.report.misfit ??= wrongType({ ...walk, path, value, goType })
  return null
}

/** Whole numbers beyond these do not fit; those of 64 bits that JavaScript cannot count are as exact as JavaScript has them. */
const LARGEST: Record<string, number> = { int32: 2 ** 31 - 1, int64: 2 ** 63 }

/** The number as it was written, where Go does not take it as a whole one. */
function unfit(value: number, goType: string, written: string | undefined): string | undefined {
  const largest = LARGEST[goType] ?? Number.POSITIVE_INFINITY
  if (written === undefined && Number.isInteger(value) && value <= largest && value >= -largest - 1) return undefined
  return written ?? String(value)
}

function decodeInteger(field: Field, value: number, walk: Walk, path: string): Json {
  const goType = field.format === 'int64' ? 'int64' : 'int32'
  const written = unfit(value, goType, walk.report.written?.get(path))
  if (written === undefined) return value
  walk.report.misfit ??= wrongType({ ...walk, path, value, goType: field.go ?? goType, written })
  return null
}

/** Bytes are base64, or a list of numbers. */
function decodeBytes(field: Field, value: Json, walk: Walk, path: string): Json {
  if (typeof value === 'string') {
    walk.report.misfit ??= base64Problem(value)
    return value
  }
  if (!Array.isArray(value)) return misfit(walk, value, path, goTypeOf(field))
  const wrong = value.find((item) => typeof item !== 'number')
  return wrong === undefined ? Buffer.from(value as number[]).toString('base64') : misfit(walk, wrong, path, 'uint8')
}

/** What Go's decoder says of a text that is no base64. */
function base64Problem(text: string): ApiError | undefined {
  const wrong = /[^A-Za-z0-9+/=\r\n]/.exec(text)?.index
  const plain = text.replace(/[\r\n]/g, '')
  const isWhole = plain.length % 4 === 0 && /^[^=]*={0,2}$/.test(plain)
  if (wrong === undefined && isWhole) return undefined
  return failure.badRequest(`illegal base64 data at input byte ${wrong ?? Math.floor(plain.length / 4) * 4}`)
}

function decodeArray(field: Field, value: Json, walk: Walk, path: string): Json {
  if (!Array.isArray(value)) return misfit(walk, value, path, goTypeOf(field))
  const items = field.items ?? { type: 'any' as const }
  return value.map((item, index) =>
    item === null ? emptyItem(items, walk) : decodeField(items, item, walk, `${path}[${index}]`),
  )
}

function emptyItem(items: Field, walk: Walk): Json {
  if (items.type === 'string') return ''
  const facts = structOf(items)
  return facts ? decodeStruct(facts, {}, walk, '') : null
}

/** A map of them is as it should be, and not copied: there may be thousands. */
function areTexts(map: JsonObject): boolean {
  for (const key in map) if (typeof map[key] !== 'string') return false
  return true
}

function decodeMap(field: Field, value: Json, walk: Walk, path: string): Json {
  if (!isObject(value)) return misfit(walk, value, path, goTypeOf(field))
  const items = field.items ?? { type: 'any' as const }
  if (items.type === 'string' && items.format !== 'byte' && areTexts(value)) return byName(value)
  const result: JsonObject = {}
  for (const key in value) {
    const item = value[key]
    if (item === undefined) continue
    if (item === null) {
      if (items.type === 'string') result[key] = ''
      continue
    }
    result[key] = decodeField(items, item, walk, `${path}.${key}`)
  }
  return byName(result)
}

/** Go writes the keys of a map in their order, however they came. */
function byName(map: JsonObject): JsonObject {
  let before = ''
  for (const key in map) {
    if (key < before) return Object.fromEntries(Object.entries(map).sort(([left], [right]) => (left < right ? -1 : 1)))
    before = key
  }
  return map
}

const shortNames = new Map<string, string>()

/** `io.k8s.api.core.v1.Pod`: `Pod`. There are as many as types. */
function shortName(ref: string): string {
  const known = shortNames.get(ref)
  if (known !== undefined) return known
  const name = ref.slice(ref.lastIndexOf('.') + 1)
  shortNames.set(ref, name)
  return name
}

function decodeReference(field: Field, value: Json, walk: Walk, path: string): Json {
  const facts = factsOf(field.ref ?? '')
  if (facts?.fields) {
    if (!isObject(value)) return misfit(walk, value, path, goTypeOf(field))
    return decodeStruct(facts, value, { ...walk, struct: shortName(field.ref ?? '') }, path ? `${path}.` : '')
  }
  if (field.ref === QUANTITY) return decodeQuantity(value)
  if (field.ref === INT_OR_STRING) return decodeIntOrString(value, walk, path)
  if (field.ref === TIME || field.ref === MICRO_TIME) return decodeTime(field.ref, value, walk, path)
  return value
}

function decodeQuantity(value: Json): Json {
  if ((typeof value === 'string' || typeof value === 'number') && parseQuantity(value)) return canonicalQuantity(value)
  throw failure.badRequest(QUANTITY_MESSAGE)
}

/** A type with a reader of its own, of which Go tells before anything else. */
function decodeIntOrString(value: Json, walk: Walk, path: string): Json {
  if (typeof value === 'string') return value
  const written = typeof value === 'number' ? unfit(value, 'int32', walk.report.written?.get(path)) : undefined
  if (typeof value === 'number' && written === undefined) return value
  throw wrongType({ ...walk, path, value, goType: 'int32', written })
}

/** As the server itself writes them, of a day that every month has: nothing is to be changed. */
const AS_WRITTEN = {
  [TIME]: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/,
  [MICRO_TIME]: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6}Z$/,
}

function decodeTime(ref: typeof TIME | typeof MICRO_TIME, value: Json, walk: Walk, path: string): Json {
  if (typeof value !== 'string') throw wrongType({ ...walk, path, value, goType: 'string' })
  if (AS_WRITTEN[ref].test(value)) return value
  const problem = timeProblem(value, ref === TIME ? 'seconds' : 'micros')
  if (problem) throw failure.badRequest(problem)
  return ref === TIME ? `${new Date(value.replace(',', '.')).toISOString().slice(0, 19)}Z` : value
}
