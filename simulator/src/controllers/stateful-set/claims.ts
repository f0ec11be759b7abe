/** The claims of a StatefulSet's Pods: made before the Pod, and owned so that they go when the retention policy says so. */
import { controlledBy, type KubeObject, sameJson } from '../../objects/object.js'
import { isAlreadyExists, messageOf } from '../../objects/status.js'
import type { OwnerReference, PersistentVolumeClaim, Pod, StatefulSet } from '../../schema/kubernetes.generated.js'
import type { ReconcileContext } from '../runtime/controller.js'
import { claimsFor, isWanted, ordinalOf, podName } from './identity.js'

const deletes = (set: StatefulSet) => ({
  scaled: set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled === 'Delete',
  deleted: set.spec.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete',
})

/** @throws where a claim cannot be made, or is on its way out */
export async function ensureClaims(context: ReconcileContext, set: StatefulSet, ordinal: number): Promise<void> {
  const { client, informers, events } = context
  for (const { draft } of claimsFor(set, ordinal)) {
    const { name } = draft.metadata
    const known = informers.get('PersistentVolumeClaim', `${set.metadata.namespace}/${name}`)
    if (known?.metadata.deletionTimestamp) throw new Error(`pvc ${name} is being deleted`)
    if (known) continue
    const about = `Claim ${name} Pod ${podName(set, ordinal)} in StatefulSet ${set.metadata.name}`
    try {
      await client.create('PersistentVolumeClaim', draft)
      events.record(set, { type: 'Normal', reason: 'SuccessfulCreate', message: `Create ${about} success` })
    } catch (error) {
      if (isAlreadyExists(error)) continue
      const why = messageOf(error)
      events.record(set, {
        type: 'Warning',
        reason: 'FailedCreate',
        message: `Create ${about.replace(' Pod ', ' for Pod ')} failed error: ${why}`,
      })
      throw new Error(`failed to create PVC ${name}: ${why}`)
    }
  }
}

/** A claim still belongs to a Pod of the same name that has gone: it goes too, and a new one comes. */
export function hasStaleClaim({ informers }: ReconcileContext, set: StatefulSet, ordinal: number): boolean {
  if (!deletes(set).scaled) return false
  return claimsFor(set, ordinal).some(({ draft }) => {
    const claim = informers.get('PersistentVolumeClaim', `${set.metadata.namespace}/${draft.metadata.name}`)
    return claim?.metadata.ownerReferences?.some((owner) => owner.kind === 'Pod' && owner.name === podName(set, ordinal)) === true
  })
}

/** Gives the claims of the Pod the owners that its retention policy asks for. @returns whether any had to be changed */
export async function ownClaims({ client, informers, events }: ReconcileContext, set: StatefulSet, pod: Pod): Promise<boolean> {
  let isChanged = false
  for (const { draft } of claimsFor(set, ordinalOf(set, pod))) {
    const claim = informers.get('PersistentVolumeClaim', `${set.metadata.namespace}/${draft.metadata.name}`)
    if (!claim || claim.metadata.deletionTimestamp) continue
    const { owners, stranger } = ownersOf(claim, set, pod)
    if (sameJson(owners, claim.metadata.ownerReferences ?? [])) continue
    isChanged = true
    if (stranger) {
      const message = `PersistentVolumeClaim ${claim.metadata.name} has a conflicting OwnerReference that acts as a manging controller, the retention policy is ignored for this claim`
      events.record(set, { type: 'Warning', reason: 'ConflictingController', message })
    }
    await client.update('PersistentVolumeClaim', { ...claim, metadata: { ...claim.metadata, ownerReferences: owners } })
  }
  return isChanged
}

/** @see pkg/controller/statefulset/stateful_set_utils.go: isClaimOwnerUpToDate, updateClaimOwnerRefForSetAndPod */
function ownersOf(claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): { owners: OwnerReference[]; stranger: boolean } {
  const owners = claim.metadata.ownerReferences ?? []
  const isOf = (owner: OwnerReference, object: KubeObject) => owner.kind === object.kind && owner.name === object.metadata.name
  const others = owners.filter((owner) => !isOf(owner, set) && !isOf(owner, pod))
  // What an earlier set or Pod of the name has left is the garbage collector's.
  const isStale = owners.some(
    (owner) => (isOf(owner, set) && owner.uid !== set.metadata.uid) || (isOf(owner, pod) && owner.uid !== pod.metadata.uid),
  )
  if (isStale) return { owners, stranger: false }
  // Ours give way to another controller.
  if (others.some((owner) => owner.controller)) return { owners: others, stranger: true }
  const { scaled, deleted } = deletes(set)
  const isScaledDown = !isWanted(set, ordinalOf(set, pod))
  if (isScaledDown && scaled) return { owners: [...others, controlledBy(pod)], stranger: false }
  return { owners: deleted ? [...others, controlledBy(set)] : others, stranger: false }
}
