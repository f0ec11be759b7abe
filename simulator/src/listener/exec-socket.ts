/** The remote command protocol over WebSocket: the first byte of each message is its channel. @see apimachinery/pkg/util/remotecommand */
import type { WebSocket } from 'ws'
import type { SessionIo } from '../api/connections.js'
import { Session, statusOf } from './session.js'

/** Best first. v5 adds that a client can close its input. */
export const SOCKET_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io']

const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const

/** More than this on its way and a writer waits. */
const MOST_BUFFERED_BYTES = 256 * 1024

/** Resolves when more may be sent. */
export function sendOn(socket: WebSocket, channel: number, bytes: Uint8Array): void | Promise<void> {
  if (socket.readyState !== socket.OPEN) return
  const message = Buffer.concat([Buffer.from([channel]), bytes])
  if (socket.bufferedAmount < MOST_BUFFERED_BYTES) socket.send(message)
  else return new Promise((resolve) => socket.send(message, () => resolve()))
}

/** Hears of each message, and of the next only when it has done with the one before. */
export function onMessages(socket: WebSocket, work: (channel: number, bytes: Buffer) => void | Promise<void>): void {
  socket.on('message', (data: Buffer) => {
    const busy = work(data[0] ?? 0, data.subarray(1))
    if (!busy) return
    socket.pause()
    void busy.then(() => socket.resume())
  })
}

export async function runOnSocket(socket: WebSocket, run: (io: SessionIo) => Promise<number>): Promise<void> {
  const session = new Session({
    stdout: (bytes) => sendOn(socket, CHANNEL.stdout, bytes),
    stderr: (bytes) => sendOn(socket, CHANNEL.stderr, bytes),
  })
  onMessages(socket, (channel, bytes) => {
    if (channel === CHANNEL.stdin) return session.input(bytes)
    if (channel === CHANNEL.close && bytes[0] === CHANNEL.stdin) session.endInput()
    else if (channel === CHANNEL.resize) session.resize(bytes.toString())
  })
  socket.on('close', () => session.gone())
  socket.on('error', () => session.gone())
  // Tells the client that the connection stands, as upstream does.
  void sendOn(socket, CHANNEL.stdout, Buffer.alloc(0))
  const status = await statusOf(() => run(session.io))
  await sendOn(socket, CHANNEL.error, Buffer.from(JSON.stringify(status)))
  socket.close(1000)
}
