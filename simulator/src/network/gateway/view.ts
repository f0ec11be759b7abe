/** What all objects of the Gateway API amount to at one moment. */

import type { ResourceRef } from '../../client/client.js'
import type { Target } from '../../containers/network.js'
import type { Informers } from '../../controllers/runtime/informer.js'
import type { KubeObject } from '../../objects/object.js'
import type { Random } from '../../time/random.js'
import { attach, pointsAt } from './attach.js'
import { type Backend, backendOf, chooseBackend } from './backends.js'
import { mostExact } from './hosts.js'
import {
  type BackendRef,
  GATEWAY,
  GATEWAY_CLASS,
  type Gateway,
  type GatewayClass,
  type Listener,
  REFERENCE_GRANT,
  type ReferenceGrant,
  ROUTES,
  type Route,
  type RouteKind,
} from './kinds.js'
import { type JudgedListener, judge } from './listeners.js'
import { problemOf } from './problems.js'

export interface GatewayObjects {
  informers: Informers
  list<T extends KubeObject>(ref: ResourceRef): T[]
}

const ageOf = ({ metadata }: KubeObject): string => `${metadata.creationTimestamp} ${metadata.namespace}/${metadata.name}`
/** The oldest first. */
export const byAge = (a: KubeObject, b: KubeObject): number => (ageOf(a) < ageOf(b) ? -1 : ageOf(a) > ageOf(b) ? 1 : 0)

export class GatewayView {
  readonly classes: GatewayClass[]
  readonly gateways: Gateway[]
  readonly routes: Route[]
  readonly listeners: JudgedListener[]
  readonly #allowed: ReferenceGrant[]
  readonly #attached: { route: Route; listeners: Listener[] }[]

  constructor(
    readonly objects: GatewayObjects,
    controllerName: string,
  ) {
    this.classes = objects.list<GatewayClass>(GATEWAY_CLASS).filter(({ spec }) => spec.controllerName === controllerName)
    const names = new Set(this.classes.map(({ metadata }) => metadata.name))
    const gateways = objects.list<Gateway>(GATEWAY).filter(({ spec }) => names.has(spec.gatewayClassName))
    this.gateways = gateways.sort(byAge)
    this.routes = ROUTES.flatMap((ref) => objects.list<Route>(ref))
    this.#allowed = objects.list<ReferenceGrant>(REFERENCE_GRANT)
    const context = { allowed: this.#allowed, taken: new Map() }
    this.listeners = this.gateways.flatMap((gateway) => judge(objects.informers, gateway, context))
    this.#attached = this.routes.map((route) => ({ route, listeners: this.#listenersOf(route) }))
  }

  #listenersOf(route: Route): Listener[] {
    return (route.spec.parentRefs ?? []).flatMap((parent) => {
      const gateway = this.gateways.find((each) => pointsAt(parent, route, each))
      const attachment = gateway && attach(this.objects.informers, gateway, route, parent)
      return attachment && 'listeners' in attachment ? attachment.listeners : []
    })
  }

  /** Whether or not they are served. */
  attachedTo(listener: Listener): Route[] {
    return this.#attached.filter(({ listeners }) => listeners.includes(listener)).map(({ route }) => route)
  }

  /** Those that are served at a port, of TCP or UDP. */
  servedAt(port: number, protocol: 'TCP' | 'UDP'): JudgedListener[] {
    return this.listeners.filter(
      ({ listener, isServed }) => isServed && listener.port === port && (listener.protocol === 'UDP') === (protocol === 'UDP'),
    )
  }

  /** At a port, those whose name fits best what a client asks for. */
  servedFor(port: number, host: string): JudgedListener[] {
    return mostExact(this.servedAt(port, 'TCP'), host, ({ listener }) => listener.hostname ?? '')
  }

  /** The routes of one kind that these listeners serve, the oldest first. */
  routesOf<T extends Route>(listeners: JudgedListener[], kind: RouteKind): T[] {
    const found = listeners.flatMap(({ listener }) => this.attachedTo(listener))
    return [...new Set(found)].filter((route) => route.kind === kind && problemOf(route) === undefined).sort(byAge) as T[]
  }

  backend(route: Route, reference: BackendRef): Backend {
    return backendOf(this.objects.informers, route, { reference, allowed: this.#allowed })
  }

  /** A Pod behind the first rule of a route that knows no more than its backends; undefined where there is none. */
  target(route: Route | undefined, random: Random): Target | undefined {
    const chosen = route && chooseBackend(random, route.spec.rules?.[0]?.backendRefs ?? [])
    const backend = chosen && this.backend(route, chosen)
    return backend?.type === 'pods' ? backend.targets[random.below(backend.targets.length)] : undefined
  }
}
