/** Ingress and IngressClass. @see pkg/apis/networking/validation/validation.go */
import type { FieldErrors } from '../../objects/field-errors.js'
import { dnsLabel, dnsSubdomain, isIp, pathSegment, portName, portNumber } from '../../objects/names.js'
import type { HTTPIngressPath, Ingress, IngressBackend, IngressClass, IngressRule } from '../../schema/kubernetes.generated.js'
import { domainPrefixed, follow, named, wildcardSubdomain } from '../checks.js'
import { ageColumn, column, columns } from '../columns.js'
import { type Column, defineKind } from '../define.js'
import { immutable } from '../metadata.js'

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix']
const BAD_PARTS = ['//', '/./', '/../', '%2f', '%2F']
const BAD_ENDS = ['/..', '/.']
const DEFAULT_CLASS = 'ingressclass.kubernetes.io/is-default-class'
const OLD_WAY = 'kubernetes.io/ingress.class'
const LONGEST_CONTROLLER = 250

function validateBackend(backend: IngressBackend | undefined, path: string, errors: FieldErrors): void {
  const { resource, service } = backend ?? {}
  if (resource && service) {
    errors.invalid(path, '', 'cannot set both resource and service backends')
    return
  }
  if (resource) {
    if (resource.apiGroup !== undefined) follow(dnsSubdomain, resource.apiGroup, `${path}.resource.apiGroup`, errors)
    named(pathSegment, resource.kind, `${path}.resource.kind`, errors)
    named(pathSegment, resource.name, `${path}.resource.name`, errors)
    return
  }
  if (!service) {
    errors.invalid(path, '', 'resource or service backend is required')
    return
  }
  named(dnsLabel, service.name, `${path}.service.name`, errors)
  const { name, number } = service.port ?? {}
  if (name && number) errors.invalid(path, '', 'cannot set both port name & port number')
  else if (name) follow(portName, name, `${path}.service.port.name`, errors)
  else if (!number) errors.required(path, 'port name or number is required')
  else for (const problem of portNumber(number)) errors.invalid(`${path}.service.port.number`, number, problem)
}

function validatePath(path: HTTPIngressPath, where: string, errors: FieldErrors): void {
  const { pathType, path: text = '' } = path
  if (!pathType) {
    errors.required(`${where}.pathType`, 'pathType must be specified')
    return
  }
  if (!PATH_TYPES.includes(pathType)) errors.notSupported(`${where}.pathType`, pathType, PATH_TYPES)
  else if (pathType === 'ImplementationSpecific') {
    if (text && !text.startsWith('/')) errors.invalid(`${where}.path`, text, 'must be an absolute path')
  } else {
    if (!text.startsWith('/')) errors.invalid(`${where}.path`, text, 'must be an absolute path')
    for (const part of BAD_PARTS) if (text.includes(part)) errors.invalid(`${where}.path`, text, `must not contain '${part}'`)
    for (const end of BAD_ENDS) if (text.endsWith(end)) errors.invalid(`${where}.path`, text, `cannot end with '${end}'`)
  }
  validateBackend(path.backend, `${where}.backend`, errors)
}

const hostRule = (host: string) => (host.includes('*') ? wildcardSubdomain : dnsSubdomain)

function validateRule(rule: IngressRule, path: string, errors: FieldErrors): void {
  if (rule.host) {
    if (isIp(rule.host)) errors.invalid(`${path}.host`, rule.host, 'must be a DNS name, not an IP address')
    follow(hostRule(rule.host), rule.host, `${path}.host`, errors)
  }
  if (!rule.http) return
  if (!rule.http.paths?.length) errors.required(`${path}.http.paths`)
  for (const [index, each] of (rule.http.paths ?? []).entries()) validatePath(each, `${path}.http.paths[${index}]`, errors)
}

