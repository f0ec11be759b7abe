/** Volumes: claims must be there, and bound to what the node can reach, or bindable there. @see plugins/volumebinding */

import type { Client } from '../../client/client.js'
import { SELECTED_NODE } from '../../controllers/volumes/binder.js'
import type { PersistentVolumeClaim, Pod } from '../../schema/kubernetes.generated.js'
import { type Cycle, finalMisfit, type SchedulingPlugin } from '../framework.js'
import { matchesTerm } from '../node-matching.js'

const claimNames = (pod: Pod): string[] =>
  (pod.spec.volumes ?? []).flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? [])

function claimsOf({ pod, informers }: Cycle): PersistentVolumeClaim[] {
  return claimNames(pod).flatMap((name) => informers.get('PersistentVolumeClaim', `${pod.metadata.namespace}/${name}`) ?? [])
}

const isBound = (claim: PersistentVolumeClaim): boolean => Boolean(claim.spec.volumeName) && claim.status?.phase === 'Bound'

function waitsForConsumer({ informers }: Cycle, claim: PersistentVolumeClaim): boolean {
  const storageClass = claim.spec.storageClassName ? informers.get('StorageClass', claim.spec.storageClassName) : undefined
  return storageClass?.volumeBindingMode === 'WaitForFirstConsumer'
}

/** @param client for the note on a claim which node was chosen */
export const volumeBinding = (client: Client): SchedulingPlugin => ({
  name: 'VolumeBinding',
  preFilter(cycle) {
    const { pod, informers } = cycle
    for (const name of claimNames(pod)) {
      const claim = informers.get('PersistentVolumeClaim', `${pod.metadata.namespace}/${name}`)
      if (!claim) return finalMisfit(`persistentvolumeclaim ${JSON.stringify(name)} not found`)
      if (claim.metadata.deletionTimestamp) return finalMisfit(`persistentvolumeclaim ${JSON.stringify(name)} is being deleted`)
    }
    const unbound = claimsOf(cycle).some((claim) => !isBound(claim) && !waitsForConsumer(cycle, claim))
    return unbound ? finalMisfit('pod has unbound immediate PersistentVolumeClaims') : undefined
  },
  filter(cycle, { node }) {
    for (const claim of claimsOf(cycle)) {
      if (!isBound(claim)) continue
      const volume = cycle.informers.get('PersistentVolume', claim.spec.volumeName ?? '')
      const terms = volume?.spec.nodeAffinity?.required?.nodeSelectorTerms
      if (terms && !terms.some((term) => matchesTerm(term, node)))
        return finalMisfit("node(s) didn't match PersistentVolume's node affinity")
    }
    return undefined
  },
  async preBind(cycle, node) {
    let waiting = false
    for (const claim of claimsOf(cycle)) {
      if (isBound(claim)) continue
      waiting = true
      const key = `${claim.metadata.namespace}/${claim.metadata.name}`
      if (claim.metadata.annotations?.[SELECTED_NODE] === node.metadata.name) continue
      await client.patch('PersistentVolumeClaim', key, { metadata: { annotations: { [SELECTED_NODE]: node.metadata.name } } })
    }
    return waiting ? 'waiting' : 'ready'
  },
})
