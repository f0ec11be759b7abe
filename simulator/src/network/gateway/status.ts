/** What a controller writes into the statuses of the Gateway API: its conditions, as the specification words them. */
import type { KubeObject } from '../../objects/object.js'
import { attach, pointsAt } from './attach.js'
import { referencesOf } from './backends.js'
import { type Condition, GATEWAY_GROUP, type Gateway, type ParentStatus, type Route } from './kinds.js'
import { type JudgedListener, supportedKinds } from './listeners.js'
import { problemOf } from './problems.js'
import type { GatewayView } from './view.js'

type Outcome = Pick<Condition, 'status' | 'reason'> & { message?: string }

export interface StatusContext {
  view: GatewayView
  controllerName: string
  /** The time of conditions that change now. */
  now: string
}

const good = (reason: string): Outcome => ({ status: 'True', reason })
const bad = ({ reason, message }: { reason: string; message: string }): Outcome => ({ status: 'False', reason, message })

/** Those that have not changed keep their time. */
export function conditions(
  object: KubeObject,
  { before = [], now }: { before?: Condition[] | undefined; now: string },
  outcomes: Record<string, Outcome>,
): Condition[] {
  return Object.entries(outcomes).map(([type, { status, reason, message = '' }]) => {
    const old = before.find((each) => each.type === type)
    const lastTransitionTime = old?.status === status ? old.lastTransitionTime : now
    return { type, status, reason, message, observedGeneration: object.metadata.generation, lastTransitionTime }
  })
}

export const classStatus = (object: KubeObject & { status?: { conditions?: Condition[] } }, now: string): object => ({
  conditions: conditions(object, { before: object.status?.conditions, now }, { Accepted: good('Accepted') }),
})

interface GatewayStatus {
  conditions?: Condition[]
  listeners?: { name: string; conditions: Condition[] }[]
}

export function gatewayStatus(gateway: Gateway, address: string, { view, now }: StatusContext): object {
  const before = (gateway.status ?? {}) as GatewayStatus
  const judged = view.listeners.filter((each) => each.gateway === gateway)
  const served = judged.filter(({ isServed }) => isServed).length
  const invalid = {
    reason: 'ListenersNotValid',
    message: `${judged.length - served} of ${judged.length} listeners serve nothing`,
  }
  const wanted = (gateway.spec.addresses ?? []).find(({ value }) => value !== undefined && value !== address)
  const outcomes = {
    Accepted:
      served === judged.length ? good('Accepted') : served > 0 ? { ...bad(invalid), status: 'True' as const } : bad(invalid),
    Programmed: programmed({ served, address, wanted: wanted?.value }),
  }
  return {
    addresses: address ? [{ type: 'IPAddress', value: address }] : [],
    conditions: conditions(gateway, { before: before.conditions, now }, outcomes),
    listeners: judged.map((each) => ({
      name: each.listener.name,
      supportedKinds: supportedKinds(each.listener).map((kind) => ({ group: GATEWAY_GROUP, kind })),
      attachedRoutes: view.attachedTo(each.listener).length,
      conditions: conditions(
        gateway,
        { before: before.listeners?.find(({ name }) => name === each.listener.name)?.conditions, now },
        listenerOutcomes(each),
      ),
    })),
  }
}

function programmed({ served, address, wanted }: { served: number; address: string; wanted: string | undefined }): Outcome {
  if (served === 0) return bad({ reason: 'Invalid', message: 'no listener serves anything' })
  if (!address) return bad({ reason: 'AddressNotAssigned', message: 'the Service of the gateway has no address yet' })
  return wanted
    ? bad({ reason: 'AddressNotUsable', message: `the address of every Gateway here is ${address}, not ${wanted}` })
    : good('Programmed')
}

function listenerOutcomes({ conflict, refused, unresolved, sharesNames, isServed }: JudgedListener): Record<string, Outcome> {
  const fault = refused ?? unresolved
  return {
    Accepted: refused ? bad(refused) : good('Accepted'),
    Programmed: isServed || !fault ? good('Programmed') : bad({ reason: 'Invalid', message: fault.message }),
    ResolvedRefs: unresolved ? bad(unresolved) : good('ResolvedRefs'),
    Conflicted: conflict ? { ...bad(conflict), status: 'True' } : { status: 'False', reason: 'NoConflicts' },
    ...(sharesNames && {
      OverlappingTLSConfig: {
        status: 'True' as const,
        reason: 'OverlappingHostnames',
        message: 'another listener of the port has a name in common',
      },
    }),
  }
}

/** What this controller says of a route, after what others say of it. */
export function routeParents(route: Route, context: StatusContext): ParentStatus[] {
  const { view, controllerName, now } = context
  const before = route.status?.parents ?? []
  const own = (route.spec.parentRefs ?? []).flatMap((parentRef) => {
    const gateway = view.gateways.find((each) => pointsAt(parentRef, route, each))
    if (!gateway) return []
    const old = before.find((each) => each.controllerName === controllerName && sameParent(each.parentRef, parentRef))
    const attachment = attach(view.objects.informers, gateway, route, parentRef)
    const problem = problemOf(route)
    const accepted =
      'refused' in attachment
        ? bad({ reason: attachment.refused, message: attachment.message })
        : problem
          ? bad({ reason: 'UnsupportedValue', message: problem })
          : good('Accepted')
    const outcomes = { Accepted: accepted, ResolvedRefs: resolved(route, view) }
    return [{ parentRef, controllerName, conditions: conditions(route, { before: old?.conditions, now }, outcomes) }]
  })
  return [...before.filter((each) => each.controllerName !== controllerName), ...own]
}

const sameParent = (a: ParentStatus['parentRef'], b: ParentStatus['parentRef']): boolean =>
  a.name === b.name && a.namespace === b.namespace && a.sectionName === b.sectionName && a.port === b.port

function resolved(route: Route, view: GatewayView): Outcome {
  for (const reference of referencesOf(route)) {
    const backend = view.backend(route, reference)
    if (backend.type === 'refused') return bad(backend)
  }
  return good('ResolvedRefs')
}
