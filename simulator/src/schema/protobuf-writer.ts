/**
 * Writes objects as protobuf, by the same data as `protobuf.ts` reads it.
 *
 * From its end to its beginning, as Go's generated writers do: a part is there before its length is written in front of it. What an object
 * does not hold is left out, where Go also writes the zero value of fields that are no pointers: readers make the same of both.
 */
import { isObject, type Json, type JsonObject } from '../objects/object.js'
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

const VARINT = 0
const DOUBLE = 1
const BYTES = 2
const LEAST_ROOM = 1024
const TWO_32 = 2 ** 32

class Writer {
  #bytes = Buffer.allocUnsafe(LEAST_ROOM)
  #at = LEAST_ROOM

  get length(): number {
    return this.#bytes.length - this.#at
  }
  done(): Buffer {
    return this.#bytes.subarray(this.#at)
  }

  /** @returns where `length` bytes may be written: of the buffer as it is afterwards */
  #claim(length: number): number {
    if (this.#at < length) {
      const grown = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.length + length))
      this.#bytes.copy(grown, grown.length - this.length, this.#at)
      this.#at = grown.length - this.length
      this.#bytes = grown
    }
    this.#at -= length
    return this.#at
  }

  /** A whole number of up to 53 bits; one below zero as its complement of 64 bits. */
  varint(value: number): void {
    if (value >= 0 && value < 0x80) {
      const at = this.#claim(1)
      this.#bytes[at] = value
      return
    }
    let [low, high] = [value >>> 0, Math.floor(value / TWO_32) >>> 0]
    const groups: number[] = []
    while (high > 0 || low > 0x7f) {
      groups.push((low & 0x7f) | 0x80)
      low = ((low >>> 7) | (high << 25)) >>> 0
      high >>>= 7
    }
    groups.push(low)
    const at = this.#claim(groups.length)
    for (const [index, group] of groups.entries()) this.#bytes[at + index] = group
  }

  tag(number: number, wire: number): void {
    this.varint(number * 8 + wire)
  }
  double(value: number): void {
    const at = this.#claim(8)
    this.#bytes.writeDoubleLE(value, at)
  }
  text(value: string): void {
    const length = Buffer.byteLength(value)
    const at = this.#claim(length)
    this.#bytes.write(value, at)
    this.varint(length)
  }
  raw(value: Uint8Array): void {
    const at = this.#claim(value.length)
    this.#bytes.set(value, at)
    this.varint(value.length)
  }
  /** What `write` writes, as one part. */
  part(write: () => void): void {
    const before = this.length
    write()
    this.varint(this.length - before)
  }
  string(number: number, value: string): void {
    this.text(value)
    this.tag(number, BYTES)
  }
  whole(number: number, value: number): void {
    this.varint(value)
    this.tag(number, VARINT)
  }
}

/** `2026-01-01T00:00:00.000001Z` */
function writeTime(writer: Writer, value: Json): void {
  const text = String(value)
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? ''
  writer.whole(2, Number(fraction.padEnd(9, '0').slice(0, 9)))
  writer.whole(1, Math.floor(Date.parse(text) / 1000))
}

function writeIntOrString(writer: Writer, value: Json): void {
  const isText = typeof value === 'string'
  writer.string(3, isText ? value : '')
  writer.whole(2, isText ? 0 : Number(value))
  writer.whole(1, isText ? 1 : 0)
}

const writeJson = (writer: Writer, value: Json): void => writer.string(1, JSON.stringify(value))

function writeItems(writer: Writer, value: Json): void {
  for (const item of Array.isArray(value) ? value.toReversed() : []) writer.string(1, String(item))
}

const SPECIAL: Record<string, (writer: Writer, value: Json) => void> = {
  [`${META}.Time`]: writeTime,
  [`${META}.MicroTime`]: writeTime,
  [`${META}.FieldsV1`]: writeJson,
  [`${META}.Verbs`]: writeItems,
  [QUANTITY]: (writer, value) => writer.string(1, String(value)),
  [INT_OR_STRING]: writeIntOrString,
  [RAW_EXTENSION]: writeJson,
  [JSON_VALUE]: writeJson,
}

/** What an either-or type of a CRD's schema is as a message. */
function unionOf(type: string, value: Json): JsonObject {
  if (typeof value === 'boolean') return { allows: value }
  if (Array.isArray(value)) return type.endsWith('OrArray') ? { jSONSchemas: value } : { property: value }
  return type.endsWith('OrBool') ? { allows: true, schema: value } : { schema: value }
}

