/** The remote command protocol over WebSocket: the first byte of each message is its channel. @see apimachinery/pkg/util/remotecommand */
import type { WebSocket } from 'ws'
import type { SessionIo } from '../api/connections.js'
import { ApiError } from '../objects/status.js'

/** Best first. v5 adds that a client can close its input. */
export const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io']

const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const

function send(socket: WebSocket, channel: number, bytes: Uint8Array | string): void {
  if (socket.readyState !== socket.OPEN) return
  socket.send(Buffer.concat([Buffer.from([channel]), typeof bytes === 'string' ? Buffer.from(bytes) : bytes]))
}

/** The Status that ends a session, from which kubectl takes its exit code. */
function endStatus(exitCode: number) {
  if (exitCode === 0) return { metadata: {}, status: 'Success' }
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  }
}

export async function runSession(socket: WebSocket, run: (io: SessionIo) => Promise<number>): Promise<void> {
  const gone = new AbortController()
  const inputs: ((bytes: Uint8Array) => void)[] = []
  const ends: (() => void)[] = []
  const resizes: ((size: { columns: number; rows: number }) => void)[] = []
  /** What came before anybody listened. */
  const early: Uint8Array[] = []
  let hasEnded = false
  const endInput = () => {
    hasEnded = true
    for (const listener of ends) listener()
  }
  socket.on('message', (data: Buffer) => {
    const [channel, bytes] = [data[0], data.subarray(1)]
    if (channel === CHANNEL.stdin) {
      if (inputs.length === 0) early.push(bytes)
      for (const listener of inputs) listener(bytes)
    } else if (channel === CHANNEL.close && bytes[0] === CHANNEL.stdin) endInput()
    else if (channel === CHANNEL.resize) for (const listener of resizes) listener(readSize(bytes))
  })
  socket.on('close', () => {
    gone.abort()
    endInput()
  })
  socket.on('error', () => gone.abort())
  const io: SessionIo = {
    onInput(listener) {
      inputs.push(listener)
      for (const bytes of early.splice(0)) listener(bytes)
    },
    onInputEnd(listener) {
      ends.push(listener)
      if (hasEnded) listener()
    },
    onResize: (listener) => void resizes.push(listener),
    stdout: (bytes) => send(socket, CHANNEL.stdout, bytes),
    stderr: (bytes) => send(socket, CHANNEL.stderr, bytes),
    signal: gone.signal,
  }
  let status: object
  try {
    status = endStatus(await run(io))
  } catch (error) {
    const known =
      error instanceof ApiError
        ? error
        : new ApiError(500, 'InternalError', error instanceof Error ? error.message : String(error))
    status = known.toStatus()
  }
  send(socket, CHANNEL.error, JSON.stringify(status))
  socket.close(1000)
}

function readSize(bytes: Uint8Array): { columns: number; rows: number } {
  try {
    const { Width, Height } = JSON.parse(Buffer.from(bytes).toString()) as { Width: number; Height: number }
    return { columns: Width, rows: Height }
  } catch {
    return { columns: 80, rows: 24 }
  }
}
