/** Which Pods stand behind a Service's address, as kube-proxy would route. */
import type { Informers } from '../controllers/runtime/informer.js'
import type { EndpointSlice, Service } from '../schema/kubernetes.generated.js'

export interface Backend {
  address: string
  port: number
}

const SERVICE_NAME = 'kubernetes.io/service-name'

export const slicesOf = (informers: Informers, service: Service): EndpointSlice[] =>
  informers
    .list('EndpointSlice', service.metadata.namespace)
    .filter((slice) => slice.metadata.labels?.[SERVICE_NAME] === service.metadata.name)

/** The addresses that answer for a port of the Service: ready ones, else those that still serve while they end. */
export function serving(informers: Informers, service: Service, portName: string): Backend[] {
  const found = slicesOf(informers, service).flatMap((slice) => {
    const port = slice.ports?.find((each) => (each.name ?? '') === portName)?.port
    return port ? (slice.endpoints ?? []).map((endpoint) => ({ endpoint, port })) : []
  })
  const ready = found.filter(({ endpoint }) => endpoint.conditions?.ready !== false)
  const usable =
    ready.length > 0 ? ready : found.filter(({ endpoint }) => endpoint.conditions?.serving && endpoint.conditions.terminating)
  return usable.flatMap(({ endpoint, port }) => endpoint.addresses.map((address) => ({ address, port })))
}

function serviceAt(informers: Informers, address: string, port: number): { service: Service; portName: string } | undefined {
  const nodes = new Set(informers.list('Node').flatMap((node) => node.status?.addresses?.map((each) => each.address) ?? []))
  for (const service of informers.list('Service')) {
    const own =
      service.spec.clusterIP === address ||
      service.spec.externalIPs?.includes(address) ||
      service.status?.loadBalancer?.ingress?.some((each) => each.ip === address)
    const found = service.spec.ports?.find((each) => (own ? each.port === port : nodes.has(address) && each.nodePort === port))
    if (found) return { service, portName: found.name ?? '' }
  }
  return undefined
}

/** The backends of a Service's address and port; undefined where the address is no Service's. */
export function backendsOf(informers: Informers, address: string, port: number): Backend[] | undefined {
  const found = serviceAt(informers, address, port)
  if (found) return serving(informers, found.service, found.portName)
  const isServiceAddress = informers.list('Service').some((service) => service.spec.clusterIP === address)
  return isServiceAddress ? [] : undefined
}
