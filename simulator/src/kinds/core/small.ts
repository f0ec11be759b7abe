/** The core kinds with few rules: ComponentStatus, ServiceAccount, Endpoints, ReplicationController, PodTemplate. */
import type { FieldErrors } from '../../objects/field-errors.js'
import { dnsLabel, dnsSubdomain, isIp, portNumber } from '../../objects/names.js'
import type {
  ComponentStatus,
  Endpoints,
  PodTemplate,
  ReplicationController,
  ServiceAccount,
} from '../../schema/kubernetes.generated.js'
import { follow, nonNegative } from '../checks.js'
import { column, columns, formatMap, integerColumn, nameColumn, wide } from '../columns.js'
import { type Column, defineKind } from '../define.js'
import { defaultPodSpec } from './pod-spec-defaults.js'
import { validatePodTemplate } from './pod-spec-validation.js'

const MOUNTABLE = 'kubernetes.io/enforce-mountable-secrets'

export const serviceAccount = defineKind<ServiceAccount>('', 'ServiceAccount', {
  warnings: ({ metadata }) =>
    metadata.annotations?.[MOUNTABLE] !== undefined
      ? [
          `metadata.annotations[${MOUNTABLE}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`,
        ]
      : [],
  columns: columns<ServiceAccount>(),
})

