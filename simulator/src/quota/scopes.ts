/** Which objects a ResourceQuota looks at. @see pkg/quota/v1/evaluator/core/pods.go: podMatchesScopeFunc */
import { qosClass } from '../kinds/core/pod.js'
import type { KubeObject } from '../objects/object.js'
import { asResourceList } from '../objects/resource-list.js'
import type { GroupResource } from '../objects/status.js'
import type { PersistentVolumeClaim, Pod, PodAffinityTerm, ResourceQuota } from '../schema/kubernetes.generated.js'
import { namesCounted } from './usage.js'

interface ScopeTerm {
  scopeName: string
  operator: string
  values?: string[] | undefined
}

const termsOf = ({ spec }: ResourceQuota): ScopeTerm[] => [
  ...(spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
  ...((spec?.scopeSelector?.matchExpressions ?? []) as ScopeTerm[]),
]

function valueFits({ operator, values = [] }: ScopeTerm, value: string | undefined): boolean {
  switch (operator) {
    case 'Exists':
      return Boolean(value)
    case 'DoesNotExist':
      return !value
    case 'In':
      return Boolean(value) && values.includes(value ?? '')
    case 'NotIn':
      return !value || !values.includes(value)
    default:
      return false
  }
}

export const hasDeadline = (pod: Pod): boolean => (pod.spec.activeDeadlineSeconds ?? -1) >= 0

const isCross = (term: PodAffinityTerm): boolean => Boolean(term.namespaces?.length || term.namespaceSelector)

function crossesNamespaces({ spec }: Pod): boolean {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {}
  return [podAffinity, podAntiAffinity].some(
    (affinity) =>
      affinity?.requiredDuringSchedulingIgnoredDuringExecution?.some(isCross) ||
      affinity?.preferredDuringSchedulingIgnoredDuringExecution?.some((weighted) => isCross(weighted.podAffinityTerm)),
  )
}

function podFits(term: ScopeTerm, pod: Pod): boolean {
  switch (term.scopeName) {
    case 'Terminating':
      return hasDeadline(pod)
    case 'NotTerminating':
      return !hasDeadline(pod)
    case 'BestEffort':
      return qosClass(pod.spec) === 'BestEffort'
    case 'NotBestEffort':
      return qosClass(pod.spec) !== 'BestEffort'
    case 'PriorityClass':
      return valueFits(term, pod.spec.priorityClassName)
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(pod)
    default:
      return false
  }
}

const claimFits = (term: ScopeTerm, claim: PersistentVolumeClaim): boolean =>
  term.scopeName === 'VolumeAttributesClass' && valueFits(term, claim.spec.volumeAttributesClassName)

function fits(term: ScopeTerm, resource: GroupResource, object: KubeObject): boolean {
  if (resource.group) return false
  if (resource.resource === 'pods') return podFits(term, object as Pod)
  return resource.resource === 'persistentvolumeclaims' && claimFits(term, object as PersistentVolumeClaim)
}

/** Whether the object is within all scopes of the quota. */
export const inScope = (quota: ResourceQuota, resource: GroupResource, object: KubeObject): boolean =>
  termsOf(quota).every((term) => fits(term, resource, object))

/** Whether the quota counts the object: it limits something that such objects use, and the object is in its scopes. */
export function quotaMatches(quota: ResourceQuota, resource: GroupResource, object: KubeObject): boolean {
  const limited = namesCounted(resource, Object.keys(asResourceList(quota.status?.hard)))
  return limited.length > 0 && inScope(quota, resource, object)
}
