/** Bodies: JSON, YAML and protobuf become the same JSON object. */
import { CORE_SCHEMA, load, Type } from 'js-yaml'
import { jsonType, syntaxProblem } from '../../objects/go-json.js'
import { isObject, type JsonObject } from '../../objects/object.js'
import { failure } from '../../objects/status.js'
import { decodeProtobuf, PROTOBUF } from '../../schema/protobuf.js'
import type { PatchType } from '../request.js'

/** @see apiserver/pkg/server/config.go: MaxRequestBodyBytes */
export const LARGEST_BODY_BYTES = 3 * 1024 * 1024
export const tooLarge = () => failure.requestTooLarge(`limit is ${LARGEST_BODY_BYTES}`)

const MEDIA = ['application/json', 'application/yaml', PROTOBUF]
const mediaOf = (contentType: string | undefined): string => (contentType ?? '').split(';')[0]?.trim() || 'application/json'

/** Levels of nesting before a body counts as an attack. */
const DEEPEST = 1000

/** Names that mean something else to JavaScript than a field. */
const withoutTraps = (name: string, value: unknown): unknown => (name === '__proto__' ? undefined : value)

/** @param head of upstream's sentence where it is no JSON */
function readJson(text: string, head: string): unknown {
  try {
    return text.includes('__proto__') ? JSON.parse(text, withoutTraps) : JSON.parse(text)
  } catch (error) {
    const problem = syntaxProblem(Buffer.from(text)) ?? (error instanceof Error ? error.message : String(error))
    throw failure.badRequest(`${head}${problem}`)
  }
}

const NO_OBJECT = "couldn't get version/kind; json parse error: "

/** As Go's reader takes it: no dates, merge keys. */
const MERGE = new Type('tag:yaml.org,2002:merge', { kind: 'scalar', resolve: (key) => key === '<<' })
const YAML = CORE_SCHEMA.extend({ implicit: [MERGE] })
/** Letters. YAML is read many times slower than JSON; clients send JSON, and no manifest of a person is as long. */
const LARGEST_YAML = 512 * 1024
const MOST_NODES = 200_000

function refuseManyNodes(value: unknown, budget: { left: number }): void {
  if (--budget.left < 0) throw new Error('yaml: document contains excessive aliasing')
  if (typeof value === 'object' && value !== null) for (const child of Object.values(value)) refuseManyNodes(child, budget)
}

function readYaml(text: string): unknown {
  // kubectl sends JSON under the name of YAML; it is read many times faster.
  if (text.trimStart().startsWith('{')) {
    try {
      return readJson(text, NO_OBJECT)
    } catch {
      // A flow mapping of YAML: read below.
    }
  }
  if (text.length > LARGEST_YAML) throw failure.requestTooLarge(`limit of YAML is ${LARGEST_YAML}: send JSON`)
  try {
    const value = load(text, { schema: YAML })
    const isTrapped = text.includes('__proto__')
    // Each alias is one object under many names: unfolded it may be endless.
    if (text.includes('*')) refuseManyNodes(value, { left: MOST_NODES })
    return isTrapped ? JSON.parse(JSON.stringify(value), withoutTraps) : value
  } catch (error) {
    throw failure.badRequest(`error converting YAML to JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** How often a letter occurs, counted up to `most`. */
function occurs(text: string, letter: string, most: number): number {
  let count = 0
  for (let at = text.indexOf(letter); at >= 0 && count <= most; at = text.indexOf(letter, at + 1)) count++
  return count
}

function checkDepth(text: string): void {
  if (occurs(text, '{', DEEPEST) + occurs(text, '[', DEEPEST) <= DEEPEST) return
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const letter = text.charCodeAt(index)
    if (letter === 123 || letter === 91) {
      if (++depth > DEEPEST) throw failure.badRequest('exceeded max depth')
    } else if (letter === 125 || letter === 93) depth--
  }
}

/** @throws ApiError 415, 400 */
export function readBody(body: Uint8Array, contentType: string | undefined): JsonObject {
  const media = mediaOf(contentType)
  if (media === PROTOBUF) return decodeProtobuf(body)
  if (!MEDIA.includes(media)) throw failure.unsupportedMediaType(MEDIA)
  const text = Buffer.from(body).toString('utf8')
  checkDepth(text)
  const value = media === 'application/yaml' ? readYaml(text) : readJson(text, NO_OBJECT)
  if (!isObject(value))
    throw failure.badRequest(
      `${NO_OBJECT}json: cannot unmarshal ${jsonType(value)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    )
  return value
}

const PATCHES: Record<string, PatchType> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
}

/** A strategic patch is read by another function, which says nothing before. */
const HEADS = { json: 'error decoding patch: ', merge: 'error decoding patch: ', strategic: '' }

/** @throws ApiError 415, 400 */
export function readPatch(body: Uint8Array, contentType: string | undefined): { type: PatchType; document: unknown } {
  const type = PATCHES[mediaOf(contentType)]
  if (!type) throw failure.unsupportedMediaType(Object.keys(PATCHES))
  const text = Buffer.from(body).toString('utf8')
  checkDepth(text)
  return { type, document: type === 'apply' ? readYaml(text) : readJson(text, HEADS[type]) }
}
