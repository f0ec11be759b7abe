/** Binds claims to volumes, and calls for volumes of classes that provision. Models pkg/controller/volume/persistentvolume (v1.36). */
import { isDefaultClass } from '../../kinds/other/storage.js'
import { keyOf } from '../../objects/object.js'
import type { PersistentVolumeClaim, StorageClass } from '../../schema/kubernetes.generated.js'
import { parseTime } from '../../time/clock.js'
import { defineController, done, type Outcome, type ReconcileContext, requeueAfter } from '../runtime/controller.js'
import { BIND_COMPLETED, bind } from './binding.js'
import { claimNamesOf } from './claim-names.js'
import { SELECTED_NODE } from './local-path.js'
import { couldServe, fits, isFor, mismatchOf } from './matching.js'
import { provision } from './provisioning.js'

/** So often are claims that wait looked at again: a Pod that uses one brings nobody here. @see PVClaimBinderSyncPeriod */
const RESYNC_MS = 15_000

export const claimController = defineController({
  name: 'persistent-volume-binder',
  eventSource: 'persistentvolume-controller',
  reconciles: 'PersistentVolumeClaim',
  reads: ['StorageClass', 'Pod'],
  watches: {
    PersistentVolume: ({ object }, informers) => {
      const { claimRef } = object.spec
      const named = informers.list('PersistentVolumeClaim').filter(({ spec }) => spec.volumeName === object.metadata.name)
      if (claimRef) return [`${claimRef.namespace}/${claimRef.name}`, ...named.map(keyOf)]
      const free = informers.list('PersistentVolumeClaim').filter((claim) => !claim.spec.volumeName && fits(object, claim))
      return [...named, ...free].map(keyOf)
    },
    StorageClass: ({ object }, informers) =>
      informers
        .list('PersistentVolumeClaim')
        .filter(({ spec }) => !spec.volumeName && [undefined, object.metadata.name].includes(spec.storageClassName))
        .map(keyOf),
  },
  async reconcile(context, key) {
    const claim = context.informers.get('PersistentVolumeClaim', key)
    if (!claim || claim.metadata.deletionTimestamp) return done
    if (claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) return keepBound(context, claim)
    return claim.spec.volumeName ? bindNamed(context, claim) : findVolume(context, claim)
  },
})

type Report = (type: 'Normal' | 'Warning', reason: string, message: string) => void
const reporter =
  ({ events }: ReconcileContext, claim: PersistentVolumeClaim): Report =>
  (type, reason, message) =>
    events.record(claim, { type, reason, message })

async function findVolume(context: ReconcileContext, claim: PersistentVolumeClaim): Promise<Outcome> {
  const { informers } = context
  const { storageClassName } = claim.spec
  const storageClass = storageClassName ? informers.get('StorageClass', storageClassName) : undefined
  const waits = storageClass?.volumeBindingMode === 'WaitForFirstConsumer'
  const volume = couldServe(informers.list('PersistentVolume'), claim)
  if (volume && (!waits || isFor(volume, claim))) {
    await bind(context, claim, volume)
    return done
  }
  if (await takesDefault(context, claim)) return done
  const report = reporter(context, claim)
  if (waits && !claim.metadata.annotations?.[SELECTED_NODE]) tellWaiting(context, claim)
  else if (storageClass) return (await provision(context, claim, storageClass)) ? done : requeueAfter(RESYNC_MS)
  else if (storageClassName)
    report('Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io ${JSON.stringify(storageClassName)} not found`)
  else report('Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set')
  return requeueAfter(RESYNC_MS)
}

/** A claim that asked for no class in particular takes the default as soon as there is one: the youngest of several. */
async function takesDefault({ client, informers }: ReconcileContext, claim: PersistentVolumeClaim): Promise<boolean> {
  if (claim.spec.storageClassName !== undefined) return false
  const age = ({ metadata }: StorageClass) => parseTime(metadata.creationTimestamp)
  const [first] = informers
    .list('StorageClass')
    .filter(isDefaultClass)
    .sort((a, b) => age(b) - age(a) || a.metadata.name.localeCompare(b.metadata.name))
  if (!first) return false
  await client.update('PersistentVolumeClaim', { ...claim, spec: { ...claim.spec, storageClassName: first.metadata.name } })
  return true
}

function tellWaiting(context: ReconcileContext, claim: PersistentVolumeClaim): void {
  const pods = context.informers.list('Pod', claim.metadata.namespace)
  const names = pods
    .filter((pod) => !pod.spec.nodeName && claimNamesOf(pod).includes(claim.metadata.name))
    .map(({ metadata }) => metadata.name)
  const report = reporter(context, claim)
  if (names.length === 0) report('Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding')
  else report('Normal', 'WaitForPodScheduled', `waiting for pod${names.length > 1 ? 's' : ''} ${names.join(',')} to be scheduled`)
}

/** A claim that names its volume: it gets that one or none. */
async function bindNamed(context: ReconcileContext, claim: PersistentVolumeClaim): Promise<Outcome> {
  const name = claim.spec.volumeName ?? ''
  const volume = context.informers.get('PersistentVolume', name)
  if (!volume) return done
  const report = reporter(context, claim)
  const isReserved = isFor(volume, claim)
  if (volume.spec.claimRef && !isReserved) {
    report('Warning', 'FailedBinding', `volume ${JSON.stringify(name)} already bound to a different claim.`)
    return requeueAfter(RESYNC_MS)
  }
  const mismatch = isReserved ? undefined : mismatchOf(volume, claim)
  if (mismatch) {
    report('Warning', 'VolumeMismatch', `Cannot bind to requested volume ${JSON.stringify(name)}: ${mismatch}`)
    return requeueAfter(RESYNC_MS)
  }
  await bind(context, claim, volume)
  return done
}

/** A claim that was bound stays so, or is lost for good. */
async function keepBound(context: ReconcileContext, claim: PersistentVolumeClaim): Promise<Outcome> {
  const { volumeName } = claim.spec
  const volume = volumeName ? context.informers.get('PersistentVolume', volumeName) : undefined
  const reference = volume?.spec.claimRef
  if (volume && (!reference || reference.uid === claim.metadata.uid)) await bind(context, claim, volume)
  else if (volume)
    await lose(context, claim, 'ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly')
  else {
    const what = volumeName ? 'its PersistentVolume' : 'reference to PersistentVolume'
    await lose(context, claim, 'ClaimLost', `Bound claim has lost ${what}. Data on the volume is lost!`)
  }
  return done
}

async function lose(context: ReconcileContext, claim: PersistentVolumeClaim, reason: string, message: string): Promise<void> {
  if (claim.status?.phase === 'Lost') return
  await context.client.updateStatus('PersistentVolumeClaim', { ...claim, status: { phase: 'Lost' } })
  reporter(context, claim)('Warning', reason, message)
}
