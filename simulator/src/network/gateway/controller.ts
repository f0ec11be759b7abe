/**
 * A controller of the Gateway API and the proxy of all its Gateways in one, in a Pod of its own, on the ports of the Gateways' listeners.
 * The Service in front of it (`publish`) gives them their address; what listeners need is added to its ports.
 */
import type { ResourceRef } from '../../client/client.js'
import { ConnectError, type TlsIdentity } from '../../containers/network.js'
import type { Process } from '../../containers/process.js'
import { encode } from '../../containers/stream.js'
import { Informer, Informers } from '../../controllers/runtime/informer.js'
import { clone, type KubeObject, sameJson } from '../../objects/object.js'
import type { Service } from '../../schema/kubernetes.generated.js'
import { timestamp } from '../../time/clock.js'
import { HttpFront } from './http-front.js'
import { GATEWAY, GATEWAY_CLASS, REFERENCE_GRANT, ROUTES } from './kinds.js'
import { isSecure, type JudgedListener } from './listeners.js'
import { classStatus, gatewayStatus, routeParents, type StatusContext } from './status.js'
import { StreamFront } from './stream-front.js'
import { type GatewayObjects, GatewayView } from './view.js'

type Manner = 'http' | 'tls' | 'tcp' | 'udp'

const mannerOf = ({ listener }: JudgedListener): Manner =>
  isSecure(listener) ? 'tls' : (listener.protocol.toLowerCase() as 'http' | 'tcp' | 'udp')

export class GatewayController implements GatewayObjects {
  readonly informers: Informers
  readonly #kinds = new Map<string, Informer<never>>()
  readonly #http: HttpFront
  readonly #streams: StreamFront
  /** What listens, by protocol and port. */
  readonly #open = new Map<string, Manner>()
  #view: GatewayView | undefined
  #syncing = false
  #again = false

  constructor(
    readonly process: Process,
    readonly options: { controllerName: string; publish: string | undefined },
  ) {
    const { machine, signal } = process
    if (!machine.cluster) throw new Error('no cluster')
    this.informers = new Informers(machine.cluster.client, machine.clock, signal)
    this.#http = new HttpFront(process, () => this.view)
    this.#streams = new StreamFront(process, () => this.view)
    for (const kind of ['Service', 'EndpointSlice', 'Namespace', 'Secret'] as const)
      this.informers.of(kind).onChange(() => this.sync())
  }

