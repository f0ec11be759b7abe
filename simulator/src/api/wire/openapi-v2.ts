/** OpenAPI v2 for clients that know no other: one document of all that is served, made from the documents of version 3. */

import type { Resources } from '../../kinds/resource.js'
import { isObject, type Json, type JsonObject } from '../../objects/object.js'
import { openApiDocument, openApiIndex } from './openapi.js'
import { openApiV2Protobuf } from './openapi-v2-protobuf.js'

const OLD = '#/definitions/'
const NEW = '#/components/schemas/'

/** A schema in the words of version 2. */
function translate(value: Json): Json {
  if (Array.isArray(value)) return value.map(translate)
  if (typeof value === 'string') return value.startsWith(NEW) ? `${OLD}${value.slice(NEW.length)}` : value
  if (!isObject(value)) return value
  const { allOf, oneOf, ...rest } = value
  const inner = Object.fromEntries(Object.entries(rest).map(([name, each]) => [name, translate(each ?? null)]))
  const [only] = Array.isArray(allOf) ? allOf : []
  // A reference with a description of its own: version 2 lets them stand side by side.
  if (isObject(only) && typeof only.$ref === 'string') return { ...inner, $ref: translate(only.$ref) }
  if (Array.isArray(oneOf) && isObject(oneOf[0]) && oneOf[0].type === 'integer')
    return { ...inner, type: 'string', format: 'int-or-string' }
  return { ...inner, ...(allOf === undefined ? {} : { allOf: translate(allOf) }) }
}

const schemaOf = (value: Json | undefined): Json | undefined => {
  const content = isObject(value) && isObject(value.content) ? value.content['application/json'] : undefined
  return isObject(content) ? content.schema : undefined
}

const translateParameter = ({ schema, ...rest }: JsonObject): JsonObject => ({ ...(schema as JsonObject), ...rest })

/** An operation: parameters carry their type themselves, a body is one of them, answers have their schema. */
function translateOperation({ requestBody, responses, parameters, ...rest }: JsonObject): JsonObject {
  const codes = Object.entries(isObject(responses) ? responses : {}).map(([code, response]): [string, Json] => {
    const schema = schemaOf(response)
    const { description } = response as JsonObject
    return [code, { description: description ?? '', ...(schema ? { schema: translate(schema) } : {}) }]
  })
  const body = isObject(requestBody) && isObject(requestBody.content) ? Object.values(requestBody.content)[0] : undefined
  const schema = isObject(body) ? translate(body.schema ?? null) : undefined
  return {
    ...rest,
    parameters: [
      ...((parameters ?? []) as JsonObject[]).map(translateParameter),
      ...(schema ? [{ in: 'body', name: 'body', required: true, schema }] : []),
    ],
    responses: Object.fromEntries(codes),
  }
}

const translatePath = (methods: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(methods).map(([method, value]) => [
      method,
      method === 'parameters' ? (value as JsonObject[]).map(translateParameter) : translateOperation(value as JsonObject),
    ]),
  )

type Form = 'json' | 'protobuf'
const builtIn = new Map<Form, Buffer>()

/** The document at `/openapi/v2`. Shared by all clusters that serve no custom resources. */
export function openApiV2(resources: Resources, form: Form): Buffer {
  const isPlain = resources.custom().length === 0
  const known = isPlain ? builtIn.get(form) : undefined
  if (known) return known
  const document = build(resources)
  const bytes = form === 'json' ? Buffer.from(JSON.stringify(document)) : openApiV2Protobuf(document)
  if (isPlain) builtIn.set(form, bytes)
  return bytes
}

function build(resources: Resources): JsonObject {
  const paths: JsonObject = {}
  const definitions: JsonObject = {}
  for (const path of Object.keys(openApiIndex(resources).paths)) {
    const document = JSON.parse(String(openApiDocument(resources, path))) as {
      paths: JsonObject
      components: { schemas: JsonObject }
    }
    for (const [name, schema] of Object.entries(document.components.schemas)) definitions[name] ??= translate(schema ?? null)
    for (const [name, methods] of Object.entries(document.paths)) paths[name] = translatePath(methods as JsonObject)
  }
  return { swagger: '2.0', info: { title: 'Kubernetes', version: 'v1.36.2' }, paths, definitions }
}
