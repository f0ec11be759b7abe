/** What every workload controller asks of Pods. @see pkg/controller/controller_utils.go and pkg/api/v1/pod */
import { controlledBy, type Draft, type KubeObject } from '../objects/object.js'
import type { Pod, PodTemplateSpec } from '../schema/kubernetes.generated.js'
import { parseTime } from '../time/clock.js'

export const isOver = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
/** Neither over nor on its way out. */
export const isActive = (pod: Pod): boolean => !isOver(pod) && !pod.metadata.deletionTimestamp

export const conditionOf = (pod: Pod, type: string) => pod.status?.conditions?.find((condition) => condition.type === type)
export const isReady = (pod: Pod): boolean => conditionOf(pod, 'Ready')?.status === 'True'

/** Ready for at least `minReadySeconds`. */
export function isAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  if (!isReady(pod)) return false
  return minReadySeconds === 0 || parseTime(conditionOf(pod, 'Ready')?.lastTransitionTime) + minReadySeconds * 1000 <= nowMs
}

/** Milliseconds until the next of the ready Pods will have been so for long enough; undefined where none is waited for. */
export function nextAvailable(pods: Pod[], minReadySeconds: number, nowMs: number): number | undefined {
  if (minReadySeconds === 0) return undefined
  const coming = pods
    .filter((pod) => isReady(pod) && !pod.metadata.deletionTimestamp)
    .map((pod) => parseTime(conditionOf(pod, 'Ready')?.lastTransitionTime) + minReadySeconds * 1000 - nowMs)
    .filter((waitMs) => waitMs > 0)
  return coming.length ? Math.min(...coming) : undefined
}

/** A Pod from a template, controlled by `owner` and named after `prefix`. */
export function podFrom(template: PodTemplateSpec, owner: KubeObject, prefix = `${owner.metadata.name}-`): Draft<Pod> {
  const { labels, annotations, finalizers } = template.metadata ?? {}
  return {
    metadata: {
      generateName: prefix,
      namespace: owner.metadata.namespace,
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}),
      ownerReferences: [controlledBy(owner)],
    },
    spec: template.spec ?? { containers: [] },
  }
}

const readyTime = (pod: Pod): number => parseTime(conditionOf(pod, 'Ready')?.lastTransitionTime) || 0
const restarts = (pod: Pod): number => Math.max(0, ...(pod.status?.containerStatuses ?? []).map((status) => status.restartCount))

/** What counts beside the Pods themselves when some of a ReplicaSet must go. */
export interface Crowding {
  /** Its Pods and those of its kin. */
  related: Pod[]
  nowMs: number
}

/**
 * Which Pod goes first when some must: unassigned, not ready, one of many on its node, young, often restarted.
 * @see pkg/controller/controller_utils.go: ActivePods, and with `crowding` ActivePodsWithRanks
 */
export function worstFirst(pods: Pod[], crowding?: Crowding): Pod[] {
  const phaseRank = (pod: Pod) => ({ Pending: 0, Unknown: 1, Running: 2 })[pod.status?.phase ?? ''] ?? 0
  const cost = (pod: Pod) =>
    crowding ? Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0) : 0
  const neighbours = neighboursOf(crowding?.related ?? [])
  // Ages are told apart by their powers of two alone, so that it is not always the youngest that go.
  const age = (ms: number) => (crowding ? Math.floor(Math.log2(Math.max(1, crowding.nowMs - ms))) : -ms)
  const compare = (a: Pod, b: Pod): number =>
    Number(Boolean(a.spec.nodeName)) - Number(Boolean(b.spec.nodeName)) ||
    phaseRank(a) - phaseRank(b) ||
    Number(isReady(a)) - Number(isReady(b)) ||
    cost(a) - cost(b) ||
    neighbours(b) - neighbours(a) ||
    age(readyTime(a)) - age(readyTime(b)) ||
    restarts(b) - restarts(a) ||
    age(parseTime(a.metadata.creationTimestamp)) - age(parseTime(b.metadata.creationTimestamp)) ||
    parseTime(b.metadata.creationTimestamp) - parseTime(a.metadata.creationTimestamp)
  return [...pods].sort(compare)
}

/** How many active ones of `related` are on a Pod's node. */
function neighboursOf(related: Pod[]): (pod: Pod) => number {
  const counts = new Map<string | undefined, number>()
  for (const { spec } of related.filter(isActive)) counts.set(spec.nodeName, (counts.get(spec.nodeName) ?? 0) + 1)
  return ({ spec }) => counts.get(spec.nodeName) ?? 0
}
