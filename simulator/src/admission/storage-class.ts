import { isDefaultClass } from '../kinds/other/storage.js'
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
