import { clone, controlledBy, keyOf, sameJson, splitKey } from '../objects/object.js'
import { selectorOfMap } from '../objects/selector.js'
import { ignoreMissing } from '../objects/status.js'
import type { Endpoint, EndpointSlice, Node, Pod, Service } from '../schema/kubernetes.generated.js'
import { hinted, isHinted, ZONE } from './endpoint-hints.js'
import { conditionOf, isOver, isReady } from './pods.js'
import { defineController, done, type ReconcileContext } from './runtime/controller.js'
import type { Change, Informers } from './runtime/informer.js'

const MANAGED_BY = 'endpointslice-controller.k8s.io'
const SERVICE_NAME = 'kubernetes.io/service-name'
const HEADLESS = 'service.kubernetes.io/headless'

/** The Services of its namespace that select a Pod, now or before its change. */
function servicesOf({ object, old }: Change<Pod>, informers: Informers): string[] {
  const services = informers.list('Service', object.metadata.namespace)
  return services
    .filter(({ spec }) => [object, old].some((pod) => pod && selectorOfMap(spec.selector)(pod.metadata.labels)))
    .map(keyOf)
}

/** The number of a target port in a Pod; undefined where no container names it. */
export function targetPort(
  pod: Pod,
  port: { targetPort?: number | string | undefined; port: number; protocol?: string | undefined },
): number | undefined {
  if (typeof port.targetPort === 'number') return port.targetPort || port.port
  if (!port.targetPort) return port.port
  const ports = [
    ...pod.spec.containers,
    ...(pod.spec.initContainers ?? []).filter((each) => each.restartPolicy === 'Always'),
  ].flatMap((container) => container.ports ?? [])
  return ports.find((each) => each.name === port.targetPort && (each.protocol ?? 'TCP') === (port.protocol ?? 'TCP'))
    ?.containerPort
}

function endpointOf(pod: Pod, service: Service, zone: string | undefined): Endpoint {
  const isServing = isReady(pod)
  const isTerminating = Boolean(pod.metadata.deletionTimestamp)
  const isPublished = service.spec.publishNotReadyAddresses === true || (isServing && !isTerminating)
  const { name, namespace, uid } = pod.metadata
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: { ready: isPublished, serving: isServing, terminating: isTerminating },
    ...(pod.spec.hostname && pod.spec.subdomain === service.metadata.name ? { hostname: pod.spec.hostname } : {}),
    nodeName: pod.spec.nodeName,
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(zone ? { zone } : {}),
  }
}

interface Wanted {
  ports: NonNullable<EndpointSlice['ports']>
  endpoints: Endpoint[]
}

/** @see --max-endpoints-per-slice */
const MOST_ENDPOINTS = 100

interface Behind {
  pods: Pod[]
  nodes: Node[]
  /** Of now. */
  present: EndpointSlice[]
}

/** Slices for each set of port numbers that the Pods have, of a hundred endpoints at most. */
function wantedSlices({ events }: ReconcileContext, service: Service, { pods, nodes, present }: Behind): Wanted[] {
  const groups = groupsOf(service, pods, nodes)
  const all = groups.flatMap(({ endpoints }) => endpoints)
  const before = present.some((slice) => slice.endpoints?.some(({ hints }) => hints))
  const { endpoints, note } = hinted(service, all, { nodes, before })
  if (note) events.record(service, note)
  let from = 0
  const whole = groups.flatMap((group) => {
    const own = endpoints.slice(from, from + group.endpoints.length)
    from += own.length
    const count = Math.ceil(own.length / MOST_ENDPOINTS)
    return Array.from({ length: count }, (_, index) => ({
      ports: group.ports,
      endpoints: own.slice(index * MOST_ENDPOINTS, (index + 1) * MOST_ENDPOINTS),
    }))
  })
  return whole.length > 0 ? whole : [{ ports: [], endpoints: [] }]
}

function groupsOf(service: Service, pods: Pod[], nodes: Node[]): Wanted[] {
  const zones = new Map(nodes.map(({ metadata }) => [metadata.name, metadata.labels?.[ZONE]]))
  const groups = new Map<string, Wanted>()
  for (const pod of pods) {
    const ports = (service.spec.ports ?? []).flatMap((port) => {
      const number = targetPort(pod, port)
      return number === undefined
        ? []
        : [
            {
              name: port.name ?? '',
              port: number,
              protocol: port.protocol ?? 'TCP',
              ...(port.appProtocol ? { appProtocol: port.appProtocol } : {}),
            },
          ]
    })
    const group = groups.get(JSON.stringify(ports)) ?? { ports, endpoints: [] }
    group.endpoints.push(endpointOf(pod, service, zones.get(pod.spec.nodeName ?? '')))
    groups.set(JSON.stringify(ports), group)
  }
  return [...groups.values()]
}

const labelsFor = (service: Service): Record<string, string> => ({
  ...service.metadata.labels,
  'endpointslice.kubernetes.io/managed-by': MANAGED_BY,
  [SERVICE_NAME]: service.metadata.name,
  ...(service.spec.clusterIP === 'None' ? { [HEADLESS]: '' } : {}),
})

async function write(
  { client }: ReconcileContext,
  service: Service,
  { wanted, present }: { wanted: Wanted[]; present: EndpointSlice[] },
): Promise<void> {
  for (const [index, { ports, endpoints }] of wanted.entries()) {
    const slice = present[index]
    const labels = labelsFor(service)
    if (!slice) {
      const { name, namespace } = service.metadata
      await client.create('EndpointSlice', {
        metadata: { generateName: `${name}-`, namespace, labels, ownerReferences: [controlledBy(service)] },
        addressType: 'IPv4',
        endpoints,
        ports,
      })
      continue
    }
    if (
      sameJson(slice.endpoints ?? [], endpoints) &&
      sameJson(slice.ports ?? [], ports) &&
      sameJson(slice.metadata.labels, labels)
    )
      continue
    const copy = clone(slice)
    copy.metadata.labels = labels
    await client.update('EndpointSlice', { ...copy, endpoints, ports })
  }
  for (const surplus of present.slice(wanted.length)) await client.delete('EndpointSlice', keyOf(surplus))
}

