/** patch: JSON patch, merge patch, strategic merge patch and server-side apply. */
import { applyPatch, type Operation, Pointer } from 'rfc6902'
import { aloneIfLong } from '../../cel/alone.js'
import { gradually, type Parts } from '../../cel/gradual.js'
import { apiVersionOf, shownAs, splitApiVersion } from '../../kinds/resource.js'
import { jsonType } from '../../objects/go-json.js'
import { clone, fieldsOf, isObject, type Json, type JsonObject, type KubeObject } from '../../objects/object.js'
import { ApiError, failure } from '../../objects/status.js'
import { refuseManyNodes, tooManyValues } from '../../objects/value-count.js'
import { mergePatch } from '../../patch/merge.js'
import { strategicMerge } from '../../patch/strategic.js'
import { rootField } from '../../schema/types.js'
import { conversionProblem } from '../../schema/unstructured.js'
import { applyObject } from '../apply.js'
import { type ApiContext, keyFor } from '../context.js'
import type { ApiRequest } from '../request.js'
import { invalidPatch } from './invalid-patch.js'
import { decodeBody, replaceObject } from './write.js'

/** A patch with more steps than this is an attack or a mistake. @see apiserver: maxJSONPatchOperations */
const MOST_OPERATIONS = 10_000

/** @returns the object and whether the patch created it (server-side apply alone can) */
export function patchObject(context: ApiContext, request: ApiRequest): { object: KubeObject; created: boolean } {
  const { resource, namespace, name, patch } = request
  if (!patch) throw failure.badRequest('a patch needs a body')
  const old = context.store.get(resource.storage, keyFor(resource, namespace, name))
  if (patch.type === 'apply') return applyObject(context, request, old)
  if (!old) throw failure.notFound(resource, name)
  const before = fieldsOf(shownAs(resource, old))
  const after = patchFields(request, before)
  // Patch after patch an object could grow beyond what one body may hold.
  refuseManyNodes(after, tooManyValues)
  if (!isObject(after)) throw failure.badRequest('the patched object is not an object')
  const otherKind = patch.type === 'strategic' ? undefined : kindProblem(context, request, after)
  if (otherKind) throw invalidPatch(patch, after, otherKind)
  const patched = clone(decodeBody(request, { ...after, apiVersion: apiVersionOf(resource), kind: resource.kind }))
  if (patched.metadata.name !== name)
    throw failure.badRequest(`the name of the object (${patched.metadata.name}) does not match the name on the URL (${name})`)
  if (resource.namespaced && (patched.metadata.namespace ?? namespace) !== namespace)
    throw failure.badRequest('the namespace of the provided object does not match the namespace sent on the request')
  if (resource.namespaced) patched.metadata.namespace = namespace
  return { object: replaceObject(context, request, patched, old), created: false }
}

/** A patch may not make another kind of the object. @see apimachinery/pkg/runtime/scheme.go */
function kindProblem({ resources }: ApiContext, { resource }: ApiRequest, after: JsonObject): string | undefined {
  const wanted = apiVersionOf(resource)
  const { apiVersion = wanted, kind = resource.kind } = after
  if (apiVersion === wanted && kind === resource.kind) return undefined
  const { group, version } = splitApiVersion(String(apiVersion))
  if (!resources.byKind(group, String(kind), version))
    return `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`
  // The names of Go's packages.
  const own = resource.group.split('.')[0] || 'core'
  return `converting (${version}.${kind}) to (${own}.${resource.kind}): unknown conversion`
}

/** The fields after the patch. */
export function patchFields(request: ApiRequest, before: JsonObject): Json {
  const { resource, patch } = request
  if (patch?.type === 'json') return jsonPatch(before, patch.document)
  if (!isObject(patch?.document)) {
    const problem = `json: cannot unmarshal ${jsonType(patch?.document)} into Go value of type map[string]interface {}`
    throw failure.badRequest(patch?.type === 'strategic' ? problem : `error decoding patch: ${problem}`)
  }
  if (patch.type === 'merge') return mergePatch(before, patch.document)
  if (!resource.typeName)
    throw new ApiError(
      415,
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml`,
    )
  const { document } = patch
  const field = rootField(resource.typeName)
  const after = aloneIfLong([before, document], () => strategicMerge(before, document, field))
  const problem = conversionProblem(after, field)
  if (problem) throw invalidPatch(patch, after, problem)
  return after
}

/** Bytes that the copies of one patch may add. @see apiserver/pkg/server/config.go: JSONPatchMaxCopyBytes */
const MOST_COPIED_BYTES = 3 * 1024 * 1024

/** Copies of copies double. @returns the bytes of all copies, this one with them @throws ApiError 413 */
function copiedWith(copied: number, target: JsonObject, from: string): number {
  const bytes = copied + JSON.stringify(Pointer.fromJSON(from).get(target) ?? null).length
  if (bytes <= MOST_COPIED_BYTES) return bytes
  throw failure.requestTooLarge(
    `Unable to complete the copy, the accumulated size increase of copy is ${bytes}, exceeding the limit ${MOST_COPIED_BYTES}`,
  )
}

/** Upstream's library lets `replace` write a member that is not there yet. */
function asUpstream(target: JsonObject, operation: Operation): Operation {
  if (operation.op !== 'replace' || typeof operation.path !== 'string') return operation
  const parent: unknown = Pointer.fromJSON(operation.path.replace(/\/[^/]*$/, '')).get(target)
  return isObject(parent) ? { ...operation, op: 'add' } : operation
}

/** Units of cost of one step. */
const UNITS_A_STEP = 100

/** Steps that are made in one go before anybody looks at the time. */
const STEPS_A_PART = 50

/** @returns the object after all steps; undefined where one of them cannot be made @throws ApiError 413 */
function* stepByStep(before: JsonObject, operations: Operation[]): Parts<JsonObject | undefined> {
  const target = clone(before)
  let copied = 0
  for (const [index, operation] of operations.entries()) {
    if (operation.op === 'copy') copied = copiedWith(copied, target, operation.from)
    if (applyPatch(target, [asUpstream(target, operation)])[0] !== null) return undefined
    if (index % STEPS_A_PART === STEPS_A_PART - 1) yield STEPS_A_PART * UNITS_A_STEP
  }
  return target
}

function jsonPatch(before: JsonObject, document: unknown): Json {
  if (!Array.isArray(document))
    throw failure.badRequest(
      `error decoding patch: json: cannot unmarshal ${jsonType(document)} into Go value of type []handlers.jsonPatchOp`,
    )
  if (document.length > MOST_OPERATIONS)
    throw failure.requestTooLarge(`The allowed maximum operations in a JSON patch is ${MOST_OPERATIONS}, got ${document.length}`)
  const after = gradually(
    () => [before, document],
    () => stepByStep(before, document as Operation[]),
  )
  if (!after) throw new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {})
  return clone(after)
}
