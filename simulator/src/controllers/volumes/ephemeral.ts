import { controlledBy, keyOf } from '../../objects/object.js'
import { isAlreadyExists } from '../../objects/status.js'
import { defineController, done } from '../runtime/controller.js'

/** Makes the claims of generic ephemeral volumes, which go with their Pods. Models pkg/controller/volume/ephemeral (v1.36). */
export const ephemeralVolumeController = defineController({
  name: 'ephemeral-volume-controller',
  eventSource: 'ephemeral_volume',
  reconciles: 'Pod',
  watches: {
    PersistentVolumeClaim: ({ type, object }) =>
      type === 'DELETED'
        ? (object.metadata.ownerReferences ?? [])
            .filter(({ kind }) => kind === 'Pod')
            .map(({ name }) => `${object.metadata.namespace}/${name}`)
        : [],
  },
  async reconcile({ client, informers, events }, key) {
    const pod = informers.get('Pod', key)
    if (!pod || pod.metadata.deletionTimestamp) return done
    for (const volume of pod.spec.volumes ?? []) {
      const template = volume.ephemeral?.volumeClaimTemplate
      if (!template) continue
      const name = `${pod.metadata.name}-${volume.name}`
      const { namespace } = pod.metadata
      const present = informers.get('PersistentVolumeClaim', `${namespace}/${name}`)
      const isOwn = present?.metadata.ownerReferences?.some(({ uid }) => uid === pod.metadata.uid)
      if (isOwn) continue
      if (present) {
        const message = `PVC ${keyOf(present)} was not created for pod ${key} (pod is not owner)`
        events.record(pod, { type: 'Warning', reason: 'FailedBinding', message: `ephemeral volume ${volume.name}: ${message}` })
        continue
      }
      const { labels, annotations } = template.metadata ?? {}
      const metadata = { name, namespace, ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) }
      const claim = { metadata: { ...metadata, ownerReferences: [controlledBy(pod)] }, spec: template.spec }
      await client.create('PersistentVolumeClaim', claim).catch(ignoreExisting)
    }
    return done
  },
})

const ignoreExisting = (error: unknown): void => {
  if (!isAlreadyExists(error)) throw error
}
