/**
 * Where a packet to a Service's address goes, as the rules of kube-proxy decide on the node that it comes from.
 * Models pkg/proxy/iptables/proxier.go and pkg/proxy/topology.go (v1.36).
 */
import type { Informers } from '../controllers/runtime/informer.js'
import type { Endpoint, EndpointSlice, Node, Service, ServicePort } from '../schema/kubernetes.generated.js'
import type { Random } from '../time/random.js'
import { inRange } from './addresses.js'

/** What programs here speak. Services and policies know SCTP too, which nobody listens to. */
export type Protocol = 'TCP' | 'UDP'

export interface Backend {
  address: string
  port: number
  node: string
}

export interface Packet {
  protocol: Protocol
  address: string
  port: number
  from: {
    address: string
    /** The node on which it enters the rules; empty for what comes from outside, which enters on the node that it is sent to. */
    node: string
    /** From a computer beside the nodes, not from a Pod or a node. */
    outside: boolean
  }
}

export type Route =
  /** The address is no Service's. */
  | { type: 'direct' }
  /** `masquerade`: the Pod sees the node's address instead of the client's. */
  | { type: 'backend'; backend: Backend; masquerade: boolean; node: string }
  /** Rejected with an answer: no endpoints. */
  | { type: 'refused' }
  /** Lost without one. */
  | { type: 'dropped' }

interface Entry {
  service: Service
  port: ServicePort
  /** `cluster`: the cluster's own address; `external`: an address of nodes or what is led to them; `balancer`: that of a load balancer. */
  via: 'cluster' | 'external' | 'balancer'
}

interface Remembered {
  backend: Backend
  untilMs: number
}

/** So often are clients forgotten that have not come back in time. */
const PRUNE_EVERY_MS = 60_000

const SERVICE_NAME = 'kubernetes.io/service-name'
const ZONE = 'topology.kubernetes.io/zone'
const keyOf = (protocol: string, address: string, port: number): string => `${protocol} ${address} ${port}`

export const slicesOf = (informers: Informers, service: Service): EndpointSlice[] =>
  informers
    .list('EndpointSlice', service.metadata.namespace)
    .filter((slice) => slice.metadata.labels?.[SERVICE_NAME] === service.metadata.name && slice.addressType === 'IPv4')

/** Those of every Service in one pass, for who looks at all of them. */
function allSlices(informers: Informers): (service: Service) => EndpointSlice[] {
  const nameOf = (namespace = '', service = '') => `${namespace}/${service}`
  const found = new Map<string, EndpointSlice[]>()
  for (const slice of informers.list('EndpointSlice')) {
    if (slice.addressType !== 'IPv4') continue
    const name = nameOf(slice.metadata.namespace, slice.metadata.labels?.[SERVICE_NAME])
    found.set(name, [...(found.get(name) ?? []), slice])
  }
  return ({ metadata }) => found.get(nameOf(metadata.namespace, metadata.name)) ?? []
}

interface Candidate {
  endpoint: Endpoint
  port: number
}

/** The endpoints that may get traffic: ready ones, else those that still serve while they end. Asked anew of those of one node alone. */
function usable(found: Candidate[]): Candidate[] {
  const ready = found.filter(({ endpoint }) => endpoint.conditions?.ready !== false)
  if (ready.length > 0) return ready
  return found.filter(({ endpoint }) => endpoint.conditions?.serving && endpoint.conditions.terminating)
}

/** Those that the hints keep near, where every endpoint has hints and some are meant for here. */
function nearest(found: Candidate[], { node, zone }: { node: string; zone: string | undefined }): Candidate[] {
  const meantFor = (pick: (endpoint: Endpoint) => { name: string }[] | undefined, name: string) =>
    found.every(({ endpoint }) => pick(endpoint)?.length)
      ? found.filter(({ endpoint }) => pick(endpoint)?.some((each) => each.name === name))
      : []
  const onNode = meantFor((endpoint) => endpoint.hints?.forNodes, node)
  if (onNode.length > 0) return onNode
  const inZone = zone ? meantFor((endpoint) => endpoint.hints?.forZones, zone) : []
  return inZone.length > 0 ? inZone : found
}

