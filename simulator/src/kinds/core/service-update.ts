/** What an update of a Service keeps that was given to it before, and what it loses with its type. */
import { sameJson } from '../../objects/object.js'
import type { Service, ServiceSpec } from '../../schema/kubernetes.generated.js'

const needsAddress = ({ type }: ServiceSpec): boolean => type !== 'ExternalName'
const needsNodePorts = ({ type, allocateLoadBalancerNodePorts }: ServiceSpec): boolean =>
  type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false)
const isExternal = ({ type, externalIPs }: ServiceSpec): boolean =>
  type === 'NodePort' || type === 'LoadBalancer' || (type === 'ClusterIP' && Boolean(externalIPs?.length))

const nodePorts = ({ ports = [] }: ServiceSpec): number[] => ports.flatMap(({ nodePort }) => nodePort || [])

/** What belongs to the former type goes, unless it was changed as well: then it is for validation to refuse. Models `dropTypeDependentFields` of pkg/registry/core/service/strategy.go (v1.36). */
export function dropOfOtherType({ spec }: Service, { spec: before }: Service): void {
  const drop = (...names: (keyof ServiceSpec)[]) => {
    for (const name of names) if (sameJson(spec[name], before[name])) delete spec[name]
  }
  if (needsAddress(before) && !needsAddress(spec)) drop('clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy')
  if (needsNodePorts(before) && !needsNodePorts(spec) && nodePorts(spec).every((port) => nodePorts(before).includes(port)))
    for (const port of spec.ports ?? []) delete port.nodePort
  if (before.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') drop('allocateLoadBalancerNodePorts', 'loadBalancerClass')
  if (isExternal(before) && !isExternal(spec)) drop('externalTrafficPolicy')
  if (spec.type === 'ExternalName') delete spec.internalTrafficPolicy
}

/** What a client leaves out is kept: a node port by the name of its port, whose number may be another. Models `patchAllocatedValues` of pkg/registry/core/service/storage (v1.36). */
export function keepAllocated({ spec }: Service, { spec: before }: Service): void {
  if (needsAddress(before) && needsAddress(spec)) {
    spec.clusterIP ||= before.clusterIP
    if (!spec.clusterIPs?.length) spec.clusterIPs = before.clusterIPs
  }
  if (!needsNodePorts(before) || !needsNodePorts(spec)) return
  const used = new Set(nodePorts(spec).filter((port) => nodePorts(before).includes(port)))
  for (const port of spec.ports ?? []) {
    const known = before.ports?.find(({ name = '' }) => name === (port.name ?? ''))?.nodePort
    if (port.nodePort || !known || used.has(known)) continue
    port.nodePort = known
    used.add(known)
  }
}
