/**
 * wheelhouse/gateway: a controller of the Gateway API and the proxy of all its Gateways in one. It listens in its own Pod on the ports of
 * the Gateways' listeners; a Service in front of it, named by `--publish-service=NAMESPACE/NAME`, gives them their address.
 */
import type { ResourceRef } from '../client/client.js'
import type { HttpRequest, HttpResponse } from '../containers/network.js'
import { exitCodeOf, type Process, type Program } from '../containers/process.js'
import { encode } from '../containers/stream.js'
import { Informer, Informers } from '../controllers/runtime/informer.js'
import { attach, isGranted, pointsAt } from '../network/gateway/attach.js'
import {
  type BackendRef,
  type Condition,
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
  readonly #open = new Set<number>()
  #syncing = false
  #again = false

  constructor(readonly process: Process) {
    const { machine, signal } = process
    if (!machine.cluster) throw new Error('no cluster')
    this.informers = new Informers(machine.cluster.client, machine.clock, signal)
    for (const kind of ['Service', 'EndpointSlice', 'Namespace'] as const) this.informers.of(kind).onChange(() => this.sync())
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

  async answer(port: number, request: HttpRequest, from: string): Promise<HttpResponse> {
    const host = (request.headers.host ?? '').split(':')[0] ?? ''
    const listeners = this.#gateways.flatMap((gateway) => gateway.spec.listeners.map((listener) => ({ gateway, listener })))
    const routes = listeners
      .filter(({ listener }) => listener.port === port && hostMatches(listener.hostname ?? '', host))
      .flatMap(({ gateway, listener }) => this.#routesOf(gateway, listener))
    const taken = findRule(routes, host, request)
    const response = taken ? await this.#take(taken, request, { from, port }) : text(404, '')
    void this.process.stdout.write(
      encode(
        `${timestamp(this.process.machine.clock.now())} ${from} ${request.method} ${host}${request.path} ${response.status}\n`,
      ),
    )
    return request.method === 'HEAD' ? { ...response, body: '' } : response
  }

  async #take(taken: Taken, request: HttpRequest, { from, port }: { from: string; port: number }): Promise<HttpResponse> {
    const redirect = redirectOf(taken, request, { scheme: 'http', port })
    if (redirect) return redirect
    const backend = this.#chooseBackend(taken.rule.backendRefs ?? [])
    const upstream = backend && this.#upstream(taken.route, backend)
    if (!backend || upstream?.type !== 'pods') return text(500, '')
    if (upstream.targets.length === 0) return text(503, 'no healthy upstream')
    const sent = requestFor({ ...request, headers: { ...request.headers, ...forwardedHeaders(request, from, 'http') } }, taken)
    const result = await forward(this.process.machine, upstream.targets, sent, { signal: this.process.signal })
    if (result.type === 'failed') return text(503, 'upstream connect error or disconnect/reset before headers')
    return responseFor(result.response, taken)
  }

  #upstream(route: HttpRoute, backend: BackendRef): ReturnType<typeof upstreamOf> | undefined {
    if (!isGranted(this.#list<ReferenceGrant>(REFERENCE_GRANT), route, backend)) return undefined
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
    const wanted = new Set(this.#gateways.flatMap(({ spec }) => spec.listeners.filter(isServed).map(({ port }) => port)))
    for (const port of this.#open) if (!wanted.has(port)) network.unlisten(port)
    for (const port of wanted)
      if (!this.#open.has(port))
        network.listen(port, { http: (request, from) => this.answer(port, request, from), program: 'gateway' })
    this.#open.clear()
    for (const port of wanted) this.#open.add(port)
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
      const reason = isServed(listener) ? undefined : 'UnsupportedProtocol'
      const message = reason ? 'the simulated gateway serves the protocol HTTP alone' : ''
      return {
        name: listener.name,
        supportedKinds: reason ? [] : [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' }],
        attachedRoutes: this.#routesOf(gateway, listener).length,
        conditions: [
          this.#condition(gateway, 'Accepted', reason ?? 'Accepted', message),
          this.#condition(gateway, 'Programmed', reason ? 'Invalid' : 'Programmed', message),
          this.#condition(gateway, 'ResolvedRefs', 'ResolvedRefs'),
        ],
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
      const accepted = 'refused' in attachment ? attachment.refused : 'Accepted'
      const [resolved, message] = this.#resolved(route)
      const conditions = [this.#condition(route, 'Accepted', accepted), this.#condition(route, 'ResolvedRefs', resolved, message)]
      return [{ parentRef, controllerName: CONTROLLER_NAME, conditions }]
    })
  }

  #resolved(route: HttpRoute): [string, string] {
    for (const backend of (route.spec.rules ?? []).flatMap((rule) => rule.backendRefs ?? [])) {
      const upstream = this.#upstream(route, backend)
      const name = `${backend.namespace ?? route.metadata.namespace}/${backend.name}`
      if (!upstream) return ['RefNotPermitted', `no ReferenceGrant lets this route use Service ${name}`]
      if (upstream.type !== 'pods') return ['BackendNotFound', `Service ${name} has no port ${backend.port}, or is not there`]
    }
    return ['ResolvedRefs', '']
  }

  close(): void {
    for (const port of this.#open) this.process.machine.network.unlisten(port)
  }
}

const isServed = ({ protocol }: Listener): boolean => protocol === 'HTTP'

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
