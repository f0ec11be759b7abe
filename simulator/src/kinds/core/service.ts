import type { FieldErrors } from '../../objects/field-errors.js'
import { dns1035Label, dnsLabel, dnsSubdomain, isIp, portName, portNumber } from '../../objects/names.js'
import type { Service, ServicePort, ServiceSpec } from '../../schema/kubernetes.generated.js'
import { column, columns, formatMap, wide } from '../columns.js'
import { defineKind } from '../define.js'
import { immutable, validateLabels } from '../metadata.js'

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']

function defaults(service: Service): void {
  const spec = service.spec
  spec.sessionAffinity ??= 'None'
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig
  else
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10800 } }
  spec.type ??= 'ClusterIP'
  for (const port of spec.ports ?? []) {
    port.protocol ??= 'TCP'
    if (!port.targetPort) port.targetPort = port.port
  }
  const isExternal = spec.type === 'NodePort' || spec.type === 'LoadBalancer'
  if (isExternal) spec.externalTrafficPolicy ??= 'Cluster'
  if (spec.type !== 'ExternalName') spec.internalTrafficPolicy ??= 'Cluster'
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true
}

function validatePort(port: ServicePort, path: string, many: boolean, errors: FieldErrors): void {
  if (!port.name && many) errors.required(`${path}.name`)
  else if (port.name) for (const problem of dnsLabel(port.name)) errors.invalid(`${path}.name`, port.name, problem)
  for (const problem of portNumber(port.port)) errors.invalid(`${path}.port`, port.port, problem)
  if (!['TCP', 'UDP', 'SCTP'].includes(port.protocol ?? ''))
    errors.notSupported(`${path}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP'])
  const target = port.targetPort
  if (typeof target === 'number') for (const problem of portNumber(target)) errors.invalid(`${path}.targetPort`, target, problem)
  else if (target) for (const problem of portName(target)) errors.invalid(`${path}.targetPort`, target, problem)
}

function validate(service: Service, errors: FieldErrors): void {
  const spec = service.spec
  const ports = spec.ports ?? []
  const isHeadless = spec.clusterIP === 'None'
  if (ports.length === 0 && !isHeadless && spec.type !== 'ExternalName') errors.required('spec.ports')
  if (spec.type === 'ExternalName') {
    if (!spec.externalName) errors.required('spec.externalName')
    else
      for (const problem of dnsSubdomain(spec.externalName.replace(/\.$/, '')))
        errors.invalid('spec.externalName', spec.externalName, problem)
    if (spec.clusterIP) errors.forbidden('spec.clusterIP', 'may not be set for ExternalName services')
  }
  if (spec.type === 'LoadBalancer' && isHeadless)
    errors.invalid('spec.clusterIPs[0]', 'None', "may not be set to 'None' for LoadBalancer services")
  if (spec.type === 'NodePort' && isHeadless)
    errors.invalid('spec.clusterIPs[0]', 'None', "may not be set to 'None' for NodePort services")
  const names = new Set<string>()
  const pairs = new Set<string>()
  for (const [index, port] of ports.entries()) {
    validatePort(port, `spec.ports[${index}]`, ports.length > 1, errors)
    if (port.name && names.has(port.name)) errors.duplicate(`spec.ports[${index}].name`, port.name)
    if (port.name) names.add(port.name)
    const pair = `${port.protocol}/${port.port}`
    if (pairs.has(pair)) errors.duplicate(`spec.ports[${index}]`, { protocol: port.protocol, port: port.port })
    pairs.add(pair)
    if (port.nodePort && (spec.type === 'ClusterIP' || spec.type === 'ExternalName'))
      errors.forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'")
  }
  if (!TYPES.includes(spec.type ?? '')) errors.notSupported('spec.type', spec.type, TYPES)
  validateLabels(spec.selector, 'spec.selector', errors)
  if (!['ClientIP', 'None'].includes(spec.sessionAffinity ?? ''))
    errors.notSupported('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None'])
  if (spec.clusterIP && !isHeadless && !isIp(spec.clusterIP))
    errors.invalid('spec.clusterIPs[0]', spec.clusterIP, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')
  if (spec.externalTrafficPolicy && !['Cluster', 'Local'].includes(spec.externalTrafficPolicy))
    errors.notSupported('spec.externalTrafficPolicy', spec.externalTrafficPolicy, ['Cluster', 'Local'])
  if (spec.trafficDistribution && !DISTRIBUTIONS.includes(spec.trafficDistribution))
    errors.notSupported('spec.trafficDistribution', spec.trafficDistribution, DISTRIBUTIONS)
  validateFamilies(spec, errors)
}

const DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode']

/** This cluster has IPv4 alone. @see pkg/registry/core/service/storage/alloc.go */
function validateFamilies({ ipFamilyPolicy, ipFamilies = [] }: ServiceSpec, errors: FieldErrors): void {
  if (ipFamilyPolicy === 'RequireDualStack')
    errors.invalid('spec.ipFamilyPolicy', ipFamilyPolicy, 'this cluster is not configured for dual-stack services')
  for (const [index, family] of ipFamilies.entries())
    if (family === 'IPv6') errors.invalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster')
}

/** What belongs to another type and was not asked for. @see pkg/registry/core/service/strategy.go: dropTypeDependentFields */
function dropOfOtherType({ spec }: Service, old: Service): void {
  const isExternal = (type: string | undefined) => type === 'NodePort' || type === 'LoadBalancer'
  if (!isExternal(old.spec.type) || isExternal(spec.type) || spec.externalIPs?.length) return
  if (spec.externalTrafficPolicy === old.spec.externalTrafficPolicy) delete spec.externalTrafficPolicy
}

function externalIp(service: Service): string {
  const spec: ServiceSpec = service.spec
  const own = spec.externalIPs?.join(',')
  if (spec.type === 'ExternalName') return spec.externalName ?? '<none>'
  if (spec.type !== 'LoadBalancer') return own || '<none>'
  const given = (service.status?.loadBalancer?.ingress ?? []).map((ingress) => ingress.ip || ingress.hostname || '').join(',')
  return [given, own].filter(Boolean).join(',') || '<pending>'
}

const portText = (port: ServicePort): string => `${port.port}${port.nodePort ? `:${port.nodePort}` : ''}/${port.protocol}`

export const service = defineKind<Service>('', 'Service', {
  nameRule: dns1035Label,
  defaults,
  warnings: ({ spec }) =>
    spec.trafficDistribution === 'PreferClose'
      ? ['spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"']
      : [],
  prepareForUpdate(object, old) {
    dropOfOtherType(object, old)
    // What an older client leaves out is kept. @see pkg/registry/core/service/strategy.go
    if (object.spec.type !== 'ExternalName') {
      object.spec.clusterIP ??= old.spec.clusterIP
      object.spec.clusterIPs ??= old.spec.clusterIPs
    }
    for (const port of object.spec.ports ?? []) {
      const before = old.spec.ports?.find((other) => other.port === port.port && other.protocol === port.protocol)
      if (!port.nodePort && before?.nodePort && (object.spec.type === 'NodePort' || object.spec.type === 'LoadBalancer'))
        port.nodePort = before.nodePort
    }
  },
  validate,
  validateUpdate(object, old, errors) {
    const both = [object, old].every((each) => each.spec.type !== 'ExternalName')
    if (both && old.spec.clusterIP) immutable(object.spec.clusterIPs, old.spec.clusterIPs, 'spec.clusterIPs[0]', errors)
  },
  fields: { 'spec.clusterIP': (object) => object.spec.clusterIP ?? '', 'spec.type': (object) => object.spec.type ?? '' },
  columns: columns<Service>(
    column('Type', (object) => object.spec.type),
    column('Cluster-IP', (object) => object.spec.clusterIPs?.[0] ?? object.spec.clusterIP),
    column('External-IP', externalIp),
    column('Port(s)', (object) => object.spec.ports?.map(portText).join(',')),
    wide(column('Selector', (object) => formatMap(object.spec.selector))),
  ),
})
