import type { FieldErrors } from '../../objects/field-errors.js'
import { parseRange } from '../../objects/ip-range.js'
import { labelValue, qualifiedName } from '../../objects/names.js'
import type { Node } from '../../schema/kubernetes.generated.js'
import { follow, validateCidr } from '../checks.js'
import { column, columns, wide } from '../columns.js'
import { defineKind } from '../define.js'

const ROLE = 'node-role.kubernetes.io/'

function status(node: Node): string {
  const ready = node.status?.conditions?.find((condition) => condition.type === 'Ready')
  const words = [ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown']
  if (node.spec.unschedulable) words.push('SchedulingDisabled')
  return words.join(',')
}

function roles(node: Node): string {
  const found: string[] = []
  for (const [key, value] of Object.entries(node.metadata.labels ?? {})) {
    if (key.startsWith(ROLE) && key.length > ROLE.length) found.push(key.slice(ROLE.length))
    else if (key === 'kubernetes.io/role' && value) found.push(value)
  }
  return [...new Set(found)].sort().join(',')
}

const addressOf = (node: Node, type: string) => node.status?.addresses?.find((address) => address.type === type)?.address

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** The paths of upstream stand below the metadata, and the value of a duplicate is Go's. */
function validateTaints(taints: NonNullable<Node['spec']['taints']>, errors: FieldErrors): void {
  const seen = new Set<string>()
  for (const [index, { key, value = '', effect, timeAdded = null }] of taints.entries()) {
    const path = `metadata.taints[${index}]`
    follow(qualifiedName, key ?? '', `${path}.key`, errors)
    follow(labelValue, value, `${path}.value`, errors)
    if (!effect) errors.required(`${path}.effect`)
    else if (!EFFECTS.includes(effect)) errors.notSupported(`${path}.effect`, effect, EFFECTS)
    const id = `${key}:${effect}`
    if (seen.has(id)) {
      const taint = { Key: key, Value: value, Effect: effect, TimeAdded: timeAdded }
      errors.duplicate(path, taint, 'taints must be unique by key and effect pair')
    }
    seen.add(id)
  }
}

export const node = defineKind<Node>('', 'Node', {
  keepsStatus: true,
  defaults(object) {
    object.spec ??= {}
    const { podCIDR, podCIDRs } = object.spec
    if (podCIDR && podCIDRs?.[0] !== podCIDR) object.spec.podCIDRs = [podCIDR]
    else if (podCIDRs?.[0]) object.spec.podCIDR = podCIDRs[0]
    if (object.status?.capacity) object.status.allocatable ??= object.status.capacity
  },
  validate({ spec }, errors) {
    validateTaints(spec.taints ?? [], errors)
    const ranges = spec.podCIDRs ?? []
    for (const [index, range] of ranges.entries()) validateCidr(range, `spec.podCIDRs[${index}]`, errors)
    const families = ranges.map((range) => parseRange(range)?.family)
    if (ranges.length > 2 || (ranges.length === 2 && families[0] === families[1]))
      errors.invalid('spec.podCIDRs', ranges, 'may specify no more than one CIDR for each IP family')
  },
  validateUpdate({ spec }, old, errors) {
    const isChanged = (old.spec.podCIDRs ?? []).some((range, index) => spec.podCIDRs?.[index] !== range)
    if (old.spec.podCIDRs?.length && isChanged)
      errors.forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid')
    if (old.spec.providerID && old.spec.providerID !== spec.providerID)
      errors.forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid')
  },
  fields: { 'spec.unschedulable': (object) => String(object.spec.unschedulable ?? false) },
  columns: columns<Node>(
    column('Status', status),
    column('Roles', roles),
    wide(column('Internal-IP', (object) => addressOf(object, 'InternalIP'))),
    wide(column('External-IP', (object) => addressOf(object, 'ExternalIP'))),
    wide(column('OS-Image', (object) => object.status?.nodeInfo?.osImage, '<unknown>')),
    wide(column('Kernel-Version', (object) => object.status?.nodeInfo?.kernelVersion, '<unknown>')),
    wide(column('Container-Runtime', (object) => object.status?.nodeInfo?.containerRuntimeVersion, '<unknown>')),
  ),
})
// Version stands after Age, as upstream prints it.
const table = node.rules.columns ?? []
table.splice(4, 0, { name: 'Version', value: (object) => (object as Node).status?.nodeInfo?.kubeletVersion ?? '' })
