/** Names and addresses of a Pod. @see pkg/apis/core/validation/validation.go: validatePodDNSConfig, ValidateHostAliases */
import type { FieldErrors } from '../../../objects/field-errors.js'
import { dnsSubdomain, isIp } from '../../../objects/names.js'
import type { PodSpec } from '../../../schema/kubernetes.generated.js'
import { follow } from '../../checks.js'

const MOST_NAMESERVERS = 3
const MOST_SEARCHES = 32
const IP_TEXT = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'
const SEARCH = /^_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*$/
const SEARCH_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')"

export function validateDns({ dnsPolicy, dnsConfig }: PodSpec, path: string, errors: FieldErrors): void {
  if (dnsPolicy === 'None' && !dnsConfig) {
    errors.required(path, 'must provide `dnsConfig` when `dnsPolicy` is None')
    return
  }
  if (dnsPolicy === 'None' && !dnsConfig?.nameservers?.length) {
    errors.required(`${path}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')
    return
  }
  const { nameservers = [], searches = [], options = [] } = dnsConfig ?? {}
  if (nameservers.length > MOST_NAMESERVERS)
    errors.invalid(`${path}.nameservers`, nameservers, `must not have more than ${MOST_NAMESERVERS} nameservers`)
  for (const [index, address] of nameservers.entries())
    if (!isIp(address)) errors.invalid(`${path}.nameservers[${index}]`, address, IP_TEXT)
  if (searches.length > MOST_SEARCHES)
    errors.invalid(`${path}.searches`, searches, `must not have more than ${MOST_SEARCHES} search paths`)
  for (const [index, search] of searches.entries())
    if (search !== '.' && !SEARCH.test(search.replace(/\.$/, '')))
      errors.invalid(`${path}.searches[${index}]`, search, SEARCH_TEXT)
  for (const [index, { name }] of options.entries()) if (!name) errors.required(`${path}.options[${index}]`, 'must not be empty')
}

export function validateHostAliases({ hostAliases = [] }: PodSpec, path: string, errors: FieldErrors): void {
  for (const [index, { ip, hostnames = [] }] of hostAliases.entries()) {
    if (!isIp(ip)) errors.invalid(`${path}[${index}].ip`, ip, IP_TEXT)
    for (const [at, hostname] of hostnames.entries()) follow(dnsSubdomain, hostname, `${path}[${index}].hostnames[${at}]`, errors)
  }
}

/** On the host's network a port of a container is a port of the host. */
export function validateHostPorts(spec: PodSpec, path: string, errors: FieldErrors): void {
  if (!spec.hostNetwork) return
  for (const [index, { ports = [] }] of (spec.containers ?? []).entries())
    for (const [at, { hostPort, containerPort }] of ports.entries())
      if (hostPort && hostPort !== containerPort)
        errors.invalid(
          `${path}.containers[${index}].ports[${at}].hostPort`,
          hostPort,
          'must match `containerPort` when `hostNetwork` is true',
        )
}
