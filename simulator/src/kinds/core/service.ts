import type { FieldErrors } from '../../objects/field-errors.js'
import { parseRange } from '../../objects/ip-range.js'
import { dnsLabel, dnsSubdomain, isIp, portName, portNumber } from '../../objects/names.js'
import type { Service, ServicePort, ServiceSpec } from '../../schema/kubernetes.generated.js'
import { column, columns, formatMap, wide } from '../columns.js'
import { defineKind } from '../define.js'
import { validateLabels } from '../metadata.js'
import { dropOfOtherType, keepAllocated } from './service-update.js'
import { serviceWarnings } from './service-warnings.js'
import { validateEndpointIp } from './small.js'

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
  const isExternal = spec.type === 'NodePort' || spec.type === 'LoadBalancer' || Boolean(spec.externalIPs?.length)
  if (isExternal) spec.externalTrafficPolicy ??= 'Cluster'
  if (spec.type !== 'ExternalName') spec.internalTrafficPolicy ??= 'Cluster'
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true
}

interface PortContext {
  many: boolean
  names: ReadonlySet<string>
}

function validatePort(port: ServicePort, path: string, { many, names }: PortContext, errors: FieldErrors): void {
  if (!port.name && many) errors.required(`${path}.name`)
  else if (port.name) for (const problem of dnsLabel(port.name)) errors.invalid(`${path}.name`, port.name, problem)
  if (port.name && names.has(port.name)) errors.duplicate(`${path}.name`, port.name)
  for (const problem of portNumber(port.port)) errors.invalid(`${path}.port`, port.port, problem)
  if (!['TCP', 'UDP', 'SCTP'].includes(port.protocol ?? ''))
    errors.notSupported(`${path}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP'])
  const target = port.targetPort
  if (typeof target === 'number') for (const problem of portNumber(target)) errors.invalid(`${path}.targetPort`, target, problem)
  else if (target) for (const problem of portName(target)) errors.invalid(`${path}.targetPort`, target, problem)
}

const MOST_AFFINITY_S = 86_400

/** What only some types of Services may say, in upstream's order after the ports. */
function validateTraffic(spec: ServiceSpec, errors: FieldErrors): void {
  const isBalancer = spec.type === 'LoadBalancer'
  const seconds = spec.sessionAffinity === 'ClientIP' ? spec.sessionAffinityConfig?.clientIP?.timeoutSeconds : undefined
  if (seconds !== undefined && (seconds <= 0 || seconds > MOST_AFFINITY_S))
    errors.invalid(
      'spec.sessionAffinityConfig.clientIP.timeoutSeconds',
      seconds,
      `must be greater than 0 and less than ${MOST_AFFINITY_S}`,
    )
  for (const [index, address] of (spec.externalIPs ?? []).entries()) {
    const path = `spec.externalIPs[${index}]`
    if (isIp(address)) validateEndpointIp(address, path, errors)
    else errors.invalid(path, address, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')
  }
  const ranges = spec.loadBalancerSourceRanges ?? []
  if (ranges.length && !isBalancer)
    errors.forbidden('spec.LoadBalancerSourceRanges', "may only be used when `type` is 'LoadBalancer'")
  else
    for (const [index, range] of ranges.entries())
      if (!parseRange(range))
        errors.invalid(
          `spec.LoadBalancerSourceRanges[${index}]`,
          range,
          'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
        )
  if (spec.allocateLoadBalancerNodePorts !== undefined && !isBalancer)
    errors.forbidden('spec.allocateLoadBalancerNodePorts', "may only be used when `type` is 'LoadBalancer'")
  if (spec.loadBalancerClass !== undefined && !isBalancer)
    errors.forbidden('spec.loadBalancerClass', "may only be used when `type` is 'LoadBalancer'")
  const isOutside = isBalancer || spec.type === 'NodePort' || Boolean(spec.externalIPs?.length)
  if (spec.externalTrafficPolicy && !isOutside)
    errors.invalid('spec.externalTrafficPolicy', spec.externalTrafficPolicy, 'may only be set for externally-accessible services')
  if (spec.healthCheckNodePort && !(isBalancer && spec.externalTrafficPolicy === 'Local'))
    errors.invalid(
      'spec.healthCheckNodePort',
      spec.healthCheckNodePort,
      "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
    )
  if (spec.internalTrafficPolicy && !TRAFFIC.includes(spec.internalTrafficPolicy))
    errors.notSupported('spec.internalTrafficPolicy', spec.internalTrafficPolicy, TRAFFIC)
}

const TRAFFIC = ['Cluster', 'Local']
const FAMILIES = ['IPv4', 'IPv6']
const FAMILY_POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack']

function validateFamilies({ ipFamilies, ipFamilyPolicy, clusterIP }: ServiceSpec, isNew: boolean, errors: FieldErrors): void {
  const hasAddress = !isNew && clusterIP !== undefined && clusterIP !== 'None'
  for (const [index, family] of (ipFamilies ?? []).entries()) {
    const path = `spec.ipFamilies[${index}]`
    if (!FAMILIES.includes(family)) errors.notSupported(path, family, FAMILIES)
    else if (family === 'IPv6' && hasAddress && index === 0)
      errors.invalid('spec.clusterIPs[0]', clusterIP, 'expected an IPv6 value as indicated by `ipFamilies[0]`')
    else if (family === 'IPv6') errors.invalid(path, family, 'not configured on this cluster')
  }
  if (ipFamilyPolicy === 'RequireDualStack')
    errors.invalid('spec.ipFamilyPolicy', ipFamilyPolicy, 'this cluster is not configured for dual-stack services')
  if (ipFamilyPolicy && !FAMILY_POLICIES.includes(ipFamilyPolicy))
    errors.notSupported('spec.ipFamilyPolicy', ipFamilyPolicy, FAMILY_POLICIES)
}

function validate(service: Service, errors: FieldErrors, { old }: { old?: Service | undefined }): void {
  const spec = service.spec
  const ports = spec.ports ?? []
  const isHeadless = spec.clusterIP === 'None'
  if (ports.length === 0 && !isHeadless && spec.type !== 'ExternalName') errors.required('spec.ports')
  if (spec.type === 'ExternalName') {
    for (const name of ['clusterIPs', 'ipFamilies'] as const)
      if (spec[name]?.length) errors.forbidden(`spec.${name}`, 'may not be set for ExternalName services')
    if (spec.ipFamilyPolicy) errors.forbidden('spec.ipFamilyPolicy', 'may not be set for ExternalName services')
    if (!spec.externalName) errors.required('spec.externalName')
    else
      for (const problem of dnsSubdomain(spec.externalName.replace(/\.$/, '')))
        errors.invalid('spec.externalName', spec.externalName, problem)
  }
  if (spec.type === 'LoadBalancer' && isHeadless)
    errors.invalid('spec.clusterIPs[0]', 'None', "may not be set to 'None' for LoadBalancer services")
  if (spec.type === 'NodePort' && isHeadless)
    errors.invalid('spec.clusterIPs[0]', 'None', "may not be set to 'None' for NodePort services")
  const names = new Set<string>()
  const pairs = new Set<string>()
  for (const [index, port] of ports.entries()) {
    validatePort(port, `spec.ports[${index}]`, { many: ports.length > 1, names }, errors)
    if (port.name) names.add(port.name)
    const pair = `${port.protocol}/${port.port}`
    if (pairs.has(pair))
      errors.duplicate(`spec.ports[${index}]`, {
        Name: '',
        Protocol: port.protocol,
        AppProtocol: null,
        Port: port.port,
        TargetPort: 0,
        NodePort: 0,
      })
    pairs.add(pair)
    if (port.nodePort && spec.type === 'ClusterIP')
      errors.forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'")
  }
  if (!TYPES.includes(spec.type ?? '')) errors.notSupported('spec.type', spec.type, TYPES)
  validateLabels(spec.selector, 'spec.selector', errors)
  if (!['ClientIP', 'None'].includes(spec.sessionAffinity ?? ''))
    errors.notSupported('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None'])
  if (spec.clusterIP && !isHeadless && !isIp(spec.clusterIP))
    errors.invalid('spec.clusterIPs[0]', spec.clusterIP, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')
  if (spec.externalTrafficPolicy && !TRAFFIC.includes(spec.externalTrafficPolicy))
    errors.notSupported('spec.externalTrafficPolicy', spec.externalTrafficPolicy, TRAFFIC)
  if (spec.trafficDistribution && !DISTRIBUTIONS.includes(spec.trafficDistribution))
    errors.notSupported('spec.trafficDistribution', spec.trafficDistribution, DISTRIBUTIONS)
  if (old?.spec.healthCheckNodePort && spec.healthCheckNodePort && spec.healthCheckNodePort !== old.spec.healthCheckNodePort)
    errors.forbidden('spec.healthCheckNodePort', 'field is immutable')
  validateFamilies(spec, old === undefined, errors)
  validateTraffic(spec, errors)
}

const DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode']

function externalIp(service: Service): string {
  const spec: ServiceSpec = service.spec
  const own = spec.externalIPs?.join(',')
  if (spec.type === 'ExternalName') return spec.externalName ?? '<none>'
  if (spec.type !== 'LoadBalancer') return own || '<none>'
  const given = (service.status?.loadBalancer?.ingress ?? []).map((ingress) => ingress.ip || ingress.hostname || '').join(',')
  return [given, own].filter(Boolean).join(',') || '<pending>'
}

function notOnceSet(now: string[] | undefined, before: string[] | undefined, errors: FieldErrors): void {
  if (now?.[0] !== before?.[0]) errors.invalid('spec.clusterIPs[0]', now ?? [], 'may not change once set')
}

const portText = (port: ServicePort): string => `${port.port}${port.nodePort ? `:${port.nodePort}` : ''}/${port.protocol}`

export const service = defineKind<Service>('', 'Service', {
  nameRule: dnsLabel,
  defaults,
  warnings: serviceWarnings,
  prepareForUpdate(object, old) {
    dropOfOtherType(object, old)
    keepAllocated(object, old)
  },
  validate,
  validateUpdate(object, old, errors) {
    const both = [object, old].every((each) => each.spec.type !== 'ExternalName')
    if (both && old.spec.clusterIP) notOnceSet(object.spec.clusterIPs, old.spec.clusterIPs, errors)
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
