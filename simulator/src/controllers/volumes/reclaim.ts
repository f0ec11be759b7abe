/** The phases of volumes, and what becomes of one whose claim has gone. Models syncVolume of pkg/controller/volume/persistentvolume (v1.36). */
import { keyOf } from '../../objects/object.js'
import { ignoreMissing } from '../../objects/status.js'
import type { PersistentVolume, PersistentVolumeClaim } from '../../schema/kubernetes.generated.js'
import { defineController, done, type Outcome, type ReconcileContext } from '../runtime/controller.js'
import { unbind } from './binding.js'
import { PROVISIONED_BY } from './local-path.js'
import { hasMode, isFor } from './matching.js'
import { recycle, recycledBy } from './recycling.js'

export const volumeController = defineController({
  name: 'persistent-volume-binder',
  eventSource: 'persistentvolume-controller',
  reconciles: 'PersistentVolume',
  watches: {
    Pod: ({ object }) => recycledBy(object),
    PersistentVolumeClaim: ({ object }, informers) =>
      informers
        .list('PersistentVolume')
        .filter((volume) => isFor(volume, object))
        .map(keyOf),
  },
  async reconcile(context, key) {
    const volume = context.informers.get('PersistentVolume', key)
    if (!volume) return done
    const reference = volume.spec.claimRef
    if (!reference?.uid) {
      await phaseTo(context, volume, 'Available')
      return done
    }
    const claim = context.informers.get('PersistentVolumeClaim', `${reference.namespace}/${reference.name}`)
    return claim?.metadata.uid === reference.uid ? follow(context, volume, claim) : release(context, volume)
  },
})

async function phaseTo({ client }: ReconcileContext, volume: PersistentVolume, phase: string): Promise<void> {
  if (volume.status?.phase !== phase)
    await client.updateStatus('PersistentVolume', { ...volume, status: { ...volume.status, phase, message: undefined } })
}

/** The claim that a volume is kept for is there. */
async function follow(context: ReconcileContext, volume: PersistentVolume, claim: PersistentVolumeClaim): Promise<Outcome> {
  const { volumeName } = claim.spec
  if (volumeName === volume.metadata.name) await phaseTo(context, volume, 'Bound')
  else if (volumeName) {
    const isMade = volume.metadata.annotations?.[PROVISIONED_BY] !== undefined
    if (isMade && volume.spec.persistentVolumeReclaimPolicy === 'Delete') return release(context, volume)
    await unbind(context, volume)
  } else if (!hasMode(volume, claim)) tellMode(context, volume, claim)
  return done
}

function tellMode({ events }: ReconcileContext, volume: PersistentVolume, claim: PersistentVolumeClaim): void {
  const [held, wanted] = [volume, claim].map(({ metadata }) => JSON.stringify(metadata.name))
  const note = (message: string) => ({ type: 'Warning' as const, reason: 'VolumeMismatch', message })
  const why = 'due to incompatible volumeMode.'
  events.record(volume, note(`Cannot bind PersistentVolume to requested PersistentVolumeClaim ${wanted} ${why}`))
  events.record(claim, note(`Cannot bind PersistentVolume ${held} to requested PersistentVolumeClaim ${why}`))
}

/** The claim has gone: the volume waits for its administrator, or goes too. That it could not is not forgotten. */
async function release(context: ReconcileContext, volume: PersistentVolume): Promise<Outcome> {
  const { client, events } = context
  if (volume.status?.phase !== 'Failed') await phaseTo(context, volume, 'Released')
  if (volume.spec.persistentVolumeReclaimPolicy === 'Recycle') return recycle(context, volume)
  if (volume.spec.persistentVolumeReclaimPolicy !== 'Delete') return done
  const fault = volume.metadata.annotations?.[PROVISIONED_BY] ? undefined : deletionFault(volume)
  if (!fault) await client.delete('PersistentVolume', keyOf(volume)).catch(ignoreMissing)
  else if (volume.status?.phase !== 'Failed') {
    await client.updateStatus('PersistentVolume', { ...volume, status: { ...volume.status, phase: 'Failed', message: fault } })
    events.record(volume, { type: 'Warning', reason: 'VolumeFailedDelete', message: fault })
  }
  return done
}

/** Why nobody can delete what a volume holds. @see pkg/volume/hostpath: newDeleter */
function deletionFault({ metadata, spec }: PersistentVolume): string | undefined {
  const path = spec.hostPath?.path
  if (path === undefined)
    return `error getting deleter volume plugin for volume ${JSON.stringify(metadata.name)}: no deletable volume plugin matched`
  return path.startsWith('/tmp/') ? undefined : `host_path deleter only supports /tmp/.+ but received provided ${path}`
}
