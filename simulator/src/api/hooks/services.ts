/** Cluster addresses and node ports of Services. @see pkg/registry/core/service/storage/alloc.go */
import { FieldErrors } from '../../objects/field-errors.js'
import { clone } from '../../objects/object.js'
import { failure } from '../../objects/status.js'
import type { Service, ServicePort } from '../../schema/kubernetes.generated.js'
import type { ApiContext, StorageHooks, WriteEvent } from '../context.js'
import { addressRecords, isInRange, isTaken } from './ip-addresses.js'

const services = (context: ApiContext): Service[] => context.store.list('services') as Service[]

/** Addresses below this are for those who name one; chance picks above. @see pkg/registry/core/service/ipallocator */
const FIRST_DYNAMIC = 256
const RANGE_SIZE = 65536

function freeAddress(context: ApiContext): string {
  for (;;) {
    const number = FIRST_DYNAMIC + context.random.below(RANGE_SIZE - FIRST_DYNAMIC - 1)
    const address = `${context.facts.serviceRange}.${number >> 8}.${number & 255}`
    if (!isTaken(context, address)) return address
  }
}

function giveAddress({ context, object, old }: WriteEvent, errors: FieldErrors): void {
  const { spec } = object as Service
  if (spec.type === 'ExternalName') {
    if (spec.clusterIP) spec.clusterIPs ??= [spec.clusterIP]
    return
  }
  const own = (old as Service | undefined)?.spec.clusterIP
  const wanted = spec.clusterIP || spec.clusterIPs?.[0] || own
  if (!wanted) spec.clusterIP = freeAddress(context)
  else if (wanted !== 'None' && wanted !== own) claim(context, wanted, errors)
  spec.clusterIP ??= wanted
  if (wanted) spec.clusterIP = wanted
  spec.clusterIPs = [spec.clusterIP ?? '']
  spec.ipFamilies ??= ['IPv4']
  spec.ipFamilyPolicy ??= 'SingleStack'
}

function claim(context: ApiContext, address: string, errors: FieldErrors): void {
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(address)) return
  const why = (text: string) => errors.invalid('spec.clusterIPs', [address], `failed to allocate IP ${address}: ${text}`)
  if (!isInRange(context, address)) why('the provided network does not match the current range')
  else if (isTaken(context, address)) why('provided IP is already allocated')
}

/** The numbers that Services hold on every node, whatever their protocol. */
const nodePortsOf = (held: Service[]): number[] =>
  held
    .flatMap(({ spec }) => [...(spec.ports ?? []).map(({ nodePort = 0 }) => nodePort), spec.healthCheckNodePort ?? 0])
    .filter(Boolean)

/** Ports of one number share a node port, whatever their protocol. Models `initNodePorts` and `updateNodePorts` of pkg/registry/core/service/storage. */
function givePorts({ context, object, old }: WriteEvent, errors: FieldErrors): void {
  const { spec, metadata } = object as Service
  const { type, ports = [] } = spec
  if (type !== 'NodePort' && type !== 'LoadBalancer') return
  const allocates = type === 'NodePort' || spec.allocateLoadBalancerNodePorts !== false
  const taken = new Set(nodePortsOf(services(context).filter((service) => service.metadata.uid !== metadata.uid)))
  const own = new Set(((old as Service | undefined)?.spec.ports ?? []).map(({ nodePort }) => nodePort))
  const shared = new Map<number, number>()
  for (const [index, port] of ports.entries()) {
    const wanted = port.nodePort || (old ? undefined : (shared.get(port.port) ?? requestedFor(port.port, ports)))
    if (!wanted && !allocates) continue
    const isOwn = old ? own.has(wanted) : wanted !== undefined && shared.get(port.port) === wanted
    if (wanted && !isOwn) checkPort(context, wanted, { taken, path: `spec.ports[${index}].nodePort` }, errors)
    port.nodePort = wanted ?? freePort(context, new Set([...taken, ...own]))
    if (old) own.add(port.nodePort)
    else taken.add(port.nodePort)
    if (!shared.has(port.port)) shared.set(port.port, port.nodePort)
  }
}

const requestedFor = (number: number, ports: ServicePort[]): number | undefined =>
  ports.find(({ port, nodePort }) => port === number && nodePort)?.nodePort

/** Whether a load balancer asks the nodes which of them have Pods of the Service. */
const needsHealthCheck = ({ spec }: Service): boolean => spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'

/** The port of its health check: kept as long as it is needed, which is while traffic from a load balancer stays on its node. */
function giveHealthPort({ context, object, old }: WriteEvent): void {
  const service = object as Service
  const { spec, metadata } = service
  const before = (old as Service | undefined)?.spec
  if (!needsHealthCheck(service)) {
    if (before && spec.healthCheckNodePort === before.healthCheckNodePort) delete spec.healthCheckNodePort
    return
  }
  spec.healthCheckNodePort ||= before?.healthCheckNodePort
  if (before?.healthCheckNodePort) return
  const others = services(context).filter((other) => other.metadata.uid !== metadata.uid)
  const taken = new Set([...nodePortsOf(others), ...(spec.ports ?? []).map(({ nodePort }) => nodePort)])
  const wanted = spec.healthCheckNodePort
  if (!wanted) spec.healthCheckNodePort = freePort(context, taken)
  else if (taken.has(wanted))
    throw failure.internal(
      `Internal error occurred: failed to allocate requested HealthCheck NodePort ${wanted}: provided port is already allocated`,
    )
}

function checkPort(
  context: ApiContext,
  number: number,
  { taken, path }: { taken: Set<number>; path: string },
  errors: FieldErrors,
): void {
  const { first, last } = context.facts.nodePorts
  if (number < first || number > last)
    errors.invalid(path, number, `provided port is not in the valid range. The range of valid ports is ${first}-${last}`)
  else if (taken.has(number)) errors.invalid(path, number, 'provided port is already allocated')
}

function freePort(context: ApiContext, taken: Set<number | undefined>): number {
  const { first, last } = context.facts.nodePorts
  for (;;) {
    const number = first + context.random.below(last - first + 1)
    if (!taken.has(number)) return number
  }
}

function allocate(event: WriteEvent): void {
  const service = event.object as Service
  const errors = new FieldErrors()
  // A Service that is wrong in itself gets no address: its own problems are told instead.
  const before = clone(service.spec)
  giveAddress(event, errors)
  givePorts(event, errors)
  giveHealthPort(event)
  if (errors.any) {
    service.spec = before
    throw errors.toError('', 'Service', service.metadata.name)
  }
}

export const serviceHooks: StorageHooks = { beforeCreate: allocate, beforeUpdate: allocate, ...addressRecords }
