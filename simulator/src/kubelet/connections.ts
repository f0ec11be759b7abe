/** Logs, exec and attach, as the API server hands them to the kubelet of a Pod's node. */
import type { Connections, ExecOptions, LogOptions, PodHttpRequest, PodHttpResponse, SessionIo } from '../api/connections.js'
import { StartError } from '../containers/container.js'
import type { LogBuffer } from '../containers/log-buffer.js'
import { ConnectError } from '../containers/network.js'
import { decode, empty, fromBytes, Pipe, toBytes } from '../containers/stream.js'
import type { Fabric } from '../network/fabric.js'
import { ApiError, failure } from '../objects/status.js'
import type { Pod } from '../schema/kubernetes.generated.js'
import type { Kubelet } from './kubelet.js'
import type { Slot } from './slot.js'

export class KubeletConnections implements Connections {
  constructor(
    readonly kubelets: ReadonlyMap<string, Kubelet>,
    readonly fabric: Fabric,
  ) {}

  #slot(pod: Pod, container: string): Slot | undefined {
    if (!pod.spec.nodeName) throw failure.badRequest(`pod ${pod.metadata.name} does not have a host assigned`)
    return this.kubelets.get(pod.spec.nodeName)?.worker(pod)?.slot(container)
  }

  async logs(pod: Pod, options: LogOptions, write: (text: string) => void, signal: AbortSignal): Promise<void> {
    // The kubelet that would answer is not known yet: nothing, and no fault.
    if (!pod.spec.nodeName) return
    const slot = this.#slot(pod, options.container)
    const log = slot && logOf(pod, slot, options)
    if (!log) throw waiting(pod, options.container, slot)
    let lines = log.lines()
    if (options.sinceMs !== undefined) lines = lines.filter((line) => line.atMs >= (options.sinceMs ?? 0))
    if (options.tailLines !== undefined) lines = options.tailLines === 0 ? [] : lines.slice(-options.tailLines)
    const show = ({ atMs, text }: { atMs: number; text: string }) =>
      decode(options.timestamps ? `${new Date(atMs).toISOString().slice(0, 23)}000000Z ${text}` : text)
    const text = lines.map(show).join('')
    write(options.limitBytes === undefined ? text : text.slice(0, options.limitBytes))
    if (options.follow && !options.previous) await log.follow((line) => write(show(line)), signal)
  }

  async exec(pod: Pod, options: ExecOptions, io: SessionIo): Promise<number> {
    const slot = this.#slot(pod, options.container)
    if (slot?.state.type !== 'running')
      throw new ApiError(
        500,
        'InternalError',
        `unable to upgrade connection: container not found (${JSON.stringify(options.container)})`,
      )
    const stdin = new Pipe()
    io.onInput((bytes) => void stdin.write(fromBytes(bytes)))
    io.onInputEnd(() => stdin.end())
    const terminal = options.tty ? { columns: 80, rows: 24 } : undefined
    io.onResize((size) => terminal && Object.assign(terminal, size))
    const streams = {
      stdin: options.stdin ? stdin : empty,
      stdout: { write: (data: string) => io.stdout(toBytes(data)) },
      stderr: { write: (data: string) => (options.tty ? io.stdout(toBytes(data)) : io.stderr(toBytes(data))) },
      terminal,
    }
    try {
      return await slot.state.run.exec(options.command, streams, io.signal)
    } catch (error) {
      if (!(error instanceof StartError)) throw error
      const name = JSON.stringify(options.command[0] ?? '')
      throw failure.internal(
        `error executing command in container: failed to exec in container: failed to start exec ${JSON.stringify(slot.state.id)}: OCI runtime exec failed: exec failed: unable to start container process: exec: ${name}: ${error.message}`,
      )
    } finally {
      stdin.break()
    }
  }

  async attach(pod: Pod, options: Omit<ExecOptions, 'command'>, io: SessionIo): Promise<number> {
    const slot = this.#slot(pod, options.container)
    if (slot?.state.type !== 'running')
      throw new ApiError(
        500,
        'InternalError',
        `unable to upgrade connection: container ${options.container} not found in pod ${pod.metadata.name}_${pod.metadata.namespace}`,
      )
    const { run } = slot.state
    await slot.log.follow((line) => io.stdout(toBytes(line.text)), io.signal)
    return io.signal.aborted ? 0 : await run.exited
  }

  async http(pod: Pod, port: number, request: PodHttpRequest): Promise<PodHttpResponse> {
    try {
      return await this.fabric.http(pod.status?.podIP ?? '', port, request, {
        from: '127.0.0.1',
        signal: new AbortController().signal,
      })
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error
      throw new ApiError(
        503,
        'ServiceUnavailable',
        `error trying to reach service: dial tcp ${pod.status?.podIP}:${port}: connect: connection refused`,
      )
    }
  }
}

/** @throws ApiError 400 where the run that is asked for has never been */
function logOf(pod: Pod, slot: Slot, options: LogOptions): LogBuffer | undefined {
  if (options.previous) {
    const before = slot.previousLog ?? (slot.state.type === 'waiting' && slot.last ? slot.log : undefined)
    if (!before)
      throw failure.badRequest(
        `previous terminated container ${JSON.stringify(slot.name)} in pod ${JSON.stringify(pod.metadata.name)} not found`,
      )
    return before
  }
  return slot.state.type === 'waiting' && !slot.last ? undefined : slot.log
}

function waiting(pod: Pod, container: string, slot: Slot | undefined): ApiError {
  const head = `container ${JSON.stringify(container)} in pod ${JSON.stringify(pod.metadata.name)}`
  const reason = slot?.state.type === 'waiting' ? slot.state.reason : 'ContainerCreating'
  const isImage = ['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'InvalidImageName'].includes(reason)
  if (!slot && pod.status?.phase !== 'Pending') return failure.badRequest(`${head} is terminated`)
  if (isImage)
    return failure.badRequest(
      `${head} is waiting to start: ${reason === 'ErrImagePull' || reason === 'ImagePullBackOff' ? 'trying and failing to pull image' : reason}`,
    )
  return failure.badRequest(`${head} is waiting to start: ${reason}`)
}
