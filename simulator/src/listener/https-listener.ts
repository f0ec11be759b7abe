/**
 * The HTTPS side of one cluster: a port of its own, with a server certificate and a client CA of its own, so that every kubeconfig works
 * unchanged in every client and clusters cannot be mistaken for each other.
 */
import type { X509Certificate } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Server as NetServer } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { type Authenticator, readCredentials } from '../access/authenticate.js'
import type { KeyPair } from '../access/certificates.js'
import { withWebhooks } from '../admission/webhooks/round.js'
import type { Connections } from '../api/connections.js'
import type { User } from '../api/request.js'
import type { ApiServer } from '../api/server.js'
import { errorForm } from '../api/wire/encode.js'
import { handle } from '../api/wire/handle.js'
import type { HttpRequest } from '../api/wire/http.js'
import { inPiece } from '../cel/pieces.js'
import { ApiError, failure } from '../objects/status.js'
import { processTurns } from '../time/turns.js'
import { Arrivals } from './arrivals.js'
import { Intake } from './body.js'
import { answerConnection, upgradeConnection } from './connect.js'
import { streamWatch } from './watch-stream.js'
import { writeAnswer } from './write-answer.js'

/** As Go's servers: who says nothing is let go. */
const SILENT_FOR_MS = 10_000
/** @see apiserver/pkg/server/secure_serving.go: ReadHeaderTimeout */
const HEADERS_WITHIN_MS = 32_000

export interface ListenerOptions {
  server: ApiServer
  authenticator: Authenticator
  connections: Connections
  certificate: KeyPair
  clientCaPem: string
  /** Resolves when there is somebody to answer for containers. */
  kubeletsReady: () => Promise<void>
  /** Hears of faults of ours, which the client sees as 500. */
  onError?: (error: unknown) => void
}

const NO_BODY = new Uint8Array()
const LONG_BODY_BYTES = 128 * 1024

