/** Writes the protobuf of gnostic, whose messages describe documents of OpenAPI in either version. @see github.com/google/gnostic-models */
import { isObject, type Json } from '../../objects/object.js'

export type Write = (value: Json) => Buffer

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest])
    bytes.push((rest % 128) + 128)
  }
}

const VARINT = 0
const DOUBLE = 1
const BYTES = 2
const tag = (number: number, wire: number): Buffer => varint(number * 8 + wire)
/** A field that is a text or a message of its own. */
export const part = (number: number, bytes: Buffer): Buffer => Buffer.concat([tag(number, BYTES), varint(bytes.length), bytes])

/** Each writes one value as the field of that number. */
export const string =
  (number: number): Write =>
  (value) =>
    part(number, Buffer.from(String(value)))
export const bool =
  (number: number): Write =>
  (value) =>
    Buffer.concat([tag(number, VARINT), varint(value ? 1 : 0)])
export const integer =
  (number: number): Write =>
  (value) =>
    Buffer.concat([tag(number, VARINT), varint(Number(value))])
export const double =
  (number: number): Write =>
  (value) => {
    const bytes = Buffer.alloc(8)
    bytes.writeDoubleLE(Number(value))
    return Buffer.concat([tag(number, DOUBLE), bytes])
  }
/** Any value, as YAML; JSON is YAML. */
const anyOf = (value: Json): Buffer => part(2, Buffer.from(`${JSON.stringify(value)}\n`))
export const any =
  (number: number): Write =>
  (value) =>
    part(number, anyOf(value))
export const message =
  (number: number, body: Write): Write =>
  (value) =>
    part(number, body(value))
export const each =
  (write: Write): Write =>
  (value) =>
    Buffer.concat((Array.isArray(value) ? value : [value]).map(write))
/** A message that holds nothing but fields by their names. */
export const named =
  (number: number, body: Write): Write =>
  (value) =>
    Buffer.concat(
      Object.entries(isObject(value) ? value : {}).map(([name, inner]) =>
        part(number, Buffer.concat([string(1)(name), part(2, body(inner ?? null))])),
      ),
    )

/** A message whose fields are known by name; names that begin with `x-` are its extensions. What has no field in the message is left out. */
export function record(fields: () => Record<string, Write>, extensions?: number): Write {
  let known: Record<string, Write> | undefined
  return (value) => {
    known ??= fields()
    const parts: Buffer[] = []
    for (const [name, inner] of Object.entries(isObject(value) ? value : {})) {
      if (inner === undefined) continue
      const write = known[name]
      if (write) parts.push(write(inner))
      else if (extensions && name.startsWith('x-'))
        parts.push(part(extensions, Buffer.concat([string(1)(name), part(2, anyOf(inner))])))
    }
    return Buffer.concat(parts)
  }
}
