/** Server-side apply. @see https://kubernetes.io/docs/reference/using-api/server-side-apply/ */
import { aloneIfLong } from '../cel/alone.js'
import { apiVersionOf } from '../kinds/resource.js'
import { jsonType } from '../objects/go-json.js'
import { asObject, clone, fieldsOf, isObject, type Json, type JsonObject, type KubeObject, sameJson } from '../objects/object.js'
import { failure, type StatusCause } from '../objects/status.js'
import { mergeApplied, removeFields } from '../patch/apply-merge.js'
import { compare, type FieldSet, intersect, isEmptySet, pathsOf, subtract, union } from '../patch/field-set.js'
import { typeProblem } from '../patch/typed.js'
import { decodeObject } from '../schema/decode.js'
import { timestamp } from '../time/clock.js'
import type { ApiContext } from './context.js'
import { fieldsSetBy, type Manager, ownable, readManagers, schemaOf, writeManagers } from './managed-fields.js'
import type { ApiRequest } from './request.js'
import { createDecoded, decodeBody, replaceObject } from './verbs/write.js'

/** The applied configuration without what only the server writes. */
function readApplied(request: ApiRequest): JsonObject {
  const { resource, patch, name, namespace } = request
  if (!isObject(patch?.document))
    throw failure.badRequest(
      `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${jsonType(patch?.document)} into Go value of type map[string]interface {}`,
    )
  const document = patch.document as JsonObject
  if (document.apiVersion !== apiVersionOf(resource) || document.kind !== resource.kind)
    throw failure.badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${document.apiVersion}, expected: ${apiVersionOf(resource)}`,
    )
  const metadata = isObject(document.metadata) ? document.metadata : {}
  if (metadata.managedFields) throw failure.badRequest('metadata.managedFields must be nil')
  return { ...document, metadata: { ...metadata, name, ...(resource.namespaced ? { namespace } : {}) } }
}

/** @throws ApiError where the configuration does not fit the schema, whatever validation of fields was asked for */
function checkTypes({ resource, namespace, name }: ApiRequest, applied: JsonObject): void {
  const { apiVersion: _apiVersion, kind: _kind, ...fields } = applied
  const problem = typeProblem(fields, schemaOf(resource))
  if (!problem) return
  const what = `${resource.group ? `${resource.group}/` : '/'}${resource.version}, Kind=${resource.kind}`
  throw failure.unknown(`failed to create typed patch object (${namespace}/${name}; ${what}): ${problem}`)
}

export function applyObject(
  context: ApiContext,
  request: ApiRequest,
  old: KubeObject | undefined,
): { object: KubeObject; created: boolean } {
  const { resource } = request
  const applied = readApplied(request)
  aloneIfLong([applied], () => checkTypes(request, applied))
  // Decoded once for its unknown fields; what is owned is what was sent, without defaults.
  const decoded = decodeBody(request, applied)
  const appliedSet = aloneIfLong([applied], () => fieldsSetBy(asObject(applied), schemaOf(resource)))
  if (!old) {
    const complete = clone(decoded)
    writeManagers(complete, [managerOf(context, request, appliedSet)])
    delete complete.metadata.resourceVersion
    return { object: createDecoded(context, request, complete), created: true }
  }
  const { resourceVersion } = asObject(applied).metadata
  if (resourceVersion && resourceVersion !== old.metadata.resourceVersion)
    throw failure.conflict(
      resource,
      request.name,
      'the object has been modified; please apply your changes to the latest version and try again',
    )
  const merged = mergeInto(context, request, { applied, appliedSet, old })
  return { object: replaceObject(context, request, merged, old), created: false }
}

function managerOf(context: ApiContext, request: ApiRequest, set: FieldSet): Manager {
  const { resource, subresource, fieldManager = '' } = request
  return {
    manager: fieldManager,
    operation: 'Apply',
    apiVersion: apiVersionOf(resource),
    subresource,
    time: timestamp(context.clock.now()),
    set,
  }
}

interface Merge {
  applied: JsonObject
  appliedSet: FieldSet
  old: KubeObject
}

function mergeInto(context: ApiContext, request: ApiRequest, { applied, appliedSet, old }: Merge): KubeObject {
  const { resource } = request
  const schema = schemaOf(resource)
  const managers = readManagers(old)
  const isOwn = (entry: Manager) =>
    entry.operation === 'Apply' && entry.manager === request.fieldManager && entry.subresource === request.subresource
  const mine = managers.find(isOwn)
  let others = managers.filter((entry) => !isOwn(entry))
  const canonical = aloneIfLong([applied, old], () => {
    const merged = mergeApplied(fieldsOf(old), applied, schema)
    return resource.typeName && isObject(merged) ? decodeObject(resource.typeName, resource.kind, merged) : (merged as JsonObject)
  })
  const changed = aloneIfLong([canonical, old], () => compare(ownable(old), ownable(asObject(canonical)), schema).changed)
  const conflicts = others
    .map((entry) => ({ entry, set: intersect(intersect(entry.set, appliedSet), changed) }))
    .filter(({ set }) => !isEmptySet(set))
  if (conflicts.length > 0 && !request.force) throw conflictError(conflicts)
  others = others.map((entry) => ({
    ...entry,
    set: subtract(entry.set, conflicts.find((each) => each.entry === entry)?.set ?? {}),
  }))
  const dropped = subtract(mine?.set ?? {}, appliedSet)
  const kept = others.reduce<FieldSet>((all, entry) => union(all, entry.set), {})
  const pruned = removeFields(canonical, subtract(dropped, kept), schema) as JsonObject
  const object = clone(decodeBody(request, { ...pruned, apiVersion: apiVersionOf(resource), kind: resource.kind }))
  const own = managerOf(context, request, appliedSet)
  // What changes nothing but owners has no time of its own. @see managedfields/internal/managedfieldsupdater.go
  if (sameJson(withoutHistory(object), withoutHistory(old))) own.time = mine?.time ?? ''
  writeManagers(object, [own, ...others])
  return object
}

const withoutHistory = (object: KubeObject): Json => {
  const { managedFields: _managedFields, resourceVersion: _resourceVersion, ...metadata } = fieldsOf(object.metadata)
  return { ...fieldsOf(object), metadata }
}

function conflictError(conflicts: { entry: Manager; set: FieldSet }[]) {
  const causes: StatusCause[] = []
  const groups = new Map<string, string[]>()
  for (const { entry, set } of conflicts) {
    const who = describeManager(entry)
    const fields = pathsOf(set)
    const known = groups.get(who)
    groups.set(who, known ? known.concat(fields) : fields)
    for (const field of fields) causes.push({ reason: 'FieldManagerConflict', message: `conflict with ${who}`, field })
  }
  const count = causes.length
  const [only] = groups
  if (count === 1 && only)
    return failure.applyConflict(`Apply failed with 1 conflict: conflict with ${only[0]}: ${only[1][0]}`, causes)
  const lines = [...groups]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([who, fields]) => [`conflicts with ${who}:`, ...fields.map((field) => `- ${field}`)])
  return failure.applyConflict(`Apply failed with ${count} conflicts: ${lines.join('\n')}`, causes)
}

function describeManager({ manager, subresource, operation, apiVersion }: Manager): string {
  const sub = subresource ? ` with subresource ${JSON.stringify(subresource)}` : ''
  return `${JSON.stringify(manager)}${sub}${operation === 'Update' ? ` using ${apiVersion}` : ''}`
}
