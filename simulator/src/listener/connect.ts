/** Logs as a stream, exec and attach over WebSocket, and the HTTP proxy to Pods and Services. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Connections, LogOptions } from '../api/connections.js'
import type { ApiServer } from '../api/server.js'
import type { HttpAnswer, HttpRequest } from '../api/wire/handle.js'
import { failure } from '../objects/status.js'
import type { Pod } from '../schema/kubernetes.generated.js'
import { parseTime } from '../time/clock.js'
import { PROTOCOLS, runSession } from './exec-socket.js'

type Answer = Extract<HttpAnswer, { type: 'connect' }>

interface Connection {
  server: ApiServer
  connections: Connections
  answer: Answer
  http: HttpRequest
}

/** @throws ApiError 404 */
function podOf({ server, answer }: Connection): Pod {
  const { resource, namespace, name } = answer.request
  const pod = resource.storage === 'pods' ? server.context.store.get('pods', `${namespace}/${name}`) : undefined
  if (!pod) throw failure.notFound(resource, name)
  return pod as Pod
}

/** The container that is meant: the named one, or the only one. @throws ApiError 400 with upstream's text where that is not clear */
export function containerOf(pod: Pod, wanted: string | null): string {
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? []), ...(pod.spec.ephemeralContainers ?? [])]
  const { name } = pod.metadata
  if (wanted) {
    if (all.some((container) => container.name === wanted)) return wanted
    throw failure.badRequest(`container ${wanted} is not valid for pod ${name}`)
  }
  const [only, ...more] = pod.spec.containers
  if (only && more.length === 0) return only.name
  const names = pod.spec.containers.map((container) => container.name).join(' ')
  const inits = pod.spec.initContainers?.length
    ? ` or one of the init containers: [${pod.spec.initContainers.map((container) => container.name).join(' ')}]`
    : ''
  throw failure.badRequest(`a container name must be specified for pod ${name}, choose one of: [${names}]${inits}`)
}

const numberOf = (text: string | null): number | undefined => (text === null || text === '' ? undefined : Number(text))

function logOptions(pod: Pod, { query }: HttpRequest, nowMs: number): LogOptions {
  const seconds = numberOf(query.get('sinceSeconds'))
  const sinceTime = parseTime(query.get('sinceTime'))
  const sinceMs = seconds !== undefined ? nowMs - seconds * 1000 : Number.isNaN(sinceTime) ? undefined : sinceTime
  return {
    container: containerOf(pod, query.get('container')),
    follow: query.get('follow') === 'true',
    previous: query.get('previous') === 'true',
    timestamps: query.get('timestamps') === 'true',
    tailLines: numberOf(query.get('tailLines')),
    limitBytes: numberOf(query.get('limitBytes')),
    sinceMs,
  }
}

/** Logs and proxied requests, which are plain HTTP. */
export async function answerConnection(connection: Connection, response: ServerResponse): Promise<void> {
  const { answer, http, connections, server } = connection
  const { subresource } = answer.request
  if (subresource === 'log') {
    const pod = podOf(connection)
    const options = logOptions(pod, http, server.context.clock.now())
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    response.setHeader('Content-Type', 'text/plain')
    await connections.logs(pod, options, (text) => void response.write(text), gone.signal)
    response.end()
    return
  }
  if (subresource === 'proxy' && answer.request.resource.storage === 'pods') return proxy(connection, response)
  if (subresource === 'exec' || subresource === 'attach') throw failure.badRequest('Upgrade request required')
  throw failure.notImplemented(`${answer.request.resource.resource}/${subresource}`)
}

async function proxy(connection: Connection, response: ServerResponse): Promise<void> {
  const { http, connections, answer } = connection
  const pod = podOf(connection)
  const port = Number(answer.request.name.split(':')[1] ?? pod.spec.containers[0]?.ports?.[0]?.containerPort ?? 80)
  const search = http.query.toString()
  const path = `/${answer.rest}${search ? `?${search}` : ''}`
  const found = await connections.http(pod, port, {
    method: http.method,
    path,
    headers: { host: `${pod.status?.podIP}:${port}` },
    body: Buffer.from(http.body).toString(),
  })
  response.writeHead(found.status, found.headers)
  response.end(found.body)
}

const sockets = new WebSocketServer({
  noServer: true,
  handleProtocols: (offered) => PROTOCOLS.find((each) => offered.has(each)) ?? false,
})

/** exec and attach. @throws ApiError before the upgrade, so that the client sees a Status */
export function upgradeConnection(connection: Connection & { request: IncomingMessage; socket: Duplex; head: Buffer }): void {
  const { http, answer, request, socket, head, connections } = connection
  const { subresource } = answer.request
  if (subresource !== 'exec' && subresource !== 'attach')
    throw failure.notImplemented(`${answer.request.resource.resource}/${subresource} over an upgraded connection`)
  if (request.headers.upgrade?.toLowerCase() !== 'websocket')
    throw failure.notImplemented('SPDY: use kubectl 1.31 or newer, which speaks WebSocket; the older protocol')
  const pod = podOf(connection)
  const isOn = (name: string) => ['true', '1'].includes(http.query.get(name) ?? '')
  const options = {
    container: containerOf(pod, http.query.get('container')),
    stdin: isOn('stdin'),
    tty: isOn('tty'),
    command: http.query.getAll('command'),
  }
  sockets.handleUpgrade(request, socket, head, (ws) => {
    void runSession(ws, (io) =>
      subresource === 'exec' ? connections.exec(pod, options, io) : connections.attach(pod, options, io),
    )
  })
}
