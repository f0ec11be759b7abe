/** Whether and when a container that has ended is started again. Models pkg/kubelet/container and kuberuntime (v1.36). */
import type { Pod } from '../schema/kubernetes.generated.js'
import { goDuration } from './go-duration.js'
import { type PodHost, podFormat } from './pod-host.js'
import type { Ended, Slot } from './slot.js'

/** A Pod whose container waits is looked at again after a minute to a minute and a half. @see pod_workers.go: completeWork */
const TOLD_AGAIN_MS = 75_000

/** The first rule of the container that knows the exit code says so; only `Restart` is an action. */
function restartsByRule(slot: Slot, { exitCode }: Ended): boolean {
  return (slot.spec.restartPolicyRules ?? []).some(({ action, exitCodes }) => {
    const isListed = exitCodes?.values?.includes(exitCode) === true
    return action === 'Restart' && exitCodes !== undefined && (exitCodes.operator === 'In') === isListed
  })
}

export function mayRestart(pod: Pod, slot: Slot): boolean {
  if (slot.state.type !== 'ended') return true
  const { ended } = slot.state
  if (slot.mustRestart) return true
  if (slot.kind === 'ephemeral') return false
  if (slot.kind === 'sidecar' || restartsByRule(slot, ended)) return true
  const policy = slot.spec.restartPolicy ?? pod.spec.restartPolicy
  if (slot.kind === 'init') return ended.exitCode !== 0 && policy !== 'Never'
  return policy === 'Always' || (policy === 'OnFailure' && ended.exitCode !== 0)
}

/** @returns whether the container has to wait; the Pod is called again when its time has come */
export function isBackingOff(host: PodHost, slot: Slot): boolean {
  const nowMs = host.kubelet.clock.now()
  const left = slot.ended ? slot.crash.remaining(nowMs, slot.ended.finishedAtMs) : 0
  if (left <= 0) return false
  const shown = slot.shownFor(nowMs)
  if (shown > 0) {
    host.wakeIn(Math.min(shown, left))
    return true
  }
  const pod = podFormat(host.pod)
  const isNews = slot.state.type !== 'waiting' || slot.state.reason !== 'CrashLoopBackOff'
  const message = `back-off ${goDuration(slot.crash.delayMs)} restarting failed container=${slot.name} pod=${pod}`
  slot.wait({ reason: 'CrashLoopBackOff', message })
  if (slot.tells({ isNews, nowMs, againMs: TOLD_AGAIN_MS }))
    host.note(slot, {
      type: 'Warning',
      reason: 'BackOff',
      message: `Back-off restarting failed container ${slot.name} in pod ${pod}`,
    })
  host.wakeIn(Math.min(left, TOLD_AGAIN_MS))
  return true
}