  /** Follows the kinds that the cluster serves: who installs more of them later is seen at the next call. */
  async follow(): Promise<void> {
    const { cluster, clock } = this.process.machine
    const served = (await cluster?.client.resources()) ?? []
    for (const ref of [GATEWAY_CLASS, GATEWAY, REFERENCE_GRANT, ...ROUTES]) {
      const isServed = served.some(
        ({ group, version, resource }) => group === ref.group && version === ref.version && resource === ref.resource,
      )
      if (!cluster || !isServed || this.#kinds.has(ref.kind)) continue
      // An informer takes any resource; its type knows the built-in kinds alone.
      const informer = new Informer(ref as never, cluster.client, clock, this.process.signal)
      informer.onChange(() => this.sync())
      this.#kinds.set(ref.kind, informer)
    }
  }
  list<T extends KubeObject>({ kind }: ResourceRef): T[] {
    return (this.#kinds.get(kind)?.list() ?? []) as unknown as T[]
  }

  get view(): GatewayView {
    this.#view ??= new GatewayView(this, this.options.controllerName)
    return this.#view
  }

  /** One pass at a time; what changes meanwhile is looked at after it. */
  sync(): void {
    this.#view = undefined
    this.#again = true
    if (!this.#syncing) void this.#loop()
  }
  async #loop(): Promise<void> {
    this.#syncing = true
    while (this.#again && !this.process.signal.aborted) {
      this.#again = false
      this.#listen()
      await this.#write().catch((error: Error) => this.process.stderr.write(encode(`status: ${error.message}\n`)))
    }
    this.#syncing = false
  }

  #listen(): void {
    const wanted = new Map<string, Manner>(
      this.view.listeners
        .filter(({ isServed }) => isServed)
        .map((each) => [`${mannerOf(each) === 'udp' ? 'udp' : 'tcp'} ${each.listener.port}`, mannerOf(each)]),
    )
    for (const [key, manner] of this.#open) if (wanted.get(key) !== manner) this.#close(key)
    for (const [key, manner] of wanted) if (!this.#open.has(key)) this.#start(key, manner)
  }

  #start(key: string, manner: Manner): void {
    const { network } = this.process.machine
    const port = Number(key.split(' ')[1])
    const program = 'gateway'
    const http = (request: Parameters<HttpFront['answer']>[1], from: string) => this.#http.answer(port, request, from)
    if (manner === 'udp') network.bind(port, (data) => this.#streams.datagram(port, data), program)
    else if (manner === 'tcp') network.listen(port, { stream: (connection) => this.#streams.carry(port, connection), program })
    else if (manner === 'http') network.listen(port, { http, program })
    else
      network.listen(port, {
        http,
        tls: (serverName) => this.#identity(port, serverName),
        passThrough: (serverName) => this.#streams.behind(port, serverName),
        program,
      })
    this.#open.set(key, manner)
  }
  #close(key: string): void {
    const { network } = this.process.machine
    const [protocol, port] = key.split(' ')
    if (protocol === 'udp') network.unbind(Number(port))
    else network.unlisten(Number(port))
    this.#open.delete(key)
  }
  close(): void {
    for (const key of [...this.#open.keys()]) this.#close(key)
  }

  /** The certificate for the name that a client asks for. @throws ConnectError where no listener has that name */
  #identity(port: number, serverName: string): TlsIdentity {
    const [found] = this.view.servedFor(port, serverName)
    if (!found?.identity) throw new ConnectError('reset', serverName)
    return found.identity
  }

  get #service(): Service | undefined {
    return this.options.publish ? this.informers.get('Service', this.options.publish) : undefined
  }
  #address(): string {
    const balancer = this.#service?.status?.loadBalancer?.ingress?.[0]?.ip
    return balancer ?? this.#service?.spec.clusterIP ?? this.process.machine.network.address
  }

  async #write(): Promise<void> {
    const { view } = this
    const now = timestamp(this.process.machine.clock.now())
    const context: StatusContext = { view, controllerName: this.options.controllerName, now }
    await this.#publish(view)
    for (const object of view.classes) await this.#writeStatus(GATEWAY_CLASS, object, classStatus(object, now))
    for (const gateway of view.gateways)
      await this.#writeStatus(GATEWAY, gateway, gatewayStatus(gateway, this.#address(), context))
    for (const route of view.routes) {
      const ref = ROUTES.find(({ kind }) => kind === route.kind)
      const parents = routeParents(route, context)
      if (ref && (parents.length > 0 || route.status?.parents?.length)) await this.#writeStatus(ref, route, { parents })
    }
  }

  async #writeStatus(ref: ResourceRef, object: KubeObject, status: object): Promise<void> {
    if (sameJson((object as { status?: object }).status ?? {}, status)) return
    await this.process.machine.cluster?.client.updateStatus(ref, { ...clone(object), status } as KubeObject)
  }

  /** Opens the ports of listeners that the Service lacks. */
  async #publish({ listeners }: GatewayView): Promise<void> {
    const service = this.#service
    if (!service) return
    const ports = [...(service.spec.ports ?? [])]
    for (const { listener, isServed } of listeners) {
      const protocol = listener.protocol === 'UDP' ? 'UDP' : 'TCP'
      const has = ports.some((each) => each.port === listener.port && (each.protocol ?? 'TCP') === protocol)
      if (isServed && !has) ports.push({ name: `${protocol.toLowerCase()}-${listener.port}`, port: listener.port, protocol })
    }
    if (ports.length === (service.spec.ports ?? []).length) return
    await this.process.machine.cluster?.client.update('Service', { ...clone(service), spec: { ...clone(service.spec), ports } })
  }
}
