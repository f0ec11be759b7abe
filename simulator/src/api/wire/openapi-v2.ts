/** OpenAPI v2 for clients that know no other: one document of all that is served, made from the documents of version 3. */

import { isOver, mayRest, Rest, work } from '../../cel/pieces.js'
import type { Resources } from '../../kinds/resource.js'
import { isObject, type Json, type JsonObject } from '../../objects/object.js'
import { VERSION } from '../../version.js'
import { builtInOpenApi, customOpenApi, type OpenApiDocument } from './openapi.js'
import { definitionEntries, openApiV2Protobuf, pathEntries } from './openapi-v2-protobuf.js'

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

/** A part of the document: its entries without what is around them, as text or as bytes. */
interface Form<T> {
  paths(entries: JsonObject): T
  definitions(entries: JsonObject): T
  whole(paths: T[], definitions: T[]): Buffer
}

const INFO = { title: 'Kubernetes', version: VERSION.gitVersion }
const entriesText = (entries: JsonObject): string => JSON.stringify(entries).slice(1, -1)
const joined = (parts: string[]): string => `{${parts.filter(Boolean).join(',')}}`

const JSON_FORM: Form<string> = {
  paths: entriesText,
  definitions: entriesText,
  whole: (paths, definitions) =>
    Buffer.from(`{"swagger":"2.0","info":${JSON.stringify(INFO)},"paths":${joined(paths)},"definitions":${joined(definitions)}}`),
}
const PROTOBUF_FORM: Form<Buffer> = {
  paths: pathEntries,
  definitions: definitionEntries,
  whole: (paths, definitions) => openApiV2Protobuf({ info: INFO, paths, definitions }),
}

/** Puts documents of version 3 together. What several of them define is there once. */
class Assembly<T> {
  readonly #names = new Set<string>()
  readonly #paths: T[] = []
  readonly #definitions: T[] = []
  constructor(readonly form: Form<T>) {}
  /** How many there are of them. */
  get size(): number {
    return this.#paths.length
  }

  add(source: OpenApiDocument): void {
    const document = JSON.parse(String(source.text)) as { paths: JsonObject; components: { schemas: JsonObject } }
    work(source.text.length / BYTES_A_UNIT)
    const definitions: JsonObject = {}
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      if (this.#names.has(name)) continue
      this.#names.add(name)
      definitions[name] = translate(schema ?? null)
    }
    const paths = Object.entries(document.paths).map(([name, methods]) => [name, translatePath(methods as JsonObject)])
    this.#paths.push(this.form.paths(Object.fromEntries(paths)))
    this.#definitions.push(this.form.definitions(definitions))
  }

  /** All with these documents beside them. */
  whole(others: OpenApiDocument[]): Buffer {
    const own = new Assembly(this.form)
    for (const name of this.#names) own.#names.add(name)
    for (const each of others) own.add(each)
    return this.form.whole([...this.#paths, ...own.#paths], [...this.#definitions, ...own.#definitions])
  }
}

/** Bytes of version 3 that are translated in the time of one unit of a piece. */
const BYTES_A_UNIT = 4

/** Of what Kubernetes itself serves; filled at the first request. */
const assemblies = { json: new Assembly(JSON_FORM), protobuf: new Assembly(PROTOBUF_FORM) }
const builtIn = new Map<keyof typeof assemblies, Buffer>()

/** Adds one document a piece. @throws Rest where the request may rest and a piece is done */
function filled(form: keyof typeof assemblies): Assembly<string> | Assembly<Buffer> {
  const assembly = assemblies[form]
  const documents = builtInOpenApi()
  const addNext = () => {
    const next = documents[assembly.size]
    if (next) assembly.add(next)
    return assembly.size === documents.length
  }
  while (assembly.size < documents.length) {
    if (mayRest() && isOver()) throw new Rest(addNext)
    addNext()
  }
  return assembly
}

/**
 * The document at `/openapi/v2`. Clusters without custom resources share one.
 * @throws Rest where the request may rest and has worked off its piece
 */
export function openApiV2(resources: Resources, form: keyof typeof assemblies): Buffer {
  const custom = customOpenApi(resources)
  const known = custom.length === 0 ? builtIn.get(form) : undefined
  if (known) return known
  const bytes = filled(form).whole(custom)
  if (custom.length === 0) builtIn.set(form, bytes)
  return bytes
}
