/**
 * What listens in a container, for a client that speaks bytes: the real programs of the learner's workstation and of port-forward. TLS is
 * spoken in memory, over the bytes of the connection; programs of containers among each other need none of it.
 */
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import { splice } from '../../containers/connection.js'
import { serveHttp } from '../../containers/http-wire.js'
import type { Connection, HttpResponse, Listener, Target, TlsIdentity } from '../../containers/network.js'
import { rangeOf } from '../../containers/tls-versions.js'
import { nextTurn } from '../../time/steps.js'
import { fromDuplex, putBack, toDuplex } from './bytes.js'
import { readHello } from './client-hello.js'

/** As Go's server answers. */
export const NEEDS_TLS: HttpResponse = { status: 400, headers: {}, body: 'Client sent an HTTP request to an HTTPS server.\n' }

/** As a protocol list of ALPN has it: images speak no HTTP/2. */
const HTTP_1 = Buffer.from('\x08http/1.1')

/** Keys and certificates are read once: an identity never changes. */
const contexts = new WeakMap<TlsIdentity, SecureContext>()
function contextOf(identity: TlsIdentity): SecureContext {
  const { certificatePem = '', keyPem = '', versions = [] } = identity
  const range = rangeOf(versions)
  const bounds = range && { minVersion: range.least, maxVersion: range.most }
  const context = contexts.get(identity) ?? createSecureContext({ cert: certificatePem, key: keyPem, ...bounds })
  contexts.set(identity, context)
  return context
}

let last = Promise.resolve()
/** One handshake after the other, with a turn for everybody else between: each costs a millisecond or more of the core that all clusters share. */
function ownTurn(): Promise<void> {
  last = last.then(nextTurn)
  return last
}

/** @returns what the client says and hears within TLS; undefined where the certificate has no key */
export async function endTls(connection: Connection, identity: TlsIdentity): Promise<Connection | undefined> {
  if (!identity.certificatePem || !identity.keyPem) return undefined
  await ownTurn()
  const options = { isServer: true, secureContext: contextOf(identity), ALPNProtocols: HTTP_1 }
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
  const inside = await endTls(whole, typeof tls === 'function' ? tls(hello.serverName) : tls)
  return inside ? serveHttp(inside, http) : connection.close()
}
