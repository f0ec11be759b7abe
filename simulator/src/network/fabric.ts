/** The wires of one cluster: Pod addresses with their ports, Services before them, names for both. */
import {
  ConnectError,
  type ContainerNetwork,
  type DnsAnswer,
  type HttpHandler,
  type HttpRequest,
  type HttpResponse,
} from '../containers/network.js'
import type { Informers } from '../controllers/runtime/informer.js'
import type { Random } from '../time/random.js'
import { resolveName } from './dns.js'
import { type Backend, backendsOf } from './services.js'
import { Traffic } from './traffic.js'

export interface Endpoint {
  address: string
  namespace: string
  ports: Map<number, HttpHandler>
}

const IPV4 = /^\d+\.\d+\.\d+\.\d+$/

export class Fabric {
  readonly #endpoints = new Map<string, Endpoint>()
  readonly traffic: Traffic
  constructor(
    readonly informers: Informers,
    readonly random: Random,
  ) {
    this.traffic = new Traffic(informers.clock)
  }

  /** Pods on the host network share the endpoint of their node. */
  attach(address: string, namespace: string): Endpoint {
    const present = this.#endpoints.get(address)
    if (present) return present
    const endpoint = { address, namespace, ports: new Map<number, HttpHandler>() }
    this.#endpoints.set(address, endpoint)
    return endpoint
  }
  detach(address: string): void {
    this.#endpoints.delete(address)
    this.traffic.forget(address)
  }
  isTaken(address: string): boolean {
    return this.#endpoints.has(address)
  }

  /** The Pod that serves a Service's port now, chosen by chance; the address itself where it is no Service's. */
  #route(address: string, port: number): Backend | 'refused' | undefined {
    const backends = backendsOf(this.informers, address, port)
    if (!backends) return { address, port }
    if (backends.length === 0) return 'refused'
    return backends[this.random.below(backends.length)]
  }

  /** @throws ConnectError */
  async #reach(
    host: string,
    port: number,
    from: { namespace: string },
    signal: AbortSignal,
  ): Promise<{ handler: HttpHandler; address: string; server: string }> {
    const address = await this.#addressOf(host, from)
    const backend = this.#route(address, port)
    if (backend === 'refused' || !backend) throw new ConnectError('refused', address)
    const endpoint = this.#endpoints.get(backend.address)
    if (!endpoint) {
      // Nobody has that address: packets are lost, and the client waits for its own patience.
      if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
      throw new ConnectError('timeout', address)
    }
    const handler = endpoint.ports.get(backend.port)
    if (!handler) throw new ConnectError('refused', address)
    return { handler, address, server: backend.address }
  }

  async #addressOf(host: string, from: { namespace: string }): Promise<string> {
    if (IPV4.test(host)) return host
    const answer = resolveName(this.informers, host, from.namespace)
    const [address] = answer.type === 'addresses' ? answer.addresses : []
    if (!address) throw new ConnectError('unresolved', host)
    return address
  }

  /** The network as one Pod sees it. */
  networkOf(endpoint: Endpoint): ContainerNetwork {
    const local = (host: string) => (host === 'localhost' || host.startsWith('127.') ? endpoint.address : host)
    return {
      address: endpoint.address,
      nameServer: '10.96.0.10',
      search: [`${endpoint.namespace}.svc.cluster.local`, 'svc.cluster.local', 'cluster.local'],
      resolve: async (name): Promise<DnsAnswer> =>
        name === 'localhost'
          ? { type: 'addresses', name, addresses: ['127.0.0.1'] }
          : resolveName(this.informers, name, endpoint.namespace),
      http: async (host, port, request: HttpRequest, signal): Promise<HttpResponse> => {
        const { handler, server } = await this.#reach(local(host), port, endpoint, signal)
        this.traffic.count(server)
        if (server !== endpoint.address) this.traffic.count(endpoint.address)
        return handler(request, endpoint.address)
      },
      connect: async (host, port, signal) => void (await this.#reach(local(host), port, endpoint, signal)),
      listen(port, handler) {
        if (endpoint.ports.has(port)) return false
        endpoint.ports.set(port, handler)
        return true
      },
      unlisten: (port) => void endpoint.ports.delete(port),
    }
  }

  /** A request from outside the Pods, such as a probe of the kubelet or the API server's proxy. @throws ConnectError */
  async http(
    address: string,
    port: number,
    request: HttpRequest,
    options: { from: string; signal: AbortSignal },
  ): Promise<HttpResponse> {
    const { handler } = await this.#reach(address, port, { namespace: 'default' }, options.signal)
    return handler(request, options.from)
  }
  listens(address: string, port: number): boolean {
    return this.#endpoints.get(address)?.ports.has(port) ?? false
  }
}
