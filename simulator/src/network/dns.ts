/** Cluster DNS: Services, headless ones, Pods of a headless Service, ExternalName; with the search list of a Pod. @see dns-specification */
import type { DnsAnswer } from '../containers/network.js'
import type { Informers } from '../controllers/runtime/informer.js'
import type { Service } from '../schema/kubernetes.generated.js'
import { slicesOf } from './services.js'

const DOMAIN = 'cluster.local'
const NDOTS = 5

/** Every name that a resolver would try, in order. */
export function candidates(name: string, namespace: string): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)]
  const searched = [`${namespace}.svc.${DOMAIN}`, `svc.${DOMAIN}`, DOMAIN].map((suffix) => `${name}.${suffix}`)
  const dots = name.split('.').length - 1
  return dots >= NDOTS ? [name, ...searched] : [...searched, name]
}

export function resolveName(informers: Informers, name: string, namespace: string): DnsAnswer {
  for (const candidate of candidates(name, namespace)) {
    const found = lookUp(informers, candidate, namespace)
    if (found) return found
  }
  return { type: 'missing' }
}

function lookUp(informers: Informers, name: string, namespace: string): DnsAnswer | undefined {
  const parts = name.split('.')
  if (parts.slice(-2).join('.') !== DOMAIN) return undefined
  const kind = parts.at(-3)
  if (kind === 'pod' && parts.length === 5) return { type: 'addresses', name, addresses: [(parts[0] ?? '').replaceAll('-', '.')] }
  if (kind !== 'svc') return undefined
  const inner = parts.slice(0, -3)
  const owner = inner.at(-1) ?? ''
  const service = informers.get('Service', `${owner}/${inner.at(-2)}`)
  if (!service) return undefined
  if (inner.length === 2) return answerFor(informers, service, name, namespace)
  const host = inner.slice(0, -2).join('.')
  const found = slicesOf(informers, service).flatMap((slice) =>
    (slice.endpoints ?? []).filter(
      (endpoint) => endpoint.hostname === host || endpoint.addresses[0]?.replaceAll('.', '-') === host,
    ),
  )
  return found.length > 0 ? { type: 'addresses', name, addresses: found.flatMap((endpoint) => endpoint.addresses) } : undefined
}

function answerFor(informers: Informers, service: Service, name: string, namespace: string): DnsAnswer | undefined {
  if (service.spec.type === 'ExternalName') {
    const target = service.spec.externalName ?? ''
    const inner = resolveName(informers, target, namespace)
    return { type: 'addresses', name, cname: target, addresses: inner.type === 'addresses' ? inner.addresses : [] }
  }
  if (service.spec.clusterIP !== 'None') return { type: 'addresses', name, addresses: [service.spec.clusterIP ?? ''] }
  const ready = slicesOf(informers, service).flatMap((slice) =>
    (slice.endpoints ?? []).filter((endpoint) => endpoint.conditions?.ready !== false),
  )
  return ready.length > 0 ? { type: 'addresses', name, addresses: ready.flatMap((endpoint) => endpoint.addresses) } : undefined
}
