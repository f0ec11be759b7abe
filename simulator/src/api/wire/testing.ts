/** For tests: requests and answers as they come over the wire, without a socket. */
import { LOOPBACK } from '../../access/users.js'
import { refusalOf, type TestCluster } from '../../testing.js'
import { handle } from './handle.js'
import { render } from './render.js'

export interface Sent {
  method?: string
  headers?: Record<string, string>
  body?: string
}

/** @param clusterOf is asked at each request: a cluster that is made before the tests run */
export function wire(clusterOf: () => TestCluster) {
  const send = (path: string, { method = 'GET', headers = {}, body = '' }: Sent = {}) => {
    const [pathname = '', query = ''] = path.split('?')
    const request = {
      method,
      path: pathname,
      query: new URLSearchParams(query),
      headers,
      body: Buffer.from(body),
      user: LOOPBACK,
    }
    return handle(clusterOf().cluster.server, request).answer
  }
  const rendered = (path: string, sent?: Sent) => {
    const answer = send(path, sent)
    if (answer.type !== 'json' && answer.type !== 'bytes') throw new Error(`expected a body, got a ${answer.type}`)
    return render(answer)
  }
  const text = (path: string, sent?: Sent): string => Buffer.from(rendered(path, sent).body).toString()
  const json = (path: string, sent?: Sent) => JSON.parse(text(path, sent))
  const refused = (path: string, sent?: Sent) => refusalOf(() => send(path, sent))
  return { send, rendered, text, json, refused }
}

const isNothing = (value: unknown): boolean =>
  value === null || value === '' || value === false || (typeof value === 'object' && Object.keys(value).length === 0)

/** Protobuf knows no difference between none and nothing. */
export const withoutEmpty = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_key, inner) => (isNothing(inner) ? undefined : inner))
