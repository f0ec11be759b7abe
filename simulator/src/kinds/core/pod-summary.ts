/** What `kubectl get pods` shows of a Pod in a line. Models pkg/printers/internalversion/printers.go: printPod (v1.36). */
import type { ContainerStatus, Pod } from '../../schema/kubernetes.generated.js'
import { parseTime } from '../../time/clock.js'
import { ageOf } from '../columns.js'

type Terminated = NonNullable<NonNullable<ContainerStatus['state']>['terminated']>

export interface PodSummary {
  /** `1/2` */
  ready: string
  /** STATUS */
  reason: string
  restarts: number
  /** Milliseconds since the epoch; NaN where nothing was started again. */
  restartedAtMs: number
}

/** `4 (78s ago)` */
export function podRestarts(pod: Pod, nowMs: number): string {
  const { restarts, restartedAtMs } = podSummary(pod)
  const isKnown = restarts > 0 && !Number.isNaN(restartedAtMs)
  return isKnown ? `${restarts} (${ageOf(new Date(restartedAtMs).toISOString(), nowMs)} ago)` : String(restarts)
}

const hasCondition = (pod: Pod, type: string): boolean =>
  (pod.status?.conditions ?? []).some((condition) => condition.type === type && condition.status === 'True')

export function podSummary(pod: Pod): PodSummary {
  const { containerStatuses = [] } = pod.status ?? {}
  const start = initializing(pod)
  const isInitialized = start.reason === undefined || hasCondition(pod, 'Initialized')
  const counted = isInitialized ? [...start.sidecars, ...containerStatuses] : start.seen
  const up = isInitialized
    ? containerStatuses.filter(({ ready, state }) => ready && state?.running && !state.waiting?.reason)
    : []
  const before = start.reason ?? firstReason(pod)
  const reason = isInitialized ? reasonOfMains(pod, before) : before
  const total = pod.spec.containers.length + (pod.spec.initContainers ?? []).filter(isSidecar).length
  return {
    ready: `${up.length + start.readySidecars}/${total}`,
    reason: reasonOfDeletion(pod) ?? reason,
    restarts: counted.reduce((sum, { restartCount }) => sum + restartCount, 0),
    restartedAtMs: lastEnd(counted),
  }
}

const isSidecar = (spec: { restartPolicy?: string | undefined }): boolean => spec.restartPolicy === 'Always'

function lastEnd(statuses: ContainerStatus[]): number {
  const ends = statuses.map(({ lastState }) => parseTime(lastState?.terminated?.finishedAt)).filter((ms) => !Number.isNaN(ms))
  return ends.length > 0 ? Math.max(...ends) : Number.NaN
}

function firstReason({ status = {} }: Pod): string {
  const isGated = status.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated')
  return isGated ? 'SchedulingGated' : status.reason || status.phase || 'Unknown'
}

function reasonOfDeletion({ metadata, status = {} }: Pod): string | undefined {
  if (!metadata.deletionTimestamp) return undefined
  if (status.reason === 'NodeLost') return 'Unknown'
  return status.phase === 'Succeeded' || status.phase === 'Failed' ? undefined : 'Terminating'
}

interface Start {
  /** Why the Pod is not through with its init containers. */
  reason: string | undefined
  /** Up to the one that it is not through with. */
  seen: ContainerStatus[]
  sidecars: ContainerStatus[]
  readySidecars: number
}

function initializing(pod: Pod): Start {
  const specs = pod.spec.initContainers ?? []
  const start: Start = { reason: undefined, seen: [], sidecars: [], readySidecars: 0 }
  for (const [index, status] of (pod.status?.initContainerStatuses ?? []).entries()) {
    const ofSidecar = specs.some((spec) => spec.name === status.name && isSidecar(spec))
    start.seen.push(status)
    if (ofSidecar) start.sidecars.push(status)
    const { terminated, waiting } = status.state ?? {}
    if (terminated?.exitCode === 0) continue
    if (ofSidecar && status.started) {
      if (status.ready) start.readySidecars++
      continue
    }
    if (terminated) start.reason = `Init:${endReason(terminated)}`
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') start.reason = `Init:${waiting.reason}`
    else start.reason = `Init:${index}/${specs.length}`
    break
  }
  return start
}

function endReason({ reason, signal, exitCode }: Terminated): string {
  return reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`)
}

/** The first container that has something to tell; one that runs well makes up for one that has completed. */
function reasonOfMains(pod: Pod, before: string): string {
  let reason = before
  let failure: string | undefined
  let hasRunning = false
  for (const { state, ready } of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    if (state?.waiting?.reason) reason = state.waiting.reason
    else if (state?.terminated) {
      reason = endReason(state.terminated)
      if (state.terminated.exitCode !== 0) failure = reason
    } else if (ready && state?.running) hasRunning = true
  }
  if (reason !== 'Completed') return reason
  if (hasRunning && hasCondition(pod, 'Ready')) return 'Running'
  return failure ?? (hasRunning ? 'NotReady' : reason)
}
