/** StorageClass and PriorityClass. */
import type { PriorityClass, StorageClass } from '../../schema/kubernetes.generated.js'
import { ageColumn, column, columns } from '../columns.js'
import { type Column, defineKind } from '../define.js'
import { immutable } from '../metadata.js'

const DEFAULT_CLASS = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class']
export const isDefaultClass = (object: StorageClass): boolean =>
  DEFAULT_CLASS.some((key) => object.metadata.annotations?.[key] === 'true')

export const storageClass = defineKind<StorageClass>('storage.k8s.io', 'StorageClass', {
  defaults(object) {
    object.reclaimPolicy ??= 'Delete'
    object.volumeBindingMode ??= 'Immediate'
  },
  validate(object, errors) {
    if (!object.provisioner) errors.required('provisioner')
    if (!['Delete', 'Retain'].includes(object.reclaimPolicy ?? ''))
      errors.notSupported('reclaimPolicy', object.reclaimPolicy, ['Delete', 'Retain'])
    if (!['Immediate', 'WaitForFirstConsumer'].includes(object.volumeBindingMode ?? ''))
      errors.notSupported('volumeBindingMode', object.volumeBindingMode, ['Immediate', 'WaitForFirstConsumer'])
  },
  validateUpdate(object, old, errors) {
    if (JSON.stringify(object.parameters) !== JSON.stringify(old.parameters))
      errors.forbidden('parameters', 'updates to parameters are forbidden.')
    if (object.provisioner !== old.provisioner) errors.forbidden('provisioner', 'updates to provisioner are forbidden.')
    if (object.reclaimPolicy !== old.reclaimPolicy) errors.forbidden('reclaimPolicy', 'updates to reclaimPolicy are forbidden.')
    immutable(object.volumeBindingMode, old.volumeBindingMode, 'volumeBindingMode', errors)
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

const HIGHEST_USER_PRIORITY = 1_000_000_000

export const priorityClass = defineKind<PriorityClass>('scheduling.k8s.io', 'PriorityClass', {
  counted: true,
  defaults(object) {
    object.preemptionPolicy ??= 'PreemptLowerPriority'
  },
  validate(object, errors) {
    const isSystem = object.metadata.name.startsWith('system-')
    if (!isSystem && (object.value ?? 0) > HIGHEST_USER_PRIORITY)
      errors.forbidden('value', `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`)
  },
  validateUpdate(object, old, errors) {
    if (object.value !== old.value) errors.forbidden('value', 'may not be changed in an update.')
    immutable(object.preemptionPolicy, old.preemptionPolicy, 'preemptionPolicy', errors)
  },
  columns: columns<PriorityClass>(
    { name: 'Value', type: 'integer', value: (object) => object.value ?? 0 },
    { name: 'Global-Default', value: (object) => String(object.globalDefault ?? false) },
  ),
})
const table = priorityClass.rules.columns ?? []
table.push({ name: 'PreemptionPolicy', value: (object) => (object as PriorityClass).preemptionPolicy ?? '' })
