/** PriorityClass. @see pkg/apis/scheduling/validation/validation.go */
import type { PriorityClass } from '../../schema/kubernetes.generated.js'
import { columns } from '../columns.js'
import { defineKind } from '../define.js'
import { immutable } from '../metadata.js'

const HIGHEST_USER_PRIORITY = 1_000_000_000

const POLICIES = ['PreemptLowerPriority', 'Never']
const SYSTEM_CLASSES: Record<string, number> = { 'system-node-critical': 2000001000, 'system-cluster-critical': 2000000000 }
const RESERVED = "priority class names with 'system-' prefix are reserved for system use only. error: "

function whyNot({ metadata, value }: PriorityClass): string {
  const known = SYSTEM_CLASSES[metadata.name]
  return known === undefined
    ? `${metadata.name} is not a known system priority class`
    : `value of ${metadata.name} PriorityClass must be ${known}, but got ${value}`
}

export const priorityClass = defineKind<PriorityClass>('scheduling.k8s.io', 'PriorityClass', {
  counted: true,
  defaults(object) {
    object.preemptionPolicy ??= 'PreemptLowerPriority'
  },
  validate(object, errors) {
    const { name } = object.metadata
    const isSystem = name.startsWith('system-')
    if (isSystem && SYSTEM_CLASSES[name] !== object.value) errors.forbidden('metadata.name', `${RESERVED}${whyNot(object)}`)
    const { preemptionPolicy: policy } = object
    if (!isSystem && (object.value ?? 0) > HIGHEST_USER_PRIORITY)
      errors.forbidden('value', `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`)
    if (policy !== undefined && !POLICIES.includes(policy)) errors.notSupported('preemptionPolicy', policy, POLICIES)
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
