import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { Connections } from '../api/connections.js'
import { withoutFraming } from '../containers/http-wire.js'
import { fromBytes, toBytes } from '../containers/stream.js'
import { writeTo } from './write-to.js'

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
  const { stream } = found
  response.writeHead(found.status, stream ? withoutFraming(found.headers) : found.headers)
  if (!stream) return void response.end(toBytes(found.body))
  response.on('close', () => stream.close())
  await writeTo(response, toBytes(found.body))
  for (let data = await stream.read(); data !== null && !response.destroyed; data = await stream.read())
    await writeTo(response, toBytes(data))
  response.end()
}
