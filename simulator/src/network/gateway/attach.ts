/** Which routes belong to which listeners of a Gateway, and why not. @see ParentReference, AllowedRoutes */
import type { Informers } from '../../controllers/runtime/informer.js'
import { selectorOf } from '../../objects/selector.js'
import { hostMatches } from '../ingress/matching.js'
import type { BackendRef, Gateway, HttpRoute, Listener, ParentRef, ReferenceGrant } from './kinds.js'

export const pointsAt = ({ name, namespace }: ParentRef, route: HttpRoute, gateway: Gateway): boolean =>
  name === gateway.metadata.name && (namespace ?? route.metadata.namespace) === gateway.metadata.namespace

/** A name of the one may be a name of the other. */
const overlaps = (left: string, right: string): boolean => hostMatches(left, right) || hostMatches(right, left)

function allowsNamespace(informers: Informers, { allowedRoutes }: Listener, gateway: Gateway, namespace: string): boolean {
  const { from = 'Same', selector } = allowedRoutes?.namespaces ?? {}
  if (from === 'All') return true
  if (from === 'Same') return namespace === gateway.metadata.namespace
  return selectorOf(selector as never)(informers.get('Namespace', namespace)?.metadata.labels)
}

export type Attachment =
  | { listeners: Listener[] }
  | { refused: 'NoMatchingParent' | 'NotAllowedByListeners' | 'NoMatchingListenerHostname' }

export function attach(informers: Informers, gateway: Gateway, route: HttpRoute, parent: ParentRef): Attachment {
  const named = gateway.spec.listeners.filter(
    ({ name, port }) => (!parent.sectionName || name === parent.sectionName) && (!parent.port || port === parent.port),
  )
  if (named.length === 0) return { refused: 'NoMatchingParent' }
  const allowed = named.filter((listener) => allowsNamespace(informers, listener, gateway, route.metadata.namespace ?? ''))
  if (allowed.length === 0) return { refused: 'NotAllowedByListeners' }
  const hosts = route.spec.hostnames ?? []
  const listeners = allowed.filter(
    ({ hostname }) => !hostname || hosts.length === 0 || hosts.some((host) => overlaps(hostname, host)),
  )
  return listeners.length > 0 ? { listeners } : { refused: 'NoMatchingListenerHostname' }
}

interface Reference {
  from: { kind: string; namespace: string }
  to: { kind: string; namespace: string; name: string }
}

/** What is in another namespace wants that namespace's leave. */
export const grants = (allowed: ReferenceGrant[], { from, to }: Reference): boolean =>
  from.namespace === to.namespace ||
  allowed.some(
    ({ metadata, spec }) =>
      metadata.namespace === to.namespace &&
      spec.from.some((each) => each.kind === from.kind && each.namespace === from.namespace) &&
      spec.to.some((each) => each.kind === to.kind && (!each.name || each.name === to.name)),
  )

export function isGranted(allowed: ReferenceGrant[], route: HttpRoute, { name, namespace }: BackendRef): boolean {
  const own = route.metadata.namespace ?? ''
  return grants(allowed, {
    from: { kind: 'HTTPRoute', namespace: own },
    to: { kind: 'Service', namespace: namespace ?? own, name },
  })
}
