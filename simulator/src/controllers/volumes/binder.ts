/** Binds claims to volumes, and makes volumes for classes that provision. Models pkg/controller/volume/persistentvolume (v1.36). */
import { clone, keyOf } from '../../objects/object.js'
import { compareQuantities, unitsOf } from '../../objects/quantity.js'
import { selectorOf } from '../../objects/selector.js'
import { isNotFound } from '../../objects/status.js'
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../schema/kubernetes.generated.js'
import { defineController, done, type Outcome, type ReconcileContext, requeueAfter } from '../runtime/controller.js'
import { claimNamesOf } from './claim-names.js'
import { LOCAL_PATH, makeVolume, PROVISIONED_BY, SELECTED_NODE } from './local-path.js'

const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed'
const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller'
const PROVISIONER = 'volume.kubernetes.io/storage-provisioner'
const BETA_PROVISIONER = 'volume.beta.kubernetes.io/storage-provisioner'

/** So often are claims that wait looked at again: a Pod that uses one brings nobody here. @see PVClaimBinderSyncPeriod */
const RESYNC_MS = 15_000

const sizeOf = (list: unknown): string => (list as { storage?: string } | undefined)?.storage ?? '0'
const requestOf = (claim: PersistentVolumeClaim): string => sizeOf(claim.spec.resources?.requests)

/** Whether the volume could serve the claim, apart from being taken. */
function fits(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  if ((volume.spec.storageClassName ?? '') !== (claim.spec.storageClassName ?? '')) return false
  if ((volume.spec.volumeMode ?? 'Filesystem') !== (claim.spec.volumeMode ?? 'Filesystem')) return false
  if (!(claim.spec.accessModes ?? []).every((mode) => volume.spec.accessModes?.includes(mode))) return false
  if (claim.spec.selector && !selectorOf(claim.spec.selector)(volume.metadata.labels)) return false
  return compareQuantities(sizeOf(volume.spec.capacity), requestOf(claim)) >= 0
}

const isFor = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean => {
  const reference = volume.spec.claimRef
  if (reference?.namespace !== claim.metadata.namespace || reference?.name !== claim.metadata.name) return false
  return !reference?.uid || reference.uid === claim.metadata.uid
}

/** Of the volumes the one that was made for the claim, else the smallest free one that fits. */
export function couldServe(volumes: PersistentVolume[], claim: PersistentVolumeClaim): PersistentVolume | undefined {
  const living = volumes.filter((volume) => !volume.metadata.deletionTimestamp)
  const reserved = living.find((volume) => isFor(volume, claim))
  if (reserved) return reserved
  const free = living.filter((volume) => !volume.spec.claimRef && volume.status?.phase === 'Available' && fits(volume, claim))
  return free.sort(
    (a, b) =>
      unitsOf(sizeOf(a.spec.capacity)) - unitsOf(sizeOf(b.spec.capacity)) || a.metadata.name.localeCompare(b.metadata.name),
  )[0]
}

export const claimController = defineController({
  name: 'persistent-volume-binder',
  eventSource: 'persistentvolume-controller',
  reconciles: 'PersistentVolumeClaim',
  reads: ['StorageClass', 'Pod'],
  watches: {
    PersistentVolume: ({ object }, informers) => {
      const { claimRef } = object.spec
      if (claimRef) return [`${claimRef.namespace}/${claimRef.name}`]
      return informers
        .list('PersistentVolumeClaim')
        .filter((claim) => !claim.spec.volumeName && fits(object, claim))
        .map(keyOf)
    },
    StorageClass: ({ object }, informers) =>
      informers
        .list('PersistentVolumeClaim')
        .filter(({ spec }) => !spec.volumeName && spec.storageClassName === object.metadata.name)
        .map(keyOf),
  },
  async reconcile(context, key) {
    const claim = context.informers.get('PersistentVolumeClaim', key)
    if (!claim || claim.metadata.deletionTimestamp) return done
    return claim.spec.volumeName ? completeBinding(context, claim) : findVolume(context, claim)
  },
})

