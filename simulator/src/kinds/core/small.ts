/** The core kinds with few rules: ServiceAccount, Endpoints, ReplicationController, PodTemplate, LimitRange, ResourceQuota. */
import type {
  Endpoints,
  LimitRange,
  PodTemplate,
  ReplicationController,
  ResourceQuota,
  ServiceAccount,
} from '../../schema/kubernetes.generated.js'
import { ageColumn, column, columns, formatMap, integerColumn, nameColumn, wide } from '../columns.js'
import { type Column, defineKind } from '../define.js'
import { defaultPodSpec } from './pod-spec-defaults.js'
import { validatePodTemplate } from './pod-spec-validation.js'

export const serviceAccount = defineKind<ServiceAccount>('', 'ServiceAccount', {
  columns: columns<ServiceAccount>(),
})

type Subset = NonNullable<Endpoints['subsets']>[number]
const MOST_SHOWN = 3

function formatEndpoints(object: Endpoints): string {
  const all = (object.subsets ?? []).flatMap((subset: Subset) => {
    if (!subset.ports?.length) return (subset.addresses ?? []).map((address) => address.ip)
    return subset.ports.flatMap((port) => (subset.addresses ?? []).map((address) => `${address.ip}:${port.port}`))
  })
  const shown = all.slice(0, MOST_SHOWN).join(',')
  return all.length > MOST_SHOWN ? `${shown} + ${all.length - MOST_SHOWN} more...` : shown
}

export const endpoints = defineKind<Endpoints>('', 'Endpoints', {
  warnings: () => ['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'],
  columns: columns<Endpoints>(column('Endpoints', formatEndpoints)),
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
  validate(object, errors) {
    if (!Object.keys(object.spec.selector ?? {}).length) errors.required('spec.selector')
    if (!object.spec.template) errors.required('spec.template')
    else validatePodTemplate(object.spec.template, 'spec.template', errors)
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
  columns: columns<PodTemplate>(
    column('Containers', (object) => object.template?.spec?.containers.map((each) => each.name).join(',')),
    column('Images', (object) => object.template?.spec?.containers.map((each) => each.image).join(',')),
    column('Pod Labels', (object) => formatMap(object.template?.metadata?.labels)),
  ),
})

type Quantities = Record<string, string>

export const limitRange = defineKind<LimitRange>('', 'LimitRange', {
  defaults(object) {
    for (const item of object.spec.limits ?? []) {
      if (item.type !== 'Container') continue
      const { max, min } = item as { max?: Quantities; min?: Quantities }
      const limit = { ...max, ...(item.default as Quantities) }
      const request = { ...min, ...limit, ...(item.defaultRequest as Quantities) }
      if (Object.keys(limit).length) item.default = limit as never
      if (Object.keys(request).length) item.defaultRequest = request as never
    }
  },
  columns: [nameColumn as Column<LimitRange>, { name: 'Created At', value: (object) => object.metadata.creationTimestamp ?? '' }],
})

const usage = (object: ResourceQuota, wanted: (name: string) => boolean): string => {
  const { hard = {}, used = {} } = (object.status ?? {}) as { hard?: Quantities; used?: Quantities }
  return Object.keys(hard)
    .sort()
    .filter(wanted)
    .map((name) => `${name}: ${used[name] ?? '0'}/${hard[name]}`)
    .join(', ')
}

export const resourceQuota = defineKind<ResourceQuota>('', 'ResourceQuota', {
  columns: [
    nameColumn as Column<ResourceQuota>,
    column('Request', (object) => usage(object, (name) => !name.startsWith('limits.')), ''),
    column('Limit', (object) => usage(object, (name) => name.startsWith('limits.')), ''),
    ageColumn as Column<ResourceQuota>,
  ],
})
