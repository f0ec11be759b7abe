/** Which volume could serve which claim. Models checkVolumeSatisfyClaim and findBestMatchForClaim of pkg/controller/volume/persistentvolume (v1.36). */
import { compareQuantities, unitsOf } from '../../objects/quantity.js'
import { selectorOf } from '../../objects/selector.js'
import type { PersistentVolume, PersistentVolumeClaim } from '../../schema/kubernetes.generated.js'

/** Whoever reads it knows that the controller may undo the binding. */
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller'

const sizeOf = (list: unknown): string => (list as { storage?: string } | undefined)?.storage ?? '0'
const modeOf = (spec: { volumeMode?: string | undefined }): string => spec.volumeMode ?? 'Filesystem'

const isLarge = ({ spec }: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  compareQuantities(sizeOf(spec.capacity), sizeOf(claim.spec.resources?.requests)) >= 0
export const hasMode = ({ spec }: PersistentVolume, claim: PersistentVolumeClaim): boolean => modeOf(spec) === modeOf(claim.spec)
const isAccessible = ({ spec }: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  (claim.spec.accessModes ?? []).every((mode) => spec.accessModes?.includes(mode))
const hasClass = ({ spec }: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  (spec.storageClassName ?? '') === (claim.spec.storageClassName ?? '')

/** Why the volume that a claim names cannot be its, in upstream's words; undefined where it can. */
export function mismatchOf(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (volume.metadata.deletionTimestamp) return `the volume is marked for deletion ${JSON.stringify(volume.metadata.name)}`
  if (!isLarge(volume, claim)) return 'requested PV is too small'
  if (!hasClass(volume, claim)) return 'storageClassName does not match'
  if ((volume.spec.volumeAttributesClassName ?? '') !== (claim.spec.volumeAttributesClassName ?? ''))
    return 'volumeAttributesClassName does not match'
  if (!hasMode(volume, claim)) return 'incompatible volumeMode'
  return isAccessible(volume, claim) ? undefined : 'incompatible accessMode'
}

/** Whether the volume could serve the claim, apart from being taken. */
export const fits = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  mismatchOf(volume, claim) === undefined && (!claim.spec.selector || selectorOf(claim.spec.selector)(volume.metadata.labels))

/** Whether the volume is kept for the claim, by its name at least. */
export const isFor = ({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean => {
  const reference = spec.claimRef
  if (reference?.namespace !== metadata.namespace || reference?.name !== metadata.name) return false
  return !reference?.uid || reference.uid === metadata.uid
}

/** Of the volumes the one that is kept for the claim, whatever its class, else the free one with the fewest access modes and the least room. */
export function couldServe(volumes: PersistentVolume[], claim: PersistentVolumeClaim): PersistentVolume | undefined {
  const suited = volumes.filter(
    (volume) =>
      !volume.metadata.deletionTimestamp && isLarge(volume, claim) && hasMode(volume, claim) && isAccessible(volume, claim),
  )
  const reserved = suited.find((volume) => isFor(volume, claim))
  if (reserved) return reserved
  const free = suited.filter((volume) => !volume.spec.claimRef && volume.status?.phase === 'Available' && fits(volume, claim))
  return free.sort(
    (a, b) =>
      (a.spec.accessModes?.length ?? 0) - (b.spec.accessModes?.length ?? 0) ||
      unitsOf(sizeOf(a.spec.capacity)) - unitsOf(sizeOf(b.spec.capacity)) ||
      a.metadata.name.localeCompare(b.metadata.name),
  )[0]
}
