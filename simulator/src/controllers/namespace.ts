import type { ResourceRef } from '../client/client.js'
import { keyOf } from '../objects/object.js'
import { isNotFound } from '../objects/status.js'
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
    if (remaining > 0) return requeueAfter(LOOK_AGAIN_MS)
    const finalizers = namespace.spec.finalizers.filter((finalizer) => finalizer !== 'kubernetes')
    await context.client.updateSub('Namespace', key, { name: 'finalize', body: { ...namespace, spec: { finalizers } } })
    return done
  },
})

/** @returns how many objects are still there */
async function empty({ client }: ReconcileContext, namespace: string): Promise<number> {
  const all = (await client.resources()).filter((resource) => resource.namespaced)
  const ordered = [
    ...all.filter((each) => each.resource !== LAST),
    ...all.filter((each) => each.resource === LAST && each.group === ''),
  ]
  let remaining = 0
  for (const resource of ordered) remaining += await emptyOne(client, resource, namespace)
  return remaining
}

async function emptyOne(client: ReconcileContext['client'], resource: ResourceRef, namespace: string): Promise<number> {
  const { items } = await client.list(resource, { namespace })
  let remaining = 0
  for (const item of items) {
    if (!item.metadata.deletionTimestamp)
      await client.delete(resource, keyOf(item), { propagation: 'Background' }).catch(ignoreMissing)
    const isGone = await client.get(resource, keyOf(item)).then(
      () => false,
      (error) => isNotFound(error),
    )
    if (!isGone) remaining++
  }
  return remaining
}

const ignoreMissing = (error: unknown): void => {
  if (!isNotFound(error)) throw error
}
