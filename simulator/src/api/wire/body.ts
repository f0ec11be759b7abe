/** Bodies: JSON, YAML and protobuf become the same JSON object. */
import { alone } from '../../cel/alone.js'
import { gradually } from '../../cel/gradual.js'
import { Rest } from '../../cel/pieces.js'
import { jsonType, lookForProblem } from '../../objects/go-json.js'
import { jsonMarks } from '../../objects/json-marks.js'
import { isObject, type JsonObject } from '../../objects/object.js'
import { ApiError, failure } from '../../objects/status.js'
import { refuseManyNodes, tooManyValues } from '../../objects/value-count.js'
import { PROTOBUF } from '../../schema/messages.js'
import { decodeProtobuf, type WantedKind } from '../../schema/protobuf.js'
import type { BodyMarks, PatchType } from '../request.js'
import { refuseManyValues } from './values.js'
import { loadYaml } from './yaml.js'
import { yamlProblem } from './yaml-problem.js'

/** @see apiserver/pkg/server/config.go: MaxRequestBodyBytes */
export const LARGEST_BODY_BYTES = 3 * 1024 * 1024
export const tooLarge = () => failure.requestTooLarge(`limit is ${LARGEST_BODY_BYTES}`)

const MEDIA = ['application/json', 'application/yaml', PROTOBUF]
const mediaOf = (contentType: string | undefined): string => (contentType ?? '').split(';')[0]?.trim() || 'application/json'

/** Names that mean something else to JavaScript than a field. */
const withoutTraps = (name: string, value: unknown): unknown => (name === '__proto__' ? undefined : value)

/** Letters whose reading is worth a turn of its own. */
const LONG_TEXT = 128 * 1024
const LONG_YAML = 16 * 1024
/** Bytes of a message. */
const LONG_MESSAGE = 64 * 1024

const inOwnTurn = <T>(text: string, long: number, read: () => T): T => (text.length > long ? alone(() => [text], read) : read())

/** @throws ApiError 413 */
function parse(text: string): { value: unknown } | { error: unknown } {
  refuseManyValues(text)
  try {
    return { value: text.includes('__proto__') ? JSON.parse(text, withoutTraps) : JSON.parse(text) }
  } catch (error) {
    return { error }
  }
}

/** @param tell makes the sentence of upstream where it is no JSON. @throws ApiError 400, 413, and Rest before it reads a long one */
function readJson(text: string, tell: (problem: string) => string): unknown {
  const parsed = inOwnTurn(text, LONG_TEXT, () => parse(text))
  if ('value' in parsed) return parsed.value
  const problem = gradually(
    () => [text],
    () => lookForProblem(Buffer.from(text)),
  )
  throw failure.badRequest(tell(problem ?? (parsed.error instanceof Error ? parsed.error.message : String(parsed.error))))
}

function readJsonBody(text: string, tell: (problem: string) => string): { value: unknown; marks?: BodyMarks | undefined } {
  const value = readJson(text, tell)
  const marks = inOwnTurn(text, LONG_TEXT, () => jsonMarks(text))
  return { value, marks: marks && { ...marks, text } }
}

/** Letters. YAML is read many times slower than JSON; clients send JSON, and no manifest of a person is as long. */
const LARGEST_YAML = 256 * 1024

/** @param tell makes the sentence of upstream where it is no YAML. @throws ApiError 400, 413 */
function readYaml(text: string, tell: (problem: string) => string): { value: unknown; marks?: BodyMarks | undefined } {
  // kubectl sends JSON under the name of YAML; it is read many times faster.
  if (text.trimStart().startsWith('{')) {
    try {
      const { value, marks } = readJsonBody(text, tell)
      if (!marks?.repeated.length) return { value, marks }
    } catch (error) {
      // A flow mapping of YAML is read below; what is too large as JSON is no smaller as YAML.
      if (error instanceof Rest || (error instanceof ApiError && error.code === 413)) throw error
    }
  }
  if (text.length > LARGEST_YAML) throw failure.requestTooLarge(`limit of YAML is ${LARGEST_YAML}: send JSON`)
  checkFlowDepth(text)
  try {
    const { value, problem } = inOwnTurn(text, LONG_YAML, () => loadYaml(text))
    // Each alias is one object under many names.
    refuseManyNodes(value, () => (text.includes('*') ? new Error('yaml: document contains excessive aliasing') : tooManyValues()))
    const plain = text.includes('__proto__') ? JSON.parse(JSON.stringify(value), withoutTraps) : value
    return { value: plain, marks: problem === undefined ? undefined : { repeated: [], written: new Map(), yamlProblem: problem } }
  } catch (error) {
    if (error instanceof ApiError || error instanceof Rest) throw error
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

/** @throws ApiError 400, 413, and Rest before it reads a long one */
function readProtobuf(body: Uint8Array, wanted: WantedKind, tell: (problem: string) => string): JsonObject {
  const read = () => {
    const object = decodeProtobuf(body, wanted, tell)
    refuseManyNodes(object, tooManyValues)
    return object
  }
  return body.length > LONG_MESSAGE ? alone(() => [body], read) : read()
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

const OPTIONS: WantedKind = { apiVersion: 'meta.k8s.io/v1', kind: 'DeleteOptions' }

export interface ReadBody {
  body: JsonObject
  marks?: BodyMarks | undefined
}

/** @param wanted what the body must be; absent for options @throws ApiError 413, 415, 400 */
export function readBody(body: Uint8Array, contentType: string | undefined, wanted?: WantedKind): ReadBody {
  const media = mediaOf(contentType)
  if (!MEDIA.includes(media)) throw failure.unsupportedMediaType(MEDIA)
  const tell = (problem: string) =>
    wanted ? `the object provided is unrecognized (must be of type ${wanted.kind}): ${problem} (${summaryOf(body)})` : problem
  if (media === PROTOBUF) return { body: readProtobuf(body, wanted ?? OPTIONS, tell) }
  const text = Buffer.from(body).toString('utf8')
  const tellJson = (problem: string) => tell(`${NO_TYPE}${problem}`)
  const read = media === 'application/yaml' ? readYaml(text, tell) : readJsonBody(text, tellJson)
  const value = read.value ?? {}
  if (!isObject(value))
    throw failure.badRequest(tellJson(`json: cannot unmarshal ${jsonType(value)} into Go value of type ${TYPE_META}`))
  checkTypeMeta(value, tell)
  return { body: value, marks: read.marks }
}

/** The type comes first: an object that says it wrongly is no object. @see runtime/serializer/json/meta.go */
function checkTypeMeta(value: JsonObject, tell: (problem: string) => string): void {
  for (const field of Object.keys(value).filter((key) => key === 'apiVersion' || key === 'kind')) {
    const found = value[field]
    if (typeof found === 'string' || found === null) continue
    const misfit = `json: cannot unmarshal ${jsonType(found)} into Go struct field .${field} of type string`
    throw failure.badRequest(tell(`${NO_TYPE}${misfit}`))
  }
  const version = String(value.apiVersion ?? '')
  if (version.split('/').length > 2) throw failure.badRequest(tell(`unexpected GroupVersion string: ${version}`))
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
  return { type, document: type === 'apply' ? readYaml(text, tellYaml).value : readJson(text, TELL[type]) }
}
