import { isDefaultClass } from '../kinds/other/storage.js'
import { compareQuantities } from '../objects/quantity.js'
import { asResourceList } from '../objects/resource-list.js'
import { failure } from '../objects/status.js'
import type { PersistentVolumeClaim, StorageClass } from '../schema/kubernetes.generated.js'
import { parseTime } from '../time/clock.js'
import type { AdmissionPlugin } from './admission.js'

/** A claim that names no class gets the default one, the newest where there are several. */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  mutate({ context, request, operation, object }) {
    if (operation !== 'CREATE' || request.resource.storage !== 'persistentvolumeclaims') return
    const claim = object as PersistentVolumeClaim
    if (
      claim.spec.storageClassName !== undefined ||
      claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined
    )
      return
    const classes = (context.store.list('storage.k8s.io/storageclasses') as StorageClass[]).filter(isDefaultClass)
    const [newest] = classes.sort((a, b) => parseTime(b.metadata.creationTimestamp) - parseTime(a.metadata.creationTimestamp))
    if (newest) claim.spec.storageClassName = newest.metadata.name
  },
}

const claimClass = ({ metadata, spec }: PersistentVolumeClaim): string =>
  metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? ''

/** Only a bound claim grows, and only where its class lets it. @see plugin/pkg/admission/storage/persistentvolume/resize */
export const claimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  validate({ context, request, operation, object, old }) {
    if (operation !== 'UPDATE' || request.resource.storage !== 'persistentvolumeclaims' || request.subresource) return
    const [claim, before] = [object as PersistentVolumeClaim, old as PersistentVolumeClaim]
    const sizeOf = ({ spec }: PersistentVolumeClaim) => asResourceList(spec.resources?.requests).storage ?? '0'
    if (compareQuantities(sizeOf(claim), sizeOf(before)) <= 0) return
    const refuse = (why: string) => failure.forbidden(request.resource, object.metadata.name, why)
    if (before.status?.phase !== 'Bound') throw refuse('Only bound persistent volume claims can be expanded')
    const name = claimClass(claim)
    const found = context.store.get('storage.k8s.io/storageclasses', name) as StorageClass | undefined
    if (!name || name !== claimClass(before) || found?.allowVolumeExpansion !== true)
      throw refuse(
        'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
      )
  },
}
