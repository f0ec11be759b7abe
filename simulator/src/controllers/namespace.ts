import type { ResourceRef } from '../client/client.js'
import { keyOf, sameJson } from '../objects/object.js'
import { ignoreMissing } from '../objects/status.js'
import type { Namespace } from '../schema/kubernetes.generated.js'
import { timestamp } from '../time/clock.js'
import { defineController, done, type ReconcileContext, requeueAfter } from './runtime/controller.js'

/** Until what still waits for its finalizers has gone. */
const LOOK_AGAIN_MS = 500
/** Events go last, so that what happens on the way is told. */
const LAST = 'events'

/**
 * Empties a namespace that is being deleted, then lets it go.
 * Models pkg/controller/namespace/deletion (v1.36).
 */
export const namespaceController = defineController({
  name: 'namespace-controller',
  reconciles: 'Namespace',
  async reconcile(context, key) {
    const namespace = context.informers.get('Namespace', key)
    if (!namespace?.metadata.deletionTimestamp || !namespace.spec.finalizers?.includes('kubernetes')) return done
    const remaining = await empty(context, key)
    if (remaining.length > 0) {
      const conditions = conditionsOf(remaining).map((each) => carry(each, namespace, context.clock.now()))
      if (!sameJson(conditions, namespace.status?.conditions ?? []))
        await context.client.updateStatus('Namespace', { ...namespace, status: { ...namespace.status, conditions } })
      return requeueAfter(LOOK_AGAIN_MS)
    }
    const finalizers = namespace.spec.finalizers.filter((finalizer) => finalizer !== 'kubernetes')
    await context.client.updateSub('Namespace', key, { name: 'finalize', body: { ...namespace, spec: { finalizers } } })
    return done
  },
})

interface Remaining {
  resource: ResourceRef
  finalizers: string[]
}

/** The resource of an object as `pods.` or `deployments.apps`, and how often. */
function counted(names: string[]): [string, number][] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1))
}

interface Draft {
  type: string
  status: string
  reason: string
  message: string
}

/** @see pkg/controller/namespace/deletion/status_condition_utils.go */
function conditionsOf(remaining: Remaining[]): Draft[] {
  const left = counted(remaining.map(({ resource }) => `${resource.resource}.${resource.group}`))
  const held = counted(remaining.flatMap(({ finalizers }) => finalizers))
  const good = (type: string, reason: string, message: string): Draft => ({ type, status: 'False', reason, message })
  const resources = left.map(([name, count]) => `${name} has ${count} resource instances`).join(', ')
  const finalizers = held.map(([name, count]) => `${name} in ${count} resource instances`).join(', ')
  return [
    good('NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'),
    good('NamespaceDeletionGroupVersionParsingFailure', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'),
    good('NamespaceDeletionContentFailure', 'ContentDeleted', 'All content successfully deleted, may be waiting on finalization'),
    {
      type: 'NamespaceContentRemaining',
      status: 'True',
      reason: 'SomeResourcesRemain',
      message: `Some resources are remaining: ${resources}`,
    },
    held.length > 0
      ? {
          type: 'NamespaceFinalizersRemaining',
          status: 'True',
          reason: 'SomeFinalizersRemain',
          message: `Some content in the namespace has finalizers remaining: ${finalizers}`,
        }
      : good('NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'),
  ]
}

function carry(draft: Draft, namespace: Namespace, nowMs: number) {
  const before = namespace.status?.conditions?.find((each) => each.type === draft.type)
  const isSame = before?.status === draft.status && before.lastTransitionTime
  return { ...draft, lastTransitionTime: isSame ? before.lastTransitionTime : timestamp(nowMs) }
}

/** @returns what is still there */
async function empty({ client }: ReconcileContext, namespace: string): Promise<Remaining[]> {
  const all = (await client.resources()).filter((resource) => resource.namespaced)
  const ordered = [
    ...all.filter((each) => each.resource !== LAST),
    ...all.filter((each) => each.resource === LAST && each.group === ''),
  ]
  const remaining: Remaining[] = []
  for (const resource of ordered) remaining.push(...(await emptyOne(client, resource, namespace)))
  return remaining
}

async function emptyOne(client: ReconcileContext['client'], resource: ResourceRef, namespace: string): Promise<Remaining[]> {
  const { items } = await client.list(resource, { namespace })
  const remaining: Remaining[] = []
  for (const item of items) {
    if (!item.metadata.deletionTimestamp)
      await client.delete(resource, keyOf(item), { propagation: 'Background' }).catch(ignoreMissing)
    const left = await client.get(resource, keyOf(item)).catch(ignoreMissing)
    if (left) remaining.push({ resource, finalizers: left.metadata.finalizers ?? [] })
  }
  return remaining
}
