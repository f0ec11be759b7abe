/** The two sides of a binding, written one after the other: the volume, then the claim. @see pv_controller.go: bind */
import { clone, sameJson } from '../../objects/object.js'
import type { PersistentVolume, PersistentVolumeClaim } from '../../schema/kubernetes.generated.js'
import type { ReconcileContext } from '../runtime/controller.js'
import { BOUND_BY_CONTROLLER } from './matching.js'

export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed'

/** Safe to repeat: what is right already is not written. */
export async function bind({ client }: ReconcileContext, claim: PersistentVolumeClaim, volume: PersistentVolume): Promise<void> {
  const { name, namespace, uid, resourceVersion } = claim.metadata
  let bound = volume
  if (volume.spec.claimRef?.uid !== uid) {
    const reference = { kind: 'PersistentVolumeClaim', apiVersion: 'v1', name, namespace, uid, resourceVersion }
    const copy = clone(volume)
    copy.spec.claimRef = { ...copy.spec.claimRef, ...reference }
    if (!volume.spec.claimRef) copy.metadata.annotations = { ...copy.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' }
    bound = await client.update('PersistentVolume', copy)
  }
  if (bound.status?.phase !== 'Bound')
    await client.updateStatus('PersistentVolume', { ...bound, status: { ...bound.status, phase: 'Bound', message: undefined } })
  const copy = clone(claim)
  const byUs = copy.spec.volumeName === volume.metadata.name ? {} : { [BOUND_BY_CONTROLLER]: 'yes' }
  copy.metadata.annotations = { ...copy.metadata.annotations, ...byUs, [BIND_COMPLETED]: 'yes' }
  copy.spec.volumeName = volume.metadata.name
  const updated = sameJson(copy, claim) ? claim : await client.update('PersistentVolumeClaim', copy)
  if (updated.status?.phase === 'Bound') return
  const { accessModes, capacity } = bound.spec
  const status = { phase: 'Bound', accessModes, capacity } as NonNullable<PersistentVolumeClaim['status']>
  await client.updateStatus('PersistentVolumeClaim', { ...updated, status })
}

/** Takes the binding of a volume back: what the controller had bound is free, what was kept for a claim by hand stays so. */
export async function unbind({ client }: ReconcileContext, volume: PersistentVolume): Promise<void> {
  const copy = clone(volume)
  if (copy.metadata.annotations?.[BOUND_BY_CONTROLLER]) {
    delete copy.spec.claimRef
    delete copy.metadata.annotations[BOUND_BY_CONTROLLER]
  } else if (copy.spec.claimRef) delete copy.spec.claimRef.uid
  const updated = await client.update('PersistentVolume', copy)
  await client.updateStatus('PersistentVolume', { ...updated, status: { ...updated.status, phase: 'Available' } })
}