function validate({ spec, metadata }: Ingress, errors: FieldErrors): void {
  const { rules = [], defaultBackend, tls = [], ingressClassName } = spec ?? {}
  if (rules.length === 0 && !defaultBackend)
    errors.invalid('spec', spec?.rules ?? null, 'either `defaultBackend` or `rules` must be specified')
  if (defaultBackend) validateBackend(defaultBackend, 'spec.defaultBackend', errors)
  for (const [index, rule] of rules.entries()) validateRule(rule, `spec.rules[${index}]`, errors)
  for (const [index, { hosts = [], secretName }] of tls.entries()) {
    for (const [at, host] of hosts.entries()) follow(hostRule(host), host, `spec.tls[${index}].hosts[${at}]`, errors)
    if (secretName) follow(dnsSubdomain, secretName, `spec.tls[${index}].secretName`, errors)
  }
  if (ingressClassName !== undefined) follow(dnsSubdomain, ingressClassName, 'spec.ingressClassName', errors)
  const oldName = metadata.annotations?.[OLD_WAY]
  if (oldName !== undefined && ingressClassName !== undefined && oldName !== ingressClassName)
    errors.invalid(`annotations.${OLD_WAY}`, oldName, 'must match `ingressClassName` when both are specified')
}

const hosts = (object: Ingress): string => {
  const found = (object.spec?.rules ?? []).flatMap((rule) => rule.host || [])
  if (found.length === 0) return '*'
  return found.length > 3 ? `${found.slice(0, 3).join(',')} + ${found.length - 3} more...` : found.join(',')
}

export const ingress = defineKind<Ingress>('networking.k8s.io', 'Ingress', {
  counted: true,
  validate,
  warnings: ({ metadata, spec }) =>
    metadata.annotations?.[OLD_WAY] === undefined || spec?.ingressClassName !== undefined
      ? []
      : [`annotation ${JSON.stringify(OLD_WAY)} is deprecated, please use 'spec.ingressClassName' instead`],
  columns: columns<Ingress>(
    column('Class', (object) => object.spec?.ingressClassName),
    { name: 'Hosts', value: hosts },
    column(
      'Address',
      (object) => (object.status?.loadBalancer?.ingress ?? []).map((each) => each.ip || each.hostname).join(','),
      '',
    ),
    { name: 'Ports', value: (object) => (object.spec?.tls?.length ? '80, 443' : '80') },
  ),
})

type Parameters = NonNullable<NonNullable<IngressClass['spec']>['parameters']>

function validateParameters({ apiGroup, kind, name, scope, namespace }: Parameters, errors: FieldErrors): void {
  const path = 'spec.parameters'
  if (apiGroup !== undefined) follow(dnsSubdomain, apiGroup, `${path}.apiGroup`, errors)
  named(pathSegment, kind, `${path}.kind`, errors)
  named(pathSegment, name, `${path}.name`, errors)
  if (scope === undefined) {
    errors.required(`${path}.scope`)
    return
  }
  if (!['Cluster', 'Namespace'].includes(scope)) errors.notSupported(`${path}.scope`, scope, ['Cluster', 'Namespace'])
  if (scope === 'Namespace' && namespace === undefined)
    errors.required(`${path}.namespace`, "`parameters.scope` is set to 'Namespace'")
  else if (scope === 'Namespace') follow(dnsLabel, namespace ?? '', `${path}.namespace`, errors)
  if (scope === 'Cluster' && namespace !== undefined)
    errors.forbidden(`${path}.namespace`, "`parameters.scope` is set to 'Cluster'")
}

export const ingressClass = defineKind<IngressClass>('networking.k8s.io', 'IngressClass', {
  counted: true,
  defaults({ spec }) {
    if (spec?.parameters) spec.parameters.scope ??= 'Cluster'
  },
  validate({ spec }, errors) {
    if ((spec?.controller ?? '').length > LONGEST_CONTROLLER) errors.tooLong('spec.controller', LONGEST_CONTROLLER)
    domainPrefixed(spec?.controller, 'spec.controller', errors)
    if (spec?.parameters) validateParameters(spec.parameters, errors)
  },
  validateUpdate: (object, old, errors) => immutable(object.spec?.controller, old.spec?.controller, 'spec.controller', errors),
  columns: [
    {
      name: 'Name',
      format: 'name',
      value: ({ metadata }) => `${metadata.name}${metadata.annotations?.[DEFAULT_CLASS] === 'true' ? ' (default)' : ''}`,
    },
    column('Controller', (object) => object.spec?.controller),
    column('Parameters', ({ spec }) =>
      spec?.parameters
        ? `${spec.parameters.kind}${spec.parameters.apiGroup ? `.${spec.parameters.apiGroup}` : ''}/${spec.parameters.name}`
        : '',
    ),
    ageColumn as Column<IngressClass>,
  ],
})
