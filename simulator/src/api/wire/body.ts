/** Bodies: JSON, YAML and protobuf become the same JSON object. */
import { CORE_SCHEMA, load, Type } from 'js-yaml'
import { jsonType, syntaxProblem } from '../../objects/go-json.js'
import { isObject, type JsonObject } from '../../objects/object.js'
import { ApiError, failure } from '../../objects/status.js'
import { decodeProtobuf, PROTOBUF } from '../../schema/protobuf.js'
import type { PatchType } from '../request.js'
import { refuseManyNodes, refuseManyValues, tooManyValues } from './values.js'
import { yamlProblem } from './yaml-problem.js'

/** @see apiserver/pkg/server/config.go: MaxRequestBodyBytes */
export const LARGEST_BODY_BYTES = 3 * 1024 * 1024
export const tooLarge = () => failure.requestTooLarge(`limit is ${LARGEST_BODY_BYTES}`)

const MEDIA = ['application/json', 'application/yaml', PROTOBUF]
const mediaOf = (contentType: string | undefined): string => (contentType ?? '').split(';')[0]?.trim() || 'application/json'

/** Names that mean something else to JavaScript than a field. */
const withoutTraps = (name: string, value: unknown): unknown => (name === '__proto__' ? undefined : value)

/** @param tell makes the sentence of upstream where it is no JSON. @throws ApiError 400, 413 */
function readJson(text: string, tell: (problem: string) => string): unknown {
  refuseManyValues(text)
  try {
    return text.includes('__proto__') ? JSON.parse(text, withoutTraps) : JSON.parse(text)
  } catch (error) {
    const problem = syntaxProblem(Buffer.from(text)) ?? (error instanceof Error ? error.message : String(error))
    throw failure.badRequest(tell(problem))
  }
}

/** As Go's reader takes it: no dates, merge keys. */
const MERGE = new Type('tag:yaml.org,2002:merge', { kind: 'scalar', resolve: (key) => key === '<<' })
const YAML = CORE_SCHEMA.extend({ implicit: [MERGE] })
/** Letters. YAML is read many times slower than JSON; clients send JSON, and no manifest of a person is as long. */
const LARGEST_YAML = 256 * 1024

/** @param tell makes the sentence of upstream where it is no YAML. @throws ApiError 400, 413 */
function readYaml(text: string, tell: (problem: string) => string): unknown {
  // kubectl sends JSON under the name of YAML; it is read many times faster.
  if (text.trimStart().startsWith('{')) {
    try {
      return readJson(text, tell)
    } catch (error) {
      // A flow mapping of YAML is read below; what is too large as JSON is no smaller as YAML.
      if (error instanceof ApiError && error.code === 413) throw error
    }
  }
  if (text.length > LARGEST_YAML) throw failure.requestTooLarge(`limit of YAML is ${LARGEST_YAML}: send JSON`)
  checkFlowDepth(text)
  try {
    // Of a key that comes twice the last one holds, as in Go.
    const value = load(text, { schema: YAML, json: true })
    // Each alias is one object under many names.
    refuseManyNodes(value, () => (text.includes('*') ? new Error('yaml: document contains excessive aliasing') : tooManyValues()))
    return text.includes('__proto__') ? JSON.parse(JSON.stringify(value), withoutTraps) : value
  } catch (error) {
    if (error instanceof ApiError) throw error
    throw failure.badRequest(tell(yamlProblem(error, text)))
  }
}

/** Levels of nesting before a body counts as an attack. */
const DEEPEST = 1000

/** Of YAML, whose brackets say little. */
function checkFlowDepth(text: string): void {
  let depth = 0
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '{' || bracket === '[' ? 1 : -1
    if (depth > DEEPEST) throw failure.badRequest('exceeded max depth')
  }
}

function readProtobuf(body: Uint8Array): JsonObject {
  const object = decodeProtobuf(body)
  refuseManyNodes(object, tooManyValues)
  return object
}

const SHOWN_BYTES = 30

/** The beginning of a body: as text where it looks like JSON, by its bytes otherwise. @see handlers/rest.go: summarizeData */
function summaryOf(body: Uint8Array): string {
  if (body.length === 0) return '<empty>'
  const start = Buffer.from(body.subarray(0, SHOWN_BYTES))
  return `${start.toString(body[0] === 0x7b ? 'utf8' : 'hex')}${body.length > SHOWN_BYTES ? ' ...' : ''}`
}

const NO_TYPE = "couldn't get version/kind; json parse error: "
const TYPE_META = `struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`

/** @param kind what the body must be; absent for options @throws ApiError 413, 415, 400 */
export function readBody(body: Uint8Array, contentType: string | undefined, kind?: string): JsonObject {
  const media = mediaOf(contentType)
  if (media === PROTOBUF) return readProtobuf(body)
  if (!MEDIA.includes(media)) throw failure.unsupportedMediaType(MEDIA)
  const text = Buffer.from(body).toString('utf8')
  const tell = (problem: string) =>
    kind ? `the object provided is unrecognized (must be of type ${kind}): ${problem} (${summaryOf(body)})` : problem
  const tellJson = (problem: string) => tell(`${NO_TYPE}${problem}`)
  const value = media === 'application/yaml' ? readYaml(text, tell) : readJson(text, tellJson)
  if (isObject(value)) return value
  throw failure.badRequest(tellJson(`json: cannot unmarshal ${jsonType(value)} into Go value of type ${TYPE_META}`))
}

const PATCHES: Record<string, PatchType> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
}

const decoding = (problem: string): string => `error decoding patch: ${problem}`
/** A strategic patch is read by another function, which says nothing before. */
const TELL = { json: decoding, merge: decoding, strategic: (problem: string) => problem }
const tellYaml = (problem: string): string => `error decoding YAML: error converting YAML to JSON: ${problem}`

/** @throws ApiError 415, 400 */
export function readPatch(body: Uint8Array, contentType: string | undefined): { type: PatchType; document: unknown } {
  const type = PATCHES[mediaOf(contentType)]
  if (!type) throw failure.unsupportedMediaType(Object.keys(PATCHES))
  const text = Buffer.from(body).toString('utf8')
  return { type, document: type === 'apply' ? readYaml(text, tellYaml) : readJson(text, TELL[type]) }
}
