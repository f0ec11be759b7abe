/**
 * The port at which each node tells a load balancer whether it has Pods of a Service whose traffic stays on the node.
 * Models pkg/proxy/healthcheck/service_health.go (v1.36).
 */
import type { HttpResponse, Listener, Target } from '../containers/network.js'
import type { Informers } from '../controllers/runtime/informer.js'
import type { Node, Service } from '../schema/kubernetes.generated.js'
import { slicesOf } from './kube-proxy.js'

const addressOf = ({ status }: Node): string | undefined => status?.addresses?.find(({ type }) => type === 'InternalIP')?.address

export function healthCheckListener(informers: Informers, { address, port }: Target): Listener | undefined {
  const service = informers.list('Service').find(({ spec }) => spec.healthCheckNodePort === port)
  const node = service && informers.list('Node').find((each) => addressOf(each) === address)
  return node ? { http: () => answer(informers, service, node.metadata.name), program: 'kube-proxy' } : undefined
}

function answer(informers: Informers, service: Service, node: string): HttpResponse {
  const { namespace, name } = service.metadata
  const local = slicesOf(informers, service)
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ nodeName, conditions }) => nodeName === node && conditions?.ready !== false)
  const count = new Set(local.flatMap(({ addresses }) => addresses)).size
  const body = `{\n\t"service": {\n\t\t"namespace": ${JSON.stringify(namespace)},\n\t\t"name": ${JSON.stringify(name)}\n\t},\n\t"localEndpoints": ${count},\n\t"serviceProxyHealthy": true\n}`
  const headers = {
    'Content-Type': 'application/json',
    'X-Content-Type-Options': 'nosniff',
    'X-Load-Balancing-Endpoint-Weight': String(count),
    'Content-Length': String(body.length),
  }
  return { status: count > 0 ? 200 : 503, headers, body }
}

/** Every node's, for the computers beside them. */
export function healthCheckFronts(informers: Informers): { address: string; port: number }[] {
  const ports = informers.list('Service').flatMap(({ spec }) => spec.healthCheckNodePort ?? [])
  if (ports.length === 0) return []
  const addresses = informers.list('Node').flatMap((node) => addressOf(node) ?? [])
  return addresses.flatMap((address) => ports.map((port) => ({ address, port })))
}
