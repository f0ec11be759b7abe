/** OpenAPI v2 as protobuf, which kubectl before 1.28 takes alone. @see github.com/google/gnostic-models/openapiv2/OpenAPIv2.proto */
import { isObject, type JsonObject } from '../../objects/object.js'
import { any, bool, double, each, integer, message, named, part, record, string, type Write } from './gnostic.js'

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
/** The entries of `paths` and of `definitions`, which may be put together from parts. */
export const pathEntries = named(2, pathItem)
export const definitionEntries = named(1, schema)

const writeInfo = record(() => ({ title: string(1), version: string(2) }))

/** @param parts the entries as they are written */
export const openApiV2Protobuf = (parts: { info: JsonObject; paths: Buffer[]; definitions: Buffer[] }): Buffer =>
  Buffer.concat([
    string(1)('2.0'),
    part(2, writeInfo(parts.info)),
    part(8, Buffer.concat(parts.paths)),
    part(9, Buffer.concat(parts.definitions)),
  ])
