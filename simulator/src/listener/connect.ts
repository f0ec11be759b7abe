/** What is no object but a connection: logs, exec, attach, port-forward, and the HTTP proxy to Pods and Services. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws'
import type { HttpRequest } from '../api/wire/http.js'
import { ApiError, failure } from '../objects/status.js'
import type { Pod } from '../schema/kubernetes.generated.js'
import { runOnSocket, SOCKET_PROTOCOLS } from './exec-socket.js'
import { runOnSpdy, SPDY_PROTOCOLS } from './exec-spdy.js'
import { sendLogs } from './logs.js'
import { FORWARD_CHANNELS, FORWARD_PROTOCOL, forwardOnSocket, forwardOnSpdy, readPort, TUNNEL_PROTOCOL } from './port-forward.js'
import { proxy } from './proxy.js'
import { type Connection, podOf, sessionOf } from './target.js'

type Upgrade = Connection & { request: IncomingMessage; socket: Duplex; head: Buffer }

/** Logs and proxied requests, which are plain HTTP. */
export async function answerConnection(connection: Connection, response: ServerResponse): Promise<void> {
  const { resource, subresource } = connection.answer.request
  if (subresource === 'log') return sendLogs(connection, response)
  if (subresource === 'proxy' && resource.storage !== 'nodes') return proxy(connection, response)
  if (subresource === 'exec' || subresource === 'attach' || subresource === 'portforward')
    throw failure.badRequest('Upgrade request required')
  throw failure.notImplemented(`${resource.resource}/${subresource}`)
}

/** exec, attach and port-forward. @throws ApiError before the upgrade, so that the client sees a Status */
export function upgradeConnection(connection: Upgrade): void {
  const { resource, subresource } = connection.answer.request
  const pod = podOf(connection)
  const isSocket = connection.request.headers.upgrade?.toLowerCase() === 'websocket'
  if (!isSocket && !/^spdy\/3\.1$/i.test(connection.request.headers.upgrade ?? ''))
    throw failure.badRequest(`unable to upgrade: missing upgrade headers in request: ${connection.request.headers.upgrade}`)
  if (subresource === 'portforward') {
    if (isSocket) forwardBySocket(connection, pod)
    else forwardBySpdy(connection, pod)
  } else if (subresource === 'exec' || subresource === 'attach') beginSession(connection, pod, isSocket)
  else throw failure.notImplemented(`${resource.resource}/${subresource} over an upgraded connection`)
}

function beginSession(connection: Upgrade, pod: Pod, isSocket: boolean): void {
  const { connections } = connection
  const { kind, options, stdout, stderr, run } = sessionOf(connection, pod)
  const { stdin, tty } = options
  if (isSocket) {
    acceptSocket(connection, SOCKET_PROTOCOLS, (ws) => {
      void runOnSocket(ws, run)
    })
    return
  }
  const protocol = negotiate(connection, SPDY_PROTOCOLS)
  // Over SPDY a kubelet answers before the upgrade; a WebSocket has been accepted by then.
  connections.checkSession(pod, options.container, kind)
  const { clock } = connection.server.context
  void runOnSpdy({ socket: acceptSpdy(connection, protocol), protocol, stdin, stdout, stderr, tty, clock }, run)
}

function forwardBySpdy(connection: Upgrade, pod: Pod): void {
  const protocol = negotiate(connection, [FORWARD_PROTOCOL])
  checkRunning(pod)
  const { clock } = connection.server.context
  forwardOnSpdy(acceptSpdy(connection, protocol), { connections: connection.connections, pod, clock })
}

function forwardBySocket(connection: Upgrade, pod: Pod): void {
  checkRunning(pod)
  const forward = { connections: connection.connections, pod, clock: connection.server.context.clock }
  const isTunnel = offeredOn(connection.request).includes(TUNNEL_PROTOCOL)
  const ports = isTunnel ? [] : portsOf(connection.http)
  acceptSocket(connection, [isTunnel ? TUNNEL_PROTOCOL : FORWARD_CHANNELS], (ws) => {
    if (isTunnel) forwardOnSpdy(createWebSocketStream(ws), forward)
    else forwardOnSocket(ws, ports, forward)
  })
}

/** @throws ApiError 400 where the query names no port */
function portsOf({ query }: HttpRequest): number[] {
  const texts = query
    .getAll('ports')
    .concat(query.getAll('port'))
    .flatMap((text) => text.split(','))
  if (texts.length === 0) throw failure.badRequest('query parameter "port" is required')
  try {
    return texts.map(readPort)
  } catch (error) {
    throw failure.badRequest(String((error as Error).message))
  }
}

/** @throws ApiError with the sentence of the kubelet */
function checkRunning(pod: Pod): void {
  if (!pod.spec.nodeName) throw failure.badRequest(`pod ${pod.metadata.name} does not have a host assigned`)
}

/** The first protocol that the client names and we speak. @throws ApiError 400, 403 */
function negotiate({ request }: Upgrade, spoken: string[]): string {
  const header = request.headers['x-stream-protocol-version']
  const offered = [header ?? []]
    .flat()
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
  if (offered.length === 0)
    throw failure.badRequest('unable to upgrade: header X-Stream-Protocol-Version does not exist in request')
  const found = offered.find((protocol) => spoken.includes(protocol))
  if (found) return found
  const why = `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${spoken.join(' ')}]`
  throw new ApiError(403, 'Forbidden', why)
}

/** Answers the upgrade to SPDY and gives the connection. */
function acceptSpdy({ socket, head }: Upgrade, protocol: string): Duplex {
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
  )
  if (head.length > 0) socket.unshift(head)
  return socket
}

const sockets = new WebSocketServer({ noServer: true })
/** What was agreed with the client of a request. The library knows no names with a slash, such as that of the tunnel. */
const agreed = new WeakMap<IncomingMessage, string>()
sockets.on('headers', (headers, request) => {
  const protocol = agreed.get(request)
  if (protocol) headers.push(`Sec-WebSocket-Protocol: ${protocol}`)
})

const offeredOn = (request: IncomingMessage): string[] =>
  (request.headers['sec-websocket-protocol'] ?? '').split(',').map((text) => text.trim())

/** @throws ApiError 400 where the client offers no protocol that we speak here */
function acceptSocket({ request, socket, head }: Upgrade, spoken: string[], begin: (ws: WebSocket) => void): void {
  const offered = offeredOn(request)
  const found = spoken.find((protocol) => offered.includes(protocol))
  if (!found)
    throw failure.badRequest(
      `unable to upgrade: none of the WebSocket protocols [${offered.join(' ')}] is one of [${spoken.join(' ')}]`,
    )
  agreed.set(request, found)
  delete request.headers['sec-websocket-protocol']
  sockets.handleUpgrade(request, socket, head, begin)
}
