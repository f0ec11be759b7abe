import { formatSelector } from '../../objects/selector.js'
import type { Ingress, IngressClass, NetworkPolicy } from '../../schema/kubernetes.generated.js'
import { validateSelector } from '../apps/workload.js'
import { column, columns } from '../columns.js'
import { defineKind } from '../define.js'

const hosts = (object: Ingress): string => {
  const found = (object.spec?.rules ?? []).flatMap((rule) => rule.host || [])
  if (found.length === 0) return '*'
  return found.length > 3 ? `${found.slice(0, 3).join(',')} + ${found.length - 3} more...` : found.join(',')
}

export const ingress = defineKind<Ingress>('networking.k8s.io', 'Ingress', {
  counted: true,
  validate(object, errors) {
    if (!object.spec?.rules?.length && !object.spec?.defaultBackend)
      errors.invalid('spec', object.spec?.rules ?? null, 'either `defaultBackend` or `rules` must be specified')
    for (const [index, rule] of (object.spec?.rules ?? []).entries()) {
      for (const [at, path] of (rule.http?.paths ?? []).entries()) {
        const where = `spec.rules[${index}].http.paths[${at}]`
        if (!path.pathType) errors.required(`${where}.pathType`, 'pathType must be specified')
        else if (!['Exact', 'Prefix', 'ImplementationSpecific'].includes(path.pathType))
          errors.notSupported(`${where}.pathType`, path.pathType, ['Exact', 'ImplementationSpecific', 'Prefix'])
        else if (path.pathType !== 'ImplementationSpecific' && !path.path?.startsWith('/'))
          errors.invalid(`${where}.path`, path.path ?? '', 'must be an absolute path')
      }
    }
  },
  columns: columns<Ingress>(
    column('Class', (object) => object.spec?.ingressClassName ?? object.metadata.annotations?.['kubernetes.io/ingress.class']),
    { name: 'Hosts', value: hosts },
    column(
      'Address',
      (object) => (object.status?.loadBalancer?.ingress ?? []).map((each) => each.ip || each.hostname).join(','),
      '',
    ),
    { name: 'Ports', value: (object) => (object.spec?.tls?.length ? '80, 443' : '80') },
  ),
})

export const ingressClass = defineKind<IngressClass>('networking.k8s.io', 'IngressClass', {
  counted: true,
  columns: columns<IngressClass>(
    column('Controller', (object) => object.spec?.controller),
    column('Parameters', ({ spec }) =>
      spec?.parameters
        ? `${spec.parameters.kind}${spec.parameters.apiGroup ? `.${spec.parameters.apiGroup}` : ''}/${spec.parameters.name}`
        : '',
    ),
  ),
})

export const networkPolicy = defineKind<NetworkPolicy>('networking.k8s.io', 'NetworkPolicy', {
  counted: true,
  defaults(object) {
    for (const rule of [...(object.spec?.ingress ?? []), ...(object.spec?.egress ?? [])])
      for (const port of rule.ports ?? []) port.protocol ??= 'TCP'
    if (object.spec && !object.spec.policyTypes)
      object.spec.policyTypes = object.spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress']
  },
  validate(object, errors) {
    validateSelector(object.spec?.podSelector ?? {}, 'spec.podSelector', errors)
  },
  columns: columns<NetworkPolicy>(column('Pod-Selector', (object) => formatSelector(object.spec?.podSelector))),
})
