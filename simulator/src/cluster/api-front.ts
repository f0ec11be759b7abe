/** The API server as programs in containers reach it: by HTTPS of the simulated network, with a token. */
import { Authenticator, readCredentials } from '../access/authenticate.js'
import { handle } from '../api/wire/handle.js'
import type { HttpAnswer } from '../api/wire/http.js'
import { render } from '../api/wire/render.js'
import type { HttpHandler, HttpResponse } from '../containers/network.js'
import { fromBytes } from '../containers/stream.js'
import { ApiError, failure } from '../objects/status.js'
import type { SimulatedCluster } from './cluster.js'

function responseOf(answer: Extract<HttpAnswer, { type: 'json' | 'bytes' }>): HttpResponse {
  const { contentType, body } = render(answer)
  const headers = { 'Cache-Control': 'no-cache, private', 'Content-Type': contentType, 'Content-Length': String(body.length) }
  return { status: answer.code, headers, body: fromBytes(body) }
}

const toError = (error: unknown): ApiError =>
  error instanceof ApiError ? error : failure.internal(error instanceof Error ? error.message : String(error))

/** Watches and connections need a stream, which this front does not give: they are refused. */
export function apiFront({ server, tokens }: SimulatedCluster): HttpHandler {
  const authenticator = new Authenticator(tokens, server.context.authorizer)
  return ({ method, path, headers, body }) => {
    try {
      const url = new URL(path, 'https://kubernetes')
      const user = authenticator.authenticate(readCredentials(headers, undefined))
      const bytes = Buffer.from(body, 'latin1')
      const { answer } = handle(server, { method, path: url.pathname, query: url.searchParams, headers, body: bytes, user })
      if (answer.type !== 'json' && answer.type !== 'bytes')
        throw failure.notImplemented('watches, logs and connections from inside containers of the simulated cluster: they')
      return responseOf(answer)
    } catch (error) {
      const status = toError(error).toStatus()
      // Whoever reads it here is a person with curl.
      return responseOf({ type: 'json', code: status.code, value: status, form: 'pretty' })
    }
  }
}
