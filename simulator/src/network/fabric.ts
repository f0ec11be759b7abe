/** The wires of one cluster: Pod addresses with their ports, Services before them, policies between them. */
import { sendHttp } from '../containers/http-wire.js'
import {
  ConnectError,
  type Connection,
  type ContainerNetwork,
  type DatagramHandler,
  type HttpOptions,
  type HttpRequest,
  type HttpResponse,
  type Listener,
  type OpenPort,
  type Target,
} from '../containers/network.js'
import type { Data } from '../containers/stream.js'
import type { Informers } from '../controllers/runtime/informer.js'
import type { Random } from '../time/random.js'
import { inRange, isLoopback, NODE_GATEWAY, NODE_NETWORK, POD_NETWORK, WORKSTATION } from './addresses.js'
import { ConnectionTable } from './connection-table.js'
import { healthCheckFronts, healthCheckListener } from './health-check.js'
import { KubeProxy, type Protocol } from './kube-proxy.js'
import { nodeResolver } from './node-resolver.js'
import { isAllowed, type Party } from './policy.js'
import { NEEDS_TLS, serveBytes } from './tls/serve.js'
import { Traffic } from './traffic.js'

/** What has one address: a Pod, or a node with the Pods that share its network. */
export interface Endpoint {
  address: string
  node: string
  /** `namespace/name` of the Pod; absent where the address is a node's. */
  pod?: string
  tcp: Map<number, Listener>
  udp: Map<number, { handler: DatagramHandler; program: string }>
}

/** The cluster as a computer beside its nodes reaches it. */
export type Reachable = Pick<Fabric, 'reachable' | 'onReachable' | 'dial'>

/** Where a packet comes from. */
interface Origin {
  address: string
  node: string
  /** From a computer beside the nodes. */
  outside: boolean
  pod?: string | undefined
  /** Not held up by policies: the kubelet and the API server reach every Pod. */
  trusted?: boolean
}

interface Reached {
  endpoint: Endpoint
  port: number
  /** The address that the server sees. */
  from: string
}

/** No answer ever: the client waits for its own patience. @throws ConnectError */
async function silence(address: string, signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  throw new ConnectError('timeout', address)
}

export class Fabric {
  readonly #endpoints = new Map<string, Endpoint>()
  readonly #listeners = new Set<() => void>()
  readonly #table = new ConnectionTable()
  #isFollowing = false
  readonly traffic: Traffic
  readonly proxy: KubeProxy
  constructor(
    readonly informers: Informers,
    readonly random: Random,
  ) {
    this.traffic = new Traffic(informers.clock)
    this.proxy = new KubeProxy(informers, random)
    this.#endpoints.set(NODE_GATEWAY, nodeResolver(informers))
  }

  /** Pods on the host network share the endpoint of their node. */
  attach(address: string, { node, pod }: { node: string; pod?: string | undefined }): Endpoint {
    const present = this.#endpoints.get(address)
    if (present) return present
    const endpoint: Endpoint = { address, node, ...(pod ? { pod } : {}), tcp: new Map(), udp: new Map() }
    this.#endpoints.set(address, endpoint)
    return endpoint
  }
  detach(address: string): void {
    this.#endpoints.delete(address)
    this.traffic.forget(address)
    this.#table.closeWhere((to) => to.address === address)
    this.#changed()
  }

