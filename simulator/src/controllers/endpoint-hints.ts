/**
 * Which endpoints a client prefers: hints by a Service's `trafficDistribution`, or by its annotation for topology.
 * Models staging/src/k8s.io/endpointslice/{trafficdist,topologycache} (v1.36); worked out anew each time rather than from what was before.
 */
import { milliOf } from '../objects/quantity.js'
import type { Endpoint, Node, Service } from '../schema/kubernetes.generated.js'

export const ZONE = 'topology.kubernetes.io/zone'
const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane'
const MODES = ['service.kubernetes.io/topology-aware-hints', 'service.kubernetes.io/topology-mode']
/** How much more than its share of traffic an endpoint may get. @see overloadThreshold */
const OVERLOAD = 0.2

const ENABLED = 'Topology Aware Hints has been enabled'
const DISABLED = 'Topology Aware Hints has been disabled'
const NO_NODE_INFO = 'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes'
const NO_ZONE = 'One or more endpoints do not have a zone specified'
const TOO_FEW = 'Insufficient number of endpoints'
const OVERLOADED = 'Unable to allocate minimum required endpoints to each zone without exceeding overload threshold'

export interface Hinted {
  endpoints: Endpoint[]
  /** What a Service that asks for topology hears: that it has hints, or why not. */
  note?: { type: 'Normal' | 'Warning'; reason: string; message: string }
}

const wantsTopology = ({ metadata }: Service): boolean => {
  const mode = MODES.map((name) => metadata.annotations?.[name]).find((each) => each !== undefined)
  return mode === 'Auto' || mode === 'auto'
}

/** Whether it asks for hints of any kind. */
export const isHinted = (service: Service): boolean => wantsTopology(service) || service.spec.trafficDistribution !== undefined

/** @param before whether its endpoints had hints @returns the same endpoints in the same order, with hints where it wants them */
export function hinted(service: Service, endpoints: Endpoint[], { nodes, before }: { nodes: Node[]; before: boolean }): Hinted {
  if (!wantsTopology(service)) {
    const close = endpoints.map((endpoint) => closeHint(service.spec.trafficDistribution, endpoint))
    const hasHints = close.some(({ hints }) => hints)
    return { endpoints: close, ...(before && !hasHints ? { note: disabled(DISABLED) } : {}) }
  }
  const spread = byZones(endpoints, nodes)
  if (typeof spread === 'string') return { endpoints, note: disabled(spread) }
  const note = { type: 'Normal' as const, reason: 'TopologyAwareHintsEnabled', message: addressed(ENABLED) }
  return { endpoints: spread, ...(before ? {} : { note }) }
}

const addressed = (message: string): string => `${message}, addressType: IPv4`
const disabled = (message: string) => ({
  type: 'Warning' as const,
  reason: 'TopologyAwareHintsDisabled',
  message: addressed(message),
})

function closeHint(distribution: string | undefined, endpoint: Endpoint): Endpoint {
  if (!endpoint.conditions?.ready || !distribution) return endpoint
  const { zone, nodeName } = endpoint
  const forNodes = distribution === 'PreferSameNode' && nodeName ? { forNodes: [{ name: nodeName }] } : {}
  const hints = { ...(zone ? { forZones: [{ name: zone }] } : {}), ...forNodes }
  return Object.keys(hints).length > 0 ? { ...endpoint, hints } : endpoint
}

/** The share of processors that each zone has; why none can be told otherwise. */
function zoneShares(nodes: Node[]): Map<string, number> | string {
  const counted = nodes.filter(
    ({ metadata, status }) =>
      metadata.labels?.[CONTROL_PLANE] === undefined &&
      status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
  )
  const byZone = new Map<string, number>()
  for (const { metadata, status } of counted) {
    const zone = metadata.labels?.[ZONE]
    const milli = milliOf((status?.allocatable as Record<string, string> | undefined)?.cpu)
    if (!zone || milli === 0) return NO_NODE_INFO
    byZone.set(zone, (byZone.get(zone) ?? 0) + milli)
  }
  if (byZone.size < 2) return NO_NODE_INFO
  const total = [...byZone.values()].reduce((sum, milli) => sum + milli, 0)
  return new Map([...byZone].map(([zone, milli]) => [zone, milli / total]))
}

/** Hints for the own zone of each, and for others where one has more than its share. */
function byZones(endpoints: Endpoint[], nodes: Node[]): Endpoint[] | string {
  const shares = zoneShares(nodes)
  if (typeof shares === 'string') return shares
  const ready = endpoints.filter(({ conditions }) => conditions?.ready)
  const counts = `(${ready.length} endpoints, ${shares.size} zones)`
  if (shares.size > ready.length) return `${TOO_FEW} ${counts}`
  const wanted = new Map<string, number>()
  let left = ready.length
  for (const [zone, share] of shares) {
    const desired = share * ready.length
    const least = Math.ceil(desired / (1 + OVERLOAD))
    left -= least
    wanted.set(zone, Math.max(desired, least))
  }
  if (left < 0) return `${OVERLOADED} ${counts}`
  if (ready.some(({ zone }) => !zone)) return NO_ZONE
  const moves = movesBetween(wanted, ready)
  return endpoints.map((endpoint) => {
    if (!endpoint.conditions?.ready) return endpoint
    const own = endpoint.zone ?? ''
    const name = moves.get(own)?.shift() ?? own
    return { ...endpoint, hints: { forZones: [{ name }] } }
  })
}

/** For each zone that has too many the zones that get one of them. @see getGivingAndReceivingZones */
function movesBetween(wanted: Map<string, number>, ready: Endpoint[]): Map<string, string[]> {
  const surplus = new Map(
    [...wanted].map(([zone, desired]) => [zone, ready.filter((each) => each.zone === zone).length - desired]),
  )
  const moves = new Map<string, string[]>()
  for (;;) {
    const [giving, most] = [...surplus].sort((a, b) => b[1] - a[1])[0] ?? ['', 0]
    const [receiving, least] = [...surplus].sort((a, b) => a[1] - b[1])[0] ?? ['', 0]
    if ((most < 1 && -least < 1) || most < 0.5 || -least < 0.5) return moves
    moves.set(giving, [...(moves.get(giving) ?? []), receiving])
    surplus.set(giving, most - 1)
    surplus.set(receiving, least + 1)
  }
}