const toBackend = ({ endpoint, port }: Candidate): Backend[] =>
  endpoint.addresses.map((address) => ({ address, port, node: endpoint.nodeName ?? '' }))

/** The endpoints behind one port, each with its own number of it. */
const candidates = ({ port }: Entry, slices: EndpointSlice[]): Candidate[] =>
  slices.flatMap((slice) => {
    const number = slice.ports?.find(
      (each) => (each.name ?? '') === (port.name ?? '') && (each.protocol ?? 'TCP') === (port.protocol ?? 'TCP'),
    )?.port
    return number ? (slice.endpoints ?? []).map((endpoint) => ({ endpoint, port: number })) : []
  })

export class KubeProxy {
  #entries = new Map<string, Entry>()
  #addresses = new Set<string>()
  /** Names of nodes by address. */
  #nodes = new Map<string, string>()
  #stale = true
  #following = false
  readonly #affinity = new Map<string, Remembered>()
  #pruneAtMs = 0

  constructor(
    readonly informers: Informers,
    readonly random: Random,
  ) {}

  #follow(): void {
    if (this.#following) return
    this.#following = true
    const turn = () => {
      this.#stale = true
    }
    this.informers.of('Service').onChange(turn)
    this.informers.of('Node').onChange(turn)
  }

  #refresh(): void {
    this.#follow()
    if (!this.#stale) return
    this.#stale = false
    this.#entries = new Map()
    this.#addresses = new Set()
    this.#nodes = new Map(this.informers.list('Node').map((node) => [internalAddress(node), node.metadata.name]))
    const nodes = [...this.#nodes.keys()]
    for (const service of this.informers.list('Service')) this.#enter(service, nodes)
  }

  #enter(service: Service, nodes: string[]): void {
    const { clusterIP, externalIPs = [], ports = [], type } = service.spec
    if (type === 'ExternalName' || !clusterIP || clusterIP === 'None') return
    const balancers = (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip, ipMode }) =>
      ip && ipMode !== 'Proxy' ? [ip] : [],
    )
    for (const address of [clusterIP, ...externalIPs, ...balancers]) this.#addresses.add(address)
    for (const port of ports) {
      const protocol = port.protocol ?? 'TCP'
      this.#entries.set(keyOf(protocol, clusterIP, port.port), { service, port, via: 'cluster' })
      for (const address of externalIPs)
        this.#entries.set(keyOf(protocol, address, port.port), { service, port, via: 'external' })
      for (const address of balancers) this.#entries.set(keyOf(protocol, address, port.port), { service, port, via: 'balancer' })
      if (port.nodePort)
        for (const address of nodes)
          this.#entries.set(keyOf(protocol, address, port.nodePort), { service, port, via: 'external' })
    }
  }

  /** Every address and TCP port at which a Service has somebody to answer, or a Pod has taken a port of its node. */
  fronts(): { address: string; port: number }[] {
    this.#refresh()
    const slices = allSlices(this.informers)
    const ofServices = [...this.#entries].flatMap(([key, entry]) => {
      const [protocol, address = '', port = ''] = key.split(' ')
      const isAnswered = protocol === 'TCP' && usable(candidates(entry, slices(entry.service))).length > 0
      return isAnswered ? [{ address, port: Number(port) }] : []
    })
    const ofPods = [...this.#nodes].flatMap(([address, node]) =>
      hostPorts(this.informers, node).flatMap(({ protocol, port }) => (protocol === 'TCP' ? [{ address, port }] : [])),
    )
    return [...ofServices, ...ofPods]
  }

  /** Whether an address belongs to a Service, whatever the port. */
  owns(address: string): boolean {
    this.#refresh()
    return this.#addresses.has(address)
  }

  route(packet: Packet): Route {
    this.#refresh()
    const entry = this.#entries.get(keyOf(packet.protocol, packet.address, packet.port))
    if (!entry) return this.#toHostPort(packet) ?? { type: 'direct' }
    const all = candidates(entry, slicesOf(this.informers, entry.service))
    if (usable(all).length === 0) return { type: 'refused' }
    if (entry.via === 'balancer' && !sourceAllowed(entry.service, packet)) return { type: 'dropped' }
    const node = packet.from.node || this.#nodeOf(packet.address)
    const found = isLocalOnly(entry, packet)
      ? usable(all.filter(({ endpoint }) => endpoint.nodeName === node))
      : nearest(usable(all), { node, zone: this.informers.get('Node', node)?.metadata.labels?.[ZONE] })
    if (found.length === 0) return { type: 'dropped' }
    const masquerade = entry.via !== 'cluster' && !keepsSource(entry)
    return { type: 'backend', backend: this.#choose(entry, packet, found.flatMap(toBackend)), masquerade, node }
  }

  /** To the Pod of that node which has taken the port of the node. @see the portmap plugin of CNI */
  #toHostPort({ protocol, address, port }: Packet): Route | undefined {
    const node = this.#nodes.get(address)
    const found =
      node === undefined
        ? undefined
        : hostPorts(this.informers, node).find((each) => each.port === port && each.protocol === protocol)
    if (!node || !found) return undefined
    return { type: 'backend', backend: { ...found.backend, node }, masquerade: false, node }
  }

  /** The node that has the address; an address of no node enters on the first that is ready, as a load balancer sends it. */
  #nodeOf(address: string): string {
    const nodes = this.informers.list('Node')
    const owner = nodes.find((node) => internalAddress(node) === address)
    return (owner ?? nodes.find((node) => !node.spec?.unschedulable) ?? nodes[0])?.metadata.name ?? ''
  }

  #choose({ service, port }: Entry, { from }: Packet, backends: Backend[]): Backend {
    const chosen = () => backends[this.random.below(backends.length)] as Backend
    if (service.spec.sessionAffinity !== 'ClientIP') return chosen()
    const key = `${service.metadata.uid} ${port.name ?? ''} ${from.address}`
    const nowMs = this.informers.clock.now()
    const lastingMs = (service.spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800) * 1000
    const before = this.#affinity.get(key)
    const holds =
      before &&
      nowMs < before.untilMs &&
      backends.some(({ address, port: number }) => address === before.backend.address && number === before.backend.port)
    const backend = holds ? before.backend : chosen()
    this.#affinity.set(key, { backend, untilMs: nowMs + lastingMs })
    this.#prune(nowMs)
    return backend
  }

  #prune(nowMs: number): void {
    if (nowMs < this.#pruneAtMs) return
    this.#pruneAtMs = nowMs + PRUNE_EVERY_MS
    for (const [key, { untilMs }] of this.#affinity) if (untilMs <= nowMs) this.#affinity.delete(key)
  }

  /** How many clients are remembered for Services with session affinity. */
  get rememberedClients(): number {
    return this.#affinity.size
  }
}

