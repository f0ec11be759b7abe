/** What becomes of the listeners of a Gateway: which routes they take, and why they serve nothing. @see ListenerStatus */
import type { TlsIdentity } from '../../containers/network.js'
import type { Informers } from '../../controllers/runtime/informer.js'
import { certificateOf } from './certificates.js'
import { overlaps } from './hosts.js'
import { GATEWAY_GROUP, type Gateway, type Listener, type ReferenceGrant, type RouteKind } from './kinds.js'

const KINDS: Record<string, RouteKind[]> = {
  HTTP: ['HTTPRoute', 'GRPCRoute'],
  HTTPS: ['HTTPRoute', 'GRPCRoute'],
  TLS: ['TLSRoute'],
  TCP: ['TCPRoute'],
  UDP: ['UDPRoute'],
}

/** Those of its protocol that it does not rule out. */
export function supportedKinds({ protocol, allowedRoutes }: Listener): RouteKind[] {
  const possible = KINDS[protocol] ?? []
  const wanted = allowedRoutes?.kinds ?? []
  if (wanted.length === 0) return possible
  return possible.filter((kind) => wanted.some((each) => (each.group ?? GATEWAY_GROUP) === GATEWAY_GROUP && each.kind === kind))
}

export interface Fault {
  reason: string
  message: string
}

export interface JudgedListener {
  gateway: Gateway
  listener: Listener
  /** Its port or name is another listener's too. */
  conflict?: Fault | undefined
  refused?: Fault | undefined
  unresolved?: Fault | undefined
  /** Another listener of the port has a name that is one of its names too. */
  sharesNames: boolean
  identity?: TlsIdentity | undefined
  isServed: boolean
}

export const isSecure = ({ protocol }: Listener): boolean => protocol === 'HTTPS' || protocol === 'TLS'
/** What a port can carry beside each other: names tell HTTPS and TLS apart. */
const familyOf = (listener: Listener): string => (isSecure(listener) ? 'TLS' : listener.protocol)
const hasNames = ({ protocol }: Listener): boolean => protocol !== 'TCP' && protocol !== 'UDP'

function conflictOf(listener: Listener, all: Listener[]): Fault | undefined {
  const others = all.filter(
    (each) => each !== listener && each.port === listener.port && (each.protocol === 'UDP') === (listener.protocol === 'UDP'),
  )
  const other = others.find((each) => familyOf(each) !== familyOf(listener) || !hasNames(each))
  if (other)
    return {
      reason: 'ProtocolConflict',
      message: `listener ${other.name} has port ${other.port} with protocol ${other.protocol}`,
    }
  const same = others.find((each) => (each.hostname ?? '').toLowerCase() === (listener.hostname ?? '').toLowerCase())
  return same && { reason: 'HostnameConflict', message: `listener ${same.name} has the same port and the same hostname` }
}

function refusalOf({ protocol, tls }: Listener): Fault | undefined {
  const of = (message: string) => ({ reason: 'UnsupportedProtocol', message })
  if (!KINDS[protocol]) return of(`the simulated gateway has no protocol ${protocol}`)
  if (protocol === 'HTTPS' && tls?.mode === 'Passthrough') return of('a listener of HTTPS ends TLS itself')
  if (protocol === 'TLS' && tls?.mode !== 'Passthrough')
    return of('the simulated gateway passes TLS through and does not end it for a TLSRoute')
  return undefined
}

function unresolvedKinds(listener: Listener): Fault | undefined {
  const supported: string[] = supportedKinds(listener)
  const strange = (listener.allowedRoutes?.kinds ?? []).find(
    ({ group, kind }) => (group ?? GATEWAY_GROUP) !== GATEWAY_GROUP || !supported.includes(kind),
  )
  return (
    strange && {
      reason: 'InvalidRouteKinds',
      message: `a listener of protocol ${listener.protocol} takes no ${strange.kind}`,
    }
  )
}

/** @param taken what older Gateways have at a port: all of them share one address */
export function judge(
  informers: Informers,
  gateway: Gateway,
  { allowed, taken }: { allowed: ReferenceGrant[]; taken: Map<string, { family: string; owner: string }> },
): JudgedListener[] {
  const all = gateway.spec.listeners
  return all.map((listener) => {
    const conflict = conflictOf(listener, all)
    const refused = refusalOf(listener) ?? conflict ?? portFault(listener, taken)
    const certificate =
      listener.protocol === 'HTTPS' && !refused ? certificateOf(informers, gateway, { listener, allowed }) : undefined
    const unresolved = certificate?.type === 'refused' ? certificate : unresolvedKinds(listener)
    const isServed = !refused && certificate?.type !== 'refused' && supportedKinds(listener).length > 0
    if (isServed) taken.set(portKey(listener), { family: familyOf(listener), owner: gateway.metadata.name })
    return {
      gateway,
      listener,
      conflict,
      refused,
      unresolved,
      sharesNames: sharesNames(listener, all),
      identity: certificate?.type === 'identity' ? certificate.identity : undefined,
      isServed,
    }
  })
}

const portKey = ({ port, protocol }: Listener): string => `${protocol === 'UDP' ? 'UDP' : 'TCP'} ${port}`

function portFault(listener: Listener, taken: Map<string, { family: string; owner: string }>): Fault | undefined {
  const other = taken.get(portKey(listener))
  if (!other || (other.family === familyOf(listener) && hasNames(listener))) return undefined
  return { reason: 'PortUnavailable', message: `Gateway ${other.owner} has the port, and all Gateways share one address here` }
}

const sharesNames = (listener: Listener, all: Listener[]): boolean =>
  listener.protocol === 'HTTPS' &&
  all.some(
    (each) =>
      each !== listener &&
      each.protocol === 'HTTPS' &&
      each.port === listener.port &&
      overlaps(each.hostname ?? '', listener.hostname ?? ''),
  )
