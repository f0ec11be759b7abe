/** Liveness, readiness and startup. @see pkg/kubelet/prober */

import { StartError } from '../containers/container.js'
import { ConnectError } from '../containers/network.js'
import { decode, empty, encode } from '../containers/stream.js'
import type { Fabric } from '../network/fabric.js'
import type { Container, Probe } from '../schema/kubernetes.generated.js'
import type { Clock } from '../time/clock.js'
import { expandReferences } from './environment.js'
import type { Slot } from './slot.js'

export interface ProbeHost {
  clock: Clock
  fabric: Fabric
  podIp: string
  nodeIp: string
  onChange(): void
  onUnhealthy(slot: Slot, message: string): void
  onLivenessFailed(slot: Slot, which: 'liveness' | 'startup'): void
}

type Result = { ok: true } | { ok: false; output: string } | Errored
/** That could not be had at all says nothing of the container: only an Event tells of it. */
interface Errored {
  ok: 'unknown'
  output: string
}

export const portOf = (container: Container, port: number | string): number =>
  typeof port === 'number' ? port : (container.ports?.find((each) => each.name === port)?.containerPort ?? Number(port))

async function check(host: ProbeHost, slot: Slot, probe: Probe): Promise<Result> {
  const ended = new AbortController()
  const limitMs = (probe.timeoutSeconds ?? 1) * 1000
  const cancel = host.clock.after(limitMs, () => ended.abort('timeout'))
  try {
    if (probe.httpGet) return await checkHttp(host, slot, probe, ended.signal)
    if (probe.exec) return await checkExec(slot, commandOf(slot, probe.exec.command ?? []), ended.signal, limitMs)
    const port = portOf(slot.spec, probe.tcpSocket?.port ?? probe.grpc?.port ?? 0)
    if (host.fabric.listens(host.podIp, port)) return { ok: true }
    if (probe.grpc) return { ok: false, output: grpcFailure(host, port, limitMs) }
    return { ok: false, output: `dial tcp ${host.podIp}:${port}: connect: connection refused` }
  } finally {
    cancel()
  }
}

/** The client tries again until its time is over. */
const grpcFailure = ({ podIp }: ProbeHost, port: number, limitMs: number): string =>
  `timeout: failed to connect service "${podIp}:${port}" within ${limitMs / 1000}s: context deadline exceeded`

async function checkHttp({ fabric, podIp, nodeIp }: ProbeHost, slot: Slot, probe: Probe, signal: AbortSignal): Promise<Result> {
  const { path = '/', scheme = 'HTTP', httpHeaders = [] } = probe.httpGet ?? {}
  const port = portOf(slot.spec, probe.httpGet?.port ?? 80)
  const url = `${scheme.toLowerCase()}://${podIp}:${port}${path}`
  const headers = Object.fromEntries([
    ['user-agent', 'kube-probe/1.36'],
    ...httpHeaders.map((header) => [header.name.toLowerCase(), header.value]),
  ])
  try {
    const response = await fabric.http(podIp, port, { method: 'GET', path, headers, body: '' }, { from: nodeIp, signal })
    return response.status >= 200 && response.status < 400
      ? { ok: true }
      : { ok: false, output: `HTTP probe failed with statuscode: ${response.status}` }
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
    const why =
      error.kind === 'refused'
        ? `dial tcp ${podIp}:${port}: connect: connection refused`
        : 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
    return { ok: false, output: `Get "${url}": ${why}` }
  }
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
      return { ok: false, output: `command timed out: ${JSON.stringify(command.join(' '))} timed out after ${limitMs / 1000}s` }
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

/** Starts the probes of a container that has begun to run; `slot.stopProbes` ends them. */
export function startProbes(host: ProbeHost, slot: Slot): void {
  const { livenessProbe, readinessProbe, startupProbe } = slot.spec
  const isSteady = slot.image?.steady === true
  if (isSteady) {
    slot.started = true
    slot.ready = true
    return
  }
  const stops: (() => void)[] = []
  slot.stopProbes = () => {
    for (const stop of stops) stop()
  }
  const rest = () => {
    slot.started = true
    if (livenessProbe) stops.push(liveness(host, slot, livenessProbe, 'liveness'))
    if (readinessProbe) stops.push(readiness(host, slot, readinessProbe))
    else slot.ready = true
  }
  if (startupProbe) stops.push(startup(host, slot, startupProbe, rest))
  else rest()
}

/** Calls `round` after the initial delay and then every period, until it says so or is stopped. */
function repeat(host: ProbeHost, probe: Probe, round: () => Promise<boolean>): () => void {
  let stopped = false
  let cancel = () => {}
  const go = async () => {
    if (stopped || !(await round()) || stopped) return
    cancel = host.clock.after((probe.periodSeconds ?? 10) * 1000, () => void go())
  }
  cancel = host.clock.after((probe.initialDelaySeconds ?? 0) * 1000, () => void go())
  return () => {
    stopped = true
    cancel()
  }
}

/** @returns that there will be another round */
function tellErrored(host: ProbeHost, slot: Slot, which: string, { output }: Errored): true {
  host.onUnhealthy(slot, `${which} probe errored and resulted in unknown state: ${output}`)
  return true
}

function readiness(host: ProbeHost, slot: Slot, probe: Probe): () => void {
  let good = 0
  let bad = 0
  return repeat(host, probe, async () => {
    const result = await check(host, slot, probe)
    if (!slot.isRunning) return false
    if (result.ok === 'unknown') return tellErrored(host, slot, 'Readiness', result)
    good = result.ok ? good + 1 : 0
    bad = result.ok ? 0 : bad + 1
    if (!result.ok) host.onUnhealthy(slot, `Readiness probe failed: ${result.output}`)
    const next = result.ok
      ? slot.ready || good >= (probe.successThreshold ?? 1)
      : slot.ready && bad < (probe.failureThreshold ?? 3)
    if (next !== slot.ready) {
      slot.ready = next
      host.onChange()
    }
    return true
  })
}

function liveness(host: ProbeHost, slot: Slot, probe: Probe, which: 'liveness' | 'startup'): () => void {
  let bad = 0
  return repeat(host, probe, async () => {
    const result = await check(host, slot, probe)
    if (!slot.isRunning) return false
    if (result.ok === 'unknown') return tellErrored(host, slot, 'Liveness', result)
    bad = result.ok ? 0 : bad + 1
    if (!result.ok) host.onUnhealthy(slot, `Liveness probe failed: ${result.output}`)
    if (bad < (probe.failureThreshold ?? 3)) return true
    host.onLivenessFailed(slot, which)
    return false
  })
}

function startup(host: ProbeHost, slot: Slot, probe: Probe, begun: () => void): () => void {
  let bad = 0
  return repeat(host, probe, async () => {
    const result = await check(host, slot, probe)
    if (!slot.isRunning) return false
    if (result.ok === 'unknown') return tellErrored(host, slot, 'Startup', result)
    if (result.ok) {
      begun()
      host.onChange()
      return false
    }
    host.onUnhealthy(slot, `Startup probe failed: ${result.output}`)
    bad++
    if (bad < (probe.failureThreshold ?? 3)) return true
    host.onLivenessFailed(slot, 'startup')
    return false
  })
}