/** The ports of a node that its Pods have taken for themselves; Pods on the node's own network listen there without that. */
function hostPorts(informers: Informers, node: string): { protocol: string; port: number; backend: Omit<Backend, 'node'> }[] {
  return informers.list('Pod').flatMap(({ spec, status }) => {
    const address = status?.podIP
    if (spec.nodeName !== node || spec.hostNetwork || !address || status?.phase !== 'Running') return []
    return [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ ports = [] }) =>
      ports.flatMap(({ hostPort, containerPort, protocol = 'TCP' }) =>
        hostPort ? [{ protocol, port: hostPort, backend: { address, port: containerPort } }] : [],
      ),
    )
  })
}

const keepsSource = ({ service }: Entry): boolean => service.spec.externalTrafficPolicy === 'Local'

/**
 * What reaches a Service from Pods and nodes at an outer address takes the short way, as if to its cluster address. A load balancer
 * sends nothing to nodes without a Pod of the Service, so that it finds one wherever it is.
 */
const isLocalOnly = ({ service, via }: Entry, { from }: Packet): boolean =>
  via === 'cluster'
    ? service.spec.internalTrafficPolicy === 'Local'
    : via === 'external' && service.spec.externalTrafficPolicy === 'Local' && from.outside

/** Ranges hold at the addresses of load balancers alone, not at the ports of nodes. */
function sourceAllowed({ spec }: Service, { from }: Packet): boolean {
  const ranges = spec.type === 'LoadBalancer' ? (spec.loadBalancerSourceRanges ?? []) : []
  return ranges.length === 0 || ranges.some((range) => inRange(from.address, range.trim()))
}

const internalAddress = (node: Node): string => node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? ''
