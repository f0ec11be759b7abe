/** What a container runs after its start and before its end. Models pkg/kubelet/lifecycle/handlers.go (v1.36). */
import { type Container, StartError } from '../containers/container.js'
import { type Data, decode, empty } from '../containers/stream.js'
import type { LifecycleHandler } from '../schema/kubernetes.generated.js'
import { type PodHost, podFormat } from './pod-host.js'
import { askHttp, portOf } from './probe-request.js'
import type { Slot } from './slot.js'

const never = new AbortController().signal

interface Place {
  host: PodHost
  slot: Slot
  container: Container
}

/** @returns why it failed, as the container's state says it */
async function run(place: Place, hook: LifecycleHandler): Promise<string | undefined> {
  const { host, slot } = place
  const about = `for Container ${JSON.stringify(slot.name)} in Pod ${JSON.stringify(podFormat(host.pod))} failed - error:`
  if (hook.exec) {
    const { error, output } = await execute(place, hook.exec.command ?? [])
    const words = (hook.exec.command ?? []).join(' ')
    return error && `Exec lifecycle hook ([${words}]) ${about} ${error}, message: ${JSON.stringify(output)}`
  }
  if (hook.httpGet) {
    const error = await request(place, hook.httpGet)
    return error && `HTTP lifecycle hook (${hook.httpGet.path ?? ''}) ${about} ${error}`
  }
  const seconds = hook.sleep?.seconds
  // A hook of the field `tcpSocket` passes validation and can never run.
  if (seconds === undefined) return `Cannot run handler: invalid handler: ${Object.keys(hook).join(' ')}`
  await new Promise<void>((resolve) => void host.kubelet.clock.after(seconds * 1000, resolve))
  return undefined
}

async function execute({ container }: Place, command: string[]): Promise<{ error?: string; output: string }> {
  const [stdout, stderr] = [collector(), collector()]
  try {
    const code = await container.exec(command, { stdin: empty, stdout, stderr }, never)
    const output = stdout.text() + stderr.text()
    return code === 0 ? { output } : { error: `command '${command.join(' ')}' exited with ${code}: ${stderr.text()}`, output }
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    const why = `exec: ${JSON.stringify(command[0] ?? '')}: ${error.message}`
    return {
      error: `rpc error: code = Unknown desc = failed to exec in container: OCI runtime exec failed: exec failed: unable to start container process: ${why}`,
      output: '',
    }
  }
}

function collector() {
  let held = ''
  const write = (data: Data): void => {
    held += data
  }
  return { write, text: () => decode(held) }
}

/** Any answer is a good one, whatever its status. @returns why none came */
async function request({ host, slot }: Place, get: NonNullable<LifecycleHandler['httpGet']>): Promise<string | undefined> {
  const port = portOf(slot.spec, get.port)
  if (typeof port === 'string') return port
  const { kubelet, podIp } = host
  const asking = {
    fabric: kubelet.options.fabric,
    podIp,
    nodeIp: kubelet.bridgeAddress,
    agent: 'lifecycle' as const,
    signal: never,
  }
  const answer = await askHttp({ ...get, port }, asking)
  return typeof answer === 'string' ? answer : undefined
}

/** @returns why it failed, where it did, after the Pod has told of it: its container is to be killed */
export async function postStart(host: PodHost, slot: Slot, container: Container): Promise<string | undefined> {
  const hook = slot.spec.lifecycle?.postStart
  const fault = hook && (await run({ host, slot, container }, hook))
  if (fault === undefined || host.isStopped) return undefined
  // Their words stay out of Events, which more people may read.
  host.note(slot, { type: 'Warning', reason: 'FailedPostStartHook', message: 'PostStartHook failed' })
  host.note(slot, { type: 'Normal', reason: 'Killing', message: 'FailedPostStartHook' })
  return fault
}

export async function preStop(host: PodHost, slot: Slot): Promise<void> {
  const hook = slot.spec.lifecycle?.preStop
  if (!hook || slot.state.type !== 'running') return
  const fault = await run({ host, slot, container: slot.state.run }, hook)
  if (fault === undefined || host.isStopped) return
  host.note(slot, { type: 'Warning', reason: 'FailedPreStopHook', message: 'PreStopHook failed' })
}
