/** What PersistentVolumes and claims may hold. @see pkg/apis/core/validation/validation.go */
import type { FieldErrors } from '../../objects/field-errors.js'
import { dnsSubdomain } from '../../objects/names.js'
import { compareQuantities } from '../../objects/quantity.js'
import { asResourceList } from '../../objects/resource-list.js'
import type { PersistentVolume, PersistentVolumeClaim } from '../../schema/kubernetes.generated.js'
import { follow } from '../checks.js'
import { validateSelector } from '../label-selector.js'
import { validateNodeTerms } from './pod-spec/placement.js'
import { HOST_PATH_TYPES, noBacksteps } from './pod-spec/volumes.js'

const MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
const VOLUME_MODES = ['Block', 'Filesystem']
const POLICIES = ['Delete', 'Recycle', 'Retain']
const LONGEST_DRIVER = 63

function validateModes(list: string[] | undefined, path: string, errors: FieldErrors): void {
  const known = (list ?? []).filter((mode) => MODES.includes(mode))
  for (const mode of list ?? []) if (!MODES.includes(mode)) errors.notSupported(path, mode, MODES)
  if (known.includes('ReadWriteOncePod') && known.some((mode) => mode !== 'ReadWriteOncePod'))
    errors.forbidden(path, 'may not use ReadWriteOncePod with other access modes')
}

function validateVolumeMode(mode: string | undefined, path: string, errors: FieldErrors): void {
  if (mode !== undefined && !VOLUME_MODES.includes(mode)) errors.notSupported(path, mode, VOLUME_MODES)
}

export function validateDriverName(name: string | undefined, path: string, errors: FieldErrors): void {
  if (!name) {
    errors.required(path)
    return
  }
  if (name.length > LONGEST_DRIVER) errors.tooLong(path, LONGEST_DRIVER)
  follow((text) => dnsSubdomain(text.toLowerCase()), name, path, errors)
}

type VolumeSpec = PersistentVolume['spec']

/** The sources that are looked into; the others are only counted. In upstream's order. */
const SOURCES: Record<string, (spec: VolumeSpec, path: string, errors: FieldErrors) => void> = {
  hostPath({ hostPath }, path, errors) {
    if (!hostPath?.path) {
      errors.required(`${path}.path`)
      return
    }
    noBacksteps(hostPath.path, `${path}.path`, errors)
    if (hostPath.type && !HOST_PATH_TYPES.includes(hostPath.type))
      errors.notSupported(`${path}.type`, hostPath.type, HOST_PATH_TYPES)
  },
  nfs({ nfs }, path, errors) {
    if (!nfs?.server) errors.required(`${path}.server`)
    if (!nfs?.path) errors.required(`${path}.path`)
    if (!nfs?.path?.startsWith('/')) errors.invalid(`${path}.path`, nfs?.path ?? '', 'must be an absolute path')
  },
  local({ local, nodeAffinity }, path, errors) {
    if (!local?.path) errors.required(`${path}.path`)
    else noBacksteps(local.path, `${path}.path`, errors)
    if (!nodeAffinity) errors.required('spec.nodeAffinity', 'Local volume requires node affinity')
  },
  csi({ csi }, path, errors) {
    validateDriverName(csi?.driver, `${path}.driver`, errors)
    if (!csi?.volumeHandle) errors.required(`${path}.volumeHandle`)
  },
}
const SOURCE_ORDER = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
]

/** The fields of a volume's spec that say where it is. */
export const sourcesOf = (spec: VolumeSpec): string[] => {
  const fields = spec as unknown as Record<string, unknown>
  return SOURCE_ORDER.filter((name) => fields[name] !== undefined)
}

function validateSources(spec: VolumeSpec, errors: FieldErrors): void {
  const [first, ...others] = sourcesOf(spec)
  if (first === undefined) errors.required('spec', 'must specify a volume type')
  else SOURCES[first]?.(spec, `spec.${first}`, errors)
  for (const other of others) errors.forbidden(`spec.${other}`, 'may not specify more than 1 volume type')
}

function validateCapacity({ capacity }: VolumeSpec, errors: FieldErrors): void {
  const given = asResourceList(capacity)
  const names = Object.keys(given).sort()
  if (names.length === 0) errors.required('spec.capacity')
  if (given.storage === undefined || names.length > 1) {
    const shown = names.length === 0 ? null : Object.fromEntries(names.map((name) => [name, given[name]]))
    errors.notSupported('spec.capacity', shown, ['storage'])
  }
  for (const name of names)
    if (compareQuantities(given[name] ?? '0', '0') <= 0)
      errors.invalid(`spec.capacity[${name}]`, given[name], 'must be greater than zero')
}

export function validateVolumeSpec(spec: VolumeSpec, errors: FieldErrors): void {
  if (!spec.accessModes?.length) errors.required('spec.accessModes')
  validateModes(spec.accessModes, 'spec.accessModes', errors)
  validateCapacity(spec, errors)
  const policy = spec.persistentVolumeReclaimPolicy
  if (policy && !POLICIES.includes(policy)) errors.notSupported('spec.persistentVolumeReclaimPolicy', policy, POLICIES)
  const required = spec.nodeAffinity?.required
  if (required) validateNodeTerms(required.nodeSelectorTerms ?? [], 'spec.nodeAffinity.required.nodeSelectorTerms', errors)
  else if (spec.nodeAffinity) errors.required('spec.nodeAffinity.required', 'must specify required node constraints')
  validateSources(spec, errors)
  if (/^\/+$/.test(spec.hostPath?.path ?? '') && policy === 'Recycle')
    errors.forbidden('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'")
  if (spec.storageClassName) follow(dnsSubdomain, spec.storageClassName, 'spec.storageClassName', errors)
  validateVolumeMode(spec.volumeMode, 'spec.volumeMode', errors)
}

type ClaimSpec = PersistentVolumeClaim['spec']

/** Others than claims and snapshots are dropped without a word, as they always were. @see pkg/api/persistentvolumeclaim/util.go */
export function dropOtherDataSource(spec: ClaimSpec): void {
  const { dataSource, dataSourceRef } = spec
  if (!dataSource || dataSourceRef) return
  const isClaim = dataSource.kind === 'PersistentVolumeClaim' && !dataSource.apiGroup
  const isSnapshot = dataSource.kind === 'VolumeSnapshot' && dataSource.apiGroup === 'snapshot.storage.k8s.io'
  if (!isClaim && !isSnapshot) delete spec.dataSource
}

/** Of a claim, or of the template of one. */
export function validateClaimSpec(spec: ClaimSpec, path: string, errors: FieldErrors): void {
  const { accessModes = [], selector, resources, storageClassName, volumeMode, dataSource } = spec
  if (accessModes.length === 0) errors.required(`${path}.accessModes`, 'at least 1 access mode is required')
  if (selector) validateSelector(selector, `${path}.selector`, errors)
  validateModes(accessModes, `${path}.accessModes`, errors)
  const { storage } = asResourceList(resources?.requests)
  if (!storage) errors.required(`${path}.resources[storage]`)
  else if (compareQuantities(storage, '0') <= 0)
    errors.invalid(`${path}.resources[storage]`, storage, 'must be greater than zero')
  if (storageClassName) follow(dnsSubdomain, storageClassName, `${path}.storageClassName`, errors)
  validateVolumeMode(volumeMode, `${path}.volumeMode`, errors)
  if (dataSource && !dataSource.name) errors.required(`${path}.dataSource.name`)
  if (dataSource && !dataSource.kind) errors.required(`${path}.dataSource.kind`)
}
