/**
 * Counts each ended Pod exactly once: its uid goes to the status first, then its finalizer goes, then the counter rises.
 * @see pkg/controller/job/job_controller.go: trackJobStatusAndRemoveFinalizers
 */
import { sameJson } from '../../objects/object.js'
import type { Job, Pod } from '../../schema/kubernetes.generated.js'
import { timestamp } from '../../time/clock.js'
import { conditionIn, finalOf, withCondition } from './conditions.js'
import { formatIndexes, hasIndex, indexesOf, sizeOf, union } from './indexes.js'
import { hasPlace, indexOf, isFailed, isIndexed } from './job-pods.js'
import { judgeFailure } from './policies.js'
import type { JobSync } from './sync.js'

/** Most uids that a status holds at a time. */
const MOST_UNCOUNTED = 500

/** Writes the status, takes finalizers off what is counted, and ends the Job when nothing is left to count. */
export async function writeDown(sync: JobSync): Promise<void> {
  const { status } = sync
  countReleased(sync)
  const ended = collect(sync)
  Object.assign(status, { active: sync.activeCount || undefined, ready: sync.ready, terminating: sync.terminating })
  const { verdict } = sync
  if (verdict && !conditionIn({ status }, verdict.type))
    status.conditions = withCondition(status.conditions ?? [], verdict, { nowMs: sync.nowMs })
  let stored = await flush(sync, sync.job)
  sync.memory.failures = sync.failures
  for (const pod of ended.pods) await sync.release(pod)
  countReleased(sync)
  const isEnded = !ended.isPartial && finish(sync)
  stored = await flush(sync, stored)
  if (isEnded) tellEnd(sync, stored)
  if (ended.isPartial) sync.lookAgainIn(0)
}

async function flush({ context, status, memory }: JobSync, job: Job): Promise<Job> {
  if (sameJson(status, job.status)) return job
  const stored = await context.client.updateStatus('Job', { ...job, status })
  memory.written = Number(stored.metadata.resourceVersion)
  return stored
}

/** Those of the status whose finalizer has gone are counted for good. */
function countReleased(sync: JobSync): void {
  const { status } = sync
  const open = new Set(sync.pods.filter((pod) => sync.isOpen(pod)).map((pod) => pod.metadata.uid))
  const uncounted = status.uncountedTerminatedPods ?? {}
  for (const list of ['succeeded', 'failed'] as const) {
    const uids = uncounted[list] ?? []
    const left = uids.filter((uid) => open.has(uid))
    const counted = uids.length - left.length
    if (counted > 0) status[list] = (status[list] ?? 0) + counted
    if (left.length > 0) uncounted[list] = left
    else delete uncounted[list]
  }
}

/** Notes the Pods that have ended in the status. @returns those whose finalizer may go then */
function collect(sync: JobSync): { pods: Pod[]; isPartial: boolean } {
  const { job, status } = sync
  const uncounted = status.uncountedTerminatedPods ?? {}
  const pods: Pod[] = []
  const newIndexes: number[] = []
  const note = (list: 'succeeded' | 'failed', uid: string) => {
    uncounted[list] = [...(uncounted[list] ?? []), uid]
  }
  let isPartial = false
  for (const pod of sync.pods) {
    if (!sync.isOpen(pod)) continue
    const failed = isFailed(job, pod)
    if (!mayGo(sync, pod, failed)) continue
    pods.push(pod)
    const { uid } = pod.metadata
    if (pod.status?.phase === 'Succeeded' && !uncounted.failed?.includes(uid)) {
      if (!isIndexed(job)) {
        if (!uncounted.succeeded?.includes(uid)) note('succeeded', uid)
      } else if (hasPlace(job, pod) && !hasIndex(sync.succeededBefore, indexOf(job, pod))) newIndexes.push(indexOf(job, pod))
    } else if (failed || (sync.verdict && sync.verdict.type !== 'SuccessCriteriaMet')) {
      // When a Job has failed, every Pod that had not ended has failed with it.
      if (!uncounted.failed?.includes(uid) && hasPlace(job, pod) && judgeFailure(job, pod).counts) note('failed', uid)
    }
    isPartial = newIndexes.length + (uncounted.succeeded?.length ?? 0) + (uncounted.failed?.length ?? 0) >= MOST_UNCOUNTED
    if (isPartial) break
  }
  if (isIndexed(job)) noteIndexes(sync, newIndexes)
  return { pods, isPartial }
}

function noteIndexes({ status, succeededBefore, failedIndexes }: JobSync, added: number[]): void {
  const succeeded = union(succeededBefore, indexesOf(added))
  status.succeeded = sizeOf(succeeded) || undefined
  status.completedIndexes = formatIndexes(succeeded) || undefined
  if (failedIndexes) status.failedIndexes = formatIndexes(failedIndexes)
}

function mayGo(sync: JobSync, pod: Pod, failed: boolean): boolean {
  if (sync.job.metadata.deletionTimestamp || sync.verdict || pod.status?.phase === 'Succeeded') return true
  return failed && sync.awaiting.get(indexOf(sync.job, pod)) !== pod
}

/** @returns whether the Job is over with this */
function finish(sync: JobSync): boolean {
  const { status, verdict, nowMs } = sync
  const uncounted = status.uncountedTerminatedPods ?? {}
  if (!verdict || sync.terminating > 0 || uncounted.succeeded?.length || uncounted.failed?.length) return false
  const final = finalOf(verdict)
  status.conditions = withCondition(status.conditions ?? [], final, { nowMs })
  if (final.type === 'Complete') status.completionTime = timestamp(nowMs)
  return true
}

function tellEnd({ context, job, status, verdict }: JobSync, stored: Job): void {
  if (!verdict) return
  const { type, reason, message } = finalOf(verdict)
  if (type !== 'Complete') {
    context.events.record(stored, { type: 'Warning', reason, message })
    return
  }
  if (job.spec.completions !== undefined && (status.succeeded ?? 0) > job.spec.completions) {
    const tooMany = 'Too many succeeded pods running after completion count reached'
    context.events.record(stored, { type: 'Warning', reason: 'TooManySucceededPods', message: tooMany })
  }
  context.events.record(stored, { type: 'Normal', reason: 'Completed', message: 'Job completed' })
}
