import type { Node } from '../../schema/kubernetes.generated.js'
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

export const node = defineKind<Node>('', 'Node', {
  keepsStatus: true,
  defaults(object) {
    object.spec ??= {}
    if (object.status?.capacity) object.status.allocatable ??= object.status.capacity
  },
  validate(object, errors) {
    const seen = new Set<string>()
    for (const [index, taint] of (object.spec.taints ?? []).entries()) {
      const path = `spec.taints[${index}]`
      if (!taint.key) errors.required(`${path}.key`)
      if (!['NoSchedule', 'PreferNoSchedule', 'NoExecute'].includes(taint.effect))
        errors.notSupported(`${path}.effect`, taint.effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
      const id = `${taint.key}:${taint.effect}`
      if (seen.has(id)) errors.duplicate(path, taint)
      seen.add(id)
    }
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
