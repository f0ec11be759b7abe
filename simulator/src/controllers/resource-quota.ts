import type { KindName, ResourceRef } from '../client/client.js'
import { refOf } from '../client/kind-table.js'
import { type KubeObject, keyOf, sameJson } from '../objects/object.js'
import { addLists, asResourceList, onlyNames, type ResourceList } from '../objects/resource-list.js'
import { inScope } from '../quota/scopes.js'
import { namesCounted, usageOf } from '../quota/usage.js'
import type { Pod, ResourceQuota } from '../schema/kubernetes.generated.js'
import { isOver } from './pods.js'
import {
  type Controller,
  defineController,
  done,
  type ReconcileContext,
  requeueAfter,
  type Watches,
} from './runtime/controller.js'
import type { Change, Informers } from './runtime/informer.js'

/** Everything is counted again at least this often, for what no informer follows. @see --resource-quota-sync-period */
const RESYNC_MS = 300_000
/** What is counted again as soon as some of it has gone; what comes is counted by admission. */
const FOLLOWED: KindName[] = ['Pod', 'Service', 'PersistentVolumeClaim', 'ConfigMap', 'Secret', 'ReplicationController']

const quotasAround = (object: KubeObject, informers: Informers): string[] =>
  informers.list('ResourceQuota', object.metadata.namespace).map(keyOf)

const endsUse = ({ type, object, old }: Change<KubeObject>): boolean =>
  type === 'DELETED' || (object.kind === 'Pod' && isOver(object as Pod) && old !== undefined && !isOver(old as Pod))

const watches: Watches = Object.fromEntries(
  FOLLOWED.map((kind) => [
    kind,
    (change: Change<KubeObject>, informers: Informers) => (endsUse(change) ? quotasAround(change.object, informers) : []),
  ]),
)

/** Counts what a namespace uses of its quota. Models pkg/controller/resourcequota (v1.36); admission adds what comes. */
export const resourceQuotaController: Controller = defineController({
  name: 'resourcequota-controller',
  reconciles: 'ResourceQuota',
  watches,
  async reconcile(context, key) {
    const quota = context.informers.get('ResourceQuota', key)
    if (!quota) return done
    const hard = asResourceList(quota.spec?.hard)
    const status = { hard, used: await usageFor(context, quota, hard) }
    if (!sameJson(status, quota.status))
      await context.client.updateStatus('ResourceQuota', { ...quota, status: status as NonNullable<ResourceQuota['status']> })
    return requeueAfter(RESYNC_MS)
  },
})

async function usageFor(context: ReconcileContext, quota: ResourceQuota, hard: ResourceList): Promise<ResourceList> {
  const names = Object.keys(hard)
  let used: ResourceList = Object.fromEntries(names.map((name) => [name, '0']))
  for (const resource of await context.client.resources()) {
    if (!resource.namespaced || namesCounted(resource, names).length === 0) continue
    for (const object of await objectsOf(context, resource, quota.metadata.namespace ?? ''))
      if (inScope(quota, resource, object))
        used = addLists(used, onlyNames(usageOf(resource, object, context.clock.now()), namesCounted(resource, names)))
  }
  return used
}

async function objectsOf(
  { client, informers }: ReconcileContext,
  resource: ResourceRef,
  namespace: string,
): Promise<KubeObject[]> {
  const followed = FOLLOWED.find((kind) => {
    const known = refOf(kind)
    return known.resource === resource.resource && known.group === resource.group
  })
  if (followed) return informers.list(followed, namespace)
  return (await client.list(resource, { namespace })).items
}
