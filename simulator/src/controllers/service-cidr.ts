import { holds, type IpRange, parseRange, rangeOfAddress } from '../objects/ip-range.js'
import type { Condition, IPAddress, ServiceCIDR } from '../schema/kubernetes.generated.js'
import { parseTime, timestamp } from '../time/clock.js'
import { defineController, done, type Outcome, type ReconcileContext, requeueAfter } from './runtime/controller.js'
import type { Informers } from './runtime/informer.js'

const FINALIZER = 'networking.k8s.io/service-cidr-finalizer'
const MANAGED_BY = 'ipaddress.kubernetes.io/managed-by'
const ALLOCATOR = 'ipallocator.k8s.io'
/** Until every allocator has seen that the range goes. @see servicecidrs_controller.go: deletionGracePeriod */
const GRACE_MS = 10_000

const READY = { type: 'Ready', status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' }
const TERMINATING = {
  type: 'Ready',
  status: 'False',
  reason: 'Terminating',
  message: 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
}

const rangesOf = ({ spec }: ServiceCIDR): IpRange[] => (spec?.cidrs ?? []).flatMap((cidr) => parseRange(cidr) ?? [])

/** Other ranges that hold the whole of this one. */
const isHeldByOther = (informers: Informers, { metadata }: ServiceCIDR, range: IpRange): boolean =>
  informers
    .list('ServiceCIDR')
    .some((other) => other.metadata.name !== metadata.name && rangesOf(other).some((each) => holds(each, range)))

const isAllocated = ({ metadata }: IPAddress): boolean => metadata.labels?.[MANAGED_BY] === ALLOCATOR

/** No address of a Service would be left without a range. */
function mayGo(informers: Informers, cidr: ServiceCIDR): boolean {
  const ranges = rangesOf(cidr).filter((range) => !isHeldByOther(informers, cidr, range))
  if (ranges.length === 0) return true
  return !informers.list('IPAddress').some((address) => {
    const own = isAllocated(address) ? rangeOfAddress(address.metadata.name) : undefined
    return own && ranges.some((range) => holds(range, own)) && !isHeldByOther(informers, cidr, own)
  })
}

/**
 * Says of a ServiceCIDR that Services may take addresses of it, and holds it back from its end while they need it.
 * Models pkg/controller/servicecidrs (v1.36).
 */
export const serviceCidrController = defineController({
  name: 'service-cidrs-controller',
  reconciles: 'ServiceCIDR',
  watches: {
    ServiceCIDR: (_change, informers) => informers.list('ServiceCIDR').map(({ metadata }) => metadata.name),
    IPAddress: (_change, informers) =>
      informers.list('ServiceCIDR').flatMap(({ metadata }) => (metadata.deletionTimestamp ? metadata.name : [])),
  },
  async reconcile(context, name) {
    const cidr = context.informers.get('ServiceCIDR', name)
    if (!cidr) return done
    if (cidr.metadata.deletionTimestamp) return end(context, cidr)
    const finalizers = cidr.metadata.finalizers ?? []
    if (!finalizers.includes(FINALIZER))
      await context.client.patch('ServiceCIDR', name, { metadata: { finalizers: [...finalizers, FINALIZER] } })
    await say(context, cidr, READY)
    return done
  },
})

async function end(context: ReconcileContext, cidr: ServiceCIDR): Promise<Outcome> {
  const { client, clock, informers } = context
  if (!mayGo(informers, cidr)) {
    await say(context, cidr, TERMINATING)
    return done
  }
  const leftMs = GRACE_MS - (clock.now() - parseTime(cidr.metadata.deletionTimestamp))
  if (leftMs > 0) return requeueAfter(leftMs)
  const finalizers = (cidr.metadata.finalizers ?? []).filter((each) => each !== FINALIZER)
  await client.patch('ServiceCIDR', cidr.metadata.name, { metadata: { finalizers } })
  return done
}

async function say({ client, clock }: ReconcileContext, cidr: ServiceCIDR, wanted: typeof READY): Promise<void> {
  const known = cidr.status?.conditions?.find(({ type }) => type === wanted.type)
  if (known?.status === wanted.status && known.reason === wanted.reason) return
  const condition: Condition = { lastTransitionTime: timestamp(clock.now()), ...wanted }
  await client.patch('ServiceCIDR', cidr.metadata.name, { status: { conditions: [condition] } }, { subresource: 'status' })
}
