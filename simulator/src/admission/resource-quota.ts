/** Refuses what a ResourceQuota of the namespace has no room for. @see apiserver/pkg/admission/plugin/resourcequota/controller.go */
import type { Resource } from '../kinds/resource.js'
import type { KubeObject } from '../objects/object.js'
import { compareQuantities } from '../objects/quantity.js'
import {
  addLists,
  asResourceList,
  onlyNames,
  printList,
  type ResourceList,
  subtractLists,
  withoutZeros,
} from '../objects/resource-list.js'
import { failure } from '../objects/status.js'
import { hasDeadline, quotaMatches } from '../quota/scopes.js'
import { containerUsage, namesCounted, usageOf } from '../quota/usage.js'
import type { Pod, ResourceQuota } from '../schema/kubernetes.generated.js'
import type { AdmissionPlugin, AdmissionReview } from './admission.js'

const SHELF = 'resourcequotas'

/** A quota of these makes every container name them. @see pods.go: validationSet, which says that it was a mistake */
const MUST_BE_SET = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']

function handles({ request, operation, object, old }: AdmissionReview): boolean {
  const { resource, subresource } = request
  if (!resource.namespaced || operation === 'DELETE') return false
  if (resource.storage !== 'pods') {
    const countsUpdates = resource.storage === 'services' || resource.storage === 'persistentvolumeclaims'
    return subresource === '' && (operation === 'CREATE' || countsUpdates)
  }
  if (subresource === 'resize') return operation === 'UPDATE'
  if (subresource) return false
  return operation === 'CREATE' || hasDeadline(object as Pod) !== hasDeadline(old as Pod)
}

/** `must specify limits.cpu for: main; requests.memory for: main,side`; undefined where nothing is missing */
function missingIn(pod: Pod, limited: string[]): string | undefined {
  if (pod.spec.resources?.requests || pod.spec.resources?.limits) return undefined
  const missing = new Map<string, Set<string>>()
  for (const container of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
    const { requests, limits } = container.resources ?? {}
    const named = containerUsage(asResourceList(requests), asResourceList(limits))
    for (const name of MUST_BE_SET)
      if (limited.includes(name) && named[name] === undefined)
        missing.set(name, (missing.get(name) ?? new Set()).add(container.name))
  }
  if (missing.size === 0) return undefined
  const parts = [...missing.keys()].sort().map((name) => `${name} for: ${[...(missing.get(name) ?? [])].sort().join(',')}`)
  return `must specify ${parts.join('; ')}`
}

interface Charge {
  resource: Resource
  object: KubeObject
  usage: ResourceList
}

/** What the quota will have in use; undefined where it does not change. @throws ApiError 403 where it is too much */
function charge(review: AdmissionReview, quota: ResourceQuota, { resource, object, usage }: Charge): ResourceList | undefined {
  const refuse = (why: string) => failure.forbidden(resource, object.metadata.name, why)
  const hard = asResourceList(quota.status?.hard)
  const used = asResourceList(quota.status?.used)
  const limited = namesCounted(resource, Object.keys(hard))
  const missing = resource.storage === 'pods' ? missingIn(object as Pod, limited) : undefined
  if (missing) throw refuse(`failed quota: ${quota.metadata.name}: ${missing}`)
  if (limited.some((name) => used[name] === undefined))
    throw refuse(`status unknown for quota: ${quota.metadata.name}, resources: ${[...limited].sort().join(',')}`)
  const now = review.context.clock.now()
  const before = review.old && quotaMatches(quota, resource, review.old) ? usageOf(resource, review.old, now) : {}
  const requested = onlyNames(withoutZeros(subtractLists(usage, before)), Object.keys(hard))
  if (Object.keys(requested).length === 0) return undefined
  const next = addLists(used, requested)
  const exceeded = Object.keys(requested).filter((name) => compareQuantities(next[name] ?? '0', hard[name] ?? '0') > 0)
  if (exceeded.length > 0) {
    const only = (list: ResourceList) => printList(onlyNames(list, exceeded))
    throw refuse(
      `exceeded quota: ${quota.metadata.name}, requested: ${only(requested)}, used: ${only(used)}, limited: ${only(hard)}`,
    )
  }
  return next
}

export const resourceQuotaAdmission: AdmissionPlugin = {
  name: 'ResourceQuota',
  validate(review) {
    if (!handles(review)) return
    const { context, request, object } = review
    const { resource, namespace } = request
    const quotas = (context.store.list(SHELF, namespace) as ResourceQuota[]).filter((quota) =>
      quotaMatches(quota, resource, object),
    )
    if (quotas.length === 0) return
    const usage = usageOf(resource, object, context.clock.now())
    const changes = quotas.map((quota) => ({ quota, used: charge(review, quota, { resource, object, usage }) }))
    if (request.dryRun) return
    for (const { quota, used } of changes) {
      if (!used) continue
      const status = { ...quota.status, used }
      context.store.put(SHELF, `${namespace}/${quota.metadata.name}`, { ...quota, status } as ResourceQuota)
    }
  },
}
