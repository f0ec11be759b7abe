/** A client of one simulated cluster that costs little itself: HTTPS with kept connections and a client certificate. */
import { Agent, request } from 'node:https'
import { parse } from 'yaml'

interface Kubeconfig {
  clusters: { cluster: { server: string; 'certificate-authority-data': string } }[]
  users: { user: { 'client-certificate-data': string; 'client-key-data': string } }[]
}

const decoded = (text = ''): Buffer => Buffer.from(text, 'base64')

interface Asking {
  method?: string
  body?: object | string | Uint8Array
  /** Of the body. */
  type?: string
  accept?: string
  headers?: Record<string, string>
}

export class BenchApi {
  readonly #agent: Agent
  readonly #server: string
  constructor(kubeconfig: string) {
    const { clusters, users } = parse(kubeconfig) as Kubeconfig
    this.#server = clusters[0]?.cluster.server ?? ''
    this.#agent = new Agent({
      keepAlive: true,
      ca: decoded(clusters[0]?.cluster['certificate-authority-data']),
      cert: decoded(users[0]?.user['client-certificate-data']),
      key: decoded(users[0]?.user['client-key-data']),
    })
  }

  /** Resolves when the whole answer is there. @throws Error where it is not a success */
  ask(path: string, { method = 'GET', body, accept = 'application/json', type, headers }: Asking = {}): Promise<string> {
    const ownType = type ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json')
    return new Promise((resolve, reject) => {
      const asking = request(
        `${this.#server}${path}`,
        { agent: this.#agent, method, headers: { 'Content-Type': ownType, Accept: accept, ...headers } },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8')
            if ((response.statusCode ?? 500) < 300) resolve(text)
            else reject(new Error(`${method} ${path}: ${response.statusCode} ${text.slice(0, 300)}`))
          })
        },
      )
      asking.on('error', reject)
      asking.end(typeof body === 'object' && !(body instanceof Uint8Array) ? JSON.stringify(body) : body)
    })
  }

  /** Reads what comes for as long as it comes, and does nothing with it. */
  watch(path: string): void {
    const asking = request(`${this.#server}${path}`, { agent: this.#agent }, (response) => response.resume())
    asking.on('error', () => undefined)
    asking.end()
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** The value below which `share` of them lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}
