/**
 * What listens in a container, for a client that speaks bytes: the real programs of the learner's workstation and of port-forward. TLS is
 * spoken in memory, over the bytes of the connection; programs of containers among each other need none of it.
 */
import { createSecureContext, TLSSocket } from 'node:tls'
import { splice } from '../../containers/connection.js'
import { serveHttp } from '../../containers/http-wire.js'
import type { Connection, HttpResponse, Listener, Target, TlsIdentity } from '../../containers/network.js'
import { fromDuplex, putBack, toDuplex } from './bytes.js'
import { readHello } from './client-hello.js'

/** As Go's server answers. */
export const NEEDS_TLS: HttpResponse = { status: 400, headers: {}, body: 'Client sent an HTTP request to an HTTPS server.\n' }

/** As a protocol list of ALPN has it: images speak no HTTP/2. */
const HTTP_1 = Buffer.from('\x08http/1.1')

/** @returns what the client says and hears within TLS; undefined where the certificate has no key */
export function endTls(connection: Connection, { certificatePem, keyPem }: TlsIdentity): Connection | undefined {
  if (!certificatePem || !keyPem) return undefined
  const secureContext = createSecureContext({ cert: certificatePem, key: keyPem })
  const options = { isServer: true, secureContext, ALPNProtocols: HTTP_1 }
  const socket = new TLSSocket(toDuplex(connection) as never, options as never)
  // A client that does not trust the certificate goes away, which is no fault of ours.
  socket.on('error', () => socket.destroy())
  return fromDuplex(socket, connection.from)
}

/** @param dial to who ends TLS in place of the listener */
export async function serveBytes(
  listener: Listener,
  connection: Connection,
  dial: (target: Target) => Promise<Connection>,
): Promise<void> {
  const { http, stream, tls } = listener
  if (stream) return stream(connection)
  if (!http) return connection.close()
  if (!tls) return serveHttp(connection, http)
  const hello = await readHello(connection)
  const whole = putBack(connection, hello.read)
  if (hello.type === 'plain') return serveHttp(whole, () => listener.needsTls ?? NEEDS_TLS)
  const beyond = listener.passThrough?.(hello.serverName)
  if (beyond) return splice(whole, await dial(beyond))
  const inside = endTls(whole, typeof tls === 'function' ? tls(hello.serverName) : tls)
  return inside ? serveHttp(inside, http) : connection.close()
}
