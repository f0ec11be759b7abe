/** Volumes of a Pod. @see pkg/apis/core/validation/validation.go: ValidateVolumes, validateVolumeSource */
import type { FieldErrors } from '../../../objects/field-errors.js'
import { configMapKey, dnsLabel } from '../../../objects/names.js'
import { compareQuantities } from '../../../objects/quantity.js'
import type { ProjectedVolumeSource, Volume, VolumeProjection } from '../../../schema/kubernetes.generated.js'
import { follow } from '../../checks.js'
import { validateFileFieldRef } from './environment.js'

export const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
]
const MODE_TEXT = 'must be a number between 0 and 0777 (octal), both inclusive'
const SHORTEST_TOKEN_S = 600

export function noBacksteps(path: string, field: string, errors: FieldErrors): void {
  if (path.split('/').includes('..')) errors.invalid(field, path, "must not contain '..'")
}

/** Relative, and never upwards. */
export function descendingPath(path: string, field: string, errors: FieldErrors): void {
  if (path.startsWith('/')) errors.invalid(field, path, 'must be a relative path')
  noBacksteps(path, field, errors)
}

function mode(value: number | undefined, path: string, errors: FieldErrors): void {
  if (value !== undefined && (value < 0 || value > 0o777)) errors.invalid(path, value, MODE_TEXT)
}

interface Item {
  key: string
  path: string
  mode?: number | undefined
}

function validateItems(items: Item[] | undefined, path: string, errors: FieldErrors): void {
  for (const [index, item] of (items ?? []).entries()) {
    const at = `${path}[${index}]`
    if (!item.key) errors.required(`${at}.key`)
    else follow(configMapKey, item.key, `${at}.key`, errors)
    if (!item.path) errors.required(`${at}.path`)
    else descendingPath(item.path, `${at}.path`, errors)
    mode(item.mode, `${at}.mode`, errors)
  }
}

type DownwardItems = NonNullable<NonNullable<VolumeProjection['downwardAPI']>['items']>

/** Files of the downward API: upstream's paths do not tell the items apart. */
function validateDownward(items: DownwardItems, path: string, errors: FieldErrors): void {
  for (const item of items) {
    if (!item.path) errors.required(`${path}.path`)
    else descendingPath(item.path, `${path}.path`, errors)
    if (item.fieldRef) validateFileFieldRef(item.fieldRef.fieldPath, `${path}.fieldRef`, errors)
    else if (item.resourceFieldRef) {
      if (!item.resourceFieldRef.containerName) errors.required(`${path}.resourceFieldRef.containerName`)
    } else errors.required(path, 'one of fieldRef and resourceFieldRef is required')
    mode(item.mode, `${path}.mode`, errors)
  }
}

function validateProjected({ sources = [], defaultMode }: ProjectedVolumeSource, path: string, errors: FieldErrors): void {
  mode(defaultMode, `${path}.defaultMode`, errors)
  for (const [index, source] of (sources ?? []).entries()) {
    const at = `${path}.sources[${index}]`
    for (const name of ['secret', 'configMap'] as const) {
      const projected = source[name]
      if (projected && !projected.name) errors.required(`${at}.${name}.name`)
      validateItems(projected?.items as Item[] | undefined, `${at}.${name}.items`, errors)
    }
    if (source.downwardAPI) validateDownward(source.downwardAPI.items ?? [], `${at}.downwardAPI`, errors)
    const token = source.serviceAccountToken
    if (token && (token.expirationSeconds ?? SHORTEST_TOKEN_S) < SHORTEST_TOKEN_S)
      errors.invalid(
        `${at}.serviceAccountToken.expirationSeconds`,
        token.expirationSeconds,
        'may not specify a duration less than 10 minutes',
      )
    if (token && !token.path) errors.required(`${path}.path`)
  }
}

function validateSource(volume: Volume, path: string, errors: FieldErrors): void {
  const { emptyDir, hostPath, secret, nfs, configMap, persistentVolumeClaim, projected, downwardAPI } = volume
  if (emptyDir?.sizeLimit !== undefined && compareQuantities(emptyDir.sizeLimit as string, '0') < 0)
    errors.forbidden(`${path}.emptyDir.sizeLimit`, 'SizeLimit field must be a valid resource quantity')
  if (hostPath) {
    if (!hostPath.path) errors.required(`${path}.hostPath.path`)
    else noBacksteps(hostPath.path, `${path}.hostPath.path`, errors)
    if (hostPath.path && hostPath.type && !HOST_PATH_TYPES.includes(hostPath.type))
      errors.notSupported(`${path}.hostPath.type`, hostPath.type, HOST_PATH_TYPES)
  }
  if (secret) {
    if (!secret.secretName) errors.required(`${path}.secret.secretName`)
    mode(secret.defaultMode, `${path}.secret.defaultMode`, errors)
    validateItems(secret.items as Item[] | undefined, `${path}.secret.items`, errors)
  }
  if (nfs) {
    if (!nfs.server) errors.required(`${path}.nfs.server`)
    if (!nfs.path) errors.required(`${path}.nfs.path`)
    else if (!nfs.path.startsWith('/')) errors.invalid(`${path}.nfs.path`, nfs.path, 'must be an absolute path')
  }
  if (persistentVolumeClaim && !persistentVolumeClaim.claimName) errors.required(`${path}.persistentVolumeClaim.claimName`)
  if (configMap) {
    if (!configMap.name) errors.required(`${path}.configMap.name`)
    mode(configMap.defaultMode, `${path}.configMap.defaultMode`, errors)
    validateItems(configMap.items as Item[] | undefined, `${path}.configMap.items`, errors)
  }
  if (downwardAPI) validateDownward((downwardAPI.items ?? []) as DownwardItems, `${path}.downwardAPI`, errors)
  if (projected) validateProjected(projected, `${path}.projected`, errors)
}

/** In upstream's order, which is not the one of the fields: the first is kept. */
const FIRST_SOURCES = ['emptyDir', 'hostPath', 'gitRepo', 'gcePersistentDisk', 'awsElasticBlockStore', 'secret', 'nfs']
const LATE_SOURCES = ['configMap', 'projected', 'csi', 'ephemeral', 'image']

const placeOf = (source: string): number => FIRST_SOURCES.indexOf(source) + 1 || 50 + LATE_SOURCES.indexOf(source)

const sourcesOf = (volume: Volume): string[] =>
  Object.keys(volume)
    .filter((key) => key !== 'name')
    .sort((a, b) => placeOf(a) - placeOf(b))

/** @returns the names of those that are right: the others cannot be mounted */
export function validateVolumes(volumes: Volume[], path: string, errors: FieldErrors): Set<string> {
  const names = new Set<string>()
  for (const [index, volume] of volumes.entries()) {
    const at = `${path}[${index}]`
    const before = errors.list.length
    const [first, ...others] = sourcesOf(volume)
    // One that has several sources is checked for its first.
    validateSource({ name: volume.name, ...(first ? { [first]: volume[first as keyof Volume] } : {}) } as Volume, at, errors)
    for (const extra of others) errors.forbidden(`${at}.${extra}`, 'may not specify more than 1 volume type')
    if (!volume.name) errors.required(`${at}.name`)
    else follow(dnsLabel, volume.name, `${at}.name`, errors)
    if (names.has(volume.name)) errors.duplicate(`${at}.name`, volume.name)
    if (errors.list.length === before) names.add(volume.name)
  }
  return names
}
