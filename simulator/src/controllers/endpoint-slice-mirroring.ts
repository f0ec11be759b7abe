import { controlledBy, keyOf, sameJson } from '../objects/object.js'
import type { Endpoint, EndpointSlice, Endpoints } from '../schema/kubernetes.generated.js'
import { defineController, done, type ReconcileContext } from './runtime/controller.js'

const MANAGER = 'endpointslicemirroring-controller.k8s.io'
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
const SERVICE_NAME = 'kubernetes.io/service-name'
const SKIP = 'endpointslice.kubernetes.io/skip-mirror'
const LEADER = 'control-plane.alpha.kubernetes.io/leader'
const LAST_CHANGE = 'endpoints.kubernetes.io/last-change-trigger-time'
/** Written by hand or by kubectl: not the slice's concern. */
const NOT_MIRRORED = new Set([LAST_CHANGE, 'kubectl.kubernetes.io/last-applied-configuration'])

/**
 * Shows Endpoints that somebody wrote for a Service without selector as EndpointSlices, which is what traffic follows.
 * Models pkg/controller/endpointslicemirroring (v1.36).
 */
export const endpointSliceMirroringController = defineController({
  name: 'endpointslicemirroring-controller',
  eventSource: 'endpoint-slice-mirroring-controller',
  reconciles: 'Endpoints',
  watches: {
    Service: ({ object }) => [keyOf(object)],
    EndpointSlice: ({ object }) => {
      const service = object.metadata.labels?.[SERVICE_NAME]
      return service && isMirror(object) ? [`${object.metadata.namespace}/${service}`] : []
    },
  },
  async reconcile(context, key) {
    const { client, informers } = context
    const endpoints = informers.get('Endpoints', key)
    const service = informers.get('Service', key)
    const [namespace = '', name = ''] = key.split('/')
    const present = informers
      .list('EndpointSlice', namespace)
      .filter((slice) => isMirror(slice) && slice.metadata.labels?.[SERVICE_NAME] === name)
    const isWanted = endpoints && service && !service.spec.selector && !isExempt(endpoints)
    const wanted = isWanted ? slicesOf(endpoints) : []
    for (const [index, slice] of wanted.entries()) await write(context, endpoints as Endpoints, { slice, before: present[index] })
    for (const surplus of present.slice(wanted.length)) await client.delete('EndpointSlice', keyOf(surplus))
    return done
  },
})

const isMirror = (slice: EndpointSlice): boolean => slice.metadata.labels?.[MANAGED_BY] === MANAGER

const isExempt = ({ metadata }: Endpoints): boolean =>
  metadata.labels?.[SKIP] === 'true' || metadata.annotations?.[LEADER] !== undefined

interface Mirrored {
  addressType: 'IPv4' | 'IPv6'
  endpoints: Endpoint[]
  ports: NonNullable<EndpointSlice['ports']>
}

/** One for each subset and family of addresses. */
function slicesOf({ subsets }: Endpoints): Mirrored[] {
  return (subsets ?? []).flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }) => {
    const endpoint = (ready: boolean) => (address: (typeof addresses)[number]) => ({
      addresses: [address.ip],
      conditions: { ready },
      ...(address.hostname ? { hostname: address.hostname } : {}),
      ...(address.nodeName ? { nodeName: address.nodeName } : {}),
      ...(address.targetRef ? { targetRef: address.targetRef } : {}),
    })
    const all: Endpoint[] = [...addresses.map(endpoint(true)), ...notReadyAddresses.map(endpoint(false))]
    const mirrored = ports.map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({
      name,
      port,
      protocol,
      ...(appProtocol ? { appProtocol } : {}),
    }))
    return (['IPv4', 'IPv6'] as const)
      .map((addressType) => ({ addressType, endpoints: all.filter((each) => familyOf(each) === addressType), ports: mirrored }))
      .filter((slice) => slice.endpoints.length > 0)
  })
}

const familyOf = (endpoint: Endpoint): string => (endpoint.addresses[0]?.includes(':') ? 'IPv6' : 'IPv4')

async function write(
  { client }: ReconcileContext,
  owner: Endpoints,
  { slice, before }: { slice: Mirrored; before: EndpointSlice | undefined },
): Promise<void> {
  const { name, namespace } = owner.metadata
  const labels = { ...owner.metadata.labels, [SERVICE_NAME]: name, [MANAGED_BY]: MANAGER }
  const annotations = Object.fromEntries(
    Object.entries(owner.metadata.annotations ?? {}).filter(([key]) => !NOT_MIRRORED.has(key)),
  )
  if (before && before.addressType === slice.addressType) {
    const { endpoints, ports, metadata } = before
    const same = sameJson({ endpoints, ports, labels: metadata.labels }, { ...slice, addressType: undefined, labels })
    if (!same) await client.update('EndpointSlice', { ...before, ...slice, metadata: { ...metadata, labels, annotations } })
    return
  }
  if (before) await client.delete('EndpointSlice', keyOf(before))
  const metadata = { generateName: `${name}-`, namespace, labels, annotations, ownerReferences: [controlledBy(owner)] }
  await client.create('EndpointSlice', { metadata, ...slice })
}
