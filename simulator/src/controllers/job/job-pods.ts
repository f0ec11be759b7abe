/** The Pods of a Job: how they are made, which of them an index has, and which go first. */
import { clone, type Draft } from '../../objects/object.js'
import type { Job, Pod } from '../../schema/kubernetes.generated.js'
import { isOver, podFrom, worstFirst } from '../pods.js'
import { judgeFailure } from './policies.js'

/** Keeps an ended Pod until the Job has counted it. */
export const TRACKING = 'batch.kubernetes.io/job-tracking'
const INDEX = 'batch.kubernetes.io/job-completion-index'
const FAILURES = 'batch.kubernetes.io/job-index-failure-count'
const IGNORED_FAILURES = 'batch.kubernetes.io/job-index-ignored-failure-count'
const LONGEST_PREFIX = 58

export const isIndexed = ({ spec }: Job): boolean => spec.completionMode === 'Indexed'
export const limitsIndexes = ({ spec }: Job): boolean => spec.backoffLimitPerIndex !== undefined
export const isSuspended = ({ spec }: Job): boolean => spec.suspend === true
/** Whether a Pod is replaced only after it has ended, and not while it is on its way. */
export const waitsForEnd = ({ spec }: Job): boolean =>
  spec.podReplacementPolicy === 'Failed' || spec.podFailurePolicy !== undefined
export const isTracked = (pod: Pod): boolean => pod.metadata.finalizers?.includes(TRACKING) === true
export const isTerminating = (pod: Pod): boolean => Boolean(pod.metadata.deletionTimestamp) && !isOver(pod)

export function isFailed(job: Job, pod: Pod): boolean {
  if (pod.status?.phase === 'Failed') return true
  return !waitsForEnd(job) && Boolean(pod.metadata.deletionTimestamp) && pod.status?.phase !== 'Succeeded'
}

const numberIn = (pod: Pod, annotation: string): number => {
  const text = pod.metadata.annotations?.[annotation]
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN
}

/** The Pod's index; NaN where it has none that counts. */
export function indexOf(job: Job, pod: Pod): number {
  const index = numberIn(pod, INDEX)
  return index < (job.spec.completions ?? 0) ? index : Number.NaN
}
export const hasPlace = (job: Job, pod: Pod): boolean => !isIndexed(job) || !Number.isNaN(indexOf(job, pod))

export const indexFailures = (pod: Pod): number => numberIn(pod, FAILURES) || 0
/** With those that the failure policy ignores. */
export const allIndexFailures = (pod: Pod): number => indexFailures(pod) + (numberIn(pod, IGNORED_FAILURES) || 0)

/** @param replaced the last Pod of the index, which failed */
export function podFor(job: Job, index?: number, replaced?: Pod): Draft<Pod> {
  const suffix = index === undefined ? '-' : `-${index}-`
  const draft = podFrom(job.spec.template, job, `${job.metadata.name.slice(0, LONGEST_PREFIX - suffix.length)}${suffix}`)
  const { metadata } = draft
  metadata.finalizers = [...new Set([...(metadata.finalizers ?? []), TRACKING])]
  if (index === undefined) return draft
  const failures = limitsIndexes(job) ? failureAnnotations(job, replaced) : {}
  metadata.annotations = { ...metadata.annotations, [INDEX]: String(index), ...failures }
  metadata.labels = { ...metadata.labels, [INDEX]: String(index) }
  const spec = clone(draft.spec)
  spec.hostname = `${job.metadata.name}-${index}`
  const variable = { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { fieldPath: `metadata.labels['${INDEX}']` } } }
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])])
    if (!container.env?.some((each) => each.name === variable.name)) container.env = [...(container.env ?? []), variable]
  return { ...draft, spec }
}

function failureAnnotations(job: Job, replaced: Pod | undefined): Record<string, string> {
  if (!replaced) return { [FAILURES]: '0' }
  const ignored = allIndexFailures(replaced) - indexFailures(replaced)
  const { counts } = judgeFailure(job, replaced)
  const now = { counted: indexFailures(replaced) + (counts ? 1 : 0), ignored: ignored + (counts ? 0 : 1) }
  return { [FAILURES]: String(now.counted), ...(now.ignored ? { [IGNORED_FAILURES]: String(now.ignored) } : {}) }
}

/** At least `count` of the active Pods; of an Indexed Job all that double an index or have none. */
export function toRemove(job: Job, active: Pod[], count: number): Pod[] {
  const sorted = worstFirst(active)
  const removed: Pod[] = []
  const left: Pod[] = []
  if (!isIndexed(job)) left.push(...sorted)
  else {
    // The best of each index stays.
    const seen = new Set<number>()
    for (const pod of [...sorted].reverse()) {
      const index = indexOf(job, pod)
      if (Number.isNaN(index) || seen.has(index)) removed.push(pod)
      else left.unshift(pod)
      seen.add(index)
    }
  }
  return [...removed, ...left.slice(0, Math.max(0, count - removed.length))]
}
