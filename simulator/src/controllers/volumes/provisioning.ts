/** Calls the provisioner of a class by an annotation; ours is kind's, every other is somebody else's and does not run. */
import type { PersistentVolumeClaim, StorageClass } from '../../schema/kubernetes.generated.js'
import type { ReconcileContext } from '../runtime/controller.js'
import { LOCAL_PATH, makeVolume } from './local-path.js'

const PROVISIONER = 'volume.kubernetes.io/storage-provisioner'
const BETA_PROVISIONER = 'volume.beta.kubernetes.io/storage-provisioner'

/** Provisioners that were part of Kubernetes, and the drivers that have taken their place. @see csi-translation-lib/plugins */
const MIGRATED: Record<string, string> = {
  'kubernetes.io/aws-ebs': 'ebs.csi.aws.com',
  'kubernetes.io/azure-disk': 'disk.csi.azure.com',
  'kubernetes.io/azure-file': 'file.csi.azure.com',
  'kubernetes.io/cinder': 'cinder.csi.openstack.org',
  'kubernetes.io/gce-pd': 'pd.csi.storage.gke.io',
  'kubernetes.io/portworx-volume': 'pxd.portworx.com',
  'kubernetes.io/vsphere-volume': 'csi.vsphere.vmware.com',
}

/** @returns whether somebody has been called; no plugin of Kubernetes itself provisions any more */
export async function provision(
  context: ReconcileContext,
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
): Promise<boolean> {
  const { events } = context
  const provisioner = MIGRATED[storageClass.provisioner] ?? storageClass.provisioner
  if (provisioner.startsWith('kubernetes.io/')) {
    const message = `no volume plugin matched name: ${provisioner}`
    events.record(claim, { type: 'Warning', reason: 'ProvisioningFailed', message })
    return false
  }
  const called = await call(context, claim, provisioner)
  const message = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`
  const waiting = () => events.record(called, { type: 'Normal', reason: 'ExternalProvisioning', message })
  if (provisioner === LOCAL_PATH) await makeVolume(context, called, { storageClass, waiting })
  else waiting()
  return true
}

async function call({ client }: ReconcileContext, claim: PersistentVolumeClaim, provisioner: string) {
  if (claim.metadata.annotations?.[PROVISIONER] === provisioner) return claim
  const annotations = { ...claim.metadata.annotations, [PROVISIONER]: provisioner, [BETA_PROVISIONER]: provisioner }
  return client.update('PersistentVolumeClaim', { ...claim, metadata: { ...claim.metadata, annotations } })
}
