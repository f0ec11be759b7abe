/** Volumes: claims must be there, and bound to what the node can reach, or bindable there. @see plugins/volumebinding, volumerestrictions */

import type { Client } from '../../client/client.js'
import { claimNamesOf } from '../../controllers/volumes/claim-names.js'
import { SELECTED_NODE } from '../../controllers/volumes/local-path.js'
import { BOUND_BY_CONTROLLER, couldServe } from '../../controllers/volumes/matching.js'
import { keyOf } from '../../objects/object.js'
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../schema/kubernetes.generated.js'
import { type Cycle, finalMisfit, type Misfit, misfit, type SchedulingPlugin } from '../framework.js'
import { matchesTerm } from '../node-matching.js'

const NO_PROVISIONER = 'kubernetes.io/no-provisioner'
const NOTHING_TO_BIND = "node(s) didn't find available persistent volumes to bind"

function claimsOf({ pod, informers }: Cycle): PersistentVolumeClaim[] {
  return claimNamesOf(pod).flatMap((name) => informers.get('PersistentVolumeClaim', `${pod.metadata.namespace}/${name}`) ?? [])
}

const isBound = (claim: PersistentVolumeClaim): boolean => Boolean(claim.spec.volumeName) && claim.status?.phase === 'Bound'

const classOf = ({ informers }: Cycle, claim: PersistentVolumeClaim): StorageClass | undefined =>
  claim.spec.storageClassName ? informers.get('StorageClass', claim.spec.storageClassName) : undefined

const waitsForConsumer = (cycle: Cycle, claim: PersistentVolumeClaim): boolean =>
  classOf(cycle, claim)?.volumeBindingMode === 'WaitForFirstConsumer'

function reaches(node: Node, volume: PersistentVolume): boolean {
  const terms = volume.spec.nodeAffinity?.required?.nodeSelectorTerms
  return !terms || terms.some((term) => matchesTerm(term, node))
}

/** The free volume that the claim would get on the node. */
const volumeFor = ({ informers }: Cycle, claim: PersistentVolumeClaim, node: Node): PersistentVolume | undefined =>
  couldServe(
    informers.list('PersistentVolume').filter((volume) => reaches(node, volume)),
    claim,
  )

function bindingMisfit(cycle: Cycle, claim: PersistentVolumeClaim, node: Node): Misfit | undefined {
  if (isBound(claim)) {
    const volume = cycle.informers.get('PersistentVolume', claim.spec.volumeName ?? '')
    if (!volume) return finalMisfit('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)')
    return reaches(node, volume) ? undefined : finalMisfit("node(s) didn't match PersistentVolume's node affinity")
  }
  const selected = claim.metadata.annotations?.[SELECTED_NODE]
  if (selected) return selected === node.metadata.name ? undefined : finalMisfit(NOTHING_TO_BIND)
  if (volumeFor(cycle, claim, node)) return undefined
  return classOf(cycle, claim)?.provisioner === NO_PROVISIONER ? finalMisfit(NOTHING_TO_BIND) : undefined
}

/** A claim for one Pod alone that another has. */
function isInUse(cycle: Cycle, claim: PersistentVolumeClaim): boolean {
  if (!claim.spec.accessModes?.includes('ReadWriteOncePod')) return false
  return cycle.nodes.some(({ pods }) =>
    pods.some((pod) => pod.metadata.namespace === claim.metadata.namespace && claimNamesOf(pod).includes(claim.metadata.name)),
  )
}

/** @see plugins/volumebinding: podHasPVCs */
const missing = ({ metadata, spec }: Pod, name: string): string =>
  (spec.volumes ?? []).some((volume) => volume.ephemeral && `${metadata.name}-${volume.name}` === name)
    ? `waiting for ephemeral volume controller to create the persistentvolumeclaim ${JSON.stringify(name)}`
    : `persistentvolumeclaim ${JSON.stringify(name)} not found`

/** @param client for the note on a claim which node was chosen, and on a volume which claim gets it */
export const volumeBinding = (client: Client): SchedulingPlugin => ({
  name: 'VolumeBinding',
  preFilter(cycle) {
    const { pod, informers } = cycle
    for (const name of claimNamesOf(pod)) {
      const claim = informers.get('PersistentVolumeClaim', `${pod.metadata.namespace}/${name}`)
      if (!claim) return finalMisfit(missing(pod, name))
      if (claim.status?.phase === 'Lost')
        return finalMisfit(
          `persistentvolumeclaim ${JSON.stringify(name)} bound to non-existent persistentvolume ${JSON.stringify(claim.spec.volumeName)}`,
        )
      if (claim.metadata.deletionTimestamp) return finalMisfit(`persistentvolumeclaim ${JSON.stringify(name)} is being deleted`)
    }
    const unbound = claimsOf(cycle).some((claim) => !isBound(claim) && !waitsForConsumer(cycle, claim))
    return unbound ? finalMisfit('pod has unbound immediate PersistentVolumeClaims') : undefined
  },
  filter(cycle, { node }) {
    for (const claim of claimsOf(cycle)) {
      if (isInUse(cycle, claim))
        return misfit(
          'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
        )
      const found = bindingMisfit(cycle, claim, node)
      if (found) return found
    }
    return undefined
  },
  async preBind(cycle, node) {
    let waiting = false
    for (const claim of claimsOf(cycle)) {
      if (isBound(claim)) continue
      waiting = true
      const volume = volumeFor(cycle, claim, node)
      if (volume) await reserve(client, volume, claim)
      else if (claim.metadata.annotations?.[SELECTED_NODE] !== node.metadata.name)
        await client.patch('PersistentVolumeClaim', keyOf(claim), {
          metadata: { annotations: { [SELECTED_NODE]: node.metadata.name } },
        })
    }
    return waiting ? 'waiting' : 'ready'
  },
})

async function reserve(client: Client, volume: PersistentVolume, claim: PersistentVolumeClaim): Promise<void> {
  if (volume.spec.claimRef?.uid === claim.metadata.uid) return
  const { name, namespace, uid, resourceVersion } = claim.metadata
  const claimRef = { kind: 'PersistentVolumeClaim', apiVersion: 'v1', name, namespace, uid, resourceVersion }
  const annotations = volume.spec.claimRef
    ? volume.metadata.annotations
    : { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' }
  const metadata = { ...volume.metadata, annotations }
  await client.update('PersistentVolume', { ...volume, metadata, spec: { ...volume.spec, claimRef } })
}
