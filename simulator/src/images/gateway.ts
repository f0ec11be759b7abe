/**
 * wheelhouse/gateway: a controller of the Gateway API and the proxy of all its Gateways in one. It listens in its own Pod on the ports of
 * the Gateways' listeners; a Service in front of it, named by `--publish-service=NAMESPACE/NAME`, gives them their address.
 */
import type { ResourceRef } from '../client/client.js'
import { ConnectError, type HttpRequest, type HttpResponse, type TlsIdentity } from '../containers/network.js'
import { exitCodeOf, type Process, type Program } from '../containers/process.js'
import { encode } from '../containers/stream.js'
import { Informer, Informers } from '../controllers/runtime/informer.js'
import { attach, isGranted, pointsAt } from '../network/gateway/attach.js'
import { certificateOf, listenerFor } from '../network/gateway/certificates.js'
import {
  type BackendRef,
  type Condition,
  type Filter,
  GATEWAY,
  GATEWAY_CLASS,
  type Gateway,
  type GatewayClass,
  HTTP_ROUTE,
  type HttpRoute,
  type Listener,
  REFERENCE_GRANT,
  type ReferenceGrant,
} from '../network/gateway/kinds.js'
import { findRule, redirectOf, requestFor, responseFor, type Taken } from '../network/gateway/matching.js'
import { forward, forwardedHeaders, upstreamOf } from '../network/ingress/forward.js'
import { hostMatches } from '../network/ingress/matching.js'
import { clone, type KubeObject, sameJson } from '../objects/object.js'
import { busyboxPrograms } from '../shell/commands/index.js'
import { sleep, timestamp } from '../time/clock.js'
import type { Image } from './image.js'
import { text } from './serving.js'

export const CONTROLLER_NAME = 'wheelhouse.dev/gateway-controller'
const SYNC_MS = 60_000

class GatewayController {
  readonly informers: Informers
  readonly #kinds = new Map<string, Informer<never>>()
  /** By port, whether it speaks TLS. */
  readonly #open = new Map<number, boolean>()
  #syncing = false
  #again = false

  constructor(readonly process: Process) {
    const { machine, signal } = process
    if (!machine.cluster) throw new Error('no cluster')
    this.informers = new Informers(machine.cluster.client, machine.clock, signal)
    for (const kind of ['Service', 'EndpointSlice', 'Namespace', 'Secret'] as const)
      this.informers.of(kind).onChange(() => this.sync())
    for (const ref of [GATEWAY_CLASS, GATEWAY, HTTP_ROUTE, REFERENCE_GRANT]) this.#follow(ref)
  }

