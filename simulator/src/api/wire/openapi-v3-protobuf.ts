/** OpenAPI v3 as protobuf. @see github.com/google/gnostic-models/openapiv3/OpenAPIv3.proto */
import { isObject, type JsonObject } from '../../objects/object.js'
import { any, bool, double, each, integer, message, named, part, record, string, type Write } from './gnostic.js'

const reference = record(() => ({ $ref: string(1), summary: string(2), description: string(3) }))

/** Of one message the body, or a reference to it. */
const orReference =
  (body: Write): Write =>
  (value) =>
    isObject(value) && '$ref' in value ? part(2, reference(value)) : part(1, body(value))

/** A default that is a list or an object has no form: gnostic leaves it out. */
const defaultType: Write = (value) => {
  if (typeof value === 'number') return double(1)(value)
  if (typeof value === 'boolean') return bool(2)(value)
  return typeof value === 'string' ? string(3)(value) : Buffer.alloc(0)
}

const schemaBody: Write = record(
  () => ({
    nullable: bool(1),
    example: any(7),
    deprecated: bool(8),
    title: string(9),
    multipleOf: double(10),
    maximum: double(11),
    exclusiveMaximum: bool(12),
    minimum: double(13),
    exclusiveMinimum: bool(14),
    maxLength: integer(15),
    minLength: integer(16),
    pattern: string(17),
    maxItems: integer(18),
    minItems: integer(19),
    uniqueItems: bool(20),
    maxProperties: integer(21),
    minProperties: integer(22),
    required: each(string(23)),
    enum: each(any(24)),
    type: string(25),
    allOf: each(message(26, schema)),
    oneOf: each(message(27, schema)),
    anyOf: each(message(28, schema)),
    not: message(29, schemaBody),
    items: message(30, message(1, schema)),
    properties: message(31, named(1, schema)),
    additionalProperties: message(32, (value) => (isObject(value) ? part(1, schema(value)) : bool(2)(value))),
    default: message(33, defaultType),
    description: string(34),
    format: string(35),
  }),
  36,
)
const schema = orReference((value) => schemaBody(value))

const mediaTypes = named(
  1,
  record(() => ({ schema: message(1, schema) }), 5),
)

const parameter = orReference(
  record(() => ({ name: string(1), in: string(2), description: string(3), required: bool(4), schema: message(10, schema) }), 14),
)

const requestBody = orReference(record(() => ({ description: string(1), content: message(2, mediaTypes), required: bool(3) }), 4))

const response = orReference(record(() => ({ description: string(1), content: message(3, mediaTypes) }), 5))

const operation = record(
  () => ({
    tags: each(string(1)),
    description: string(3),
    operationId: string(5),
    parameters: each(message(6, parameter)),
    requestBody: message(7, requestBody),
    responses: message(8, named(2, response)),
  }),
  13,
)

const pathItem = record(
  () => ({
    description: string(3),
    get: message(4, operation),
    put: message(5, operation),
    post: message(6, operation),
    delete: message(7, operation),
    patch: message(10, operation),
    parameters: each(message(13, parameter)),
  }),
  14,
)

const writeDocument = record(
  () => ({
    openapi: string(1),
    info: message(
      2,
      record(() => ({ title: string(1), description: string(2), version: string(6) })),
    ),
    paths: message(4, named(1, pathItem)),
    components: message(
      5,
      record(() => ({ schemas: message(1, named(1, schema)) })),
    ),
  }),
  9,
)

/** @param document as it is served as JSON */
export const openApiV3Protobuf = (document: JsonObject): Buffer => writeDocument(document)
