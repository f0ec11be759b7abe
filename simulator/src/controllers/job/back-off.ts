/** How long a Job waits before it replaces Pods that failed. @see pkg/controller/job/backoff_utils.go */
import type { ContainerStatus, Pod } from '../../schema/kubernetes.generated.js'
import { parseTime } from '../../time/clock.js'
import { conditionOf } from '../pods.js'

const FIRST_MS = 10_000
const LONGEST_MS = 600_000

export interface Failures {
  sinceSuccess: number
  lastMs: number
}
export const noFailures: Failures = { sinceSuccess: 0, lastMs: 0 }

/** The record after further Pods have ended. */
export function failuresAfter(before: Failures, succeeded: Pod[], failed: Pod[]): Failures {
  const failedAt = failed.map(finishedAt)
  if (succeeded.length === 0) {
    if (failedAt.length === 0) return before
    return { sinceSuccess: before.sinceSuccess + failedAt.length, lastMs: Math.max(...failedAt) }
  }
  const lastSuccess = Math.max(...succeeded.map(finishedAt))
  const later = failedAt.filter((at) => at > lastSuccess)
  return later.length === 0 ? noFailures : { sinceSuccess: later.length, lastMs: Math.max(...later) }
}

/** Milliseconds until a Pod may be replaced. */
export function remaining({ sinceSuccess, lastMs }: Failures, nowMs: number): number {
  if (sinceSuccess === 0) return 0
  const delay = Math.min(FIRST_MS * 2 ** (sinceSuccess - 1), LONGEST_MS)
  return Math.max(0, lastMs + delay - nowMs)
}

/** When the Pod ended: by its containers, else by its readiness, else by its deletion, else by its creation. */
export function finishedAt(pod: Pod): number {
  const sidecars = new Set(pod.spec.initContainers?.filter((each) => each.restartPolicy === 'Always').map((each) => each.name))
  const ends = [
    ...(pod.status?.containerStatuses ?? []),
    ...(pod.status?.initContainerStatuses ?? []).filter((each) => sidecars.has(each.name)),
  ].map(endOf)
  if (ends.length > 0 && !ends.some(Number.isNaN)) return Math.max(...ends)
  const ready = conditionOf(pod, 'Ready')
  if (ready?.status === 'False' && ready.lastTransitionTime) return parseTime(ready.lastTransitionTime)
  if (pod.metadata.deletionTimestamp)
    return parseTime(pod.metadata.deletionTimestamp) - (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000
  return parseTime(pod.metadata.creationTimestamp)
}

const endOf = (status: ContainerStatus): number => parseTime(status.state?.terminated?.finishedAt)
