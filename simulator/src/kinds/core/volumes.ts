/** PersistentVolume and PersistentVolumeClaim. */
import { clone, sameJson } from '../../objects/object.js'
import { compareQuantities } from '../../objects/quantity.js'
import type { PersistentVolume, PersistentVolumeClaim } from '../../schema/kubernetes.generated.js'
import { ageColumn, column, columns, nameColumn, wide } from '../columns.js'
import { type Column, defineKind } from '../define.js'
import { immutable } from '../metadata.js'
import { dropOtherDataSource, sourcesOf, validateClaimSpec, validateVolumeSpec } from './volume-checks.js'

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
  validate: ({ spec }, errors) => validateVolumeSpec(spec, errors),
  validateUpdate(object, old, errors) {
    const source = ({ spec }: PersistentVolume) =>
      Object.fromEntries(sourcesOf(spec).map((name) => [name, spec[name as keyof typeof spec]]))
    if (!sameJson(source(object), source(old)))
      errors.forbidden('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation')
    immutable(object.spec.volumeMode, old.spec.volumeMode, 'volumeMode', errors)
  },
  columns: pvColumns,
})

const isResize = (object: PersistentVolumeClaim, old: PersistentVolumeClaim): boolean => {
  const adjusted = clone(object)
  adjusted.spec.resources = { ...adjusted.spec.resources, requests: old.spec.resources?.requests }
  adjusted.spec.volumeName = old.spec.volumeName || adjusted.spec.volumeName
  adjusted.spec.volumeAttributesClassName = old.spec.volumeAttributesClassName
  // A claim without a class may be given one later. @see validateStorageClassUpgradeFromNil
  if (old.spec.storageClassName === undefined) delete adjusted.spec.storageClassName
  const before = clone(old)
  before.spec.volumeName = adjusted.spec.volumeName
  return sameJson(adjusted.spec, before.spec)
}

const storageOf = (list: unknown): string | undefined =>
  (list as { requests?: { storage?: string } } | undefined)?.requests?.storage

export const persistentVolumeClaim = defineKind<PersistentVolumeClaim>('', 'PersistentVolumeClaim', {
  finalizers: ['kubernetes.io/pvc-protection'],
  defaults(object) {
    object.spec.volumeMode ??= 'Filesystem'
  },
  prepareForCreate(object) {
    dropOtherDataSource(object.spec)
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
      (object) =>
        object.spec.volumeName ? ((object.status?.capacity as Record<string, string> | undefined)?.storage ?? '0') : '',
      '',
    ),
    column('Access Modes', (object) => (object.spec.volumeName ? modes(object.status?.accessModes) : ''), ''),
    column('StorageClass', (object) => object.spec.storageClassName, ''),
    column('VolumeAttributesClass', (object) => object.spec.volumeAttributesClassName, '<unset>'),
    ageColumn as Column<PersistentVolumeClaim>,
    wide(column('VolumeMode', (object) => object.spec.volumeMode, '<unset>')),
  ],
})
