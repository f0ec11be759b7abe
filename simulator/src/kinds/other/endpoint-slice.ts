import type { FieldErrors } from '../../objects/field-errors.js'
import { dnsLabel, dnsSubdomain, isIp } from '../../objects/names.js'
import type { EndpointSlice } from '../../schema/kubernetes.generated.js'
import { follow } from '../checks.js'
import { column, columns } from '../columns.js'
import { validateEndpointIp } from '../core/small.js'
import { defineKind } from '../define.js'
import { immutable } from '../metadata.js'

const MOST_SHOWN = 3

/** `a, b, c + 2 more...` */
function shorten(items: string[]): string {
  const shown = items.slice(0, MOST_SHOWN).join(',')
  return items.length > MOST_SHOWN ? `${shown} + ${items.length - MOST_SHOWN} more...` : shown
}

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6']
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
type Endpoint = NonNullable<EndpointSlice['endpoints']>[number]

function validateAddress(address: string, addressType: string, path: string, errors: FieldErrors): void {
  if (addressType === 'FQDN') {
    follow(dnsSubdomain, address, path, errors)
    return
  }
  if (!isIp(address)) errors.invalid(path, address, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')
  else if (address.includes(':') !== (addressType === 'IPv6'))
    errors.invalid(path, address, `must be a valid ${addressType} address`)
  else validateEndpointIp(address, path, errors)
}

function validateEndpoint(
  { addresses = [], hostname, nodeName }: Endpoint,
  addressType: string,
  path: string,
  errors: FieldErrors,
): void {
  if (!addresses?.length) errors.required(`${path}.addresses`, 'must contain at least 1 address')
  for (const [index, address] of (addresses ?? []).entries())
    validateAddress(address, addressType, `${path}.addresses[${index}]`, errors)
  if (nodeName) follow(dnsSubdomain, nodeName, `${path}.nodeName`, errors)
  if (hostname !== undefined) follow(dnsLabel, hostname, `${path}.hostname`, errors)
}

/** @see pkg/apis/discovery/validation/validation.go */
function validate({ addressType, ports = [], endpoints = [] }: EndpointSlice, errors: FieldErrors): void {
  if (!addressType) errors.required('addressType')
  else if (!ADDRESS_TYPES.includes(addressType)) errors.notSupported('addressType', addressType, ADDRESS_TYPES)
  const names = new Set<string>()
  for (const [index, { name = '', protocol = '' }] of (ports ?? []).entries()) {
    if (name) follow(dnsLabel, name, `ports[${index}].name`, errors)
    if (names.has(name)) errors.duplicate(`ports[${index}].name`, name)
    names.add(name)
    if (!PROTOCOLS.includes(protocol)) errors.notSupported(`ports[${index}].protocol`, protocol, PROTOCOLS)
  }
  if (!ADDRESS_TYPES.includes(addressType)) return
  for (const [index, endpoint] of (endpoints ?? []).entries())
    validateEndpoint(endpoint, addressType, `endpoints[${index}]`, errors)
}

export const endpointSlice = defineKind<EndpointSlice>('discovery.k8s.io', 'EndpointSlice', {
  counted: true,
  defaults(object) {
    for (const port of object.ports ?? []) {
      port.name ??= ''
      port.protocol ??= 'TCP'
    }
  },
  validate,
  validateUpdate: (object, old, errors) => immutable(object.addressType, old.addressType, 'addressType', errors),
  columns: columns<EndpointSlice>(
    column('AddressType', (object) => object.addressType),
    column('Ports', (object) => shorten((object.ports ?? []).map((port) => String(port.port ?? port.name ?? '*'))), '<unset>'),
    column('Endpoints', (object) => shorten((object.endpoints ?? []).flatMap((endpoint) => endpoint.addresses)), '<unset>'),
  ),
})
