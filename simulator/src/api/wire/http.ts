/** Requests and answers of HTTP, free of sockets. */
import type { WebhookRound } from '../../admission/webhooks/round.js'
import type { KubeObject } from '../../objects/object.js'
import type { ConnectOptions } from '../connect-options.js'
import type { ApiRequest, ApiResult, User } from '../request.js'

export interface HttpRequest {
  method: string
  path: string
  query: URLSearchParams
  headers: Record<string, string | string[] | undefined>
  body: Uint8Array
  user: User
  /** The answers of webhooks so far. */
  round?: WebhookRound | undefined
}

export type HttpAnswer =
  | { type: 'json'; code: number; value: unknown; form?: JsonForm }
  | { type: 'bytes'; code: number; contentType: string; bytes: Uint8Array | string; headers?: Record<string, string> }
  | {
      type: 'watch'
      form: 'json' | 'protobuf'
      start: Extract<ApiResult, { type: 'watch' }>['start']
      encode(object: KubeObject, isFirst: boolean): unknown
    }
  /** For what reaches into a Pod or a node; the listener knows how. */
  | { type: 'connect'; request: ApiRequest; options: ConnectOptions }

/** How a value is written: `pretty` is indented for people. */
export type JsonForm = 'compact' | 'pretty' | 'yaml' | 'protobuf'

export interface Handled {
  answer: HttpAnswer
  warnings: string[]
}

/** An answer whose bytes are made already. */
export const textAnswer = (contentType: string, content: Uint8Array | string, code = 200): HttpAnswer => ({
  type: 'bytes',
  code,
  contentType,
  bytes: content,
})

export const header = (request: HttpRequest, name: string): string | undefined => {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}