/**
 * Lists the Pods behind each Service.
 * Models staging/src/k8s.io/endpointslice (v1.36).
 */
export const endpointSliceController = defineController({
  name: 'endpointslice-controller',
  eventSource: 'endpoint-slice-controller',
  reconciles: 'Service',
  watches: {
    Pod: servicesOf,
    // Zones and room of nodes decide about hints.
    Node: ({ type, object, old }, informers) =>
      type === 'MODIFIED' && sameJson(object.metadata.labels, old?.metadata.labels)
        ? []
        : informers.list('Service').filter(isHinted).map(keyOf),
    EndpointSlice: ({ object }) => {
      const service = object.metadata.labels?.[SERVICE_NAME]
      return service && object.metadata.labels?.['endpointslice.kubernetes.io/managed-by'] === MANAGED_BY
        ? [`${object.metadata.namespace}/${service}`]
        : []
    },
  },
  async reconcile(context, key) {
    const { informers, expectations } = context
    const service = informers.get('Service', key)
    if (!service?.spec.selector || !Object.keys(service.spec.selector).length || expectations.pending(key)) return done
    if (service.spec.type === 'ExternalName' || service.metadata.deletionTimestamp) return done
    const { namespace, name } = splitKey(key)
    const selects = selectorOfMap(service.spec.selector)
    const pods = informers
      .list('Pod', namespace)
      .filter((pod) => selects(pod.metadata.labels) && pod.status?.podIP && !isOver(pod))
    const present = informers
      .list('EndpointSlice', namespace)
      .filter(
        ({ metadata }) =>
          metadata.labels?.[SERVICE_NAME] === name && metadata.labels['endpointslice.kubernetes.io/managed-by'] === MANAGED_BY,
      )
    const wanted = wantedSlices(context, service, { pods, nodes: informers.list('Node'), present })
    await write(context, service, { wanted, present })
    return done
  },
})

/** The deprecated view of the same: one Endpoints object a Service. Models pkg/controller/endpoint. */
export const endpointsController = defineController({
  name: 'endpoint-controller',
  reconciles: 'Service',
  watches: { Pod: servicesOf },
  reads: ['Endpoints'],
  async reconcile({ client, informers }, key) {
    const service = informers.get('Service', key)
    if (!service) {
      if (informers.get('Endpoints', key)) await client.delete('Endpoints', key).catch(ignoreMissing)
      return done
    }
    if (!service.spec.selector || service.metadata.deletionTimestamp || service.spec.type === 'ExternalName') return done
    const selects = selectorOfMap(service.spec.selector)
    const pods = informers
      .list('Pod', service.metadata.namespace)
      .filter((pod) => selects(pod.metadata.labels) && pod.status?.podIP && !pod.metadata.deletionTimestamp && !isOver(pod))
    const subsets = subsetsOf(service, pods)
    const present = informers.get('Endpoints', key)
    const labels = {
      ...service.metadata.labels,
      'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
      ...(service.spec.clusterIP === 'None' ? { [HEADLESS]: '' } : {}),
    }
    if (!present) {
      const { name, namespace } = service.metadata
      await client.create('Endpoints', {
        metadata: { name, namespace, labels, annotations: triggeredBy(service, pods) },
        subsets,
      })
    } else if (!sameJson(present.subsets ?? [], subsets) || !sameJson(present.metadata.labels, labels)) {
      const annotations = { ...present.metadata.annotations, ...triggeredBy(service, pods) }
      await client.update('Endpoints', { ...clone(present), metadata: { ...present.metadata, labels, annotations }, subsets })
    }
    return done
  },
})

/** When what led to the change has happened. @see endpointslice/util: TriggerTimeTracker */
function triggeredBy(service: Service, pods: Pod[]): Record<string, string> {
  const times = pods.map((pod) => conditionOf(pod, 'Ready')?.lastTransitionTime ?? pod.metadata.creationTimestamp ?? '')
  const latest = [service.metadata.creationTimestamp ?? '', ...times].sort().at(-1) ?? ''
  return { 'endpoints.kubernetes.io/last-change-trigger-time': latest }
}

function subsetsOf(service: Service, pods: Pod[]) {
  if (pods.length === 0) return []
  const address = (pod: Pod) => ({
    ip: pod.status?.podIP ?? '',
    nodeName: pod.spec.nodeName,
    targetRef: { kind: 'Pod', namespace: pod.metadata.namespace, name: pod.metadata.name, uid: pod.metadata.uid },
  })
  const [first] = pods
  const ports = (service.spec.ports ?? []).flatMap((port) => {
    const number = first && targetPort(first, port)
    return number === undefined
      ? []
      : [{ ...(port.name ? { name: port.name } : {}), port: number, protocol: port.protocol ?? 'TCP' }]
  })
  const isShown = (pod: Pod) => isReady(pod) || service.spec.publishNotReadyAddresses === true
  const addresses = pods
    .filter(isShown)
    .map(address)
    .sort((a, b) => a.ip.localeCompare(b.ip))
  const notReadyAddresses = pods.filter((pod) => !isShown(pod)).map(address)
  return [{ ...(addresses.length ? { addresses } : {}), ...(notReadyAddresses.length ? { notReadyAddresses } : {}), ports }]
}
