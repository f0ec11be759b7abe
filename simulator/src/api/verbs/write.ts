/**
 * create and update, in the order of the real API server: defaults, admission that changes, what the kind sets itself, validation,
 * admission that judges, storage. All of it is one synchronous step, so a read and the write after it see the same state.
 */

import { type AdmissionReview, runMutations, runValidations } from '../../admission/admission.js'
import { aloneIfLong } from '../../cel/alone.js'
import { DEFINITIONS } from '../../custom/definition.js'
import { refuseFarTooLong } from '../../kinds/early-limits.js'
import { validateMetadata, validateMetadataUpdate } from '../../kinds/metadata.js'
import { apiVersionOf, type GroupVersionKind, type Resource, shownAs, splitApiVersion } from '../../kinds/resource.js'
import { effectWarnings } from '../../kinds/without-effect.js'
import { FieldErrors } from '../../objects/field-errors.js'
import { inTextOrder } from '../../objects/json-marks.js'
import { dnsSubdomain } from '../../objects/names.js'
import {
  asObject,
  clone,
  fieldsOf,
  inNameOrder,
  isObject,
  type Json,
  type JsonObject,
  type KubeObject,
  sameJson,
} from '../../objects/object.js'
import { ApiError, failure } from '../../objects/status.js'
import { type DecodeReport, decodeObject, storedForm } from '../../schema/decode.js'
import { typeForKind } from '../../schema/types.js'
import { timestamp } from '../../time/clock.js'
import { nameSuffix } from '../../time/random.js'
import { type ApiContext, keyFor, type WriteEvent } from '../context.js'
import { trackManagers } from '../managed-fields.js'
import type { ApiRequest, BodyMarks } from '../request.js'
import { finishDeletion } from './delete.js'
import { invalidPatch } from './invalid-patch.js'
import { refuseTooLarge } from './size.js'

/** Tries for a free generated name before the client hears of it. */
const NAME_TRIES = 8
const LONGEST_PREFIX = 58

/** The body as the object that the request is about. @throws ApiError 400 where it is another kind, or has unknown fields under Strict */
export function decodeBody(request: ApiRequest, body: JsonObject): KubeObject {
  const { resource } = request
  checkKind(resource, body)
  const marks = body === request.body ? request.marks : undefined
  const { object, report } = aloneIfLong([body, resource], () => decodeWhole(request, body, marks))
  reportStrict(request, report, marks)
  return object
}

/** With its defaults, in the form that is stored. */
function decodeWhole(request: ApiRequest, body: JsonObject, marks?: BodyMarks): { object: KubeObject; report: DecodeReport } {
  const { resource } = request
  refuseFarTooLong(resource, body)
  const report: DecodeReport = { unknown: [], written: marks?.written }
  const typed: JsonObject = { ...body, apiVersion: apiVersionOf(resource), kind: resource.kind }
  typed.metadata ??= {}
  let object: JsonObject
  if (resource.typeName) object = decodeTyped(request, typed, report)
  else object = resource.custom?.decode({ ...typed, metadata: asFields(typed.metadata) }, report) ?? typed
  object.metadata ??= {}
  if (resource.conversion) object = resource.conversion.toStored(object)
  const decoded = asObject(object)
  resource.rules.defaults?.(decoded)
  return { object: decoded, report }
}

const asFields = (value: Json): JsonObject => (isObject(value) ? value : {})

