/**
 * Is this Pod still on its way, there to stay, or stuck for good?
 *
 * Settled: running and ready for a while; waiting in a back-off; unschedulable; finished. `phase=Running` alone says nothing: a Pod
 * in CrashLoopBackOff has it too.
 */

import type * as k8s from '@kubernetes/client-node'
import type { Json, Pod } from '../api/json.js'
import { message } from '../words.js'
import { type Judgement, progressing, settled, together, young } from './judgement.js'

type ContainerStatus = Json<k8s.V1ContainerStatus>

/** A container that lives this long after its first start is taken to have started; crashing images usually end sooner. */
const STEADY_AFTER_MS = 3_000
/** One that has crashed before must live longer to be believed. */
const STEADY_AFTER_RESTART_MS = 10_000
/** The first restart follows at once; what has not been restarted by then has no restarts to come. */
const FIRST_RESTART_MS = 12_000
/** The scheduler lets a Pod that it could not place wait up to 10 s before it tries again, even when what was missing has come. */
const UNSCHEDULABLE_PATIENCE_MS = 11_000
/** Unless it waits for a claim: the volume binder looks at waiting claims every 15 s only. */
export const BINDER_PATIENCE_MS = 17_000
/** After the probe's own time, this much for the kubelet and the API to say so. */
const PROBE_SLACK_MS = 2_000

/** Reasons of a waiting container that mean "on its way". Every other one (ErrImagePull, CrashLoopBackOff, ...) is stuck. */
const STARTING = new Set(['ContainerCreating', 'PodInitializing', ''])

/** @param nowMs the cluster's clock, milliseconds since the epoch */
export function judgePod(pod: Pod, nowMs: number): Judgement {
  if (pod.metadata?.deletionTimestamp) return progressing(message('found.deleting'))
  const phase = pod.status?.phase ?? 'Pending'
  if (phase === 'Succeeded' || phase === 'Failed') return settled(message('found.value', { value: pod.status?.reason ?? phase }))
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  if (statuses.length === 0) return judgeUnplaced(pod)
  const stuck = statuses.map((status) => stuckReason(pod, status)).find((reason) => reason !== undefined)
  if (stuck) return settled(message('found.pod-stuck', { reason: stuck }))
  return together(statuses.map((status) => judgeContainer(pod, status, nowMs)))
}

function judgeUnplaced(pod: Pod): Judgement {
  const scheduled = pod.status?.conditions?.find((condition) => condition.type === 'PodScheduled')
  if (scheduled?.status === 'False') {
    const reason = scheduled.message ?? scheduled.reason ?? 'Unschedulable'
    const why = message('found.pod-unplaced', { reason })
    const patienceMs = /unbound.*persistentvolumeclaim/i.test(reason) ? BINDER_PATIENCE_MS : UNSCHEDULABLE_PATIENCE_MS
    return scheduled.reason === 'SchedulingGated' ? settled(why) : progressing(why, patienceMs)
  }
  return progressing(message('found.pod-starting', { reason: pod.spec?.nodeName ? 'ContainerCreating' : 'Pending' }))
}

/** A container that has crashed again waits in its back-off; the kubelet goes on calling that "terminated" for most of the time. */
function stuckReason(pod: Pod, { state, restartCount }: ContainerStatus): string | undefined {
  if (state?.waiting && !STARTING.has(state.waiting.reason ?? '')) return state.waiting.reason
  const ended = state?.terminated
  if (!ended || ended.exitCode === 0 || restartCount === 0 || pod.spec?.restartPolicy === 'Never') return undefined
  return `${ended.reason ?? 'Error'}, exit code ${ended.exitCode}`
}

function judgeContainer(pod: Pod, status: ContainerStatus, nowMs: number): Judgement {
  if (status.state?.waiting)
    return progressing(message('found.pod-starting', { reason: status.state.waiting.reason || 'Waiting' }))
  const ended = status.state?.terminated
  // A container that ended and will be started again is about to change; one that ended well and stays so is not.
  if (ended)
    return ended.exitCode === 0
      ? settled()
      : progressing(message('found.pod-starting', { reason: ended.reason ?? 'Error' }), FIRST_RESTART_MS)
  const ageMs = nowMs - Date.parse(status.state?.running?.startedAt ?? '')
  if (!Number.isFinite(ageMs)) return settled()
  if (!status.ready && !isInit(pod, status)) return judgeUnready(pod, status, ageMs)
  const steadyAfterMs = status.restartCount > 0 ? STEADY_AFTER_RESTART_MS : STEADY_AFTER_MS
  return ageMs >= steadyAfterMs ? settled() : young(steadyAfterMs - ageMs)
}

const isInit = (pod: Pod, status: ContainerStatus) =>
  pod.status?.initContainerStatuses?.some((init) => init.name === status.name) ?? false

/** Running and not ready: wait as long as its probes may take, from the start of the container. */
function judgeUnready(pod: Pod, status: ContainerStatus, ageMs: number): Judgement {
  const container = pod.spec?.containers.find((one) => one.name === status.name)
  const waitMs = [container?.startupProbe, container?.readinessProbe].map(probeMs).reduce((sum, ms) => sum + ms, PROBE_SLACK_MS)
  const why = message('found.pod-unready', { container: status.name })
  return ageMs > waitMs ? settled(why) : progressing(why)
}

function probeMs(probe: Json<k8s.V1Probe> | undefined): number {
  if (!probe) return 0
  const attempts = Math.max(probe.failureThreshold ?? 3, probe.successThreshold ?? 1)
  return 1_000 * ((probe.initialDelaySeconds ?? 0) + attempts * (probe.periodSeconds ?? 10) + (probe.timeoutSeconds ?? 1))
}
