/**
 * What an object counts for in a ResourceQuota: shared by admission, which refuses what is too much, and by the controller, which
 * counts again what is there. @see pkg/quota/v1/evaluator/core
 */
import { podResourcesWithOverhead } from '../kinds/core/pod-resources.js'
import type { KubeObject } from '../objects/object.js'
import { asResourceList, type ResourceList } from '../objects/resource-list.js'
import { type GroupResource, qualified } from '../objects/status.js'
import type { PersistentVolumeClaim, Pod, Service } from '../schema/kubernetes.generated.js'
import { parseTime } from '../time/clock.js'

/** Resources that are counted under their plain names too. */
const PLAIN_COUNTS = new Set(['configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets'])

const STORAGE_CLASS = '.storageclass.storage.k8s.io/'

/** `count/deployments.apps` */
export const countName = (resource: GroupResource): string => `count/${qualified(resource)}`

/** What one object of a resource uses. @param nowMs for Pods that are past their end */
export function usageOf(resource: GroupResource, object: KubeObject, nowMs: number): ResourceList {
  const count: ResourceList = { [countName(resource)]: '1' }
  if (resource.group) return count
  switch (resource.resource) {
    case 'pods':
      return isOver(object as Pod, nowMs) ? count : { ...count, ...podUsage(object as Pod) }
    case 'services':
      return { ...count, ...serviceUsage(object as Service) }
    case 'persistentvolumeclaims':
      return { ...count, ...claimUsage(object as PersistentVolumeClaim) }
    default:
      return PLAIN_COUNTS.has(resource.resource) ? { ...count, [resource.resource]: '1' } : count
  }
}

/** Ended, or past the time that it had to end. */
function isOver(pod: Pod, nowMs: number): boolean {
  if (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') return true
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata
  if (!deletionTimestamp || deletionGracePeriodSeconds === undefined) return false
  return nowMs > parseTime(deletionTimestamp) + deletionGracePeriodSeconds * 1000
}

const podUsage = (pod: Pod): ResourceList =>
  containerUsage(podResourcesWithOverhead(pod.spec, 'requests'), podResourcesWithOverhead(pod.spec, 'limits'))

/** Requests and limits under the names that a quota has for them. */
export function containerUsage(requests: ResourceList, limits: ResourceList): ResourceList {
  const usage: ResourceList = { pods: '1' }
  for (const name of ['cpu', 'memory', 'ephemeral-storage']) {
    const request = requests[name]
    const limit = limits[name]
    if (request !== undefined) Object.assign(usage, { [name]: request, [`requests.${name}`]: request })
    if (limit !== undefined) usage[`limits.${name}`] = limit
  }
  for (const [name, request] of Object.entries(requests)) {
    if (name.startsWith('hugepages-')) usage[name] = request
    if (name.startsWith('hugepages-') || name.includes('/')) usage[`requests.${name}`] = request
  }
  return usage
}

function serviceUsage({ spec }: Service): ResourceList {
  const ports = spec.ports ?? []
  const usage: ResourceList = { services: '1', 'services.loadbalancers': '0', 'services.nodeports': '0' }
  if (spec.type === 'NodePort') usage['services.nodeports'] = String(ports.length)
  if (spec.type === 'LoadBalancer') {
    const open = spec.allocateLoadBalancerNodePorts === false ? ports.filter((port) => port.nodePort) : ports
    usage['services.nodeports'] = String(open.length)
    usage['services.loadbalancers'] = '1'
  }
  return usage
}

function claimUsage({ metadata, spec }: PersistentVolumeClaim): ResourceList {
  const usage: ResourceList = { persistentvolumeclaims: '1' }
  const storage = asResourceList(spec.resources?.requests).storage
  if (storage !== undefined) usage['requests.storage'] = storage
  const storageClass = metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName
  if (!storageClass) return usage
  usage[`${storageClass}${STORAGE_CLASS}persistentvolumeclaims`] = '1'
  if (storage !== undefined) usage[`${storageClass}${STORAGE_CLASS}requests.storage`] = storage
  return usage
}

const POD_NAMES = new Set([
  'pods',
  ...['cpu', 'memory', 'ephemeral-storage'].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
])
const SERVICE_NAMES = new Set(['services', 'services.nodeports', 'services.loadbalancers'])
const CLAIM_NAMES = ['persistentvolumeclaims', 'requests.storage']

/** The names of a quota that objects of this resource count for. */
export function namesCounted(resource: GroupResource, names: string[]): string[] {
  const count = countName(resource)
  return names.filter((name) => {
    if (name === count) return true
    if (resource.group) return false
    if (resource.resource === 'pods') return POD_NAMES.has(name) || isExtended(name)
    if (resource.resource === 'services') return SERVICE_NAMES.has(name)
    if (resource.resource === 'persistentvolumeclaims')
      return CLAIM_NAMES.some((plain) => name === plain || name.endsWith(`${STORAGE_CLASS}${plain}`))
    return PLAIN_COUNTS.has(resource.resource) && name === resource.resource
  })
}

const isExtended = (name: string): boolean =>
  name.startsWith('hugepages-') ||
  name.startsWith('requests.hugepages-') ||
  (/^requests\.[^/]+\//.test(name) && !name.includes(STORAGE_CLASS))
