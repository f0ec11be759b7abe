/**
 * Reads the protobuf bodies that kubectl sends (create, drain, certificate approve, ...) into the JSON form of the same object.
 *
 * The numbers of the fields are data; what is special about a few types (times, quantities, embedded structs) is here.
 * Kubernetes wraps every object: the four bytes `k8s\0`, then a runtime.Unknown with its type and the raw object.
 */
import type { Json, JsonObject } from '../objects/object.js'
import { failure } from '../objects/status.js'
import { MOST_VALUES, tooManyValues } from '../objects/value-count.js'
import {
  INT_OR_STRING,
  JSON_VALUE,
  MAGIC,
  META,
  type MessageField,
  message,
  messageOf,
  QUANTITY,
  RAW_EXTENSION,
} from './messages.js'

/** Bytes that are no message, in the words of Go's generated readers. */
class ProtobufProblem extends Error {}
const cutOff = () => new ProtobufProblem('unexpected EOF')
const proto = (problem: string) => new ProtobufProblem(`proto: ${problem}`)

/** Fields of a message for each value: an entry of a map has three. */
const FIELDS_A_VALUE = 3
let fieldsLeft = 0
/** Levels of nesting before a body counts as an attack. */
const DEEPEST = 1000
let depth = 0

class Reader {
  offset = 0
  low = 0
  constructor(readonly bytes: Uint8Array) {}
  /** Few messages have a number that wants one. */
  get #view(): DataView {
    return new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength)
  }
  get done(): boolean {
    return this.offset >= this.bytes.length
  }
  /**
   * As a signed number of 64 bits, as exact as JavaScript counts; `Reader.low` are its lower 32 bits. Without BigInt: the compiler of V8 in
   * Node 20 ends the whole process over a hot loop that widens one.
   */
  varint(): number {
    const first = this.bytes[this.offset]
    if (first !== undefined && first < 0x80) {
      this.offset++
      this.low = first
      return first
    }
    let [low, high] = [0, 0]
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.bytes[this.offset++]
      if (byte === undefined) throw cutOff()
      const bits = byte & 0x7f
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= bits << 28
        high = bits >> 4
      } else high |= bits << (shift - 32)
      if (byte < 0x80) {
        this.low = low >>> 0
        return high * 2 ** 32 + this.low
      }
    }
    throw proto('integer overflow')
  }
  chunk(): Uint8Array {
    const length = this.varint()
    if (length < 0) throw proto('negative length found during unmarshaling')
    if (this.offset + length > this.bytes.length) throw cutOff()
    this.offset += length
    return this.bytes.subarray(this.offset - length, this.offset)
  }
  double(): number {
    this.offset += 8
    if (this.offset > this.bytes.length) throw cutOff()
    return this.#view.getFloat64(this.offset - 8, true)
  }
  float(): number {
    this.offset += 4
    if (this.offset > this.bytes.length) throw cutOff()
    return this.#view.getFloat32(this.offset - 4, true)
  }
  /** The number and the wire type of the next field of a message. @throws ApiError 413 where a body has more than anybody writes */
  tag(message: string): { number: number; wire: number } {
    if (--fieldsLeft < 0) throw tooManyValues()
    const tag = this.varint()
    const [number, wire] = [Math.floor(tag / 8) | 0, this.low & 7]
    const name = () => message.slice(message.lastIndexOf('.') + 1)
    if (wire === 4) throw proto(`${name()}: wiretype end group for non-group`)
    if (number <= 0) throw proto(`${name()}: illegal tag ${number} (wire type ${wire})`)
    return { number, wire }
  }
  skip(wire: number): void {
    if (wire === 0) this.varint()
    else if (wire === 1) this.offset += 8
    else if (wire === 2) this.chunk()
    else if (wire === 5) this.offset += 4
    else throw proto(`illegal wireType ${wire}`)
    if (this.offset > this.bytes.length) throw cutOff()
  }
}

/** Without a copy: a message of thousands of names is read in one go. */
const text = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')

/** Numbers, names and values of a small message, for the few that we read by hand. */
function rawFields(bytes: Uint8Array): Map<number, number | Uint8Array> {
  const reader = new Reader(bytes)
  const fields = new Map<number, number | Uint8Array>()
  while (!reader.done) {
    const { number, wire } = reader.tag('')
    if (wire === 0) fields.set(number, reader.varint())
    else if (wire === 2) fields.set(number, reader.chunk())
    else reader.skip(wire)
  }
  return fields
}