  /** Calls `listener` whenever what `reachable` tells may have changed. */
  onReachable(listener: () => void): () => void {
    if (this.#listeners.size === 0 && !this.#isFollowing) {
      this.#isFollowing = true
      for (const kind of ['Service', 'EndpointSlice', 'Node'] as const) this.informers.of(kind).onChange(() => this.#changed())
    }
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  #changed(): void {
    for (const listener of this.#listeners) listener()
  }

  #party(address: string, pod: string | undefined): Party {
    return { address, pod: pod ? this.informers.get('Pod', pod) : undefined }
  }

  /** Carries a packet to the endpoint that answers for it. @throws ConnectError */
  async #carry(to: Target & { protocol: Protocol }, origin: Origin, signal: AbortSignal): Promise<Reached> {
    const route = this.proxy.route({ ...to, from: origin })
    if (route.type === 'refused') throw new ConnectError('refused', to.address)
    if (route.type === 'dropped' || this.#table.isFull) return silence(to.address, signal)
    const target = route.type === 'backend' ? route.backend : to
    // Who reaches itself by a Service would answer itself past the rules, if it saw its own address.
    const isItself = target.address === origin.address
    const isHidden = route.type === 'backend' && (route.masquerade || isItself)
    const from = this.#seenFrom(origin, target.address, isHidden ? route.node : undefined)
    const endpoint = this.#endpoints.get(target.address)
    const passes =
      origin.trusted ||
      isItself ||
      isOwnNode(origin, endpoint) ||
      isAllowed(this.informers, {
        from: this.#party(from, from === origin.address ? origin.pod : undefined),
        to: this.#party(target.address, endpoint?.pod),
        port: target.port,
        protocol: to.protocol,
      })
    if (!endpoint || !passes) {
      if (passes && inRange(to.address, NODE_NETWORK)) throw new ConnectError('unreachable', to.address)
      return silence(to.address, signal)
    }
    return { endpoint, port: target.port, from }
  }

  /** A node puts its own address in place of the client's: the bridge's towards its own Pods, its own towards others. */
  #seenFrom(origin: Origin, to: string, node: string | undefined): string {
    if (!node) return origin.address
    const endpoint = this.#endpoints.get(to)
    if (endpoint?.node === node && inRange(to, POD_NETWORK)) return to.replace(/\d+$/, '1')
    return this.#addressOfNode(node) ?? origin.address
  }
  #addressOfNode(node: string): string | undefined {
    return this.informers.get('Node', node)?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address
  }

  async #listener(to: Target, origin: Origin, signal: AbortSignal): Promise<Reached & { listener: Listener }> {
    const healthCheck = inRange(to.address, NODE_NETWORK) ? healthCheckListener(this.informers, to) : undefined
    if (healthCheck) return { listener: healthCheck, ...this.#onNode(to, origin) }
    const reached = await this.#carry({ ...to, protocol: 'TCP' }, origin, signal)
    const listener = reached.endpoint.tcp.get(reached.port)
    if (!listener) throw new ConnectError('refused', to.address)
    return { ...reached, listener }
  }

  /** At a port that the node itself answers, whatever Pods it has. */
  #onNode({ address, port }: Target, { address: from }: Origin): Reached {
    const endpoint = this.#endpoints.get(address) ?? { address, node: '', tcp: new Map(), udp: new Map() }
    return { endpoint, port, from }
  }

  async #http(
    to: Target & { secure?: boolean },
    request: HttpRequest,
    options: HttpOptions & { origin: Origin },
  ): Promise<HttpResponse> {
    const { origin, signal } = options
    const { listener, endpoint, from } = await this.#listener(to, origin, signal)
    const serverName = options.serverName ?? hostOf(request, to)
    this.traffic.count(endpoint.address)
    if (endpoint.address !== origin.address) this.traffic.count(origin.address)
    const beyond = to.secure ? listener.passThrough?.(serverName) : undefined
    if (beyond) return this.#http({ ...beyond, secure: true }, request, { ...options, origin: originOf(endpoint) })
    checkTls(listener, to, { ...options, serverName })
    if (listener.tls && !to.secure) return listener.needsTls ?? NEEDS_TLS
    if (listener.http) return listener.http(request, from)
    const connection = this.#open(listener, endpoint, { from, server: to.address })
    options.onConnected?.()
    const stop = () => connection.close()
    signal.addEventListener('abort', stop, { once: true })
    try {
      return await sendHttp(connection, request)
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  async #connect(to: Target, origin: Origin, signal: AbortSignal): Promise<Connection> {
    const { listener, endpoint, from } = await this.#listener(to, origin, signal)
    this.traffic.count(endpoint.address)
    return this.#open(listener, endpoint, { from, server: to.address })
  }

  /** The client's end of a connection whose other end the listener of an endpoint serves from now on. */
  #open(listener: Listener, endpoint: Endpoint, { from, server }: { from: string; server: string }): Connection {
    const pair = this.#table.open({ listener, address: endpoint.address }, { client: from, server })
    const { signal } = new AbortController()
    const serving = serveBytes(listener, pair.server, (target) => this.#connect(target, originOf(endpoint), signal))
    void serving.catch(() => pair.server.close())
    return pair.client
  }

  async #datagram(to: Target, data: Data, { origin, signal }: { origin: Origin; signal: AbortSignal }): Promise<Data> {
    const { endpoint, port, from } = await this.#carry({ ...to, protocol: 'UDP' }, origin, signal)
    const bound = endpoint.udp.get(port)
    if (!bound) throw new ConnectError('refused', to.address)
    return (await this.#table.during(bound.handler(data, from))) ?? silence(to.address, signal)
  }

  /** The network as one Pod sees it. */
  networkOf(endpoint: Endpoint, gateway: string): ContainerNetwork {
    const origin = originOf(endpoint)
    const own = <T extends Target>(to: T): T => (isLoopback(to.address) ? { ...to, address: endpoint.address } : to)
    return {
      address: endpoint.address,
      gateway,
      http: (to, request, options) => this.#http(own(to), request, { ...options, origin }),
      connect: (to, signal) => this.#connect(own(to), origin, signal),
      datagram: (to, data, signal) => this.#datagram(own(to), data, { origin, signal }),
      echo: (address) => this.#answersEcho(isLoopback(address) ? endpoint.address : address, origin),
      listen: (port, listener) => {
        if (endpoint.tcp.has(port)) return false
        endpoint.tcp.set(port, typeof listener === 'function' ? { http: listener } : listener)
        this.#changed()
        return true
      },
      unlisten: (port) => {
        const listener = endpoint.tcp.get(port)
        // A program that takes bytes holds its connections itself.
        if (listener?.http) this.#table.closeWhere((to) => to.listener === listener)
        endpoint.tcp.delete(port)
        this.#changed()
      },
      bind: (port, handler, program = '') => {
        if (endpoint.udp.has(port)) return false
        endpoint.udp.set(port, { handler, program })
        return true
      },
      unbind: (port) => void endpoint.udp.delete(port),
      ports: () => portsOf(endpoint),
    }
  }

  /** Nodes, Pods and routers answer an echo; the addresses of Services have no machine behind them. Policies know no ICMP, so a Pod that any isolates is silent. */
  #answersEcho(address: string, origin: Origin): boolean {
    if (this.proxy.owns(address)) return false
    const endpoint = this.#endpoints.get(address)
    if (!endpoint) return address === NODE_GATEWAY || address.endsWith('.1')
    const flow = {
      from: this.#party(origin.address, origin.pod),
      to: this.#party(address, endpoint.pod),
      port: 0,
      protocol: 'TCP' as const,
    }
    return isAllowed(this.informers, flow)
  }

  /** A request of the cluster's own, such as a probe of the kubelet or the API server's proxy. @throws ConnectError */
  http(
    address: string,
    port: number,
    request: HttpRequest,
    options: { from: string; signal: AbortSignal; secure?: boolean; verify?: HttpOptions['verify'] },
  ): Promise<HttpResponse> {
    const node = this.#endpoints.get(address)?.node ?? ''
    const origin = { address: options.from, node, outside: false, trusted: true }
    const secure = options.secure ?? this.#endpoints.get(address)?.tcp.get(port)?.tls !== undefined
    return this.#http({ address, port, secure }, request, {
      signal: options.signal,
      origin,
      verify: options.verify ?? (() => undefined),
    })
  }

  /** A connection from a computer beside the nodes, such as the learner's workstation. @throws ConnectError */
  dial(to: Target, signal: AbortSignal): Promise<Connection> {
    return this.#connect(to, { address: WORKSTATION, node: '', outside: true }, signal)
  }
  dialDatagram(to: Target, data: Data, signal: AbortSignal): Promise<Data> {
    return this.#datagram(to, data, { origin: { address: WORKSTATION, node: '', outside: true }, signal })
  }

  /** A connection to a port of a Pod from inside it, which no policy holds up: port-forward. @throws ConnectError */
  async dialInside(address: string, port: number): Promise<Connection> {
    const endpoint = this.#endpoints.get(address)
    const listener = endpoint?.tcp.get(port)
    if (!endpoint || !listener || this.#table.isFull) throw new ConnectError('refused', address)
    return this.#open(listener, endpoint, { from: '127.0.0.1', server: '127.0.0.1' })
  }

  /** Every address and port that answers a computer beside the nodes: those of Services first, then the Pods' own. */
  reachable(): Target[] {
    const pods = [...this.#endpoints.values()].filter(({ pod }) => pod !== undefined)
    const own = pods.flatMap(({ address, tcp }) => [...tcp.keys()].map((port) => ({ address, port })))
    return [...this.proxy.fronts(), ...healthCheckFronts(this.informers), ...own]
  }
  listens(address: string, port: number): boolean {
    return this.#endpoints.get(address)?.tcp.has(port) ?? false
  }
}

/** Policies never come between a Pod and its own node, which Pods on the host's network are part of. */
const isOwnNode = (origin: Origin, endpoint: Endpoint | undefined): boolean =>
  endpoint !== undefined &&
  !origin.outside &&
  origin.node === endpoint.node &&
  (origin.pod === undefined) !== (endpoint.pod === undefined)

const originOf = ({ address, node, pod }: Endpoint): Origin => ({ address, node, outside: false, pod })

const hostOf = ({ headers }: HttpRequest, { address }: Target): string => (headers.host ?? address).split(':')[0] ?? address

/** @throws ConnectError */
function checkTls(
  { tls }: Listener,
  { address, secure }: Target & { secure?: boolean },
  { verify, serverName }: HttpOptions & { serverName: string },
): void {
  if (!secure) return
  if (!tls) throw new ConnectError('not-tls', address)
  const problem = verify?.(typeof tls === 'function' ? tls(serverName) : tls)
  if (problem) throw new ConnectError('certificate', address, problem)
}

const portsOf = ({ tcp, udp }: Endpoint): OpenPort[] => [
  ...[...tcp].map(([port, { program = '' }]) => ({ protocol: 'tcp' as const, port, program })),
  ...[...udp].map(([port, { program }]) => ({ protocol: 'udp' as const, port, program })),
]
