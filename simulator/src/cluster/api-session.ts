/** A session of exec or attach that a program in a container wants: the streams go over the simulated network as they are. */
import type { HttpResponse, SessionStreams } from '../containers/network.js'
import { fromBytes, type Source, toBytes } from '../containers/stream.js'
import { Session, statusOf } from '../listener/session.js'
import { type Connection, podOf, sessionOf } from '../listener/target.js'

/** @throws ApiError where it cannot begin */
export function sessionResponse(connection: Connection, streams: SessionStreams): HttpResponse {
  const pod = podOf(connection)
  const { kind, options, run } = sessionOf(connection, pod)
  connection.connections.checkSession(pod, options.container, kind)
  const session = new Session({
    stdout: (bytes) => streams.stdout.write(fromBytes(bytes)),
    stderr: (bytes) => streams.stderr.write(fromBytes(bytes)),
  })
  if (streams.size) session.resize(JSON.stringify({ Width: streams.size.columns, Height: streams.size.rows }))
  const leave = () => session.gone()
  streams.signal.addEventListener('abort', leave, { once: true })
  if (options.stdin && streams.stdin) void feed(session, streams.stdin)
  const ended = statusOf(() => run(session.io)).finally(() => streams.signal.removeEventListener('abort', leave))
  return { status: 101, headers: {}, body: '', session: ended }
}

async function feed(session: Session, source: Source): Promise<void> {
  for (let data = await source.read(); data !== null; data = await source.read()) await session.input(toBytes(data))
  session.endInput()
}
