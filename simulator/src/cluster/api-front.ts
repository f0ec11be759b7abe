/** The API server as programs in containers reach it: by HTTPS of the simulated network, with a token. */
import { Authenticator, readCredentials } from '../access/authenticate.js'
import { withWebhooks } from '../admission/webhooks/round.js'
import { handle } from '../api/wire/handle.js'
import type { HttpAnswer, HttpRequest } from '../api/wire/http.js'
import { render } from '../api/wire/render.js'
import { watchFrames } from '../api/wire/watch-frames.js'
import { inPiece } from '../cel/pieces.js'
import type { HttpHandler, HttpResponse, ResponseStream, SessionStreams } from '../containers/network.js'
import { type Data, fromBytes, Pipe } from '../containers/stream.js'
import { readLogs } from '../listener/logs.js'
import type { Connection } from '../listener/target.js'
import { ApiError, failure } from '../objects/status.js'
import { sessionResponse } from './api-session.js'
import type { SimulatedCluster } from './cluster.js'

/** A program that reads so much too slowly is cut, as any other client. */
const MOST_WAITING = 4 * 1024 * 1024
const HEADERS = { 'Cache-Control': 'no-cache, private' }

function responseOf(answer: Extract<HttpAnswer, { type: 'json' | 'bytes' }>): HttpResponse {
  const { contentType, body } = render(answer)
  const headers = { ...HEADERS, 'Content-Type': contentType, 'Content-Length': String(body.length) }
  return { status: answer.code, headers, body: fromBytes(body) }
}

/** A body that comes in pieces. @param stop is called when its reader goes away */
function outlet(stop: () => void): { write(data: Data): void; end(): void; stream: ResponseStream } {
  const pipe = new Pipe()
  let waiting = 0
  const close = () => {
    stop()
    pipe.break()
  }
  return {
    write(data) {
      waiting += data.length
      void pipe.write(data)
      if (waiting > MOST_WAITING) close()
    },
    end: () => pipe.end(),
    stream: {
      async read() {
        const data = await pipe.read()
        waiting -= data?.length ?? 0
        return data
      },
      close,
    },
  }
}

const streamed = (contentType: string, stream: ResponseStream): HttpResponse => ({
  status: 200,
  headers: { ...HEADERS, 'Content-Type': contentType, 'Transfer-Encoding': 'chunked' },
  body: '',
  stream,
})

function watchResponse(answer: Extract<HttpAnswer, { type: 'watch' }>): HttpResponse {
  let stop = () => {}
  const out = outlet(() => stop())
  const { contentType, frameOf } = watchFrames(answer)
  const handle = answer.start({
    onEvent: (event) => out.write(fromBytes(frameOf(event))),
    onEnd: () => out.end(),
  })
  stop = () => handle.stop()
  return streamed(contentType, out.stream)
}

/** @throws ApiError where there is nothing to read */
async function logResponse(connection: Connection): Promise<HttpResponse> {
  const gone = new AbortController()
  const out = outlet(() => gone.abort())
  const begun = new Promise<void>((resolve) => {
    const write = (bytes: Uint8Array) => {
      out.write(fromBytes(bytes))
      resolve()
    }
    void readLogs(connection, { write, signal: gone.signal }).then(
      () => {
        out.end()
        resolve()
      },
      (error) => resolve(Promise.reject(error)),
    )
  })
  await begun
  return streamed('text/plain', out.stream)
}

const toError = (error: unknown): ApiError =>
  error instanceof ApiError ? error : failure.internal(error instanceof Error ? error.message : String(error))

/** exec and attach go on as a session for who brings the streams of one; port-forward wants a connection that no program here makes. */
export function apiFront(cluster: SimulatedCluster): HttpHandler {
  const { server, tokens } = cluster
  const authenticator = new Authenticator(tokens, server.context.authorizer)
  const respond = (http: HttpRequest, session: SessionStreams | undefined): HttpResponse | Promise<HttpResponse> => {
    const { answer } = inPiece(http.round?.evaluations, () => handle(server, http))
    if (answer.type === 'watch') return watchResponse(answer)
    if (answer.type !== 'connect') return responseOf(answer)
    const { subresource } = answer.request
    if (subresource === 'log') return logResponse({ server, connections: cluster.connections, answer, http })
    if (subresource === 'proxy') throw failure.notImplemented('the proxy from inside containers of the simulated cluster')
    if (session && (subresource === 'exec' || subresource === 'attach'))
      return sessionResponse({ server, connections: cluster.connections, answer, http }, session)
    throw failure.badRequest('Upgrade request required')
  }
  return async ({ method, path, headers, body, session }) => {
    try {
      const url = new URL(path, 'https://kubernetes')
      const user = authenticator.authenticate(readCredentials(headers, undefined))
      const bytes = Buffer.from(body, 'latin1')
      const http: HttpRequest = { method, path: url.pathname, query: url.searchParams, headers, body: bytes, user }
      return await withWebhooks(server.context, http, () => respond(http, session))
    } catch (error) {
      const status = toError(error).toStatus()
      // Whoever reads it here is a person with curl.
      return responseOf({ type: 'json', code: status.code, value: status, form: 'pretty' })
    }
  }
}
