/** What a container runs after its start and before its end. Models pkg/kubelet/lifecycle/handlers.go (v1.36). */
import { type Container, StartError } from '../containers/container.js'
import { ConnectError } from '../containers/network.js'
import { empty, nowhere } from '../containers/stream.js'
import type { LifecycleHandler } from '../schema/kubernetes.generated.js'
import type { PodHost } from './pod-host.js'
import { portOf } from './probes.js'
import type { Slot } from './slot.js'

const never = new AbortController().signal

/** @returns whether it went well */
async function run(
  host: PodHost,
  { slot, container }: { slot: Slot; container: Container },
  hook: LifecycleHandler,
): Promise<boolean> {
  const { clock } = host.kubelet
  if (hook.sleep) await new Promise<void>((resolve) => void clock.after((hook.sleep?.seconds ?? 0) * 1000, resolve))
  if (hook.httpGet) return request(host, slot, hook.httpGet)
  if (!hook.exec?.command) return true
  try {
    return (await container.exec(hook.exec.command, { stdin: empty, stdout: nowhere, stderr: nowhere }, never)) === 0
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    return false
  }
}

async function request(
  host: PodHost,
  slot: Slot,
  { path = '/', port, host: name, httpHeaders = [] }: NonNullable<LifecycleHandler['httpGet']>,
): Promise<boolean> {
  const headers = Object.fromEntries(httpHeaders.map((each) => [each.name.toLowerCase(), each.value]))
  const { fabric } = host.kubelet.options
  const asked = { method: 'GET', path, headers, body: '' }
  try {
    const { status } = await fabric.http(name ?? host.podIp, portOf(slot.spec, port), asked, { from: host.podIp, signal: never })
    return status < 400
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
    return false
  }
}

/** A container whose hook fails is killed. */
export async function postStart(host: PodHost, slot: Slot, container: Container): Promise<void> {
  const hook = slot.spec.lifecycle?.postStart
  if (!hook || (await run(host, { slot, container }, hook)) || host.isStopped) return
  host.note(slot, { type: 'Warning', reason: 'FailedPostStartHook', message: 'PostStartHook failed' })
  host.note(slot, { type: 'Normal', reason: 'Killing', message: 'FailedPostStartHook' })
  container.kill()
}

export async function preStop(host: PodHost, slot: Slot): Promise<void> {
  const hook = slot.spec.lifecycle?.preStop
  if (!hook || slot.state.type !== 'running') return
  if (await run(host, { slot, container: slot.state.run }, hook)) return
  host.note(slot, { type: 'Warning', reason: 'FailedPreStopHook', message: 'PreStopHook failed' })
}
