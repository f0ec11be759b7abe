/** Validation that all kinds share. @see apimachinery/pkg/api/validation/objectmeta.go */
import type { FieldErrors } from '../objects/field-errors.js'
import { dnsLabel, dnsSubdomain, labelValue, type NameRule, qualifiedName } from '../objects/names.js'
import { type KubeObject, sameJson } from '../objects/object.js'
import { MOST_ANNOTATION_BYTES } from './early-limits.js'

const STANDARD_FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion']

export function validateLabels(labels: Record<string, string> | undefined, path: string, errors: FieldErrors): void {
  for (const [key, value] of Object.entries(labels ?? {})) {
    for (const problem of qualifiedName(key)) errors.invalid(path, key, problem.replace(/^a qualified name/, 'a valid label key'))
    for (const problem of labelValue(value)) errors.invalid(path, value, problem)
  }
}

function validateAnnotations(annotations: Record<string, string> | undefined, path: string, errors: FieldErrors): void {
  let size = 0
  for (const [key, value] of Object.entries(annotations ?? {})) {
    for (const problem of qualifiedName(key.toLowerCase())) errors.invalid(path, key, problem)
    size += Buffer.byteLength(key) + Buffer.byteLength(value)
  }
  if (size > MOST_ANNOTATION_BYTES) errors.tooLong(path, MOST_ANNOTATION_BYTES)
}

/** @param options.namespaced whether the kind lives in a namespace */
export function validateMetadata(
  object: KubeObject,
  options: { namespaced: boolean; nameRule: NameRule },
  errors: FieldErrors,
): void {
  const { name, generateName, namespace, labels, annotations, ownerReferences, finalizers } = object.metadata
  if (generateName) {
    for (const problem of options.nameRule(generateName.replace(/[-.]+$/, '') || generateName))
      errors.invalid('metadata.generateName', generateName, problem)
  }
  if (!name) errors.required('metadata.name', 'name or generateName is required')
  else for (const problem of options.nameRule(name)) errors.invalid('metadata.name', name, problem)
  if (options.namespaced) {
    if (!namespace) errors.required('metadata.namespace')
    else for (const problem of dnsLabel(namespace)) errors.invalid('metadata.namespace', namespace, problem)
  } else if (namespace) errors.forbidden('metadata.namespace', 'not allowed on this type')
  validateLabels(labels, 'metadata.labels', errors)
  validateAnnotations(annotations, 'metadata.annotations', errors)
  validateOwners(ownerReferences ?? [], errors)
  for (const finalizer of finalizers ?? [])
    for (const problem of qualifiedName(finalizer)) errors.invalid('metadata.finalizers', finalizer, problem)
  for (const [index, finalizer] of (finalizers ?? []).entries())
    validateStandard(finalizer, `metadata.finalizers[${index}]`, errors)
}

function validateStandard(finalizer: string, path: string, errors: FieldErrors): void {
  if (!finalizer.includes('/') && !STANDARD_FINALIZERS.includes(finalizer))
    errors.invalid(path, finalizer, 'name is neither a standard finalizer name nor is it fully qualified')
}

/** Of a Namespace's spec. */
export function validateFinalizer(finalizer: string, path: string, errors: FieldErrors): void {
  for (const problem of qualifiedName(finalizer)) errors.invalid(path, finalizer, problem)
  validateStandard(finalizer, path, errors)
}

type OwnerReference = NonNullable<KubeObject['metadata']['ownerReferences']>[number]

function validateOwners(owners: OwnerReference[], errors: FieldErrors): void {
  let controller: string | undefined
  // Upstream's path does not say which.
  const path = 'metadata.ownerReferences'
  for (const owner of owners) {
    if (!owner.apiVersion) errors.invalid(`${path}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty')
    if (!owner.kind) errors.invalid(`${path}.kind`, '', 'must not be empty')
    if (!owner.name) errors.invalid(`${path}.name`, '', 'must not be empty')
    if (!owner.uid) errors.invalid(`${path}.uid`, '', 'must not be empty')
    if (!owner.controller) continue
    const own = `${owner.kind}/${owner.name}`
    if (controller)
      errors.invalid(
        path,
        owners.map(inOrderOfFields),
        `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${own}`,
      )
    else controller = own
  }
}

/** As Go's encoder writes the struct. */
const inOrderOfFields = (owner: OwnerReference): OwnerReference => {
  const { apiVersion, kind, name, uid, controller, blockOwnerDeletion } = owner
  return { apiVersion, kind, name, uid, ...{ controller, blockOwnerDeletion } } as OwnerReference
}

/** What may never change after creation. */
export function validateMetadataUpdate(object: KubeObject, old: KubeObject, errors: FieldErrors): void {
  if (object.metadata.deletionTimestamp && old.metadata.deletionTimestamp) {
    const before = new Set(old.metadata.finalizers ?? [])
    const added = (object.metadata.finalizers ?? []).filter((finalizer) => !before.has(finalizer))
    if (added.length > 0)
      errors.forbidden(
        'metadata.finalizers',
        `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((name) => JSON.stringify(name)).join(', ')}}`,
      )
  }
}

/** `field is immutable`, where the two differ. */
export function immutable(now: unknown, before: unknown, path: string, errors: FieldErrors): void {
  if (!sameJson(now, before)) errors.invalid(path, now, 'field is immutable')
}

export { dnsSubdomain }
