/** The API server as programs in containers reach it: by HTTPS of the simulated network, with a token. */
import { stringify } from 'yaml'
import { Authenticator, readCredentials } from '../access/authenticate.js'
import { handle } from '../api/wire/handle.js'
import type { HttpHandler, HttpResponse } from '../containers/network.js'
import { encode } from '../containers/stream.js'
import { ApiError, failure } from '../objects/status.js'
import type { SimulatedCluster } from './cluster.js'

/** For JSON that a person reads, as the real server indents it for curl. */
const INDENT = 2

const json = (code: number, value: unknown): HttpResponse => {
  const body = encode(`${JSON.stringify(value, null, INDENT)}\n`)
  return {
    status: code,
    headers: {
      'Cache-Control': 'no-cache, private',
      'Content-Type': 'application/json',
      'Content-Length': String(body.length),
    },
    body,
  }
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
      if (answer.type === 'json' && answer.yaml)
        return { status: answer.code, headers: { 'Content-Type': 'application/yaml' }, body: encode(stringify(answer.value)) }
      if (answer.type === 'json') return json(answer.code, answer.value)
      if (answer.type !== 'bytes')
        throw failure.notImplemented('watches, logs and connections from inside containers of the simulated cluster: they')
      const text = typeof answer.bytes === 'string' ? encode(answer.bytes) : Buffer.from(answer.bytes).toString('latin1')
      return {
        status: answer.code,
        headers: { 'Content-Type': answer.contentType, 'Content-Length': String(text.length) },
        body: text,
      }
    } catch (error) {
      const status = toError(error).toStatus()
      return json(status.code, status)
    }
  }
}