const stringAt = (fields: Map<number, number | Uint8Array>, number: number): string => {
  const value = fields.get(number)
  return value instanceof Uint8Array ? text(value) : ''
}

function readTime(bytes: Uint8Array): Json {
  const fields = rawFields(bytes)
  const seconds = fields.get(1)
  if (typeof seconds !== 'number') return null
  const ms = seconds * 1000
  // The zero time of Go: nobody has set it.
  return ms < -62_000_000_000_000 ? null : `${new Date(ms).toISOString().slice(0, 19)}Z`
}

function readMicroTime(bytes: Uint8Array): Json {
  const fields = rawFields(bytes)
  const whole = readTime(bytes)
  const nanos = fields.get(2)
  const micros = typeof nanos === 'number' ? Math.floor(nanos / 1000) : 0
  return typeof whole === 'string' ? `${whole.slice(0, 19)}.${String(micros).padStart(6, '0')}Z` : null
}

function readIntOrString(bytes: Uint8Array): Json {
  const fields = rawFields(bytes)
  if (fields.get(1) === 1) return stringAt(fields, 3)
  const value = fields.get(2)
  return typeof value === 'number' ? value : 0
}

const rawJson =
  (number: number) =>
  (bytes: Uint8Array): Json => {
    const source = stringAt(rawFields(bytes), number)
    return source ? (JSON.parse(source) as Json) : null
  }

function readItems(bytes: Uint8Array): Json {
  const reader = new Reader(bytes)
  const items: string[] = []
  while (!reader.done) {
    reader.tag('')
    items.push(text(reader.chunk()))
  }
  return items
}

const SPECIAL: Record<string, (bytes: Uint8Array) => Json> = {
  [`${META}.Time`]: readTime,
  [`${META}.MicroTime`]: readMicroTime,
  [`${META}.FieldsV1`]: rawJson(1),
  [`${META}.Verbs`]: readItems,
  [`${META}.Duration`]: (bytes) => {
    const value = rawFields(bytes).get(1)
    return `${typeof value === 'number' ? value / 1e9 : 0}s`
  },
  [QUANTITY]: (bytes) => stringAt(rawFields(bytes), 1),
  [INT_OR_STRING]: readIntOrString,
  [RAW_EXTENSION]: rawJson(1),
  [JSON_VALUE]: rawJson(1),
  'k8s.io.api.authentication.v1.ExtraValue': readItems,
  'k8s.io.api.authorization.v1.ExtraValue': readItems,
  'k8s.io.api.certificates.v1.ExtraValue': readItems,
}

/** The either-or types of a CRD's schema: one branch is a schema, the other a boolean, a list of schemas or of names. */
function readSchemaUnion(type: string, bytes: Uint8Array): Json | undefined {
  const name = type.slice(type.lastIndexOf('.') + 1)
  if (!name.startsWith('JSONSchemaPropsOr')) return undefined
  const inner = readMessage(type, bytes)
  if (name === 'JSONSchemaPropsOrBool') return inner.schema ?? inner.allows ?? false
  if (name === 'JSONSchemaPropsOrArray') return inner.schema ?? inner.jSONSchemas ?? null
  return inner.schema ?? inner.property ?? null
}

function readValue(type: string, reader: Reader): Json {
  switch (type) {
    case 'string':
      return text(reader.chunk())
    case 'bytes':
      return Buffer.from(reader.chunk()).toString('base64')
    case 'bool':
      return reader.varint() !== 0
    case 'double':
      return reader.double()
    case 'float':
      return reader.float()
    case 'int32':
    case 'int64':
    case 'uint32':
    case 'uint64':
      return reader.varint()
  }
  const bytes = reader.chunk()
  const special = SPECIAL[type]
  return special ? special(bytes) : (readSchemaUnion(type, bytes) ?? readMessage(type, bytes))
}

/** An entry of a map: key 1, value 2. */
function readEntry(type: string, bytes: Uint8Array): [string, Json] {
  const reader = new Reader(bytes)
  let key = ''
  let value: Json = type === 'string' || type === 'bytes' ? '' : {}
  while (!reader.done) {
    const { number } = reader.tag('')
    if (number === 1) key = text(reader.chunk())
    else value = readValue(type, reader)
  }
  return [key, value]
}

const WIRES: Record<string, number> = { bool: 0, int32: 0, int64: 0, uint32: 0, uint64: 0, double: 1, float: 5 }

/** The field of the Go struct, for messages. */
const goName = (name: string): string => (name === 'metadata' ? 'ObjectMeta' : name.charAt(0).toUpperCase() + name.slice(1))

