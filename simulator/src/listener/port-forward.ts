/** port-forward over SPDY/3.1, plain or inside a WebSocket, and over the channels of a WebSocket. @see cri-streaming/pkg/streaming/portforward */
import { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Connections } from '../api/connections.js'
import { ApiError } from '../objects/status.js'
import type { Pod } from '../schema/kubernetes.generated.js'
import type { Clock } from '../time/clock.js'
import { onMessages, sendOn } from './exec-socket.js'
import { join } from './pod-stream.js'
import { SpdyConnection, type SpdyStream } from './spdy/connection.js'

export const FORWARD_PROTOCOL = 'portforward.k8s.io'
/** SPDY frames as the messages of a WebSocket: kubectl since 1.31. */
export const TUNNEL_PROTOCOL = `SPDY/3.1+${FORWARD_PROTOCOL}`
/** Two channels a port, as clients in a browser use. */
export const FORWARD_CHANNELS = 'v4.channel.k8s.io'

/** @see pkg/kubelet/cri/streaming: DefaultStreamCreationTimeout */
const PAIR_WITHIN_MS = 30_000

export interface Forward {
  connections: Connections
  pod: Pod
  clock: Clock
}

interface Pair {
  data?: SpdyStream
  error?: SpdyStream
  cancel: () => void
}

const sentence = ({ pod }: Forward, port: number, error: unknown): string =>
  `error forwarding port ${port} to pod ${pod.metadata.name}, uid ${pod.metadata.uid}: ${error instanceof ApiError ? error.message : String(error)}`

/** @throws Error for a port that is none, which refuses the stream */
export function readPort(text: string | undefined): number {
  const port = Number(text)
  if (!text || !Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`unable to parse ${JSON.stringify(text ?? '')} as a port`)
  return port
}

/** The request that a stream belongs to; older clients open the error stream first and the data stream right after it. */
function requestOf(stream: SpdyStream): string {
  const named = stream.headers.get('requestid')
  if (named) return named
  return String(stream.headers.get('streamtype') === 'error' ? stream.id : stream.id - 2)
}

export function forwardOnSpdy(socket: Duplex, forward: Forward): void {
  const pairs = new Map<string, Pair>()
  const connection = new SpdyConnection({
    socket,
    onStream(stream) {
      const port = readPort(stream.headers.get('port'))
      const type = stream.headers.get('streamtype')
      if (type !== 'data' && type !== 'error') throw new Error(`invalid stream type ${JSON.stringify(type ?? '')}`)
      const request = requestOf(stream)
      const pair = pairs.get(request) ?? startPair(pairs, request, forward.clock)
      if (pair[type]) throw new Error(`${type} stream already assigned`)
      pair[type] = stream
      const { data, error } = pair
      if (!data || !error) return
      pair.cancel()
      pairs.delete(request)
      void begin({ data, error, port }, forward)
    },
  })
  void connection.closed.then(() => {
    for (const pair of pairs.values()) pair.cancel()
  })
}

/** A pair whose other half does not come in time is let go. */
function startPair(pairs: Map<string, Pair>, request: string, clock: Clock): Pair {
  const cancel = clock.after(PAIR_WITHIN_MS, () => {
    pair.error?.end(`request ${request} timed out waiting for streams`)
    pair.data?.destroy()
    pairs.delete(request)
  })
  const pair: Pair = { cancel }
  pairs.set(request, pair)
  return pair
}

async function begin(
  { data, error, port }: { data: SpdyStream; error: SpdyStream; port: number },
  forward: Forward,
): Promise<void> {
  error.resume()
  try {
    join(data, await forward.connections.dial(forward.pod, port))
    data.on('close', () => error.end())
  } catch (problem) {
    error.end(sentence(forward, port, problem), () => data.destroy())
  }
}

/** Each port has a channel for its bytes and one for what goes wrong; each begins with the port's number. */
export function forwardOnSocket(socket: WebSocket, ports: number[], forward: Forward): void {
  let open = ports.length
  const streams = ports.map((port, index) => {
    const [data, error] = [index * 2, index * 2 + 1]
    const number = Buffer.from([port & 0xff, port >> 8])
    void sendOn(socket, data, number)
    void sendOn(socket, error, number)
    const stream = new ChannelStream((bytes) => sendOn(socket, data, bytes))
    stream.on('error', () => {})
    // A channel cannot be half closed: who has said all has done.
    stream.on('finish', () => stream.destroy())
    stream.on('close', () => {
      if (--open === 0) socket.close(1000)
    })
    forward.connections.dial(forward.pod, port).then(
      (there) => join(stream, there),
      (problem: unknown) => {
        void sendOn(socket, error, Buffer.from(sentence(forward, port, problem)))
        stream.destroy()
      },
    )
    return stream
  })
  onMessages(socket, (channel, bytes) => (channel % 2 === 0 ? streams[channel / 2]?.receive(bytes) : undefined))
  const end = () => {
    for (const stream of streams) stream.destroy()
  }
  socket.on('close', end)
  socket.on('error', end)
}

/** One channel of a WebSocket as a stream. */
class ChannelStream extends Duplex {
  #resume: (() => void) | undefined
  constructor(readonly send: (bytes: Buffer) => void | Promise<void>) {
    super()
  }
  /** Resolves when more may come; undefined where it may at once. */
  receive(bytes: Buffer): Promise<void> | undefined {
    if (this.destroyed || this.push(bytes)) return undefined
    return new Promise((resolve) => (this.#resume = resolve))
  }
  override _read(): void {
    this.#resume?.()
    this.#resume = undefined
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    void Promise.resolve(this.send(chunk)).then(done)
  }
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this._read()
    done(error)
  }
}
