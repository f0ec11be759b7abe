/** OpenAPI v2 as protobuf, which kubectl before 1.28 takes alone. @see github.com/google/gnostic-models/openapiv2/OpenAPIv2.proto */
import { isObject, type Json, type JsonObject } from '../../objects/object.js'

type Write = (value: Json) => Buffer

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
const part = (number: number, bytes: Buffer): Buffer => Buffer.concat([tag(number, BYTES), varint(bytes.length), bytes])

/** Each writes one value as the field of that number. */
const string =
  (number: number): Write =>
  (value) =>
    part(number, Buffer.from(String(value)))
const bool =
  (number: number): Write =>
  (value) =>
    Buffer.concat([tag(number, VARINT), varint(value ? 1 : 0)])
const integer =
  (number: number): Write =>
  (value) =>
    Buffer.concat([tag(number, VARINT), varint(Number(value))])
const double =
  (number: number): Write =>
  (value) => {
    const bytes = Buffer.alloc(8)
    bytes.writeDoubleLE(Number(value))
    return Buffer.concat([tag(number, DOUBLE), bytes])
  }
/** Any value, as YAML; JSON is YAML. */
const anyOf = (value: Json): Buffer => part(2, Buffer.from(`${JSON.stringify(value)}\n`))
const any =
  (number: number): Write =>
  (value) =>
    part(number, anyOf(value))
const message =
  (number: number, body: Write): Write =>
  (value) =>
    part(number, body(value))
const each =
  (write: Write): Write =>
  (value) =>
    Buffer.concat((Array.isArray(value) ? value : [value]).map(write))
const named =
  (number: number, body: Write): Write =>
  (value) =>
    Buffer.concat(
      Object.entries(isObject(value) ? value : {}).map(([name, inner]) =>
        part(number, Buffer.concat([string(1)(name), part(2, body(inner ?? null))])),
      ),
    )

/** A message whose fields are known by name; names that begin with `x-` are its extensions. What has no field in version 2 is left out. */
function record(fields: () => Record<string, Write>, extensions?: number): Write {
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

const schema: Write = record(
  () => ({
    $ref: string(1),
    format: string(2),
    title: string(3),
    description: string(4),
    default: any(5),
    multipleOf: double(6),
    maximum: double(7),
    exclusiveMaximum: bool(8),
    minimum: double(9),
    exclusiveMinimum: bool(10),
    maxLength: integer(11),
    minLength: integer(12),
    pattern: string(13),
    maxItems: integer(14),
    minItems: integer(15),
    uniqueItems: bool(16),
    maxProperties: integer(17),
    minProperties: integer(18),
    required: each(string(19)),
    enum: each(any(20)),
    additionalProperties: message(21, (value) => (isObject(value) ? part(1, schema(value)) : bool(2)(value))),
    type: message(22, each(string(1))),
    items: message(23, each(message(1, schema))),
    allOf: each(message(24, schema)),
    properties: message(25, named(1, schema)),
  }),
  31,
)

const inQuery = record(
  () => ({ in: string(2), description: string(3), name: string(4), type: string(6), uniqueItems: bool(20) }),
  23,
)
const inPath = record(() => ({ required: bool(1), in: string(2), name: string(4), type: string(5), uniqueItems: bool(19) }), 22)
const inBody = record(
  () => ({ description: string(1), name: string(2), in: string(3), required: bool(4), schema: message(5, schema) }),
  6,
)
/** ParametersItem > Parameter > its form by where it stands. */
const parameter: Write = (value) => {
  const where = isObject(value) ? value.in : ''
  if (where === 'body') return part(1, part(1, inBody(value)))
  return part(1, part(2, where === 'path' ? part(4, inPath(value)) : part(3, inQuery(value))))
}

const response = record(() => ({ description: string(1), schema: message(2, message(1, schema)) }), 5)
const responses = named(1, (value) => part(1, response(value)))

const operation = record(
  () => ({
    tags: each(string(1)),
    description: string(3),
    operationId: string(5),
    produces: each(string(6)),
    consumes: each(string(7)),
    parameters: each(message(8, parameter)),
    responses: message(9, responses),
  }),
  13,
)
const pathItem = record(
  () => ({
    get: message(2, operation),
    put: message(3, operation),
    post: message(4, operation),
    delete: message(5, operation),
    patch: message(8, operation),
    parameters: each(message(9, parameter)),
  }),
  10,
)
const writeDocument = record(
  () => ({
    swagger: string(1),
    info: message(
      2,
      record(() => ({ title: string(1), version: string(2) })),
    ),
    paths: message(8, named(2, pathItem)),
    definitions: message(9, named(1, schema)),
  }),
  16,
)

/** @param document as it is served as JSON */
export const openApiV2Protobuf = (document: JsonObject): Buffer => writeDocument(document)