function readMessage(name: string, bytes: Uint8Array): JsonObject {
  const fields = message(name)
  if (!fields) throw proto(`unknown message ${name}`)
  if (++depth > DEEPEST) throw proto('exceeded max depth')
  const reader = new Reader(bytes)
  const result: JsonObject = {}
  while (!reader.done) {
    const { number, wire } = reader.tag(name)
    const field = fields.get(number)
    if (!field) reader.skip(wire)
    else if (wire !== (field[3] === 'm' ? 2 : (WIRES[field[2]] ?? 2)))
      throw proto(`wrong wireType = ${wire} for field ${goName(field[1])}`)
    else readField(result, field, reader)
  }
  depth--
  return result
}

function readField(result: JsonObject, [, name, type, label, inline]: MessageField, reader: Reader): void {
  if (label === 'm') {
    const [key, value] = readEntry(type, reader.chunk())
    const map = (result[name] as JsonObject | undefined) ?? {}
    map[key] = value
    result[name] = map
  } else if (label === 'r') {
    const list = (result[name] as Json[] | undefined) ?? []
    list.push(readValue(type, reader))
    result[name] = list
  } else {
    const value = readValue(type, reader)
    if (inline) Object.assign(result, value)
    else result[name] = value
  }
}

/** The type of an object that does not say its own. */
export interface WantedKind {
  apiVersion: string
  kind: string
}

/** The wrapper of every object: its type, and its bytes. */
function readUnknown(bytes: Uint8Array): { apiVersion: string; kind: string; raw: Uint8Array } {
  const reader = new Reader(bytes)
  const parts = new Map<number, Uint8Array>()
  while (!reader.done) {
    const { number, wire } = reader.tag('Unknown')
    const name = UNKNOWN[number]
    if (name && wire !== 2) throw proto(`wrong wireType = ${wire} for field ${name}`)
    if (wire === 2) parts.set(number, reader.chunk())
    else reader.skip(wire)
  }
  const meta = rawFields(parts.get(1) ?? new Uint8Array())
  return { apiVersion: stringAt(meta, 1), kind: stringAt(meta, 2), raw: parts.get(2) ?? new Uint8Array() }
}

const UNKNOWN: Record<number, string> = { 1: 'TypeMeta', 2: 'Raw', 3: 'ContentEncoding', 4: 'ContentType' }

/** @throws ProtobufProblem */
function unwrapped(body: Uint8Array): Uint8Array {
  if (body.length === 0) throw new ProtobufProblem('empty data')
  if (text(body.subarray(0, 4)) !== MAGIC)
    throw new ProtobufProblem(
      `provided data does not appear to be a protobuf message, expected prefix [${[...Buffer.from(MAGIC)].join(' ')}]`,
    )
  if (body.length === MAGIC.length) throw new ProtobufProblem('empty body')
  return body.subarray(MAGIC.length)
}

/**
 * @param wanted what it is where it does not say
 * @param tell makes the sentence of upstream of bytes that are no object at all
 * @throws ApiError 400 where the bytes are no object of Kubernetes, 413 where they hold more than anybody writes
 */
export function decodeProtobuf(body: Uint8Array, wanted: WantedKind, tell: (problem: string) => string): JsonObject {
  let named: WantedKind | undefined
  fieldsLeft = MOST_VALUES * FIELDS_A_VALUE
  depth = 0
  try {
    const { raw, ...said } = readUnknown(unwrapped(body))
    named = { apiVersion: said.apiVersion || wanted.apiVersion, kind: said.kind || wanted.kind }
    const name = messageOf(named.apiVersion, named.kind)
    // A kind that nobody knows is refused by who reads the object.
    return { ...named, ...(message(name) ? dropUnset(readMessage(name, raw)) : {}) }
  } catch (error) {
    if (!(error instanceof ProtobufProblem)) throw error
    const version = JSON.stringify(named?.apiVersion.split('/').at(-1))
    const problem = named && `${named.kind} in version ${version} cannot be handled as a ${wanted.kind}: ${error.message}`
    throw failure.badRequest(problem ?? tell(error.message))
  }
}

/** Times that nobody set come as null; JSON leaves them out. */
function dropUnset(object: JsonObject): JsonObject {
  for (const key in object) {
    const value = object[key]
    if (value === null) delete object[key]
    else if (value && typeof value === 'object' && !Array.isArray(value)) dropUnset(value)
  }
  return object
}
