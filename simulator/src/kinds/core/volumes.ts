/** PersistentVolume and PersistentVolumeClaim. */
import type { FieldErrors } from '../../objects/field-errors.js'
import { dnsSubdomain } from '../../objects/names.js'
import { clone, sameJson } from '../../objects/object.js'
import { compareQuantities } from '../../objects/quantity.js'
import type { PersistentVolume, PersistentVolumeClaim } from '../../schema/kubernetes.generated.js'
import { follow } from '../checks.js'
import { ageColumn, column, columns, nameColumn, wide } from '../columns.js'
import { type Column, defineKind } from '../define.js'
import { validateSelector } from '../label-selector.js'

const MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
const SHORT: Record<string, string> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}
const ORDER = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod']

/** `RWO,ROX` */
const modes = (list: string[] | undefined): string =>
  ORDER.filter((mode) => list?.includes(mode))
    .map((mode) => SHORT[mode])
    .join(',')

function validateModes(list: string[] | undefined, path: string, errors: FieldErrors): void {
  if (!list?.length) errors.required(path, 'at least 1 access mode is required')
  for (const mode of list ?? []) if (!MODES.includes(mode)) errors.notSupported(path, mode, MODES)
}

const NOT_SOURCES = new Set([
  'capacity',
  'accessModes',
  'claimRef',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'mountOptions',
  'volumeMode',
  'nodeAffinity',
  'volumeAttributesClassName',
])

const pvColumns: Column<PersistentVolume>[] = columns<PersistentVolume>(
  column('Capacity', (object) => (object.spec.capacity as Record<string, string> | undefined)?.storage, ''),
  column('Access Modes', (object) => modes(object.spec.accessModes), ''),
  column('Reclaim Policy', (object) => object.spec.persistentVolumeReclaimPolicy, ''),
  column('Status', (object) => (object.metadata.deletionTimestamp ? 'Terminating' : object.status?.phase), ''),
  column('Claim', (object) => (object.spec.claimRef ? `${object.spec.claimRef.namespace}/${object.spec.claimRef.name}` : ''), ''),
  column('StorageClass', (object) => object.spec.storageClassName, ''),
  column('VolumeAttributesClass', (object) => object.spec.volumeAttributesClassName, '<unset>'),
  column('Reason', (object) => object.status?.reason, ''),
  wide(column('VolumeMode', (object) => object.spec.volumeMode, '<unset>')),
)

export const persistentVolume = defineKind<PersistentVolume>('', 'PersistentVolume', {
  finalizers: ['kubernetes.io/pv-protection'],
  defaults(object) {
    object.spec.persistentVolumeReclaimPolicy ??= 'Retain'
    object.spec.volumeMode ??= 'Filesystem'
    if (object.spec.hostPath) object.spec.hostPath.type ??= ''
  },
  warnings: ({ spec }) =>
    spec.persistentVolumeReclaimPolicy === 'Recycle'
      ? [
          'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
        ]
      : [],
  prepareForCreate(object, { clock }) {
    object.status = { phase: 'Pending', lastPhaseTransitionTime: `${new Date(clock.now()).toISOString().slice(0, 19)}Z` }
  },
  validate(object, errors) {
    validateModes(object.spec.accessModes, 'spec.accessModes', errors)
    if (!object.spec.capacity) errors.required('spec.capacity')
    else if (!(object.spec.capacity as Record<string, string>).storage)
      errors.notSupported('spec.capacity', object.spec.capacity, ['storage'])
    const sources = Object.keys(object.spec).filter((key) => !NOT_SOURCES.has(key))
    if (sources.length === 0) errors.required('spec', 'must specify a volume type')
    for (const extra of sources.slice(1)) errors.forbidden(`spec.${extra}`, 'may not specify more than 1 volume type')
    if (object.spec.hostPath && !object.spec.hostPath.path) errors.required('spec.hostPath.path')
    const policies = ['Delete', 'Recycle', 'Retain']
    if (!policies.includes(object.spec.persistentVolumeReclaimPolicy ?? ''))
      errors.notSupported('spec.persistentVolumeReclaimPolicy', object.spec.persistentVolumeReclaimPolicy, policies)
    if (object.spec.storageClassName)
      for (const problem of dnsSubdomain(object.spec.storageClassName))
        errors.invalid('spec.storageClassName', object.spec.storageClassName, problem)
  },
  validateUpdate(object, old, errors) {
    const source = (each: PersistentVolume) =>
      Object.fromEntries(Object.entries(each.spec).filter(([key]) => !NOT_SOURCES.has(key)))
    if (!sameJson(source(object), source(old)))
      errors.forbidden('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation')
  },
  columns: pvColumns,
})

