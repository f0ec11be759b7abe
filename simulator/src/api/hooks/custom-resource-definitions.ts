/** What the API server does for CustomResourceDefinitions: accepts their names, serves them, and takes their objects away with them. */
import { CLEANUP, type Condition, DEFINITIONS, type Definition } from '../../custom/definition.js'
import { timestamp } from '../../time/clock.js'
import type { ApiContext, StorageHooks, WriteEvent } from '../context.js'

/** The first name that another definition of the group has already. */
function conflictOf({ context, object }: WriteEvent): { reason: string; message: string } | undefined {
  const { spec, metadata } = object as Definition
  const others = (context.store.list(DEFINITIONS) as Definition[]).filter(
    (each) => each.spec.group === spec.group && each.metadata.name !== metadata.name,
  )
  const resources = new Set(
    others.flatMap(({ spec: { names } }) => [names.plural, names.singular ?? '', ...(names.shortNames ?? [])]),
  )
  const kinds = new Set(others.flatMap(({ spec: { names } }) => [names.kind, names.listKind ?? '']))
  const { plural, singular = '', shortNames = [], kind, listKind = '' } = spec.names
  const used = (reason: string, name: string) => ({ reason, message: `${JSON.stringify(name)} is already in use` })
  if (resources.has(plural)) return used('PluralConflict', plural)
  if (resources.has(singular)) return used('SingularConflict', singular)
  const short = shortNames.find((name) => resources.has(name))
  if (short) return used('ShortNamesConflict', short)
  if (kinds.has(kind)) return used('KindConflict', kind)
  return kinds.has(listKind) ? used('ListKindConflict', listKind) : undefined
}

/** Upstream's controllers do this a moment later; here a definition serves at once. */
function establish(event: WriteEvent): void {
  const definition = event.object as Definition
  const before = (event.old as Definition | undefined)?.status
  const now = timestamp(event.context.clock.now())
  const conflict = conflictOf(event)
  const condition = (type: string, isTrue: boolean, why: { reason: string; message: string }): Condition => {
    const status = isTrue ? 'True' : 'False'
    const same = before?.conditions?.find((each) => each.type === type && each.status === status)
    return { lastTransitionTime: same?.lastTransitionTime ?? now, ...why, status, type }
  }
  const wasEstablished = before?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') === true
  const accepted = { reason: 'NoConflicts', message: 'no conflicts found' }
  const established = { reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' }
  const refused = { reason: 'NotAccepted', message: 'not all names are accepted' }
  const stored = (definition.spec.versions ?? []).find(({ storage }) => storage)?.name
  definition.status = {
    acceptedNames: conflict ? (before?.acceptedNames ?? { kind: '', plural: '' }) : definition.spec.names,
    conditions: [
      condition('NamesAccepted', !conflict, conflict ?? accepted),
      condition('Established', !conflict || wasEstablished, !conflict || wasEstablished ? established : refused),
      ...(before?.conditions ?? []).filter(({ type }) => type === 'Terminating'),
    ],
    storedVersions: [...new Set([...(before?.storedVersions ?? []), ...(stored ? [stored] : [])])],
  }
}

const TERMINATING = { reason: 'InstanceDeletionInProgress', message: 'CustomResource deletion is in progress' }

/** Marks every object of a definition that goes, and takes away those that nothing holds. */
function cleanUp({ context, object }: WriteEvent): void {
  const definition = object as Definition
  const { group, names } = definition.spec
  const shelf = `${group}/${names.plural}`
  const now = timestamp(context.clock.now())
  for (const each of context.store.list(shelf)) {
    const { metadata } = each
    const key = metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name
    if (!metadata.finalizers?.length) context.store.remove(shelf, key)
    else if (!metadata.deletionTimestamp)
      context.store.put(shelf, key, { ...each, metadata: { ...metadata, deletionTimestamp: now, deletionGracePeriodSeconds: 0 } })
  }
  if (finishDefinition(context, { group, resource: names.plural })) return
  const conditions = (definition.status?.conditions ?? []).filter(({ type }) => type !== 'Terminating')
  const terminating: Condition = { lastTransitionTime: now, ...TERMINATING, status: 'True', type: 'Terminating' }
  const marked: Definition = { ...definition, status: { ...definition.status, conditions: [...conditions, terminating] } }
  context.store.put(DEFINITIONS, definition.metadata.name, marked)
}

/** Ends a definition that goes, once the last of its objects is gone. @returns whether it did */
export function finishDefinition({ store }: ApiContext, { group, resource }: { group: string; resource: string }): boolean {
  const name = `${resource}.${group}`
  const definition = store.get(DEFINITIONS, name)
  if (!definition?.metadata.deletionTimestamp || store.list(`${group}/${resource}`).length > 0) return false
  const others = (definition.metadata.finalizers ?? []).filter((each) => each !== CLEANUP)
  if (others.length > 0) store.put(DEFINITIONS, name, { ...definition, metadata: { ...definition.metadata, finalizers: others } })
  else store.remove(DEFINITIONS, name)
  return true
}

export const definitionHooks: StorageHooks = {
  beforeCreate: establish,
  beforeUpdate: establish,
  afterMark: cleanUp,
}
