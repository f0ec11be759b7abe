/** Requests of the kubelet to containers: of probes and hooks. Models pkg/probe/http and pkg/probe/util.go (v1.36). */
import { ConnectError, type HttpResponse } from '../containers/network.js'
import type { Fabric } from '../network/fabric.js'
import type { Container, HTTPGetAction } from '../schema/kubernetes.generated.js'

const MOST_REDIRECTS = 10

/** @returns the number, or in Go's words why there is none */
export function portOf(container: Container, port: number | string): number | string {
  const named = typeof port === 'string' ? container.ports?.find((each) => each.name === port)?.containerPort : undefined
  if (named === undefined && typeof port === 'string' && !/^[+-]?\d+$/.test(port))
    return `strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax`
  const number = named ?? Number(port)
  return number > 0 && number < 65_536 ? number : `invalid port number: ${number}`
}

export interface Asking {
  fabric: Fabric
  podIp: string
  /** The address of the node towards its Pods. */
  nodeIp: string
  agent: 'probe' | 'lifecycle'
  signal: AbortSignal
}

/** Follows redirects within the host, as Go's client of the kubelet does. @returns the answer, or why none came */
export async function askHttp(
  get: Omit<HTTPGetAction, 'port'> & { port: number },
  asking: Asking,
): Promise<HttpResponse | string> {
  const { path = '', scheme = 'HTTP', port, httpHeaders = [] } = get
  const host = get.host || asking.podIp
  const first = `${scheme.toLowerCase()}://${host}:${port}${path.startsWith('/') ? '' : '/'}${path}`
  const headers = Object.fromEntries([
    ['user-agent', `kube-${asking.agent}/1.36`],
    ['accept', '*/*'],
    ...httpHeaders.map((header) => [header.name.toLowerCase(), header.value]),
  ])
  let url = new URL(first)
  for (let followed = 0; followed < MOST_REDIRECTS; followed++) {
    const answer = await askOnce(url, headers, asking)
    if (typeof answer === 'string') return `Get ${JSON.stringify(followed === 0 ? first : String(url))}: ${answer}`
    const { location } = answer.headers
    if (answer.status < 300 || answer.status >= 400 || location === undefined) return answer
    const next = new URL(location, url)
    if (next.hostname !== url.hostname) return answer
    url = next
  }
  return `Get ${JSON.stringify(String(url))}: stopped after ${MOST_REDIRECTS} redirects`
}

async function askOnce(url: URL, headers: Record<string, string>, asking: Asking): Promise<HttpResponse | string> {
  const { fabric, nodeIp: from, signal } = asking
  const secure = url.protocol === 'https:'
  const port = Number(url.port || (secure ? 443 : 80))
  const place = `${url.hostname}:${port}`
  if (/[a-z]/i.test(url.hostname)) return `dial tcp: lookup ${url.hostname}: no such host`
  // It is the node that asks: its loopback is no container's.
  if (url.hostname.startsWith('127.')) return `dial tcp ${place}: connect: connection refused`
  const request = { method: 'GET', path: url.pathname + url.search, headers, body: '' }
  try {
    const answer = await fabric.http(url.hostname, port, request, { from, signal, secure })
    // Of what does not end nobody reads more than the head.
    answer.stream?.close()
    return answer
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
    return whyNot(error, place)
  }
}

/** In the words of Go's client. */
function whyNot({ kind }: ConnectError, place: string): string {
  switch (kind) {
    case 'refused':
      return `dial tcp ${place}: connect: connection refused`
    case 'unreachable':
      return `dial tcp ${place}: connect: no route to host`
    case 'not-tls':
      return 'http: server gave HTTP response to HTTPS client'
    case 'reset':
      return 'EOF'
    default:
      return 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
  }
}
