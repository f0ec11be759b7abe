/** Logs, exec and attach, as the API server hands them to the kubelet of a Pod's node. */
import type {
  Connections,
  ExecOptions,
  LogOptions,
  PodHttpRequest,
  PodHttpResponse,
  PodStream,
  SessionIo,
} from '../api/connections.js'
import { type Container as Run, StartError } from '../containers/container.js'
import type { LogBuffer } from '../containers/log-buffer.js'
import { ConnectError } from '../containers/network.js'
import { empty, fromBytes, Pipe, type Sink, toBytes } from '../containers/stream.js'
import { Terminal } from '../containers/terminal.js'
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

  async logs(pod: Pod, options: LogOptions, write: (bytes: Uint8Array) => void, signal: AbortSignal): Promise<void> {
    // The kubelet that would answer is not known yet: nothing, and no fault.
    if (!pod.spec.nodeName) return
    const slot = this.#slot(pod, options.container)
    const log = slot && logOf(pod, slot, options)
    if (!log) throw waiting(pod, options.container, slot)
    let lines = log.lines()
    if (options.sinceMs !== undefined) lines = lines.filter((line) => line.atMs >= (options.sinceMs ?? 0))
    if (options.tailLines !== undefined) lines = options.tailLines === 0 ? [] : lines.slice(-options.tailLines)
    const show = ({ atMs, text }: { atMs: number; text: string }) =>
      toBytes(options.timestamps ? `${new Date(atMs).toISOString().slice(0, 23)}000000Z ${text}` : text)
    let left = options.limitBytes ?? Number.POSITIVE_INFINITY
    const send = (bytes: Buffer) => {
      const some = bytes.subarray(0, left)
      left -= some.length
      if (some.length > 0) write(some)
    }
    send(Buffer.concat(lines.map(show)))
    if (options.follow && !options.previous) await log.follow((line) => send(show(line)), signal)
  }

  /** The run of a container that a session wants. @throws ApiError 500 where there is none now */
  #running(pod: Pod, container: string, kind: 'exec' | 'attach'): { run: Run; id: string } {
    const slot = this.#slot(pod, container)
    if (slot?.state.type === 'running') return slot.state
    const what =
      kind === 'exec'
        ? `container not found (${JSON.stringify(container)})`
        : `container ${container} not found in pod ${pod.metadata.name}_${pod.metadata.namespace}`
    throw new ApiError(500, 'InternalError', `unable to upgrade connection: ${what}`)
  }

  checkSession(pod: Pod, container: string, kind: 'exec' | 'attach'): void {
    this.#running(pod, container, kind)
  }

  async exec(pod: Pod, options: ExecOptions, io: SessionIo): Promise<number> {
    const { run, id } = this.#running(pod, options.container, 'exec')
    const interrupted = new AbortController()
    const signal = AbortSignal.any([io.signal, interrupted.signal])
    const stdout = sinkOf(io.stdout, io.signal)
    const terminal = options.tty ? new Terminal(stdout, () => interrupted.abort('SIGINT')) : undefined
    const stdin = terminal?.input ?? new Pipe()
    connectInput(io, { stdin, terminal })
    const streams = {
      stdin: options.stdin ? stdin : empty,
      stdout: terminal?.output ?? stdout,
      stderr: terminal?.output ?? sinkOf(io.stderr, io.signal),
      terminal,
    }
    try {
      return await run.exec(options.command, streams, signal)
    } catch (error) {
      if (!(error instanceof StartError)) throw error
      const name = JSON.stringify(options.command[0] ?? '')
      // The streaming server of the container runtime wraps what it was given wrapped.
      throw failure.internal(
        `Internal error occurred: error executing command in container: failed to exec in container: failed to start exec ${JSON.stringify(id)}: OCI runtime exec failed: exec failed: unable to start container process: exec: ${name}: ${error.message}`,
      )
    } finally {
      stdin.break()
    }
  }

  /** Sees what the main program writes from now on, and gives it what the client sends. Ends with the container or the client. */
  async attach(pod: Pod, options: Omit<ExecOptions, 'command'>, io: SessionIo): Promise<number> {
    const { run } = this.#running(pod, options.container, 'attach')
    const stop = run.watch(sinkOf(io.stdout, io.signal).write)
    if (options.stdin && run.stdin) {
      const { stdin, terminal } = run
      const isOnce = pod.spec.containers.find(({ name }) => name === options.container)?.stdinOnce === true
      // Unless it is for one client only, the next one may go on where this one left.
      connectInput(io, { stdin: isOnce ? stdin : { write: (data) => stdin.write(data), end: () => {} }, terminal })
    }
    const gone = new Promise<void>((resolve) => io.signal.addEventListener('abort', () => resolve(), { once: true }))
    await Promise.race([run.exited, gone])
    stop()
    // How the container ended is told by its Pod.
    return 0
  }

  async dial(pod: Pod, port: number): Promise<PodStream> {
    try {
      return await this.fabric.dialInside(pod.status?.podIP ?? '', port)
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error
      throw new ApiError(500, 'InternalError', closedPort(pod, port))
    }
  }

  async http(address: string, port: number, request: PodHttpRequest): Promise<PodHttpResponse> {
    try {
      return await this.fabric.http(address, port, request, {
        from: '127.0.0.1',
        signal: new AbortController().signal,
      })
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error
      throw new ApiError(
        503,
        'ServiceUnavailable',
        `error trying to reach service: dial tcp ${address}:${port}: connect: connection refused`,
      )
    }
  }
}

/** As containerd's sandbox says it. */
function closedPort(pod: Pod, port: number): string {
  const id = (/\/\/([0-9a-f]{12})/.exec(pod.status?.containerStatuses?.[0]?.containerID ?? '')?.[1] ?? '').padEnd(12, '0')
  const space = JSON.stringify(`/var/run/netns/cni-${pod.metadata.uid}`)
  const refused = (family: number, host: string) => `dial tcp${family} ${host}:${port}: connect: connection refused`
  return `failed to execute portforward in network namespace ${space}: failed to connect to localhost:${port} inside namespace ${JSON.stringify(id)}, IPv4: ${refused(4, '127.0.0.1')} IPv6 ${refused(6, '[::1]')} `
}

/** A client that has gone, or reads too slowly, breaks or holds up who writes to it. */
function sinkOf(write: (bytes: Uint8Array) => void | Promise<void>, signal: AbortSignal): Sink {
  return {
    write: (data) => write(toBytes(data)),
    get broken() {
      return signal.aborted
    },
  }
}

interface Input {
  stdin: Pick<Pipe, 'write' | 'end'>
  terminal: Terminal | undefined
}

function connectInput(io: SessionIo, { stdin, terminal }: Input): void {
  io.onInput((bytes) => (terminal ? terminal.type(fromBytes(bytes)) : stdin.write(fromBytes(bytes))))
  io.onInputEnd(() => stdin.end())
  io.onResize((size) => terminal?.resize(size))
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
