/** The remote command protocol over SPDY/3.1: a stream for each of error, stdin, stdout, stderr and resize. kubectl before 1.31 speaks it. */
import type { Duplex, Writable } from 'node:stream'
import type { SessionIo } from '../api/connections.js'
import type { Clock } from '../time/clock.js'
import { Session, statusOf } from './session.js'
import { SpdyConnection, type SpdyStream } from './spdy/connection.js'
import { writeTo } from './write-to.js'

/** Best first. v4 ends with a Status, the older ones with a sentence; v3 brought the size of the terminal. */
export const SPDY_PROTOCOLS = ['v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io']

/** @see pkg/kubelet/cri/streaming: DefaultStreamCreationTimeout */
const STREAMS_WITHIN_MS = 30_000

export interface SpdySession {
  socket: Duplex
  protocol: string
  stdin: boolean
  stdout: boolean
  stderr: boolean
  tty: boolean
  clock: Clock
}

type StreamType = 'error' | 'stdin' | 'stdout' | 'stderr' | 'resize'
type Streams = Map<StreamType, SpdyStream>

function expectedOf({ protocol, stdin, stdout, stderr, tty }: SpdySession): StreamType[] {
  const canResize = protocol.startsWith('v4') || protocol.startsWith('v3')
  const wanted: [StreamType, boolean][] = [
    ['error', true],
    ['stdin', stdin],
    ['stdout', stdout],
    // A terminal has one output.
    ['stderr', stderr && !tty],
    ['resize', tty && canResize],
  ]
  return wanted.filter(([, isWanted]) => isWanted).map(([type]) => type)
}

/** Resolves when the client has opened every stream that it said it wants; rejects where it takes too long. */
function openStreams(options: SpdySession): { connection: SpdyConnection; streams: Promise<Streams> } {
  const expected = expectedOf(options)
  const streams: Streams = new Map()
  let connection!: SpdyConnection
  const all = new Promise<Streams>((resolve, reject) => {
    const cancel = options.clock.after(STREAMS_WITHIN_MS, () =>
      reject(new Error('timed out waiting for client to create streams')),
    )
    connection = new SpdyConnection({
      socket: options.socket,
      onStream(stream) {
        const type = stream.headers.get('streamtype') as StreamType
        if (!expected.includes(type) || streams.has(type)) throw new Error(`unexpected stream type: ${type}`)
        streams.set(type, stream)
        if (streams.size < expected.length) return
        cancel()
        resolve(streams)
      },
    })
    void connection.closed.then(() => {
      cancel()
      reject(new Error('the client has gone'))
    })
  })
  return { connection, streams: all }
}

/** Resolves when the end is on its way to the client. */
async function end(stream: Writable | undefined, last = ''): Promise<void> {
  if (!stream || stream.destroyed) return
  await new Promise<void>((resolve) => {
    stream.once('close', resolve)
    stream.end(last, resolve)
  })
}

async function follow(stdin: SpdyStream | undefined, session: Session): Promise<void> {
  try {
    for await (const chunk of stdin ?? []) await session.input(chunk as Buffer)
  } catch {
    // A stream that is torn down has no more input.
  }
  session.endInput()
}

export async function runOnSpdy(options: SpdySession, run: (io: SessionIo) => Promise<number>): Promise<void> {
  const { connection, streams: opening } = openStreams(options)
  const streams = await opening.catch(() => undefined)
  if (!streams) return connection.close()
  const [stdout, stderr] = [streams.get('stdout'), streams.get('stderr')]
  const session = new Session({ stdout: (bytes) => writeTo(stdout, bytes), stderr: (bytes) => writeTo(stderr, bytes) })
  void connection.closed.then(() => session.gone())
  void follow(streams.get('stdin'), session)
  // One JSON object each time, and never more than a line.
  streams.get('resize')?.on('data', (bytes: Buffer) => session.resize(bytes.toString()))
  const status = (await statusOf(() => run(session.io))) as { status: string; message?: string }
  const isText = !options.protocol.startsWith('v4')
  const last = isText ? (status.status === 'Success' ? '' : (status.message ?? '')) : JSON.stringify(status)
  await Promise.all([end(stdout), end(stderr), end(streams.get('error'), last)])
  connection.close()
}
