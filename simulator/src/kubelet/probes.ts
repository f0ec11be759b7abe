/** One look of a probe at its container. Models pkg/kubelet/prober/prober.go (v1.36). */

import { StartError } from '../containers/container.js'
import { decode, empty, encode } from '../containers/stream.js'
import type { Fabric } from '../network/fabric.js'
import type { Pod, Probe } from '../schema/kubernetes.generated.js'
import type { Clock } from '../time/clock.js'
import { expandReferences } from './environment.js'
import { goDuration } from './go-duration.js'
import { askHttp, portOf } from './probe-request.js'
import type { Slot } from './slot.js'

export type Which = 'Liveness' | 'Readiness' | 'Startup'

export interface ProbeHost {
  readonly clock: Clock
  readonly fabric: Fabric
  readonly pod: Pod
  readonly podIp: string
  readonly nodeIp: string
  /** The Pod is on its way out: its containers are not restarted any more. */
  readonly isEnding: boolean
  onUnhealthy(slot: Slot, message: string): void
  onWarning(slot: Slot, message: string): void
  /** As many in a row as the probe wants. */
  onResult(slot: Slot, result: { which: Which; isGood: boolean }): void
}

type Result = { ok: true; warning?: string } | { ok: false; output: string } | Errored
/** That could not be had at all says nothing of the container: only an Event tells of it. */
interface Errored {
  ok: 'unknown'
  output: string
}

async function check(host: ProbeHost, slot: Slot, probe: Probe): Promise<Result> {
  const ended = new AbortController()
  const limitMs = (probe.timeoutSeconds ?? 1) * 1000
  const cancel = host.clock.after(limitMs, () => ended.abort('timeout'))
  try {
    if (probe.exec) return await checkExec(slot, commandOf(slot, probe.exec.command ?? []), ended.signal, limitMs)
    if (probe.grpc) return await checkGrpc(host, probe.grpc.port, { limitMs, signal: ended.signal })
    const port = portOf(slot.spec, probe.httpGet?.port ?? probe.tcpSocket?.port ?? '')
    if (typeof port === 'string') return { ok: 'unknown', output: port }
    if (probe.httpGet) return await checkHttp(host, { ...probe.httpGet, port }, ended.signal)
    const address = probe.tcpSocket?.host || host.podIp
    if (host.fabric.listens(address, port)) return { ok: true }
    return { ok: false, output: `dial tcp ${address}:${port}: connect: connection refused` }
  } finally {
    cancel()
  }
}

/** No image of ours speaks HTTP/2, and the client tries again until its time is over. @see pkg/probe/grpc */
async function checkGrpc(
  { podIp }: ProbeHost,
  port: number,
  { limitMs, signal }: { limitMs: number; signal: AbortSignal },
): Promise<Result> {
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  const what = `failed to connect service "${podIp}:${port}" within ${goDuration(limitMs)}`
  return { ok: false, output: `timeout: ${what}: context deadline exceeded` }
}

async function checkHttp(host: ProbeHost, get: Parameters<typeof askHttp>[0], signal: AbortSignal): Promise<Result> {
  const { fabric, podIp, nodeIp } = host
  const answer = await askHttp(get, { fabric, podIp, nodeIp, agent: 'probe', signal })
  if (typeof answer === 'string') return { ok: false, output: answer }
  const { status, body } = answer
  if (status < 200 || status >= 400) return { ok: false, output: `HTTP probe failed with statuscode: ${status}` }
  return status < 300 ? { ok: true } : { ok: true, warning: `Probe terminated redirects, Response body: ${body}` }
}

/** References to variables with a value of their own count, others stay as they are. @see ExpandContainerCommandOnlyStatic */
function commandOf({ spec }: Slot, command: string[]): string[] {
  const fixed = new Map((spec.env ?? []).map(({ name, value }) => [name, encode(value ?? '')]))
  return command.map((word) => decode(expandReferences(encode(word), fixed)))
}

async function checkExec(slot: Slot, command: string[], signal: AbortSignal, limitMs: number): Promise<Result> {
  if (slot.state.type !== 'running') return { ok: false, output: '' }
  const id = JSON.stringify(slot.state.id)
  let output = ''
  const sink = {
    write: (data: string) => {
      output += data
    },
  }
  try {
    const code = await slot.state.run.exec(command, { stdin: empty, stdout: sink, stderr: sink }, signal)
    if (signal.aborted)
      return {
        ok: false,
        output: `command timed out: ${JSON.stringify(command.join(' '))} timed out after ${goDuration(limitMs)}`,
      }
    return code === 0 ? { ok: true } : { ok: false, output: decode(output) }
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    const name = JSON.stringify(command[0] ?? '')
    const why = `OCI runtime exec failed: exec failed: unable to start container process: exec: ${name}: ${error.message}`
    return {
      ok: 'unknown',
      output: `rpc error: code = Unknown desc = failed to exec in container: failed to start exec ${id}: ${why}`,
    }
  }
}

/** Looks once and tells of what is not as it should be. @returns undefined where nothing can be said of the container */
export async function look(
  host: ProbeHost,
  slot: Slot,
  { probe, which }: { probe: Probe; which: Which },
): Promise<boolean | undefined> {
  const { state } = slot
  const result = await check(host, slot, probe)
  // What was looked at has ended meanwhile.
  if (slot.state !== state) return undefined
  if (result.ok === 'unknown') host.onUnhealthy(slot, `${which} probe errored and resulted in unknown state: ${result.output}`)
  else if (!result.ok) host.onUnhealthy(slot, `${which} probe failed: ${result.output}`)
  else if (result.warning !== undefined) host.onWarning(slot, `${which} probe warning: ${result.warning}`)
  return result.ok === 'unknown' ? undefined : result.ok
}