  /** An informer takes any resource; its type knows the built-in kinds alone. */
  #follow(ref: ResourceRef): void {
    const { cluster, clock } = this.process.machine
    if (!cluster) return
    const informer = new Informer(ref as never, cluster.client, clock, this.process.signal)
    informer.onChange(() => this.sync())
    this.#kinds.set(ref.kind, informer)
  }
  #list<T extends KubeObject>({ kind }: ResourceRef): T[] {
    return (this.#kinds.get(kind)?.list() ?? []) as unknown as T[]
  }

  get #classes(): GatewayClass[] {
    return this.#list<GatewayClass>(GATEWAY_CLASS).filter(({ spec }) => spec.controllerName === CONTROLLER_NAME)
  }
  get #gateways(): Gateway[] {
    const names = new Set(this.#classes.map(({ metadata }) => metadata.name))
    return this.#list<Gateway>(GATEWAY).filter(({ spec }) => names.has(spec.gatewayClassName))
  }

  #routesOf(gateway: Gateway, listener: Listener): HttpRoute[] {
    return this.#list<HttpRoute>(HTTP_ROUTE).filter((route) =>
      (route.spec.parentRefs ?? []).some((parent) => {
        if (!pointsAt(parent, route, gateway)) return false
        const attachment = attach(this.informers, gateway, route, parent)
        return 'listeners' in attachment && attachment.listeners.includes(listener)
      }),
    )
  }

  /** Those that are served at a port. */
  #listenersAt(port: number): { gateway: Gateway; listener: Listener }[] {
    return this.#gateways.flatMap((gateway) =>
      gateway.spec.listeners
        .filter((listener) => listener.port === port && this.#fault(gateway, listener) === undefined)
        .map((listener) => ({ gateway, listener })),
    )
  }

  /** Why a listener is not served. */
  #fault(gateway: Gateway, listener: Listener): Fault | undefined {
    if (!isServed(listener)) return UNSUPPORTED
    const other = gateway.spec.listeners.find((each) => each.port === listener.port)
    if (other && other.protocol !== listener.protocol) return CONFLICT
    if (listener.protocol !== 'HTTPS') return undefined
    const certificate = certificateOf(this.informers, gateway, { listener, allowed: this.#grants })
    return certificate.type === 'refused' ? { ...certificate, condition: 'ResolvedRefs' } : undefined
  }

  /** The certificate for the name that a client asks for. @throws ConnectError where no listener has that name */
  #identity(port: number, serverName: string): TlsIdentity {
    const found = listenerFor(this.#listenersAt(port), serverName)
    const certificate = found && certificateOf(this.informers, found.gateway, { ...found, allowed: this.#grants })
    if (certificate?.type !== 'identity') throw new ConnectError('reset', serverName)
    return certificate.identity
  }

  get #grants(): ReferenceGrant[] {
    return this.#list<ReferenceGrant>(REFERENCE_GRANT)
  }

  async answer(port: number, request: HttpRequest, from: string): Promise<HttpResponse> {
    const host = (request.headers.host ?? '').split(':')[0] ?? ''
    const routes = this.#listenersAt(port)
      .filter(({ listener }) => hostMatches(listener.hostname ?? '', host))
      .flatMap(({ gateway, listener }) => this.#routesOf(gateway, listener))
    const taken = findRule(
      routes.filter((route) => unsupportedFilter(route) === undefined),
      host,
      request,
    )
    const scheme = this.#isSecure(port) ? 'https' : 'http'
    const response = taken ? await this.#take(taken, request, { from, port, scheme }) : text(404, '')
    void this.process.stdout.write(
      encode(
        `${timestamp(this.process.machine.clock.now())} ${from} ${request.method} ${host}${request.path} ${response.status}\n`,
      ),
    )
    return request.method === 'HEAD' ? { ...response, body: '' } : response
  }

  #isSecure(port: number): boolean {
    return this.#listenersAt(port).some(({ listener }) => listener.protocol === 'HTTPS')
  }

  async #take(taken: Taken, request: HttpRequest, { from, port, scheme }: Arrival): Promise<HttpResponse> {
    const redirect = redirectOf(taken, request, { scheme, port })
    if (redirect) return redirect
    const backend = this.#chooseBackend(taken.rule.backendRefs ?? [])
    const upstream = backend && this.#upstream(taken.route, backend)
    if (!backend || upstream?.type !== 'pods') return text(500, '')
    if (upstream.targets.length === 0) return text(503, 'no healthy upstream')
    const sent = requestFor({ ...request, headers: { ...request.headers, ...forwardedHeaders(request, from, scheme) } }, taken)
    this.#mirror(taken, sent)
    const result = await forward(this.process.machine, upstream.targets, sent, { signal: this.process.signal })
    if (result.type === 'failed') return text(503, 'upstream connect error or disconnect/reset before headers')
    return responseFor(result.response, taken)
  }

  /** A copy for each mirror; nobody waits for its answer. */
  #mirror({ rule, route }: Taken, request: HttpRequest): void {
    const { machine, signal } = this.process
    for (const { requestMirror } of rule.filters ?? []) {
      if (!requestMirror || machine.random.below(100) >= percentOf(requestMirror)) continue
      const upstream = this.#upstream(route, requestMirror.backendRef)
      if (upstream?.type !== 'pods' || upstream.targets.length === 0) continue
      const host = `${(request.headers.host ?? '').split(':')[0]}-shadow`
      const copy = { ...request, headers: { ...request.headers, host } }
      void forward(machine, upstream.targets, copy, { signal }).catch(() => {})
    }
  }

  #upstream(route: HttpRoute, backend: BackendRef): ReturnType<typeof upstreamOf> | undefined {
    if (!isGranted(this.#grants, route, backend)) return undefined
    return upstreamOf(this.informers, `${backend.namespace ?? route.metadata.namespace}/${backend.name}`, {
      number: backend.port,
    })
  }

  #chooseBackend(backends: BackendRef[]): BackendRef | undefined {
    const total = backends.reduce((sum, { weight = 1 }) => sum + weight, 0)
    if (total === 0) return undefined
    let left = this.process.machine.random.below(total)
    return backends.find(({ weight = 1 }) => {
      left -= weight
      return left < 0
    })
  }

  /** One pass at a time; what changes meanwhile is looked at after it. */
  sync(): void {
    if (this.#syncing) {
      this.#again = true
      return
    }
    this.#syncing = true
    void this.#loop()
  }
  async #loop(): Promise<void> {
    do {
      this.#again = false
      this.#listen()
      await this.#writeStatuses().catch((error: Error) => this.process.stderr.write(encode(`status: ${error.message}\n`)))
    } while (this.#again && !this.process.signal.aborted)
    this.#syncing = false
  }

  #listen(): void {
    const { network } = this.process.machine
    const ports = this.#gateways.flatMap(({ spec }) => spec.listeners.map(({ port }) => port))
    const wanted = new Map(ports.filter((port) => this.#listenersAt(port).length > 0).map((port) => [port, this.#isSecure(port)]))
    for (const [port, secure] of this.#open) {
      if (wanted.get(port) === secure) continue
      network.unlisten(port)
      this.#open.delete(port)
    }
    for (const [port, secure] of wanted) {
      if (this.#open.has(port)) continue
      const tls = secure ? { tls: (serverName: string) => this.#identity(port, serverName) } : {}
      network.listen(port, { http: (request, from) => this.answer(port, request, from), ...tls, program: 'gateway' })
      this.#open.set(port, secure)
    }
  }

  #address(): { type: string; value: string }[] {
    const flag = this.process.argv.find((arg) => arg.startsWith('--publish-service='))?.split('=')[1]
    const service = flag ? this.informers.get('Service', flag) : undefined
    const balancer = service?.status?.loadBalancer?.ingress?.[0]?.ip
    const value = balancer ?? service?.spec.clusterIP ?? this.process.machine.network.address
    return value ? [{ type: 'IPAddress', value }] : []
  }

  async #writeStatuses(): Promise<void> {
    for (const object of this.#classes)
      await this.#write(GATEWAY_CLASS, object, { conditions: [this.#condition(object, 'Accepted', 'Accepted')] })
    for (const gateway of this.#gateways) await this.#write(GATEWAY, gateway, this.#gatewayStatus(gateway))
    for (const route of this.#list<HttpRoute>(HTTP_ROUTE)) {
      const parents = this.#parents(route)
      if (parents.length > 0) await this.#write(HTTP_ROUTE, route, { parents })
    }
  }

  /** Keeps the time of a condition that has not changed. */
  async #write(ref: ResourceRef, object: KubeObject, status: object): Promise<void> {
    const withoutTime = (value: unknown) =>
      JSON.parse(JSON.stringify(value ?? {}, (key, inner) => (key === 'lastTransitionTime' ? undefined : inner)))
    if (sameJson(withoutTime((object as { status?: object }).status), withoutTime(status))) return
    await this.process.machine.cluster?.client.updateStatus(ref, { ...clone(object), status } as KubeObject)
  }

  #condition(object: KubeObject, type: string, reason: string, message = ''): Condition {
    const isGood = ['Accepted', 'Programmed', 'ResolvedRefs'].includes(reason)
    const lastTransitionTime = timestamp(this.process.machine.clock.now())
    return {
      type,
      status: isGood ? 'True' : 'False',
      reason,
      message,
      observedGeneration: object.metadata.generation,
      lastTransitionTime,
    }
  }

  #gatewayStatus(gateway: Gateway): object {
    const listeners = gateway.spec.listeners.map((listener) => {
      const fault = this.#fault(gateway, listener)
      const of = (type: string) =>
        fault?.condition === type
          ? this.#condition(gateway, type, fault.reason, fault.message)
          : this.#condition(gateway, type, type)
      const programmed = fault
        ? this.#condition(gateway, 'Programmed', 'Invalid', fault.message)
        : this.#condition(gateway, 'Programmed', 'Programmed')
      return {
        name: listener.name,
        supportedKinds: isServed(listener) ? [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' }] : [],
        attachedRoutes: this.#routesOf(gateway, listener).length,
        conditions: [of('Accepted'), programmed, of('ResolvedRefs')],
      }
    })
    const conditions = [this.#condition(gateway, 'Accepted', 'Accepted'), this.#condition(gateway, 'Programmed', 'Programmed')]
    return { addresses: this.#address(), conditions, listeners }
  }

  #parents(route: HttpRoute): object[] {
    return (route.spec.parentRefs ?? []).flatMap((parentRef) => {
      const gateway = this.#gateways.find((each) => pointsAt(parentRef, route, each))
      if (!gateway) return []
      const attachment = attach(this.informers, gateway, route, parentRef)
      const filter = unsupportedFilter(route)
      const accepted = filter
        ? this.#condition(route, 'Accepted', 'UnsupportedValue', `the simulated gateway has no filter ${filter}`)
        : this.#condition(route, 'Accepted', 'refused' in attachment ? attachment.refused : 'Accepted')
      const [resolved, message] = this.#resolved(route)
      const conditions = [accepted, this.#condition(route, 'ResolvedRefs', resolved, message)]
      return [{ parentRef, controllerName: CONTROLLER_NAME, conditions }]
    })
  }

  #resolved(route: HttpRoute): [string, string] {
    const backends = (route.spec.rules ?? []).flatMap((rule) => [
      ...(rule.backendRefs ?? []),
      ...(rule.filters ?? []).flatMap(({ requestMirror }) => requestMirror?.backendRef ?? []),
    ])
    for (const backend of backends) {
      const upstream = this.#upstream(route, backend)
      const name = `${backend.namespace ?? route.metadata.namespace}/${backend.name}`
      if (!upstream) return ['RefNotPermitted', `no ReferenceGrant lets this route use Service ${name}`]
      if (upstream.type !== 'pods') return ['BackendNotFound', `Service ${name} has no port ${backend.port}, or is not there`]
    }
    return ['ResolvedRefs', '']
  }

  close(): void {
    for (const port of this.#open.keys()) this.process.machine.network.unlisten(port)
  }
}

const isServed = ({ protocol, tls }: Listener): boolean =>
  protocol === 'HTTP' || (protocol === 'HTTPS' && tls?.mode !== 'Passthrough')

interface Fault {
  condition: 'Accepted' | 'ResolvedRefs'
  reason: string
  message: string
}
const UNSUPPORTED: Fault = {
  condition: 'Accepted',
  reason: 'UnsupportedProtocol',
  message: 'the simulated gateway serves the protocols HTTP and HTTPS with termination alone',
}
const CONFLICT: Fault = {
  condition: 'Accepted',
  reason: 'ProtocolConflict',
  message: 'another listener has the port with another protocol',
}

interface Arrival {
  from: string
  port: number
  scheme: 'http' | 'https'
}

const FILTERS = ['RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestRedirect', 'URLRewrite', 'RequestMirror']

/** A filter that we do not know: the route that has it is not served, as the specification wants it. */
const unsupportedFilter = ({ spec }: HttpRoute): string | undefined =>
  (spec.rules ?? []).flatMap(({ filters = [] }) => filters).find(({ type }) => !FILTERS.includes(type))?.type

const percentOf = ({ percent, fraction }: NonNullable<Filter['requestMirror']>): number =>
  percent ?? (fraction ? (100 * fraction.numerator) / (fraction.denominator ?? 100) : 100)

const gateway: Program = async (process) => {
  const { machine, signal } = process
  machine.main.handlesTerm = true
  const controller = new GatewayController(process)
  await process.stdout.write(`wheelhouse/gateway, controller ${CONTROLLER_NAME}\n`)
  while (!signal.aborted) {
    controller.sync()
    await sleep(machine.clock, SYNC_MS, signal)
  }
  controller.close()
  return signal.reason === 'SIGTERM' ? 0 : exitCodeOf(signal)
}

export const gatewayImage: Image = {
  repository: 'docker.io/wheelhouse/gateway',
  tags: /^1$/,
  entrypoint: ['/gateway'],
  command: [],
  programs: { ...busyboxPrograms, '/gateway': gateway },
  sizeBytes: 40_000_000,
  usesCluster: true,
}
