/** A container that could not be started: what its Pod says, and when it is tried again. Models kuberuntime_container.go: startContainer (v1.36). */
import { StartError } from '../containers/container.js'
import { ConfigError, CreateError } from './environment.js'
import { tellPresent } from './image-pull.js'
import type { PodHost } from './pod-host.js'
import { mayRestart } from './restarts.js'
import type { Slot } from './slot.js'

/** Until what was missing is looked for again. */
const LOOK_AGAIN_MS = 1000
const RUNC =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process'

/** @param failure.id of the container that was to be */
export function startFailed(host: PodHost, slot: Slot, { error, id }: { error: unknown; id: string }): void {
  slot.resumes = undefined
  if (error instanceof ConfigError || error instanceof CreateError) {
    const reason = error instanceof ConfigError ? 'CreateContainerConfigError' : 'CreateContainerError'
    wait(host, slot, { reason, message: error.message })
    return
  }
  if (!(error instanceof StartError)) throw error
  const nowMs = host.kubelet.clock.now()
  const message = `${RUNC}: ${error.message}`
  host.note(slot, { type: 'Warning', reason: 'Failed', message: `Error: ${message}` })
  slot.end({ exitCode: 128, reason: 'StartError', message, startedAtMs: 0, finishedAtMs: nowMs, id })
  if (mayRestart(host.pod, slot)) slot.wait({ reason: 'RunContainerError', message })
  slot.show(nowMs)
  host.sync()
}

function wait(host: PodHost, slot: Slot, { reason, message }: { reason: string; message: string }): void {
  const isNews = slot.state.type !== 'waiting' || slot.state.message !== message
  slot.wait({ reason, message })
  host.wakeIn(LOOK_AGAIN_MS)
  if (!slot.tells({ isNews, nowMs: host.kubelet.clock.now() })) return
  tellPresent(host, slot)
  host.note(slot, { type: 'Warning', reason: 'Failed', message: `Error: ${message}` })
}
