/** OpenAPI v2 for clients that know no other: one document of all that is served, made from the documents of version 3. */

import type { Resources } from '../../kinds/resource.js'
import { isObject, type Json, type JsonObject } from '../../objects/object.js'
import { openApiDocument, openApiIndex } from './openapi.js'

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

/** An operation: parameters carry their type themselves, answers their schema. */
function translateOperation(operation: JsonObject): JsonObject {
  const parameters = ((operation.parameters ?? []) as JsonObject[]).map(({ schema, ...rest }) => ({
    ...(schema as JsonObject),
    ...rest,
  }))
  const ok = isObject(operation.responses) && isObject(operation.responses[200]) ? operation.responses[200] : {}
  const content =
    isObject(ok.content) && isObject(ok.content['application/json']) ? ok.content['application/json'].schema : undefined
  const response = { description: 'OK', ...(content ? { schema: translate(content) } : {}) }
  return { ...operation, parameters, responses: { 200: response } }
}

let builtIn: Buffer | undefined

/** The document at `/openapi/v2`, as JSON. Shared by all clusters that serve no custom resources. */
export function openApiV2(resources: Resources): Buffer {
  const isPlain = resources.custom().length === 0
  if (isPlain && builtIn) return builtIn
  const paths: JsonObject = {}
  const definitions: JsonObject = {}
  for (const path of Object.keys(openApiIndex(resources).paths)) {
    const document = JSON.parse(String(openApiDocument(resources, path))) as {
      paths: JsonObject
      components: { schemas: JsonObject }
    }
    for (const [name, schema] of Object.entries(document.components.schemas)) definitions[name] ??= translate(schema ?? null)
    for (const [name, methods] of Object.entries(document.paths))
      paths[name] = Object.fromEntries(
        Object.entries((methods ?? {}) as JsonObject).map(([method, operation]) => [
          method,
          translateOperation(operation as JsonObject),
        ]),
      )
  }
  const text = Buffer.from(
    JSON.stringify({ swagger: '2.0', info: { title: 'Kubernetes', version: 'v1.36.2' }, paths, definitions }),
  )
  if (isPlain) builtIn = text
  return text
}
