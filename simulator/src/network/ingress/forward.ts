/** A reverse proxy's last step: one request to one of the Pods behind a Service. */
import { ConnectError, type HttpRequest, type HttpResponse, type Target } from '../../containers/network.js'
import type { Machine } from '../../containers/process.js'
import type { Informers } from '../../controllers/runtime/informer.js'
import { slicesOf } from '../kube-proxy.js'

/** As long as nginx and Envoy wait for a connection, in seconds. */
const PATIENCE_SECONDS = 5

export type Upstream = { type: 'pods'; targets: Target[] } | { type: 'no-service' } | { type: 'no-port' }

/** The ready Pods behind a port of a Service, which is named or numbered. */
export function upstreamOf(
  informers: Informers,
  key: string,
  port: { name?: string | undefined; number?: number | undefined },
): Upstream {
  const service = informers.get('Service', key)
  if (!service) return { type: 'no-service' }
  const wanted = service.spec.ports?.find((each) => (port.name ? each.name === port.name : each.port === port.number))
  if (!wanted) return { type: 'no-port' }
  const targets = slicesOf(informers, service).flatMap((slice) => {
    const number = slice.ports?.find((each) => (each.name ?? '') === (wanted.name ?? ''))?.port
    const ready = (slice.endpoints ?? []).filter((endpoint) => endpoint.conditions?.ready !== false)
    return number ? ready.flatMap(({ addresses }) => addresses.map((address) => ({ address, port: number }))) : []
  })
  return { type: 'pods', targets }
}

export type Forwarded =
  | { type: 'answer'; response: HttpResponse; target: Target }
  | { type: 'failed'; why: 'refused' | 'timeout'; target: Target }

/** Tries one Pod, and once another where that one refuses. */
export async function forward(
  machine: Machine,
  targets: Target[],
  request: HttpRequest,
  options: { secure?: boolean; signal: AbortSignal },
): Promise<Forwarded> {
  const first = machine.random.below(targets.length)
  let failed: Forwarded | undefined
  for (let tries = 0; tries < Math.min(2, targets.length); tries++) {
    const target = targets[(first + tries) % targets.length] as Target
    const ended = new AbortController()
    const stop = () => ended.abort()
    options.signal.addEventListener('abort', stop, { once: true })
    const cancel = machine.clock.after(PATIENCE_SECONDS * 1000, stop)
    try {
      const response = await machine.network.http({ ...target, secure: options.secure ?? false }, request, {
        signal: ended.signal,
      })
      return { type: 'answer', response, target }
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error
      failed = { type: 'failed', why: error.kind === 'timeout' ? 'timeout' : 'refused', target }
    } finally {
      cancel()
      options.signal.removeEventListener('abort', stop)
    }
  }
  return failed as Forwarded
}

/** The headers that tell the server behind the proxy who asked. */
export const forwardedHeaders = (request: HttpRequest, from: string, scheme: 'http' | 'https'): Record<string, string> => ({
  'x-real-ip': from,
  'x-forwarded-for': request.headers['x-forwarded-for'] ? `${request.headers['x-forwarded-for']}, ${from}` : from,
  'x-forwarded-host': request.headers.host ?? '',
  'x-forwarded-port': scheme === 'https' ? '443' : '80',
  'x-forwarded-proto': scheme,
  'x-forwarded-scheme': scheme,
  'x-scheme': scheme,
})
