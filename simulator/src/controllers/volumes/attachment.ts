import { createHash } from 'node:crypto'
import { keyOf } from '../../objects/object.js'
import { ignoreMissing, isAlreadyExists } from '../../objects/status.js'
import type { PersistentVolume, Pod } from '../../schema/kubernetes.generated.js'
import { isOver } from '../pods.js'
import { defineController, done } from '../runtime/controller.js'
import type { Informers } from '../runtime/informer.js'
import { claimKeysOf } from './claim-names.js'

/** The volume of a driver that a Pod on a node uses through a claim. */
function volumesOf(pod: Pod, informers: Informers): PersistentVolume[] {
  return claimKeysOf(pod).flatMap((key) => {
    const claim = informers.get('PersistentVolumeClaim', key)
    const volume = claim?.spec.volumeName ? informers.get('PersistentVolume', claim.spec.volumeName) : undefined
    return volume?.spec.csi ? [volume] : []
  })
}

/** As the CSI plugin names it, so that there is one for a volume and a node. */
function nameOf({ spec }: PersistentVolume, node: string): string {
  const text = `${spec.csi?.volumeHandle ?? ''}${spec.csi?.driver ?? ''}${node}`
  return `csi-${createHash('sha256').update(text).digest('hex')}`
}

/**
 * Attaches volumes of CSI drivers to the nodes of the Pods that use them, and detaches them afterwards. It is its own attacher: what a
 * driver would do is done at once. Models pkg/controller/volume/attachdetach (v1.36).
 */
export const attachmentController = defineController({
  name: 'attachdetach-controller',
  eventSource: 'attachdetach-controller',
  reconciles: 'Node',
  reads: ['PersistentVolume', 'PersistentVolumeClaim'],
  watches: {
    Pod: ({ object }) => (object.spec.nodeName ? [object.spec.nodeName] : []),
    VolumeAttachment: ({ object }) => [object.spec.nodeName],
    PersistentVolumeClaim: (_change, informers) => informers.list('Node').map(keyOf),
  },
  async reconcile({ client, informers, events }, node) {
    const pods = informers.list('Pod').filter((pod) => pod.spec.nodeName === node && !isOver(pod))
    const wanted = new Map(
      pods.flatMap((pod) => volumesOf(pod, informers).map((volume) => [nameOf(volume, node), { pod, volume }] as const)),
    )
    const present = informers.list('VolumeAttachment').filter(({ spec }) => spec.nodeName === node)
    for (const [name, { pod, volume }] of wanted) {
      if (present.some(({ metadata }) => metadata.name === name)) continue
      const source = { persistentVolumeName: volume.metadata.name }
      const spec = { attacher: volume.spec.csi?.driver ?? '', nodeName: node, source }
      const made = await client.create('VolumeAttachment', { metadata: { name }, spec }).catch(ignoreExisting)
      if (!made) continue
      await client.updateStatus('VolumeAttachment', { ...made, status: { attached: true } })
      const message = `AttachVolume.Attach succeeded for volume ${JSON.stringify(volume.metadata.name)} `
      events.record(pod, { type: 'Normal', reason: 'SuccessfulAttachVolume', message })
    }
    for (const { metadata } of present.filter((each) => !wanted.has(each.metadata.name) && each.metadata.name.startsWith('csi-')))
      await client.delete('VolumeAttachment', metadata.name).catch(ignoreMissing)
    return done
  },
})

const ignoreExisting = (error: unknown): undefined => {
  if (!isAlreadyExists(error)) throw error
}
