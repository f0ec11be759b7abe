/** NetworkPolicy, ServiceCIDR and IPAddress. @see pkg/apis/networking/validation/validation.go */
import type { FieldErrors } from '../../objects/field-errors.js'
import { holds, parseRange } from '../../objects/ip-range.js'
import { isIp, pathSegment, portName, portNumber } from '../../objects/names.js'
import { formatSelector } from '../../objects/selector.js'
import type {
  IPAddress,
  IPBlock,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  ServiceCIDR,
} from '../../schema/kubernetes.generated.js'
import { named, validateCidr } from '../checks.js'
import { column, columns } from '../columns.js'
import { defineKind } from '../define.js'
import { validateSelector } from '../label-selector.js'
import { immutable } from '../metadata.js'

const PROTOCOLS = ['TCP', 'UDP', 'SCTP']

function validateBlock(block: IPBlock, path: string, errors: FieldErrors): void {
  if (!block.cidr) {
    errors.required(`${path}.cidr`)
    return
  }
  validateCidr(block.cidr, `${path}.cidr`, errors)
  const outer = parseRange(block.cidr)
  if (!outer) return
  for (const [index, text] of (block.except ?? []).entries()) {
    const at = `${path}.except[${index}]`
    validateCidr(text, at, errors)
    const inner = parseRange(text)
    if (!inner) continue
    const isStrict = holds(outer, inner) && !holds(inner, outer)
    if (!isStrict) errors.invalid(at, text, 'must be a strict subset of `cidr`')
  }
}

function validatePort({ protocol, port, endPort }: NetworkPolicyPort, path: string, errors: FieldErrors): void {
  if (protocol !== undefined && !PROTOCOLS.includes(protocol)) errors.notSupported(`${path}.protocol`, protocol, PROTOCOLS)
  if (port === undefined) {
    if (endPort !== undefined) errors.invalid(`${path}.endPort`, endPort, 'may not be specified when `port` is not specified')
  } else if (typeof port === 'string') {
    if (endPort !== undefined) errors.invalid(`${path}.endPort`, endPort, 'may not be specified when `port` is non-numeric')
    for (const problem of portName(port)) errors.invalid(`${path}.port`, port, problem)
  } else {
    for (const problem of portNumber(port)) errors.invalid(`${path}.port`, port, problem)
    if (endPort === undefined) return
    if (endPort < port) errors.invalid(`${path}.endPort`, port, 'must be greater than or equal to `port`')
    for (const problem of portNumber(endPort)) errors.invalid(`${path}.endPort`, endPort, problem)
  }
}