type Subset = NonNullable<Endpoints['subsets']>[number]
const MOST_SHOWN = 3
const LOCAL = [
  [/^127\./, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  [/^0\.0\.0\.0$/, 'may not be unspecified (0.0.0.0)'],
  [/^169\.254\./, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
] as const

/** Addresses that reach nobody, with upstream's words. @see pkg/apis/core/validation/validation.go ValidateEndpointIP */
export function validateEndpointIp(address: string, path: string, errors: FieldErrors): void {
  for (const [range, text] of LOCAL) if (range.test(address)) errors.invalid(path, address, text)
}

type Address = NonNullable<Subset['addresses']>[number]

function validateAddress({ ip, hostname, nodeName }: Address, path: string, errors: FieldErrors): void {
  if (!isIp(ip)) {
    errors.invalid(`${path}.ip`, ip, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')
    errors.invalid(`${path}.ip`, ip, 'must be a valid IP address')
  }
  if (hostname) follow(dnsLabel, hostname, `${path}.hostname`, errors)
  if (nodeName) follow(dnsSubdomain, nodeName, `${path}.nodeName`, errors)
  validateEndpointIp(ip, `${path}.ip`, errors)
}

function validateEndpointPort(
  port: NonNullable<Subset['ports']>[number],
  path: string,
  isNamed: boolean,
  errors: FieldErrors,
): void {
  if (isNamed && !port.name) errors.required(`${path}.name`)
  else if (port.name) follow(dnsLabel, port.name, `${path}.name`, errors)
  for (const problem of portNumber(port.port)) errors.invalid(`${path}.port`, port.port, problem)
  if (!['SCTP', 'TCP', 'UDP'].includes(port.protocol ?? ''))
    errors.notSupported(`${path}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP'])
}

function validateEndpoints({ subsets = [] }: Endpoints, errors: FieldErrors): void {
  for (const [index, subset] of (subsets ?? []).entries()) {
    const at = `subsets[${index}]`
    if (!subset.addresses?.length && !subset.notReadyAddresses?.length)
      errors.required(at, 'must specify `addresses` or `notReadyAddresses`')
    for (const list of ['addresses', 'notReadyAddresses'] as const)
      for (const [place, address] of (subset[list] ?? []).entries()) validateAddress(address, `${at}.${list}[${place}]`, errors)
    const ports = subset.ports ?? []
    for (const [place, port] of ports.entries()) validateEndpointPort(port, `${at}.ports[${place}]`, ports.length > 1, errors)
  }
}

function formatEndpoints(object: Endpoints): string {
  if (!object.subsets?.length) return '<none>'
  const all = (object.subsets ?? []).flatMap((subset: Subset) => {
    if (!subset.ports?.length) return (subset.addresses ?? []).map((address) => address.ip)
    return subset.ports.flatMap((port) => (subset.addresses ?? []).map((address) => `${address.ip}:${port.port}`))
  })
  const shown = all.slice(0, MOST_SHOWN).join(',')
  return all.length > MOST_SHOWN ? `${shown} + ${all.length - MOST_SHOWN} more...` : shown
}

export const endpoints = defineKind<Endpoints>('', 'Endpoints', {
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  defaults(object) {
    for (const subset of object.subsets ?? []) for (const port of subset.ports ?? []) port.protocol ??= 'TCP'
  },
  validate: validateEndpoints,
  columns: columns<Endpoints>(column('Endpoints', formatEndpoints, '')),
})

const healthy = ({ conditions = [] }: ComponentStatus) => conditions.find(({ type }) => type === 'Healthy')
const HEALTH: Record<string, string> = { True: 'Healthy', False: 'Unhealthy' }

export const componentStatus = defineKind<ComponentStatus>('', 'ComponentStatus', {
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  columns: [
    nameColumn as Column<ComponentStatus>,
    column('Status', (object) => HEALTH[healthy(object)?.status ?? ''] ?? 'Unknown'),
    column('Message', (object) => healthy(object)?.message ?? '', ''),
    column('Error', (object) => healthy(object)?.error ?? '', ''),
  ],
})

export const replicationController = defineKind<ReplicationController>('', 'ReplicationController', {
  counted: true,
  defaults(object) {
    object.spec.replicas ??= 1
    object.spec.minReadySeconds ??= 0
    const template = object.spec.template
    if (!template) return
    if (template.spec) defaultPodSpec(template.spec)
    const labels = template.metadata?.labels
    if (labels) {
      object.spec.selector ??= labels
      object.metadata.labels ??= labels
    }
  },
  validate({ spec }, errors) {
    nonNegative(spec.minReadySeconds, 'spec.minReadySeconds', errors)
    if (!Object.keys(spec.selector ?? {}).length) errors.required('spec.selector')
    nonNegative(spec.replicas, 'spec.replicas', errors)
    if (!spec.template) {
      errors.required('spec.template')
      return
    }
    const labels = spec.template.metadata?.labels
    const fits = Object.entries(spec.selector ?? {}).every(([key, value]) => labels?.[key] === value)
    if (!fits) errors.invalid('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`')
    validatePodTemplate(spec.template, 'spec.template', errors)
    const { restartPolicy } = spec.template.spec ?? {}
    if (restartPolicy && restartPolicy !== 'Always')
      errors.notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always'])
  },
  columns: columns<ReplicationController>(
    integerColumn('Desired', (object) => object.spec.replicas),
    integerColumn('Current', (object) => object.status?.replicas),
    integerColumn('Ready', (object) => object.status?.readyReplicas),
    wide(column('Containers', (object) => object.spec.template?.spec?.containers.map((each) => each.name).join(','))),
    wide(column('Images', (object) => object.spec.template?.spec?.containers.map((each) => each.image).join(','))),
    wide(column('Selector', (object) => formatMap(object.spec.selector))),
  ),
})

export const podTemplate = defineKind<PodTemplate>('', 'PodTemplate', {
  counted: true,
  defaults(object) {
    if (object.template?.spec) defaultPodSpec(object.template.spec)
  },
  // Upstream shows no age.
  validate(object, errors) {
    if (object.template) validatePodTemplate(object.template, 'template', errors)
  },
  columns: [
    nameColumn as Column<PodTemplate>,
    column('Containers', (object) => object.template?.spec?.containers.map((each) => each.name).join(',')),
    column('Images', (object) => object.template?.spec?.containers.map((each) => each.image).join(',')),
    column('Pod Labels', (object) => formatMap(object.template?.metadata?.labels)),
  ],
})
