/** Which routes belong to which listeners of a Gateway, and why not. @see ParentReference, AllowedRoutes */
import type { Informers } from '../../controllers/runtime/informer.js'
import { selectorOf } from '../../objects/selector.js'
import { overlaps } from './hosts.js'
import { GATEWAY_GROUP, type Gateway, type Listener, type ParentRef, type Route, type RouteKind } from './kinds.js'
import { supportedKinds } from './listeners.js'

export const pointsAt = ({ group, kind, name, namespace }: ParentRef, route: Route, gateway: Gateway): boolean =>
  (group ?? GATEWAY_GROUP) === GATEWAY_GROUP &&
  (kind ?? 'Gateway') === 'Gateway' &&
  name === gateway.metadata.name &&
  (namespace ?? route.metadata.namespace) === gateway.metadata.namespace

function allowsNamespace(informers: Informers, { allowedRoutes }: Listener, gateway: Gateway, namespace: string): boolean {
  const { from = 'Same', selector } = allowedRoutes?.namespaces ?? {}
  if (from === 'All') return true
  if (from === 'Same') return namespace === gateway.metadata.namespace
  return selectorOf(selector as never)(informers.get('Namespace', namespace)?.metadata.labels)
}

export type Attachment =
  | { listeners: Listener[] }
  | { refused: 'NoMatchingParent' | 'NotAllowedByListeners' | 'NoMatchingListenerHostname'; message: string }

/** `listener http`, `a listener` */
const shown = ({ sectionName, port }: ParentRef): string =>
  `${sectionName ? `listener ${sectionName}` : 'a listener'}${port ? ` at port ${port}` : ''}`

export function attach(informers: Informers, gateway: Gateway, route: Route, parent: ParentRef): Attachment {
  const named = gateway.spec.listeners.filter(
    ({ name, port }) => (!parent.sectionName || name === parent.sectionName) && (!parent.port || port === parent.port),
  )
  if (named.length === 0)
    return { refused: 'NoMatchingParent', message: `Gateway ${gateway.metadata.name} has not ${shown(parent)}` }
  const allowed = named.filter(
    (listener) =>
      supportedKinds(listener).includes(route.kind as RouteKind) &&
      allowsNamespace(informers, listener, gateway, route.metadata.namespace ?? ''),
  )
  if (allowed.length === 0)
    return {
      refused: 'NotAllowedByListeners',
      message: `no listener takes a ${route.kind} of namespace ${route.metadata.namespace}`,
    }
  const hosts = route.spec.hostnames ?? []
  const listeners = allowed.filter(({ hostname = '' }) => hosts.length === 0 || hosts.some((host) => overlaps(hostname, host)))
  return listeners.length > 0
    ? { listeners }
    : { refused: 'NoMatchingListenerHostname', message: 'no name of a host is that of a listener too' }
}
