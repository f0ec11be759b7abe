/** For tests: brings the requests of an HttpClient to an API server over TLS. The product opens no such connection. */
import { Agent, request } from 'node:https'
import { parse } from 'yaml'
import type { Transport } from '../client/http.js'

interface Kubeconfig {
  clusters: { cluster: { server: string; 'certificate-authority-data': string; 'tls-server-name'?: string } }[]
  users: { user: { 'client-certificate-data': string; 'client-key-data': string } }[]
}

const decode = (text: string | undefined): string => Buffer.from(text ?? '', 'base64').toString('utf8')

/** @param kubeconfig with one cluster and one user who has a certificate. `close` ends every connection that is open */
export function transportFor(kubeconfig: string): { send: Transport; close(): void } {
  const { clusters, users } = parse(kubeconfig) as Kubeconfig
  const cluster = clusters[0]?.cluster
  const user = users[0]?.user
  if (!cluster || !user) throw new Error('the kubeconfig names no cluster or no user')
  const agent = new Agent({
    keepAlive: true,
    ca: decode(cluster['certificate-authority-data']),
    cert: decode(user['client-certificate-data']),
    key: decode(user['client-key-data']),
  })
  const send: Transport = ({ method, path, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      // Without its length, Node would not frame the body of a DELETE.
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
      const options = { agent, method, headers: { ...headers, ...length }, ...(signal ? { signal } : {}) }
      const asked = request(new URL(path, cluster.server), options, (answer) =>
        resolve({ status: answer.statusCode ?? 0, body: answer }),
      )
      asked.on('error', reject)
      asked.end(body)
    })
  return { send, close: () => agent.destroy() }
}
