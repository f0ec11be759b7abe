/**
 * Reads the protobuf bodies that kubectl sends (create, drain, certificate approve, ...) into the JSON form of the same object.
 *
 * The numbers of the fields are data; what is special about a few types (times, quantities, embedded structs) is here.
 * Kubernetes wraps every object: the four bytes `k8s\0`, then a runtime.Unknown with its type and the raw object.
 */
import type { Json, JsonObject } from '../objects/object.js'
import { failure } from '../objects/status.js'
import { readData } from './data.js'

type MessageField = [number: number, name: string, type: string, label: 'o' | 'r' | 'm', inline?: 'inline']

let messages: Map<string, Map<number, MessageField>> | undefined
/** Read at the first protobuf body: many processes never see one. */
function message(name: string): Map<number, MessageField> | undefined {
  messages ??= new Map(
    Object.entries(readData<Record<string, MessageField[]>>('proto.json')).map(([key, fields]) => [
      key,
      new Map(fields.map((field) => [field[0], field])),
    ]),
  )
  return messages.get(name)
}

const malformed = () => failure.badRequest('unable to decode the protobuf body of the request')

class Reader {
  offset = 0
  readonly #view: DataView
  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  get done(): boolean {
    return this.offset >= this.bytes.length
  }
  varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.bytes[this.offset++]
      if (byte === undefined) throw malformed()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw malformed()
  }
  chunk(): Uint8Array {
    const length = Number(this.varint())
    if (this.offset + length > this.bytes.length) throw malformed()
    this.offset += length
    return this.bytes.subarray(this.offset - length, this.offset)
  }
  double(): number {
    this.offset += 8
    if (this.offset > this.bytes.length) throw malformed()
    return this.#view.getFloat64(this.offset - 8, true)
  }
  float(): number {
    this.offset += 4
    if (this.offset > this.bytes.length) throw malformed()
    return this.#view.getFloat32(this.offset - 4, true)
  }
  skip(wire: number): void {
    if (wire === 0) this.varint()
    else if (wire === 1) this.offset += 8
    else if (wire === 2) this.chunk()
    else if (wire === 5) this.offset += 4
    else throw malformed()
  }
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')
const signed = (value: bigint): number => Number(BigInt.asIntN(64, value))
const MAGIC = 'k8s\0'
const META = 'k8s.io.apimachinery.pkg.apis.meta.v1'

/** Numbers, names and values of a small message, for the few that we read by hand. */
function rawFields(bytes: Uint8Array): Map<number, bigint | Uint8Array> {
  const reader = new Reader(bytes)
  const fields = new Map<number, bigint | Uint8Array>()
  while (!reader.done) {
    const tag = Number(reader.varint())
    if ((tag & 7) === 0) fields.set(tag >> 3, reader.varint())
    else if ((tag & 7) === 2) fields.set(tag >> 3, reader.chunk())
    else reader.skip(tag & 7)
  }
  return fields
}

const stringAt = (fields: Map<number, bigint | Uint8Array>, number: number): string => {
  const value = fields.get(number)
  return value instanceof Uint8Array ? text(value) : ''
}

function readTime(bytes: Uint8Array): Json {
  const fields = rawFields(bytes)
  const seconds = fields.get(1)
  if (typeof seconds !== 'bigint') return null
  const ms = signed(seconds) * 1000
  // The zero time of Go: nobody has set it.
  return ms < -62_000_000_000_000 ? null : `${new Date(ms).toISOString().slice(0, 19)}Z`
}

function readMicroTime(bytes: Uint8Array): Json {
  const fields = rawFields(bytes)
  const whole = readTime(bytes)
  const nanos = fields.get(2)
  const micros = typeof nanos === 'bigint' ? Number(nanos / 1000n) : 0
  return typeof whole === 'string' ? `${whole.slice(0, 19)}.${String(micros).padStart(6, '0')}Z` : null
}