export class HttpsListener {
  readonly #https: Server
  readonly #intake = new Intake()
  /** Every connection, also those that have not said who they are, and those that speak no HTTP any more. */
  readonly #sockets = new Set<Duplex>()
  /** What the client of a connection has shown, read once for all its requests. */
  readonly #presented = new WeakMap<TLSSocket, X509Certificate | null>()
  constructor(readonly options: ListenerOptions) {
    this.#https = createServer({
      cert: options.certificate.certificatePem,
      key: options.certificate.keyPem,
      ca: options.clientCaPem,
      requestCert: true,
      // Anonymous clients are served too; what a certificate is worth is judged for each request.
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
      keepAliveTimeout: 120_000,
      handshakeTimeout: SILENT_FOR_MS,
      headersTimeout: HEADERS_WITHIN_MS,
    })
    const handshakes = this.#https.listeners('connection')
    const arrivals = new Arrivals((socket) => {
      for (const begin of handshakes) begin.call(this.#https, socket)
    })
    this.#https.removeAllListeners('connection')
    this.#https.on('connection', (socket: Duplex) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
      arrivals.arrive(socket)
    })
    this.#https.on('request', (request, response) => void this.#serve(request, response))
    this.#https.on('upgrade', (request, socket, head) => void this.#upgrade(request, socket, head))
    this.#https.on('tlsClientError', () => {})
  }

  /** Listens on loopback. @param port 0 for any free one */
  listen(port = 0, host = '127.0.0.1'): Promise<{ port: number }> {
    return new Promise((resolve, reject) => {
      this.#https.once('error', reject)
      this.#https.listen(port, host, () => {
        this.#https.off('error', reject)
        resolve({ port: (this.#https.address() as AddressInfo).port })
      })
    })
  }

  /** Serves connections that another listener accepts, such as a socket made in another network namespace. */
  serve(listener: NetServer): void {
    listener.on('connection', (socket) => {
      // As of an HTTPS server of its own: what is short does not wait for more.
      socket.setNoDelay(true)
      this.take(socket)
    })
  }
  take(stream: Duplex): void {
    this.#https.emit('connection', stream)
  }

  async close(): Promise<void> {
    this.#https.closeAllConnections()
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#https.close(() => resolve()))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('Cache-Control', 'no-cache, private')
    response.setHeader('Audit-Id', this.options.server.context.random.uuid())
    try {
      const http = this.#read(request)
      if (http.method === 'GET') await this.#answer(http, request, response)
      else await this.#intake.hold(request, (body) => this.#answer({ ...http, body }, request, response))
    } catch (error) {
      await this.#fail(request, response, error)
    }
  }

  async #answer(http: HttpRequest, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { server } = this.options
    const begin = () => inPiece(http.round?.evaluations, () => this.#begin(http, request, response))
    const { context } = server
    const turn = () => {
      if (http.method === 'GET') return processTurns.run(context, begin)
      return http.round ? processTurns.runOn(context, begin) : processTurns.runLong(context, begin)
    }
    const rest = await withWebhooks(context, http, turn)
    await rest?.()
  }

  /** What is done in one turn. @returns what is left to do after it */
  #begin(http: HttpRequest, request: IncomingMessage, response: ServerResponse): (() => Promise<void>) | undefined {
    const { server } = this.options
    const { answer, warnings } = handle(server, http)
    addWarnings(response, warnings)
    if (answer.type === 'connect')
      return async () => {
        await this.options.kubeletsReady()
        await answerConnection({ ...this.options, answer, http }, response)
      }
    if (answer.type !== 'watch') {
      const write = () => writeAnswer({ request, response, answer, turnsOf: server.context })
      // To write out what was long to read is a turn of its own.
      return http.body.length > LONG_BODY_BYTES ? async () => (await processTurns.run(server.context, write))?.() : write()
    }
    streamWatch({ answer, request, response, turnsOf: server.context })
    return undefined
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // Who goes away in the middle is no fault of ours.
    socket.on('error', () => {})
    try {
      const http = this.#read(request)
      const { server } = this.options
      const { answer } = await withWebhooks(server.context, http, () => handle(server, http))
      if (answer.type !== 'connect') throw failure.badRequest('this path cannot be upgraded')
      await this.options.kubeletsReady()
      upgradeConnection({ ...this.options, answer, http, request, socket, head })
    } catch (error) {
      const status = this.#toError(error).toStatus()
      const body = JSON.stringify(status)
      socket.end(
        `HTTP/1.1 ${status.code} ${status.reason ?? 'Error'}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      )
    }
  }

  /** All but the body. @throws ApiError 400, 401 */
  #read(request: IncomingMessage): HttpRequest {
    const url = readUrl(request.url ?? '/')
    const user = this.#authenticate(request)
    const { method = 'GET', headers } = request
    return { method, path: url.pathname, query: url.searchParams, headers, body: NO_BODY, user }
  }

  #authenticate(request: IncomingMessage): User {
    const socket = request.socket as TLSSocket
    const presented = this.#certificateOf(socket)
    if (presented && !socket.authorized) throw failure.unauthorized()
    return this.options.authenticator.authenticate(readCredentials(request.headers, presented))
  }

  #certificateOf(socket: TLSSocket): X509Certificate | undefined {
    let presented = this.#presented.get(socket)
    if (presented === undefined) {
      presented = socket.getPeerX509Certificate?.() ?? null
      this.#presented.set(socket, presented)
    }
    return presented ?? undefined
  }

  #toError(error: unknown): ApiError {
    if (error instanceof ApiError) return error
    this.options.onError?.(error)
    return failure.internal(error instanceof Error ? error.message : String(error))
  }

  async #fail(request: IncomingMessage, response: ServerResponse, error: unknown): Promise<void> {
    const failed = this.#toError(error)
    const status = failed.toStatus()
    if (response.headersSent) {
      response.end()
      return
    }
    addWarnings(response, failed.warnings)
    // What is left of a body that was not read would be taken for the next request.
    if (!request.complete) response.setHeader('Connection', 'close')
    const retry = status.details && 'retryAfterSeconds' in status.details ? status.details.retryAfterSeconds : undefined
    if (retry) response.setHeader('Retry-After', String(retry))
    const form = errorForm(request.headers.accept)
    const answer = { type: 'json' as const, code: status.code, value: status, form }
    await writeAnswer({ request, response, answer, turnsOf: this.options.server.context })?.()
  }
}

/** @throws ApiError 400 */
function readUrl(text: string): URL {
  try {
    return new URL(text, 'https://cluster')
  } catch {
    throw failure.badRequest('the path of the request cannot be read')
  }
}

/** Quotes as RFC 7234 wants them. */
function addWarnings(response: ServerResponse, warnings: readonly string[]): void {
  const unique = [...new Set(warnings)]
  if (unique.length > 0)
    response.setHeader(
      'Warning',
      unique.map((text) => `299 - ${JSON.stringify(text.replace(/[^\x20-\x7e]/g, '?'))}`),
    )
}
