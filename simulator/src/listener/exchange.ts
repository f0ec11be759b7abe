import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { Connections } from '../api/connections.js'
import { fromBytes, toBytes } from '../containers/stream.js'

export interface Exchange {
  connections: Connections
  address: string
  port: number
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: Uint8Array
}

/** Asks a simulated program over HTTP and writes down what it answers. @throws ApiError 503 where nothing listens */
export async function exchange(asked: Exchange, response: ServerResponse): Promise<void> {
  const { connections, address, port, method, path, body } = asked
  const headers = Object.fromEntries(
    Object.entries(asked.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  )
  const found = await connections.http(address, port, { method, path, headers, body: fromBytes(body) })
  response.writeHead(found.status, found.headers)
  response.end(toBytes(found.body))
}