function readIntOrString(bytes: Uint8Array): Json {
  const fields = rawFields(bytes)
  if (fields.get(1) === 1n) return stringAt(fields, 3)
  const value = fields.get(2)
  return typeof value === 'bigint' ? signed(value) : 0
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
    reader.varint()
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
    return `${typeof value === 'bigint' ? signed(value) / 1e9 : 0}s`
  },
  'k8s.io.apimachinery.pkg.api.resource.Quantity': (bytes) => stringAt(rawFields(bytes), 1),
  'k8s.io.apimachinery.pkg.util.intstr.IntOrString': readIntOrString,
  'k8s.io.apimachinery.pkg.runtime.RawExtension': rawJson(1),
  'k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.JSON': rawJson(1),
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

function readValue(type: string, reader: Reader, wire: number): Json {
  switch (type) {
    case 'string':
      return text(reader.chunk())
    case 'bytes':
      return Buffer.from(reader.chunk()).toString('base64')
    case 'bool':
      return reader.varint() !== 0n
    case 'double':
      return reader.double()
    case 'float':
      return reader.float()
    case 'int32':
    case 'int64':
    case 'uint32':
    case 'uint64':
      return signed(reader.varint())
  }
  if (wire !== 2) throw malformed()
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
    const tag = Number(reader.varint())
    if (tag >> 3 === 1) key = text(reader.chunk())
    else value = readValue(type, reader, tag & 7)
  }
  return [key, value]
}

function readMessage(name: string, bytes: Uint8Array): JsonObject {
  const fields = message(name)
  if (!fields) throw malformed()
  const reader = new Reader(bytes)
  const result: JsonObject = {}
  while (!reader.done) {
    const tag = Number(reader.varint())
    const field = fields.get(tag >> 3)
    if (field) readField(result, field, reader, tag & 7)
    else reader.skip(tag & 7)
  }
  return result
}

function readField(result: JsonObject, [, name, type, label, inline]: MessageField, reader: Reader, wire: number): void {
  if (label === 'm') {
    const [key, value] = readEntry(type, reader.chunk())
    const map = (result[name] as JsonObject | undefined) ?? {}
    map[key] = value
    result[name] = map
  } else if (label === 'r') {
    const list = (result[name] as Json[] | undefined) ?? []
    list.push(readValue(type, reader, wire))
    result[name] = list
  } else {
    const value = readValue(type, reader, wire)
    if (inline) Object.assign(result, value)
    else result[name === '$ref' ? '$ref' : name] = value
  }
}

const MESSAGE_FOLDERS: Record<string, string> = {
  'apiextensions.k8s.io': 'k8s.io.apiextensions_apiserver.pkg.apis.apiextensions',
  'apiregistration.k8s.io': 'k8s.io.kube_aggregator.pkg.apis.apiregistration',
  'meta.k8s.io': 'k8s.io.apimachinery.pkg.apis.meta',
}

/** The protobuf message of a kind: `apps/v1` Deployment is `k8s.io.api.apps.v1.Deployment`. */
function messageOf(apiVersion: string, kind: string): string {
  if (kind === 'DeleteOptions') return `${META}.DeleteOptions`
  const [group = '', version = apiVersion] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
  const folder = MESSAGE_FOLDERS[group] ?? `k8s.io.api.${group === '' ? 'core' : (group.split('.')[0] ?? group)}`
  return `${folder}.${version}.${kind}`
}

/** @throws ApiError 400 where the bytes are no object of Kubernetes */
export function decodeProtobuf(body: Uint8Array): JsonObject {
  if (text(body.subarray(0, 4)) !== MAGIC) throw malformed()
  const unknown = rawFields(body.subarray(4))
  const typeMeta = unknown.get(1)
  const raw = unknown.get(2)
  const meta = typeMeta instanceof Uint8Array ? rawFields(typeMeta) : new Map()
  const apiVersion = stringAt(meta, 1)
  const kind = stringAt(meta, 2)
  const name = messageOf(apiVersion, kind)
  if (!message(name))
    throw failure.badRequest(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`)
  const object = raw instanceof Uint8Array ? readMessage(name, raw) : {}
  return { apiVersion, kind, ...dropUnset(object) }
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

export const PROTOBUF = 'application/vnd.kubernetes.protobuf'
