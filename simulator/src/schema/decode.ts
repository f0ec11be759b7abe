/**
 * Brings what a client sent into the form that the real API server would hold after decoding it into its Go types: unknown fields
 * dropped and reported, types checked, quantities in canonical form, zero values left out or filled in as Go writes them.
 */
import { jsonType } from '../objects/go-json.js'
import { clone, isObject, type Json, type JsonObject } from '../objects/object.js'
import { canonicalQuantity, parseQuantity, QUANTITY_MESSAGE } from '../objects/quantity.js'
import { failure } from '../objects/status.js'
import { type Field, factsOf, INT_OR_STRING, MICRO_TIME, QUANTITY, rootField, structOf, TIME, type TypeFacts } from './types.js'

export interface DecodeReport {
  /** `unknown field "spec.foo"`, in the order met. */
  problems: string[]
}

/** Lists of which an empty one is not the same as none: only in place of none is a default set. */
const EMPTY_COUNTS = new Set(['HPAScalingRules.policies'])

/** Deeper than any real object, and far from the end of the stack. */
const DEEPEST = 200

interface Walk {
  /** Go's name of the innermost structure, for messages. */
  struct: string
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
  report: DecodeReport = { problems: [] },
): JsonObject {
  return decodeStruct(factsOf(typeName) ?? {}, source, { struct: kind, report, depth: 0 }, '')
}

/** What comes back of an object once it has been stored. */
export const storedForm = (typeName: string, kind: string, source: JsonObject): JsonObject =>
  decodeStruct(factsOf(typeName) ?? {}, source, { struct: kind, report: { problems: [] }, depth: 0, isStored: true }, '')

/** A value of one field, such as the Scale of a patch. */
export const decodeValue = (typeName: string, kind: string, source: Json): Json =>
  decodeField(rootField(typeName), source, { struct: kind, report: { problems: [] }, depth: 0 }, '')

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
      walk.report.problems.push(`unknown field "${path}${name}"`)
      continue
    }
    if (value === null) continue
    const decoded = decodeField(field, value, inner, `${path}${name}`)
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
      if (typeof value === 'string') {
        if (field.format === 'byte') checkBase64(value)
        return value
      }
      break
    case 'boolean':
      if (typeof value === 'boolean') return value
      break
    case 'integer':
    case 'number':
      if (typeof value === 'number' && (field.type === 'number' || Number.isInteger(value))) return value
      break
    default:
      return value
  }
  throw wrongType(walk.struct, value, path, goTypeOf(field))
}

/** @throws as Go's decoder does */
function checkBase64(text: string): void {
  const wrong = /[^A-Za-z0-9+/=\r\n]/.exec(text)?.index
  const plain = text.replace(/[\r\n]/g, '')
  const isWhole = plain.length % 4 === 0 && /^[^=]*={0,2}$/.test(plain)
  if (wrong === undefined && isWhole) return
  throw failure.badRequest(`illegal base64 data at input byte ${wrong ?? Math.floor(plain.length / 4) * 4}`)
}

function decodeArray(field: Field, value: Json, walk: Walk, path: string): Json {
  if (!Array.isArray(value)) throw wrongType(walk.struct, value, path, goTypeOf(field))
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

function decodeMap(field: Field, value: Json, walk: Walk, path: string): Json {
  if (!isObject(value)) throw wrongType(walk.struct, value, path, goTypeOf(field))
  const items = field.items ?? { type: 'any' as const }
  const result: JsonObject = {}
  for (const key in value) {
    const item = value[key]
    if (item === undefined) continue
    if (item === null) {
      if (items.type === 'string') result[key] = ''
      continue
    }
    if (items.type === 'string' && items.format !== 'byte' && typeof item === 'string') {
      result[key] = item
      continue
    }
    result[key] = decodeField(items, item, walk, path)
  }
  return result
}

function decodeReference(field: Field, value: Json, walk: Walk, path: string): Json {
  const facts = factsOf(field.ref ?? '')
  if (facts?.fields) {
    if (!isObject(value)) throw wrongType(walk.struct, value, path, goTypeOf(field))
    return decodeStruct(facts, value, { ...walk, struct: (field.ref ?? '').split('.').at(-1) ?? '' }, path ? `${path}.` : '')
  }
  if (field.ref === QUANTITY) return decodeQuantity(value)
  if (field.ref === INT_OR_STRING) {
    if (typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value))) return value
    throw wrongType(walk.struct, value, path, 'intstr.IntOrString')
  }
  if (field.ref === TIME || field.ref === MICRO_TIME) return decodeTime(field.ref, value)
  return value
}

function decodeQuantity(value: Json): Json {
  if ((typeof value === 'string' || typeof value === 'number') && parseQuantity(value)) return canonicalQuantity(value)
  throw failure.badRequest(QUANTITY_MESSAGE)
}

function decodeTime(ref: string, value: Json): Json {
  const text = String(value)
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
  const layout = ref === TIME ? '2006-01-02T15:04:05Z07:00' : '2006-01-02T15:04:05.000000Z07:00'
  const refuse = (found: string, wanted: string) =>
    failure.badRequest(
      `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(found)} as ${JSON.stringify(wanted)}`,
    )
  if (Number.isNaN(ms)) throw refuse(text, '2006')
  if (ref === TIME) return `${new Date(ms).toISOString().slice(0, 19)}Z`
  // Go reads the layout to the letter: six digits after the second.
  const rest = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(.*)$/.exec(text)?.[1] ?? ''
  if (!/^\.\d{6}/.test(rest)) throw refuse(rest, '.000000')
  return value
}

const GO_SCALARS: Record<string, string> = { string: 'string', boolean: 'bool', number: 'float64' }

/** The Go type that the decoder names in its complaint. */
function goTypeOf(field: Field): string {
  if (field.type === 'integer') return field.format === 'int64' ? 'int64' : 'int32'
  if (field.type === 'array') return `[]${goTypeOf(field.items ?? { type: 'any' })}`
  if (field.type === 'map') return `map[string]${goTypeOf(field.items ?? { type: 'any' })}`
  if (field.type === 'ref') return `v1.${(field.ref ?? '').split('.').at(-1)}`
  return GO_SCALARS[field.type] ?? 'interface {}'
}

function wrongType(struct: string, value: Json, path: string, goType: string) {
  const found = jsonType(value)
  const name = path.replace(/\[\d+\]/g, '')
  return failure.badRequest(`json: cannot unmarshal ${found} into Go struct field ${struct}.${name} of type ${goType}`)
}