const PLAIN: Record<string, (writer: Writer, value: Json) => void> = {
  string: (writer, value) => writer.text(String(value)),
  bytes: (writer, value) => writer.raw(Buffer.from(String(value), 'base64')),
  bool: (writer, value) => writer.varint(value === true ? 1 : 0),
  double: (writer, value) => writer.double(Number(value)),
  int32: (writer, value) => writer.varint(Number(value)),
  int64: (writer, value) => writer.varint(Number(value)),
}

/** One value, without its tag. */
function writeValue(writer: Writer, type: string, value: Json): void {
  const plain = PLAIN[type]
  const special = SPECIAL[type] ?? (type.endsWith('.ExtraValue') ? writeItems : undefined)
  if (plain) plain(writer, value)
  else if (special) writer.part(() => special(writer, value))
  else {
    const body = type.includes('.JSONSchemaPropsOr') ? unionOf(type, value) : value
    writer.part(() => writeMessage(writer, type, isObject(body) ? body : {}))
  }
}

const WIRES: Record<string, number> = { bool: VARINT, int32: VARINT, int64: VARINT, double: DOUBLE }
const wireOf = (type: string): number => WIRES[type] ?? BYTES

function writeEntries(writer: Writer, [number, , type]: MessageField, map: JsonObject): void {
  for (const key of Object.keys(map).sort().reverse()) {
    writer.part(() => {
      const value = map[key] ?? (type === 'string' || type === 'bytes' ? '' : {})
      writeValue(writer, type, value)
      writer.tag(2, wireOf(type))
      writer.string(1, key)
    })
    writer.tag(number, BYTES)
  }
}

function writeField(writer: Writer, field: MessageField, value: Json): void {
  const [number, , type, label] = field
  if (label === 'm') {
    if (isObject(value)) writeEntries(writer, field, value)
    return
  }
  const values = label === 'r' ? (Array.isArray(value) ? value.toReversed() : []) : [value]
  for (const each of values) {
    writeValue(writer, type, each)
    writer.tag(number, wireOf(type))
  }
}

/** The fields of a message, the last first. */
const reversed = new Map<string, MessageField[]>()

function fieldsOf(name: string): MessageField[] {
  const known = reversed.get(name)
  if (known) return known
  const fields = [...(message(name)?.values() ?? [])].sort(([a], [b]) => b - a)
  reversed.set(name, fields)
  return fields
}

function writeMessage(writer: Writer, name: string, object: JsonObject): void {
  for (const field of fieldsOf(name)) {
    // A struct of Go within another is a part of its own here, and none in JSON.
    const value = field[4] ? object : object[field[1]]
    if (value !== undefined && value !== null) writeField(writer, field, value)
  }
}

export interface Typed {
  /** The oldest documents of discovery name none. */
  apiVersion?: string
  kind: string
}

/** The bytes of an object around the raw ones. */
function wrap({ apiVersion = '', kind }: Typed, raw: Uint8Array): Buffer {
  const writer = new Writer()
  writer.string(4, '')
  writer.string(3, '')
  writer.raw(raw)
  writer.tag(2, BYTES)
  writer.part(() => {
    writer.string(2, kind)
    writer.string(1, apiVersion)
  })
  writer.tag(1, BYTES)
  return Buffer.concat([Buffer.from(MAGIC), writer.done()])
}

const rawOf = ({ apiVersion = '', kind, ...fields }: Typed): Buffer => {
  const writer = new Writer()
  writeMessage(writer, messageOf(apiVersion, kind), fields as JsonObject)
  return writer.done()
}

/** An object of a kind that `hasMessage`, as it goes over the wire. */
export const encodeProtobuf = (object: Typed): Buffer => wrap(object, rawOf(object))

/** Some items of a list, as they stand in it. Those of every list are its second field. */
export function encodeItems({ apiVersion = '', kind }: Typed, items: readonly object[]): Buffer {
  const writer = new Writer()
  writeMessage(writer, messageOf(apiVersion, kind), { items: items as Json[] })
  return writer.done()
}

/** A list whose items are written already. */
export const encodeList = (head: Typed, items: readonly Uint8Array[]): Buffer =>
  wrap(head, Buffer.concat([rawOf(head), ...items]))

/** One event of a watch: its length in four bytes, then a WatchEvent around the object. @see apimachinery/pkg/util/framer */
export function encodeEvent(type: string, object: Uint8Array): Buffer {
  const writer = new Writer()
  writer.part(() => {
    writer.raw(object)
    writer.tag(1, BYTES)
  })
  writer.tag(2, BYTES)
  writer.string(1, type)
  const bytes = writer.done()
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