const isResize = (object: PersistentVolumeClaim, old: PersistentVolumeClaim): boolean => {
  const adjusted = clone(object)
  adjusted.spec.resources = { ...adjusted.spec.resources, requests: old.spec.resources?.requests }
  adjusted.spec.volumeName = old.spec.volumeName || adjusted.spec.volumeName
  adjusted.spec.volumeAttributesClassName = old.spec.volumeAttributesClassName
  const before = clone(old)
  before.spec.volumeName = adjusted.spec.volumeName
  return sameJson(adjusted.spec, before.spec)
}

const storageOf = (list: unknown): string | undefined =>
  (list as { requests?: { storage?: string } } | undefined)?.requests?.storage

/** Of a claim, or of the template of one. */
export function validateClaimSpec(spec: PersistentVolumeClaim['spec'], path: string, errors: FieldErrors): void {
  const { accessModes = [], selector, resources, storageClassName, volumeMode, dataSource } = spec
  validateModes(accessModes, `${path}.accessModes`, errors)
  if (accessModes.length > 1 && accessModes.includes('ReadWriteOncePod'))
    errors.forbidden(`${path}.accessModes`, 'may not use ReadWriteOncePod with other access modes')
  if (selector) validateSelector(selector, `${path}.selector`, errors)
  const storage = storageOf(resources)
  if (!storage) errors.required(`${path}.resources[storage]`)
  else if (compareQuantities(storage, '0') <= 0)
    errors.invalid(`${path}.resources[storage]`, storage, 'must be greater than zero')
  if (storageClassName) follow(dnsSubdomain, storageClassName, `${path}.storageClassName`, errors)
  if (volumeMode !== undefined && !VOLUME_MODES.includes(volumeMode))
    errors.notSupported(`${path}.volumeMode`, volumeMode, VOLUME_MODES)
  if (dataSource && !dataSource.name) errors.required(`${path}.dataSource.name`)
  if (dataSource && !dataSource.kind) errors.required(`${path}.dataSource.kind`)
}

const VOLUME_MODES = ['Block', 'Filesystem']

export const persistentVolumeClaim = defineKind<PersistentVolumeClaim>('', 'PersistentVolumeClaim', {
  finalizers: ['kubernetes.io/pvc-protection'],
  defaults(object) {
    object.spec.volumeMode ??= 'Filesystem'
  },
  prepareForCreate(object) {
    object.status = { phase: 'Pending' }
  },
  validate: (object, errors) => validateClaimSpec(object.spec, 'spec', errors),
  validateUpdate(object, old, errors) {
    if (!isResize(object, old))
      errors.forbidden(
        'spec',
        'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
      )
    else {
      const [now, before] = [storageOf(object.spec.resources), storageOf(old.spec.resources)]
      if (now && before && compareQuantities(now, before) < 0)
        errors.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')
      else if (now !== before && old.status?.phase !== 'Bound')
        errors.forbidden(
          'spec',
          'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
        )
    }
  },
  columns: [
    nameColumn as Column<PersistentVolumeClaim>,
    column('Status', (object) => (object.metadata.deletionTimestamp ? 'Terminating' : object.status?.phase), ''),
    column('Volume', (object) => object.spec.volumeName, ''),
    column(
      'Capacity',
      (object) => (object.spec.volumeName ? (object.status?.capacity as Record<string, string> | undefined)?.storage : ''),
      '',
    ),
    column('Access Modes', (object) => (object.spec.volumeName ? modes(object.status?.accessModes) : ''), ''),
    column('StorageClass', (object) => object.spec.storageClassName, ''),
    column('VolumeAttributesClass', (object) => object.spec.volumeAttributesClassName, '<unset>'),
    ageColumn as Column<PersistentVolumeClaim>,
    wide(column('VolumeMode', (object) => object.spec.volumeMode, '<unset>')),
  ],
})
