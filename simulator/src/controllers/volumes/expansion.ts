import { compareQuantities } from '../../objects/quantity.js'
import { defineController, done } from '../runtime/controller.js'

type Sizes = { storage?: string } | undefined

/**
 * Says of a claim that wants more room who has to give it: no provisioner of kind's can.
 * Models pkg/controller/volume/expand (v1.36).
 */
export const expansionController = defineController({
  name: 'expand-controller',
  eventSource: 'volume_expand',
  reconciles: 'PersistentVolumeClaim',
  reads: ['PersistentVolume'],
  async reconcile({ informers, events }, key) {
    const claim = informers.get('PersistentVolumeClaim', key)
    if (claim?.status?.phase !== 'Bound' || claim.metadata.deletionTimestamp) return done
    const wanted = (claim.spec.resources?.requests as Sizes)?.storage ?? '0'
    const given = (claim.status.capacity as Sizes)?.storage ?? '0'
    if (compareQuantities(wanted, given) <= 0) return done
    const message = 'waiting for an external controller to expand this PVC'
    events.record(claim, { type: 'Normal', reason: 'ExternalExpanding', message })
    return done
  },
})
