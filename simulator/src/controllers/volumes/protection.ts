/** Keeps claims that a Pod uses and volumes that a claim uses from going. Models pkg/controller/volume/{pvc,pv}protection. */
import type { KubeObject } from '../../objects/object.js'
import { clone, keyOf } from '../../objects/object.js'
import { isOver } from '../pods.js'
import { defineController, done, type ReconcileContext } from '../runtime/controller.js'
import { claimKeysOf, claimNamesOf } from './claim-names.js'

async function release(
  { client }: ReconcileContext,
  kind: 'PersistentVolume' | 'PersistentVolumeClaim',
  object: KubeObject,
  finalizer: string,
): Promise<void> {
  const finalizers = (object.metadata.finalizers ?? []).filter((each) => each !== finalizer)
  const live = clone(await client.get(kind, keyOf(object)))
  await client.update(kind, { ...live, metadata: { ...live.metadata, finalizers } })
}

export const claimProtection = defineController({
  name: 'pvc-protection-controller',
  reconciles: 'PersistentVolumeClaim',
  watches: {
    Pod: ({ object }) => claimKeysOf(object),
  },
  async reconcile(context, key) {
    const claim = context.informers.get('PersistentVolumeClaim', key)
    if (!claim?.metadata.deletionTimestamp || !claim.metadata.finalizers?.includes('kubernetes.io/pvc-protection')) return done
    const pods = context.informers.list('Pod', claim.metadata.namespace)
    const isUsed = pods.some((pod) => !isOver(pod) && pod.spec.nodeName && claimNamesOf(pod).includes(claim.metadata.name))
    if (!isUsed) await release(context, 'PersistentVolumeClaim', claim, 'kubernetes.io/pvc-protection')
    return done
  },
})

export const volumeProtection = defineController({
  name: 'pv-protection-controller',
  reconciles: 'PersistentVolume',
  async reconcile(context, key) {
    const volume = context.informers.get('PersistentVolume', key)
    if (!volume?.metadata.deletionTimestamp || !volume.metadata.finalizers?.includes('kubernetes.io/pv-protection')) return done
    if (volume.status?.phase !== 'Bound') await release(context, 'PersistentVolume', volume, 'kubernetes.io/pv-protection')
    return done
  },
})