const unhandled = ({ kind, version }: GroupVersionKind, wanted: string, problem: string) =>
  failure.badRequest(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${wanted}: ${problem}`)

/** A body that is not of its type is told with the type; a patch, with what it made. */
function decodeTyped({ resource, patch }: ApiRequest, typed: JsonObject, report: DecodeReport): JsonObject {
  const { typeName = '', kind } = resource
  try {
    return decodeObject(typeName, kind, typed, report)
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 400 || patch?.type === 'apply') throw error
    if (patch) throw invalidPatch(patch, typed, error.message)
    throw unhandled(resource, kind, error.message)
  }
}

/** Where upstream's server registers its kinds. */
const SCHEME = 'pkg/api/legacyscheme/scheme.go:30'

/** What is left out is taken from the path; of a custom resource, its version alone. */
function checkKind(resource: Resource, body: JsonObject): void {
  const wanted = apiVersionOf(resource)
  const { apiVersion, kind } = body
  if (!apiVersion && !kind) return
  if (!kind && resource.custom) throw failure.badRequest(`Object 'Kind' is missing in '${JSON.stringify(body)}'`)
  const named = { ...splitApiVersion(String(apiVersion || wanted)), kind: String(kind || resource.kind) }
  if (named.kind === resource.kind && apiVersionOf(named) === wanted) return
  const isKnown = resource.custom || typeForKind(named.group, named.version, named.kind) || named.group === 'metrics.k8s.io'
  if (!isKnown)
    throw unhandled(
      named,
      resource.kind,
      `no kind ${JSON.stringify(named.kind)} is registered for version ${JSON.stringify(apiVersion || wanted)} in scheme ${JSON.stringify(SCHEME)}`,
    )
  if (apiVersionOf(named) !== wanted)
    throw failure.badRequest(
      `the API version in the data (${apiVersionOf(named)}) does not match the expected API version (${wanted})`,
    )
  const short = `${resource.version}.`
  throw unhandled(named, resource.kind, `converting (${short}${kind}) to (${short}${resource.kind}): unknown conversion`)
}

/** Most complaints that Go's strict decoder gathers. */
const MOST_PROBLEMS = 100

/** Unknown and repeated fields, in the order in which Go's strict decoder meets them. */
function strictProblems({ resource }: ApiRequest, { unknown }: DecodeReport, marks?: BodyMarks): string[] {
  const told = unknown.map((path) => `unknown field ${JSON.stringify(path)}`)
  if (!marks?.text || marks.repeated.length === 0) return told
  // What the schema of a custom resource does not know is found when its text has been read.
  if (resource.custom) return [...inTextOrder(marks.text, [], marks.repeated), ...told]
  return inTextOrder(marks.text, unknown, marks.repeated)
}

function reportStrict(request: ApiRequest, report: DecodeReport, marks?: BodyMarks): void {
  const { fieldValidation, resource, warnings } = request
  if (fieldValidation !== 'Strict' && fieldValidation !== 'Warn') return
  const problems = [...new Set(strictProblems(request, report, marks))].slice(0, MOST_PROBLEMS)
  const inYaml = marks?.yamlProblem
  if (problems.length === 0 && inYaml === undefined) return
  if (fieldValidation === 'Strict')
    throw unhandled(resource, resource.kind, `strict decoding error: ${[...(inYaml ? [inYaml] : []), ...problems].join(', ')}`)
  warnings.push(...(inYaml?.split('\n').slice(1) ?? []).map((line) => line.trim()), ...problems)
}

export function createObject(context: ApiContext, request: ApiRequest): KubeObject {
  const { resource, namespace } = request
  const decoded = decodeBody(request, request.body ?? {})
  const object = clone(decoded)
  const { metadata } = object
  if (resource.namespaced && metadata.namespace && metadata.namespace !== namespace)
    throw failure.badRequest(`the namespace of the provided object does not match the namespace sent on the request`)
  if (metadata.resourceVersion) throw failure.badRequest('resourceVersion should not be set on objects to be created')
  if (resource.namespaced) metadata.namespace = namespace
  else delete metadata.namespace
  return createDecoded(context, request, object, decoded)
}

/** Creates an object that has been decoded and belongs to the caller. @param decoded what it is a copy of */
export function createDecoded(context: ApiContext, request: ApiRequest, object: KubeObject, decoded = object): KubeObject {
  const { resource } = request
  const isGenerated = !object.metadata.name && Boolean(object.metadata.generateName)
  if (resource.custom?.isGoing)
    throw failure.forbidden(resource, object.metadata.name, 'create not allowed while custom resource definition is terminating')
  if (resource.rules.keepsStatus !== true && resource.subresources.has('status')) delete fieldsOf(object).status
  // Of the client is what it sent: what admission and the server add is nobody's.
  trackManagers({ context, request, object, decoded })
  startLife(context, request, object)
  const review: AdmissionReview = { context, request, operation: 'CREATE', object }
  for (let attempt = 0; ; attempt++) {
    if (isGenerated)
      object.metadata.name = `${(object.metadata.generateName ?? '').slice(0, LONGEST_PREFIX)}${nameSuffix(context.random)}`
    const key = keyFor(resource, object.metadata.namespace ?? '', object.metadata.name)
    // A name of the client's is found taken when it is written: every refusal goes first.
    if (!isGenerated || !context.store.get(resource.storage, key)) break
    if (attempt === NAME_TRIES) throw failure.generateNameConflict(resource, object.metadata.name)
  }
  const ruleContext = { clock: context.clock, user: request.user.name }
  runMutations(review)
  resource.rules.prepareForCreate?.(object, ruleContext)
  const event: WriteEvent = { context, request, object }
  const hooks = context.hooks.get(resource.storage)
  hooks?.beforeCreate?.(event)
  validateObject(request, object)
  request.warnings.push(...(resource.rules.warnings?.(object) ?? []), ...effectWarnings(resource.group, object))
  runValidations(review)
  object.metadata.resourceVersion = FIRST_VERSION
  const complete = aloneIfLong([object], () => finalForm(resource, object))
  const key = keyFor(resource, complete.metadata.namespace ?? '', complete.metadata.name)
  if (context.store.get(resource.storage, key)) throw failure.alreadyExists(resource, object.metadata.name)
  if (request.dryRun) {
    delete complete.metadata.resourceVersion
    return shownAs(resource, complete)
  }
  const stored = write(context, resource, complete, key)
  hooks?.afterWrite?.({ ...event, object: stored })
  return shownAs(resource, stored)
}

/** Keeps the place of the version, which the store writes, among the fields of the metadata. */
const FIRST_VERSION = '0'

function finalForm({ typeName, conversion, kind }: Resource, object: KubeObject, resourceVersion?: string): KubeObject {
  if (resourceVersion) object.metadata.resourceVersion = resourceVersion
  return typeName && !conversion ? asObject(storedForm(typeName, kind, fieldsOf(object))) : object
}

/** @throws ApiError 500 where it is too large to be stored */
function write({ store }: ApiContext, { custom, storage }: Resource, object: KubeObject, key: string): KubeObject {
  const { memory } = refuseTooLarge(object, store, { resource: storage, key })
  return store.put(storage, key, custom ? asObject(inNameOrder(fieldsOf(object)) as JsonObject) : object, memory)
}

/** Identity and history, which are the server's to give. */
function startLife(context: ApiContext, request: ApiRequest, object: KubeObject): void {
  const { metadata } = object
  const { rules } = request.resource
  metadata.uid = context.random.uuid()
  metadata.creationTimestamp = timestamp(context.clock.now())
  delete metadata.deletionTimestamp
  delete metadata.deletionGracePeriodSeconds
  delete metadata.selfLink
  delete metadata.generation
  if (rules.counted || request.resource.custom) metadata.generation = 1
  const missing = (rules.finalizers ?? []).filter((finalizer) => !metadata.finalizers?.includes(finalizer))
  if (missing.length) metadata.finalizers = [...(metadata.finalizers ?? []), ...missing]
}

/** Definitions and what they define are judged in parts, and not in a turn of their own. */
const isInParts = ({ custom, storage }: Resource): boolean => custom !== undefined || storage === DEFINITIONS

function validateObject(request: ApiRequest, object: KubeObject, old?: KubeObject): void {
  const { resource } = request
  const judge = () => {
    const warnings: string[] = []
    return { errors: problemsOf(resource, object, { old, warnings }), warnings }
  }
  const { errors, warnings } = isInParts(resource) ? judge() : aloneIfLong([object, old], judge)
  request.warnings.push(...warnings)
  if (errors.any) throw errors.toError(resource.group, resource.kind, object.metadata.name || object.metadata.generateName || '')
}

interface Judging {
  old: KubeObject | undefined
  warnings: string[]
}

function problemsOf(resource: Resource, object: KubeObject, { old, warnings }: Judging): FieldErrors {
  const errors = new FieldErrors()
  validateMetadata(object, { namespaced: resource.namespaced, nameRule: resource.rules.nameRule ?? dnsSubdomain }, errors)
  if (old) validateMetadataUpdate(object, old, errors)
  const { rules } = resource
  if (old && rules.changesFirst) rules.validateUpdate?.(object, old, errors)
  rules.validate?.(object, errors, { old, warnings })
  if (old && !rules.changesFirst) rules.validateUpdate?.(object, old, errors)
  return errors
}

/** Fields that every update keeps from what is stored. */
function keepIdentity(object: KubeObject, old: KubeObject): void {
  object.metadata.uid = old.metadata.uid
  for (const field of ['creationTimestamp', 'generation', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const) {
    if (old.metadata[field] === undefined) delete object.metadata[field]
    else Object.assign(object.metadata, { [field]: old.metadata[field] })
  }
}

export function updateObject(context: ApiContext, request: ApiRequest): KubeObject {
  const { resource, namespace, name } = request
  const object = clone(decodeBody(request, request.body ?? {}))
  if (!object.metadata.name) object.metadata.name = name
  if (object.metadata.name !== name)
    throw failure.badRequest(`the name of the object (${object.metadata.name}) does not match the name on the URL (${name})`)
  if (resource.namespaced) {
    if (object.metadata.namespace && object.metadata.namespace !== namespace)
      throw failure.badRequest('the namespace of the provided object does not match the namespace sent on the request')
    object.metadata.namespace = namespace
  }
  const old = context.store.get(resource.storage, keyFor(resource, namespace, name))
  if (!old) throw failure.notFound(resource, name)
  return replaceObject(context, request, object, old)
}

const CHANGED = 'the object has been modified; please apply your changes to the latest version and try again'

/** Puts a decoded object in place of `old`, through admission and validation. */
export function replaceObject(context: ApiContext, request: ApiRequest, object: KubeObject, old: KubeObject): KubeObject {
  const { resource, name } = request
  const { uid, resourceVersion } = object.metadata
  if (resourceVersion && resourceVersion !== old.metadata.resourceVersion) throw failure.conflict(resource, name, CHANGED)
  keepIdentity(object, old)
  const claimedUid = uid && uid !== old.metadata.uid ? uid : undefined
  const review: AdmissionReview = { context, request, operation: 'UPDATE', object, old }
  runMutations(review)
  if (claimedUid) throw otherUid(resource, name, claimedUid)
  const complete = request.subresource === 'status' ? mergeStatus(object, old) : prepareMain(context, request, object, old)
  const errors = new FieldErrors()
  if (request.subresource === 'status') resource.rules.validateStatusUpdate?.(complete, old, errors)
  if (errors.any) throw errors.toError(resource.group, resource.kind, name)
  runValidations({ ...review, object: complete })
  return storeUpdate(context, request, complete, old)
}

function otherUid({ group, kind }: Resource, name: string, uid: string): ApiError {
  const errors = new FieldErrors()
  errors.invalid('metadata.uid', uid, 'field is immutable')
  return errors.toError(group, kind, name)
}

/** An update of `status` changes the status, and of the metadata what is not the spec's. */
function mergeStatus(object: KubeObject, old: KubeObject): KubeObject {
  const merged: JsonObject = { ...fieldsOf(old), metadata: { ...fieldsOf(object.metadata), labels: old.metadata.labels } }
  const { status } = fieldsOf(object)
  if (status === undefined) delete merged.status
  else merged.status = status
  return asObject(clone(merged))
}

function prepareMain(context: ApiContext, request: ApiRequest, object: KubeObject, old: KubeObject): KubeObject {
  const { resource } = request
  const fields = fieldsOf(object)
  if (resource.subresources.has('status')) {
    const { status } = fieldsOf(old)
    if (status === undefined) delete fields.status
    else fields.status = status
  }
  resource.rules.prepareForUpdate?.(object, old, { clock: context.clock, user: request.user.name })
  context.hooks.get(resource.storage)?.beforeUpdate?.({ context, request, object, old })
  const isNoted =
    resource.rules.counted === 'with-annotations' && !sameJson(object.metadata.annotations, old.metadata.annotations)
  if (isNoted || ((resource.rules.counted || resource.custom) && specChanged(fields, fieldsOf(old))))
    object.metadata.generation = (old.metadata.generation ?? 0) + 1
  validateObject(request, object, old)
  request.warnings.push(...(resource.rules.warnings?.(object) ?? []), ...effectWarnings(resource.group, object))
  return object
}

function specChanged(now: JsonObject, before: JsonObject): boolean {
  const names = new Set([...Object.keys(now), ...Object.keys(before)])
  for (const name of names) {
    if (
      name !== 'metadata' &&
      name !== 'status' &&
      name !== 'apiVersion' &&
      name !== 'kind' &&
      !sameJson(now[name], before[name])
    )
      return true
  }
  return false
}

function storeUpdate(context: ApiContext, request: ApiRequest, object: KubeObject, old: KubeObject): KubeObject {
  const { resource } = request
  const complete = finalForm(resource, object, old.metadata.resourceVersion)
  trackManagers({ context, request, object: complete, old })
  if (request.dryRun) return shownAs(resource, complete)
  if (sameJson(complete, old)) return shownAs(resource, old)
  const hooks = context.hooks.get(resource.storage)
  const key = keyFor(resource, complete.metadata.namespace ?? '', complete.metadata.name)
  if (finishDeletion(context, request, complete)) return shownAs(resource, complete)
  const stored = write(context, resource, complete, key)
  hooks?.afterWrite?.({ context, request, object: stored, old })
  return shownAs(resource, stored)
}
