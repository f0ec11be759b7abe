/** The core kinds with few rules: ServiceAccount, Endpoints, ReplicationController, PodTemplate. */
import type { Endpoints, PodTemplate, ReplicationController, ServiceAccount } from '../../schema/kubernetes.generated.js'
import { nonNegative } from '../checks.js'
import { column, columns, formatMap, integerColumn, nameColumn, wide } from '../columns.js'
import { type Column, defineKind } from '../define.js'
import { defaultPodSpec } from './pod-spec-defaults.js'
import { validatePodTemplate } from './pod-spec-validation.js'

export const serviceAccount = defineKind<ServiceAccount>('', 'ServiceAccount', {
  columns: columns<ServiceAccount>(),
})

type Subset = NonNullable<Endpoints['subsets']>[number]
const MOST_SHOWN = 3

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
  warnings: () => ['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'],
  columns: columns<Endpoints>(column('Endpoints', formatEndpoints, '')),
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
