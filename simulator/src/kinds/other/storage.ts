/** StorageClass and the other kinds of storage.k8s.io. @see pkg/apis/storage/validation/validation.go */
import { dnsSubdomain, qualifiedName } from '../../objects/names.js'
import { sameJson } from '../../objects/object.js'
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  StorageClass,
  VolumeAttachment,
  VolumeAttributesClass,
} from '../../schema/kubernetes.generated.js'
import { follow, named } from '../checks.js'
import { ageColumn, column, columns, defaultColumns, integerColumn } from '../columns.js'
import { type Column, defineKind } from '../define.js'
import { immutable } from '../metadata.js'

const DEFAULT_CLASS = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class']
export const isDefaultClass = (object: StorageClass): boolean =>
  DEFAULT_CLASS.some((key) => object.metadata.annotations?.[key] === 'true')

const RECLAIM = ['Delete', 'Retain']
const BINDING = ['Immediate', 'WaitForFirstConsumer']

export const storageClass = defineKind<StorageClass>('storage.k8s.io', 'StorageClass', {
  defaults(object) {
    object.reclaimPolicy ??= 'Delete'
    object.volumeBindingMode ??= 'Immediate'
  },
  validate({ provisioner, parameters, reclaimPolicy, volumeBindingMode }, errors) {
    if (!provisioner) errors.required('provisioner')
    else follow((name) => qualifiedName(name.toLowerCase()), provisioner, 'provisioner', errors)
    for (const key of Object.keys(parameters ?? {})) if (!key) errors.invalid('parameters', key, 'field can not be empty.')
    if (!RECLAIM.includes(reclaimPolicy ?? '')) errors.notSupported('reclaimPolicy', reclaimPolicy, RECLAIM)
    if (!BINDING.includes(volumeBindingMode ?? '')) errors.notSupported('volumeBindingMode', volumeBindingMode, BINDING)
  },
  validateUpdate(object, old, errors) {
    for (const name of ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const)
      immutable(object[name], old[name], name, errors)
  },
  columns: [
    { name: 'Name', format: 'name', value: (object) => `${object.metadata.name}${isDefaultClass(object) ? ' (default)' : ''}` },
    column('Provisioner', (object) => object.provisioner),
    column('ReclaimPolicy', (object) => object.reclaimPolicy),
    column('VolumeBindingMode', (object) => object.volumeBindingMode),
    { name: 'AllowVolumeExpansion', value: (object) => String(object.allowVolumeExpansion ?? false) },
    ageColumn as Column<StorageClass>,
  ],
})

export const csiDriver = defineKind<CSIDriver>('storage.k8s.io', 'CSIDriver', {
  warnings: ({ spec }) =>
    spec.tokenRequests?.length && spec.serviceAccountTokenInSecrets === undefined
      ? [
          'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes',
        ]
      : [],
  defaults({ spec }) {
    spec.attachRequired ??= true
    spec.podInfoOnMount ??= false
    spec.storageCapacity ??= false
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType'
    if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent']
    spec.requiresRepublish ??= false
    spec.seLinuxMount ??= false
  },
  validateUpdate(object, old, errors) {
    immutable(object.spec.attachRequired, old.spec.attachRequired, 'spec.attachedRequired', errors)
    immutable(object.spec.volumeLifecycleModes, old.spec.volumeLifecycleModes, 'spec.volumeLifecycleModes', errors)
  },
  columns: columns<CSIDriver>(
    { name: 'AttachRequired', value: ({ spec }) => String(spec.attachRequired ?? true) },
    { name: 'PodInfoOnMount', value: ({ spec }) => String(spec.podInfoOnMount ?? false) },
    { name: 'StorageCapacity', value: ({ spec }) => String(spec.storageCapacity ?? false) },
    {
      name: 'TokenRequests',
      value: ({ spec }) =>
        spec.tokenRequests?.map((each) => (each as { audience?: string }).audience ?? '').join(',') ?? '<unset>',
    },
    { name: 'RequiresRepublish', value: ({ spec }) => String(spec.requiresRepublish ?? false) },
    column('Modes', ({ spec }) => spec.volumeLifecycleModes?.join(',')),
  ),
})

export const csiNode = defineKind<CSINode>('storage.k8s.io', 'CSINode', {
  columns: columns<CSINode>(integerColumn('Drivers', ({ spec }) => spec.drivers?.length)),
})

export const csiStorageCapacity = defineKind<CSIStorageCapacity>('storage.k8s.io', 'CSIStorageCapacity', {
  validate: (object, errors) => named(dnsSubdomain, object.storageClassName, 'storageClassName', errors),
  validateUpdate: (object, old, errors) => immutable(object.storageClassName, old.storageClassName, 'storageClassName', errors),
  // Upstream's printer is not registered with its storage: the columns of every kind are shown.
  columns: defaultColumns as Column<CSIStorageCapacity>[],
})

export const volumeAttachment = defineKind<VolumeAttachment>('storage.k8s.io', 'VolumeAttachment', {
  validate({ spec }, errors) {
    if (!spec.attacher) errors.required('spec.attacher')
    if (!spec.nodeName) errors.required('spec.nodeName')
    if (!spec.source?.persistentVolumeName && !spec.source?.inlineVolumeSpec)
      errors.required('spec.source', 'must specify one of inlineVolumeSpec and persistentVolumeName')
  },
  validateUpdate(object, old, errors) {
    if (!sameJson(object.spec, old.spec)) errors.invalid('spec', object.spec, 'field is immutable')
  },
  columns: columns<VolumeAttachment>(
    column('Attacher', ({ spec }) => spec.attacher, ''),
    column('PV', ({ spec }) => spec.source.persistentVolumeName, ''),
    column('Node', ({ spec }) => spec.nodeName, ''),
    { name: 'Attached', value: ({ status }) => String(status?.attached ?? false) },
  ),
})

export const volumeAttributesClass = defineKind<VolumeAttributesClass>('storage.k8s.io', 'VolumeAttributesClass', {
  finalizers: ['kubernetes.io/vac-protection'],
  validate(object, errors) {
    if (!object.driverName) errors.required('driverName')
    if (!Object.keys(object.parameters ?? {}).length) errors.required('parameters', 'must contain at least one key/value pair')
  },
  validateUpdate(object, old, errors) {
    if (object.driverName !== old.driverName) errors.forbidden('driverName', 'updates to driverName are forbidden.')
    if (!sameJson(object.parameters, old.parameters)) errors.forbidden('parameters', 'updates to parameters are forbidden.')
  },
  columns: columns<VolumeAttributesClass>(column('DriverName', (object) => object.driverName, '')),
})