function validatePeer({ podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer, path: string, errors: FieldErrors): void {
  if (podSelector) validateSelector(podSelector, `${path}.podSelector`, errors)
  if (namespaceSelector) validateSelector(namespaceSelector, `${path}.namespaceSelector`, errors)
  if (ipBlock) validateBlock(ipBlock, `${path}.ipBlock`, errors)
  if (!podSelector && !namespaceSelector && !ipBlock) errors.required(path, 'must specify a peer')
  else if (ipBlock && (podSelector || namespaceSelector)) errors.forbidden(path, 'may not specify both ipBlock and another peer')
}

interface Rule {
  ports?: NetworkPolicyPort[] | undefined
  peers: NetworkPolicyPeer[]
}

function validateRule({ ports = [], peers }: Rule, path: string, peersAt: string, errors: FieldErrors): void {
  for (const [index, port] of ports.entries()) validatePort(port, `${path}.ports[${index}]`, errors)
  for (const [index, peer] of peers.entries()) validatePeer(peer, `${path}.${peersAt}[${index}]`, errors)
}

function validatePolicy({ spec }: NetworkPolicy, errors: FieldErrors): void {
  validateSelector(spec?.podSelector ?? {}, 'spec.podSelector', errors)
  for (const [index, { ports, from = [] }] of (spec?.ingress ?? []).entries())
    validateRule({ ports, peers: from }, `spec.ingress[${index}]`, 'from', errors)
  for (const [index, { ports, to = [] }] of (spec?.egress ?? []).entries())
    validateRule({ ports, peers: to }, `spec.egress[${index}]`, 'to', errors)
  const types = spec?.policyTypes ?? []
  if (types.length > 2) {
    errors.invalid('spec.policyTypes', types, 'may not specify more than two policyTypes')
    return
  }
  for (const [index, type] of types.entries())
    if (!['Ingress', 'Egress'].includes(type)) errors.notSupported(`spec.policyTypes[${index}]`, type, ['Ingress', 'Egress'])
}

export const networkPolicy = defineKind<NetworkPolicy>('networking.k8s.io', 'NetworkPolicy', {
  counted: true,
  defaults(object) {
    for (const rule of [...(object.spec?.ingress ?? []), ...(object.spec?.egress ?? [])])
      for (const port of rule.ports ?? []) port.protocol ??= 'TCP'
    if (object.spec && !object.spec.policyTypes)
      object.spec.policyTypes = object.spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress']
  },
  validate: validatePolicy,
  columns: columns<NetworkPolicy>(column('Pod-Selector', (object) => formatSelector(object.spec?.podSelector))),
})

function validateCidrs(cidrs: string[], errors: FieldErrors): void {
  if (cidrs.length === 0) {
    errors.required('spec.cidrs', 'at least one CIDR required')
    return
  }
  if (cidrs.length > 2) {
    errors.invalid('spec.cidrs', { cidrs }, 'may only hold up to 2 values')
    return
  }
  for (const [index, cidr] of cidrs.entries()) validateCidr(cidr, `spec.cidrs[${index}]`, errors)
  const [first, second] = cidrs.map(parseRange)
  if (first && first.family === second?.family)
    errors.invalid(
      'spec.cidrs',
      cidrs,
      'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
    )
}

export const serviceCidr = defineKind<ServiceCIDR>('networking.k8s.io', 'ServiceCIDR', {
  validate: ({ spec }, errors) => validateCidrs(spec?.cidrs ?? [], errors),
  validateUpdate({ spec }, old, errors) {
    const [now, before] = [spec?.cidrs ?? [], old.spec?.cidrs ?? []]
    // A second family may be added.
    const isSame = now.length === before.length || (now.length === 2 && before.length === 1)
    if (!isSame) errors.invalid('spec.cidrs', now, 'field is immutable')
    else for (const [index, cidr] of before.entries()) immutable(now[index], cidr, `spec.cidrs[${index}]`, errors)
  },
  columns: columns<ServiceCIDR>(column('CIDRs', ({ spec }) => spec?.cidrs?.join(','), '')),
})

function parentText({ spec }: IPAddress): string {
  const parent = spec?.parentRef
  if (!parent) return '<none>'
  const resource = `${parent.resource}${parent.group ? `.${parent.group}` : ''}`.toLowerCase()
  return [resource, ...(parent.namespace ? [parent.namespace] : []), parent.name].join('/')
}

export const ipAddress = defineKind<IPAddress>('networking.k8s.io', 'IPAddress', {
  nameRule: (name) => (isIp(name) ? [] : ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']),
  validate({ spec }, errors) {
    if (!spec?.parentRef) {
      errors.required('spec.parentRef')
      return
    }
    named(pathSegment, spec.parentRef.resource, 'spec.parentRef.resource', errors)
    named(pathSegment, spec.parentRef.name, 'spec.parentRef.name', errors)
  },
  validateUpdate: (object, old, errors) => immutable(object.spec?.parentRef, old.spec?.parentRef, 'spec.parentRef', errors),
  // Its age has no heading upstream, which shows when more columns follow.
  columns: columns<IPAddress>(column('ParentRef', parentText)).map((each) =>
    each.name === 'Age' ? { ...each, name: '' } : each,
  ),
})