async function findVolume(context: ReconcileContext, claim: PersistentVolumeClaim): Promise<Outcome> {
  const { informers } = context
  const storageClass = claim.spec.storageClassName ? informers.get('StorageClass', claim.spec.storageClassName) : undefined
  const waits = storageClass?.volumeBindingMode === 'WaitForFirstConsumer' && !claim.metadata.annotations?.[SELECTED_NODE]
  const volume = couldServe(informers.list('PersistentVolume'), claim)
  if (volume && (!waits || isFor(volume, claim))) return bind(context, claim, volume)
  if (waits) {
    const pods = informers.list('Pod', claim.metadata.namespace)
    const waiting = pods.find((pod) => !pod.spec.nodeName && claimNamesOf(pod).includes(claim.metadata.name))
    if (waiting)
      report(context, claim, 'Normal', 'WaitForPodScheduled', `waiting for pod ${waiting.metadata.name} to be scheduled`)
    else report(context, claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding')
    return requeueAfter(RESYNC_MS)
  }
  if (!claim.spec.storageClassName)
    report(
      context,
      claim,
      'Normal',
      'FailedBinding',
      'no persistent volumes available for this claim and no storage class is set',
    )
  else if (!storageClass)
    report(
      context,
      claim,
      'Warning',
      'ProvisioningFailed',
      `storageclass.storage.k8s.io ${JSON.stringify(claim.spec.storageClassName)} not found`,
    )
  else await provision(context, claim, storageClass)
  return done
}

function report(
  { events }: ReconcileContext,
  claim: PersistentVolumeClaim,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  events.record(claim, { type, reason, message })
}

async function bind({ client }: ReconcileContext, claim: PersistentVolumeClaim, volume: PersistentVolume): Promise<Outcome> {
  const { name, namespace, uid, resourceVersion } = claim.metadata
  const reference = { kind: 'PersistentVolumeClaim', apiVersion: 'v1', name, namespace, uid, resourceVersion }
  let bound = volume
  if (volume.spec.claimRef?.uid !== uid) {
    const copy = clone(volume)
    copy.spec.claimRef = { ...copy.spec.claimRef, ...reference }
    if (!volume.spec.claimRef) copy.metadata.annotations = { ...copy.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' }
    bound = await client.update('PersistentVolume', copy)
  }
  await client.updateStatus('PersistentVolume', { ...bound, status: { ...bound.status, phase: 'Bound' } })
  const copy = clone(claim)
  // Not where the claim names its volume by itself.
  const chosenHere = claim.spec.volumeName ? {} : { [BOUND_BY_CONTROLLER]: 'yes' }
  copy.metadata.annotations = { ...copy.metadata.annotations, [BIND_COMPLETED]: 'yes', ...chosenHere }
  copy.spec.volumeName = volume.metadata.name
  const updated = await client.update('PersistentVolumeClaim', copy)
  await client.updateStatus('PersistentVolumeClaim', { ...updated, status: boundStatus(bound) })
  return done
}

const boundStatus = ({ spec }: PersistentVolume) =>
  ({ phase: 'Bound', accessModes: spec.accessModes, capacity: spec.capacity }) as NonNullable<PersistentVolumeClaim['status']>

/** A claim that names its volume: bound when the volume is its own, lost when it is gone. */
async function completeBinding(context: ReconcileContext, claim: PersistentVolumeClaim): Promise<Outcome> {
  const { client, informers } = context
  const volume = informers.get('PersistentVolume', claim.spec.volumeName ?? '')
  const isComplete = claim.metadata.annotations?.[BIND_COMPLETED] !== undefined
  if (!volume) {
    if (isComplete && claim.status?.phase !== 'Lost') {
      await client.updateStatus('PersistentVolumeClaim', { ...claim, status: { ...claim.status, phase: 'Lost' } })
      report(context, claim, 'Warning', 'ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!')
    }
    return done
  }
  if (!isComplete && (!volume.spec.claimRef || isFor(volume, claim))) return bind(context, claim, volume)
  if (isFor(volume, claim) && claim.status?.phase !== 'Bound')
    await client.updateStatus('PersistentVolumeClaim', { ...claim, status: boundStatus(volume) })
  return done
}

/** Calls the provisioner of the class by an annotation; ours is kind's, every other is somebody else's and does not run. */
async function provision(context: ReconcileContext, claim: PersistentVolumeClaim, storageClass: StorageClass): Promise<void> {
  const { provisioner } = storageClass
  if (provisioner === 'kubernetes.io/no-provisioner') return
  const called = await call(context, claim, provisioner)
  const external = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`
  const waiting = () => report(context, called, 'Normal', 'ExternalProvisioning', external)
  if (provisioner === LOCAL_PATH) await makeVolume(context, called, { storageClass, waiting })
  else waiting()
}

async function call({ client }: ReconcileContext, claim: PersistentVolumeClaim, provisioner: string) {
  if (claim.metadata.annotations?.[PROVISIONER] === provisioner) return claim
  const annotations = { ...claim.metadata.annotations, [PROVISIONER]: provisioner, [BETA_PROVISIONER]: provisioner }
  return client.update('PersistentVolumeClaim', { ...claim, metadata: { ...claim.metadata, annotations } })
}

export const volumeController = defineController({
  name: 'persistent-volume-binder',
  eventSource: 'persistentvolume-controller',
  reconciles: 'PersistentVolume',
  watches: {
    PersistentVolumeClaim: ({ object }, informers) =>
      informers
        .list('PersistentVolume')
        .filter((volume) => isFor(volume, object))
        .map(keyOf),
  },
  async reconcile({ client, informers, events }, key) {
    const volume = informers.get('PersistentVolume', key)
    if (!volume) return done
    const phaseTo = async (phase: string) => {
      if (volume.status?.phase !== phase)
        await client.updateStatus('PersistentVolume', { ...volume, status: { ...volume.status, phase } })
    }
    const reference = volume.spec.claimRef
    if (!reference?.uid) {
      await phaseTo('Available')
      return done
    }
    const claim = informers.get('PersistentVolumeClaim', `${reference.namespace}/${reference.name}`)
    if (claim?.metadata.uid === reference.uid) return done
    if (volume.status?.phase !== 'Failed') await phaseTo('Released')
    const policy = volume.spec.persistentVolumeReclaimPolicy
    if (policy !== 'Delete') return done
    const fault = volume.metadata.annotations?.[PROVISIONED_BY] ? undefined : deletionFault(volume)
    if (!fault) await client.delete('PersistentVolume', key).catch(ignoreMissing)
    else if (volume.status?.phase !== 'Failed') {
      await client.updateStatus('PersistentVolume', { ...volume, status: { ...volume.status, phase: 'Failed', message: fault } })
      events.record(volume, { type: 'Warning', reason: 'VolumeFailedDelete', message: fault })
    }
    return done
  },
})

/** Why nobody can delete what a volume holds. @see pkg/volume/hostpath: newDeleter */
function deletionFault({ metadata, spec }: PersistentVolume): string | undefined {
  const path = spec.hostPath?.path
  if (path === undefined)
    return `error getting deleter volume plugin for volume ${JSON.stringify(metadata.name)}: no deletable volume plugin matched`
  return path.startsWith('/tmp/') ? undefined : `host_path deleter only supports /tmp/.+ but received provided ${path}`
}

const ignoreMissing = (error: unknown): void => {
  if (!isNotFound(error)) throw error
}
