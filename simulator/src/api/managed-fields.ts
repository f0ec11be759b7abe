/** Who owns which field: `metadata.managedFields`, kept for every write. @see apimachinery/pkg/util/managedfields */
import { aloneIfLong } from '../cel/alone.js'
import { appliedField } from '../custom/json-schema.js'
import { apiVersionOf, type Resource } from '../kinds/resource.js'
import { fieldsOf, type Json, type JsonObject, type KubeObject } from '../objects/object.js'
import { compare, type Difference, type FieldSet, isEmptySet, setOf, sortedSet, subtract, union } from '../patch/field-set.js'
import { type Field, rootField } from '../schema/types.js'
import { timestamp } from '../time/clock.js'
import type { ApiContext } from './context.js'
import type { ApiRequest } from './request.js'

export interface Manager {
  manager: string
  operation: 'Apply' | 'Update'
  apiVersion: string
  subresource: string
  time: string
  set: FieldSet
}

/** More entries than this are folded into one. @see managedfields.NewCapManagersManager */
const MOST_UPDATERS = 10

export function schemaOf({ typeName, custom }: Resource): Field | undefined {
  if (custom) return appliedField(custom.schema)
  return typeName ? rootField(typeName) : undefined
}

export function readManagers(object: KubeObject | undefined): Manager[] {
  return (object?.metadata.managedFields ?? []).map((entry) => ({
    manager: entry.manager ?? '',
    operation: entry.operation === 'Apply' ? 'Apply' : 'Update',
    apiVersion: entry.apiVersion ?? '',
    subresource: entry.subresource ?? '',
    time: entry.time ?? '',
    set: (entry.fieldsV1 ?? {}) as FieldSet,
  }))
}

const ORDER = ['operation', 'time', 'manager', 'apiVersion', 'subresource'] as const

/** @see managedfields/internal/managedfields.go: sortEncodedManagers */
function inUpstreamsOrder(left: Manager, right: Manager): number {
  const key = ORDER.find((each) => left[each] !== right[each])
  return key === undefined ? 0 : left[key] < right[key] ? -1 : 1
}

type Entries = NonNullable<KubeObject['metadata']['managedFields']>

/** Undefined where nobody owns anything. */
function entriesOf(managers: Manager[]): Entries | undefined {
  const kept = managers.filter((manager) => !isEmptySet(manager.set))
  if (kept.length === 0) return undefined
  return kept.sort(inUpstreamsOrder).map(({ set, subresource, time, ...entry }) => ({
    ...entry,
    ...(time ? { time } : {}),
    fieldsType: 'FieldsV1',
    fieldsV1: sortedSet(set) as never,
    ...(subresource ? { subresource } : {}),
  }))
}

export function writeManagers(object: KubeObject, managers: Manager[]): void {
  const entries = entriesOf(managers)
  if (entries) object.metadata.managedFields = entries
  else delete object.metadata.managedFields
}

const UNTRACKED = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'generation',
  'resourceVersion',
  'managedFields',
  'selfLink',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
]

/** The object without what nobody owns. */
export function ownable(object: KubeObject | undefined): JsonObject {
  if (!object) return {}
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = fieldsOf(object)
  const metadata: JsonObject = { ...(rest.metadata as JsonObject) }
  for (const name of UNTRACKED) delete metadata[name]
  if (Object.keys(metadata).length > 0) rest.metadata = metadata
  else delete rest.metadata
  return rest
}

export const fieldsSetBy = (object: KubeObject, field: Field | undefined): FieldSet => setOf(ownable(object) as Json, field)

/** Metadata are always there, and nobody's as a whole. */
const tracked = (object: KubeObject | undefined): JsonObject => ({ metadata: {}, ...ownable(object) })

interface Tracking {
  context: ApiContext
  request: ApiRequest
  object: KubeObject
  old?: KubeObject
  /** What the object is a copy of, where it has not been changed since. */
  decoded?: KubeObject
}

/** Records a create or an update in the object's `managedFields`. Server-side apply writes its own. */
export function trackManagers({ context, request, object, old, decoded }: Tracking): void {
  if (request.patch?.type === 'apply') return
  const [before, after] = [tracked(old), tracked(object)]
  const given = givenManagers(object, old)
  const entries = aloneIfLong(decoded ? [decoded] : [after, before, given.metadata.managedFields], () => {
    const difference = compare(before, after, schemaOf(request.resource))
    if (old && isEmptySet(difference.changed) && isEmptySet(difference.removed)) return given.metadata.managedFields
    return entriesOf(capUpdaters(updateManagers(context, request, { difference, managers: readManagers(given) })))
  })
  if (entries) object.metadata.managedFields = entries
  else delete object.metadata.managedFields
}

/**
 * The object whose `managedFields` count: those that a client writes, or deletes by an empty entry, else those that were there.
 * @see managedfields/internal/fieldmanager.go: decodeLiveOrNew
 */
function givenManagers(object: KubeObject, old: KubeObject | undefined): KubeObject {
  const given = object.metadata.managedFields
  if (!old || !given || given === old.metadata.managedFields) return old ?? object
  const isReset = given.length === 0 || (given.length === 1 && Object.keys(given[0] ?? {}).length === 0)
  if (isReset) return { ...old, metadata: { ...old.metadata, managedFields: undefined } }
  return given.every(({ manager, operation }) => manager && operation) ? object : old
}

function updateManagers(
  context: ApiContext,
  request: ApiRequest,
  { difference, managers }: { difference: Difference; managers: Manager[] },
): Manager[] {
  const own: Omit<Manager, 'set' | 'time'> = {
    manager: request.fieldManager || 'unknown',
    operation: 'Update',
    apiVersion: apiVersionOf(request.resource),
    subresource: request.trackedAs ?? request.subresource,
  }
  const isOwn = (entry: Manager) =>
    entry.operation === 'Update' &&
    entry.manager === own.manager &&
    entry.subresource === own.subresource &&
    entry.apiVersion === own.apiVersion
  const mine = managers.find(isOwn)
  const others = managers
    .filter((entry) => entry !== mine)
    .map((entry) => ({ ...entry, set: subtract(subtract(entry.set, difference.changed), difference.removed) }))
  const set = union(subtract(mine?.set ?? {}, difference.removed), difference.changed)
  // A Scale has no entries of its own whose time could be kept.
  const time = request.trackedAs ? '' : timestamp(context.clock.now())
  return [...others, { ...own, time, set }]
}

function capUpdaters(managers: Manager[]): Manager[] {
  const updaters = managers.filter((entry) => entry.operation === 'Update')
  if (updaters.length <= MOST_UPDATERS) return managers
  const [first, second] = updaters
  if (!first || !second) return managers
  const folded: Manager = { ...first, manager: 'ancient-changes', set: union(first.set, second.set) }
  return [folded, ...managers.filter((entry) => entry !== first && entry !== second)]
}
