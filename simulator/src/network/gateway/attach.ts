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

/** A Service of another namespace wants that namespace's leave. */
export function isGranted(grants: ReferenceGrant[], route: HttpRoute, { name, namespace }: BackendRef): boolean {
  if (!namespace || namespace === route.metadata.namespace) return true
  return grants.some(
    ({ metadata, spec }) =>
      metadata.namespace === namespace &&
      spec.from.some((from) => from.kind === 'HTTPRoute' && from.namespace === route.metadata.namespace) &&
      spec.to.some((to) => to.kind === 'Service' && (!to.name || to.name === name)),
  )
}
