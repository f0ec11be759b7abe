/** What the provisioner of kind's class does, as far as the API shows it. Models rancher/local-path-provisioner. */
import type { Client } from '../../client/client.js'
import { keyOf } from '../../objects/object.js'
import { isNotFound } from '../../objects/status.js'
import type { PersistentVolumeClaim, StorageClass } from '../../schema/kubernetes.generated.js'
import type { ReconcileContext } from '../runtime/controller.js'
import { EventRecorder } from '../runtime/events.js'

/** The provisioner of kind's class `standard`. */
export const LOCAL_PATH = 'rancher.io/local-path'
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by'
/** On a claim: where its first Pod goes. */
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node'
const NAMESPACE = 'local-path-storage'

const recorders = new WeakMap<object, EventRecorder>()

/** It tells of itself by the name of its Pod and a number of its own. */
function recorderOf({ client, clock, informers, random }: ReconcileContext): EventRecorder {
  const known = recorders.get(client)
  if (known) return known
  const pod = informers.list('Pod', NAMESPACE).find(({ metadata }) => metadata.labels?.app === 'local-path-provisioner')
  const component = `${LOCAL_PATH}_${pod?.metadata.name ?? 'local-path-provisioner'}_${random.uuid()}`
  const made = new EventRecorder(client, clock, { component })
  recorders.set(client, made)
  return made
}

interface Making {
  storageClass: StorageClass
  /** Called once the provisioner is at work, as the binder is heard of then. */
  waiting: () => void
}

export async function makeVolume(
  context: ReconcileContext,
  claim: PersistentVolumeClaim,
  { storageClass, waiting }: Making,
): Promise<void> {
  const { client } = context
  const name = `pvc-${claim.metadata.uid}`
  // Asked, not looked up: an informer may lag behind what the reconcile before this one has made.
  if (await exists(client, name)) return
  const events = recorderOf(context)
  const message = `External provisioner is provisioning volume for claim "${keyOf(claim)}"`
  events.record(claim, { type: 'Normal', reason: 'Provisioning', message })
  waiting()
  await client.create('PersistentVolume', volumeFor(claim, { name, storageClass }))
  events.record(claim, { type: 'Normal', reason: 'ProvisioningSucceeded', message: `Successfully provisioned volume ${name}` })
}

const exists = (client: Client, name: string): Promise<boolean> =>
  client.get('PersistentVolume', name).then(
    () => true,
    (error: unknown) => {
      if (isNotFound(error)) return false
      throw error
    },
  )

function volumeFor(claim: PersistentVolumeClaim, { name, storageClass }: { name: string; storageClass: StorageClass }) {
  const node = claim.metadata.annotations?.[SELECTED_NODE] ?? ''
  const { namespace, uid, resourceVersion } = claim.metadata
  return {
    metadata: { name, annotations: { 'local.path.provisioner/selected-node': node, [PROVISIONED_BY]: LOCAL_PATH } },
    spec: {
      capacity: { storage: (claim.spec.resources?.requests as { storage?: string } | undefined)?.storage ?? '0' },
      accessModes: claim.spec.accessModes,
      claimRef: {
        kind: 'PersistentVolumeClaim',
        apiVersion: 'v1',
        name: claim.metadata.name,
        namespace,
        uid,
        resourceVersion,
      },
      hostPath: {
        path: `/var/local-path-provisioner/${name}_${namespace}_${claim.metadata.name}`,
        type: 'DirectoryOrCreate',
      },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy,
      storageClassName: storageClass.metadata.name,
      volumeMode: 'Filesystem',
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }],
        },
      },
    },
  }
}
