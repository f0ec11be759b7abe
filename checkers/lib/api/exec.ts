/** `exec` in a container over WebSocket (`v5.channel.k8s.io`, `v4` for older servers): no stdin, both outputs, the exit code. */
import { builtInKind, pathOf } from './kinds.js'
import { ApiError, ApiSilent, authorization, type Transport } from './transport.js'

export interface ExecTarget {
  namespace: string
  name: string
  container?: string
}

export interface ExecCommand {
  argv: readonly string[]
  /** Milliseconds, after which the connection is cut; the command may go on in the container. */
  timeoutMs: number
}

export interface ExecResult {
  /** -1 where the command did not end in time. */
  exitCode: number
  stdout: string
  stderr: string
  timedOut: boolean
}

/** What a command may print before we stop listening. */
const MOST_BYTES = 4 * 1024 * 1024
const STDOUT = 1
const STDERR = 2
const STATUS = 3

/** @throws ApiError where the API server or the kubelet refuses, ApiSilent where the API server does not answer */
export async function runInPod(transport: Transport, target: ExecTarget, command: ExecCommand): Promise<ExecResult> {
  const { WebSocket } = await import('ws')
  const { access } = transport
  const headers = authorization(access)
  const socket = new WebSocket(execUrl(access.server, target, command.argv), ['v5.channel.k8s.io', 'v4.channel.k8s.io'], {
    ...transport.tls,
    // A connection that a request has left idle is taken over, and a new one goes on with the session of an earlier one.
    agent: transport.agent,
    headers,
    perMessageDeflate: false,
    handshakeTimeout: 10_000,
  })
  const output = new Output()
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      socket.terminate()
      resolve(output.result(-1, true))
    }, command.timeoutMs)
    const end = (finish: () => void) => {
      clearTimeout(limit)
      finish()
      socket.terminate()
    }
    socket.on('message', (data: Buffer) => {
      output.take(data)
      if (output.size > MOST_BYTES)
        end(() => reject(new ApiError(413, 'TooLarge', `the command printed over ${MOST_BYTES} bytes`)))
    })
    socket.on('close', () =>
      end(() => {
        try {
          resolve(output.end())
        } catch (error) {
          reject(error)
        }
      }),
    )
    socket.on('unexpected-response', (_, response) => {
      const status = response.statusCode ?? 0
      end(() => reject(new ApiError(status, 'ExecRefused', `exec was refused with HTTP ${status}`)))
    })
    socket.on('error', (error) => end(() => reject(new ApiSilent(error.message))))
  })
}

function execUrl(server: string, { namespace, name, container }: ExecTarget, argv: readonly string[]): URL {
  const pods = builtInKind('Pod')
  if (!pods) throw new Error('the table of kinds has no Pod')
  const base = new URL(server)
  const url = new URL(base.pathname.replace(/\/$/, '') + pathOf(pods, { namespace, name, subresource: 'exec' }), base)
  url.protocol = base.protocol === 'http:' ? 'ws:' : 'wss:'
  for (const word of argv) url.searchParams.append('command', word)
  if (container) url.searchParams.set('container', container)
  url.searchParams.set('stdout', 'true')
  url.searchParams.set('stderr', 'true')
  return url
}

interface ExecStatus {
  status?: string
  message?: string
  code?: number
  details?: { causes?: { reason?: string; message?: string }[] }
}

/** Sorts what comes on the channels. */
class Output {
  size = 0
  #status: ExecStatus | undefined
  readonly #chunks: Record<number, Buffer[]> = { [STDOUT]: [], [STDERR]: [] }

  take(data: Buffer): void {
    const [channel = 0] = data
    const rest = data.subarray(1)
    this.size += rest.length
    if (channel === STATUS) this.#status = JSON.parse(rest.toString('utf8')) as ExecStatus
    else this.#chunks[channel]?.push(rest)
  }

  /** How the command ended, once the connection is closed. @throws ApiError, ApiSilent */
  end(): ExecResult {
    const status = this.#status
    if (!status) throw new ApiSilent('exec: the connection closed before the command ended')
    if (status.status === 'Success') return this.result(0, false)
    const exit = status.details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message
    if (exit !== undefined) return this.result(Number(exit), false)
    // The runtime could not start the program: as a shell says it.
    if (/executable file not found|no such file or directory/.test(status.message ?? '')) {
      return { ...this.result(127, false), stderr: status.message ?? '' }
    }
    throw new ApiError(status.code ?? 500, 'ExecFailed', status.message ?? 'exec failed')
  }

  result(exitCode: number, timedOut: boolean): ExecResult {
    const text = (channel: number) => Buffer.concat(this.#chunks[channel] ?? []).toString('utf8')
    return { exitCode, stdout: text(STDOUT), stderr: text(STDERR), timedOut }
  }
}
