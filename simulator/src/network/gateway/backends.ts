/** Where the references of routes lead. @see BackendRef, HTTPRouteRule.backendRefs */
import type { Target } from '../../containers/network.js'
import type { Informers } from '../../controllers/runtime/informer.js'
import type { Random } from '../../time/random.js'
import { upstreamOf } from '../ingress/forward.js'
import { grants } from './grants.js'
import type { BackendRef, ReferenceGrant, Route } from './kinds.js'
import type { Fault } from './listeners.js'

export type Backend = { type: 'pods'; targets: Target[] } | ({ type: 'refused' } & Fault)

const refused = (reason: 'InvalidKind' | 'RefNotPermitted' | 'BackendNotFound', message: string): Backend => ({
  type: 'refused',
  reason,
  message,
})

export function backendOf(
  informers: Informers,
  route: Route,
  { reference, allowed }: { reference: BackendRef; allowed: ReferenceGrant[] },
): Backend {
  const { group = '', kind = 'Service', name, port } = reference
  if (group !== '' || kind !== 'Service') return refused('InvalidKind', `${kind} ${name} is no Service`)
  const own = route.metadata.namespace ?? ''
  const namespace = reference.namespace ?? own
  if (!grants(allowed, { from: { kind: route.kind, namespace: own }, to: { kind, namespace, name } }))
    return refused('RefNotPermitted', `no ReferenceGrant lets this route use Service ${namespace}/${name}`)
  const upstream = upstreamOf(informers, `${namespace}/${name}`, { number: port })
  if (upstream.type === 'no-service') return refused('BackendNotFound', `Service ${namespace}/${name} is not there`)
  if (upstream.type === 'no-port') return refused('BackendNotFound', `Service ${namespace}/${name} has no port ${port}`)
  return upstream
}

/** One by chance, as the weights have it; undefined where all of them are 0. */
export function chooseBackend(random: Random, backends: BackendRef[]): BackendRef | undefined {
  const total = backends.reduce((sum, { weight = 1 }) => sum + weight, 0)
  if (total === 0) return undefined
  let left = random.below(total)
  return backends.find(({ weight = 1 }) => {
    left -= weight
    return left < 0
  })
}

/** Every reference of a route, those of its mirrors too. */
export const referencesOf = ({ spec }: Route): BackendRef[] =>
  (spec.rules ?? []).flatMap(({ backendRefs = [], filters = [] }) => [
    ...backendRefs,
    ...[...filters, ...backendRefs.flatMap((each) => each.filters ?? [])].flatMap(
      ({ requestMirror }) => requestMirror?.backendRef ?? [],
    ),
  ])
