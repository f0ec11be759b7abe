import { addressOf, inRange, LOAD_BALANCERS, numberOf } from '../network/addresses.js'
import { clone } from '../objects/object.js'
import type { Service } from '../schema/kubernetes.generated.js'
import { defineController, done } from './runtime/controller.js'
import type { Informers } from './runtime/informer.js'

const addressesOf = (service: Service): string[] => (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? [])

/** The one that is asked for, the one that it has, or the first free one; undefined where there is none. */
function chooseAddress(informers: Informers, service: Service): string | undefined {
  const others = informers.list('Service').filter(({ metadata }) => metadata.uid !== service.metadata.uid)
  const taken = new Set(others.flatMap(addressesOf))
  const wanted = service.spec.loadBalancerIP
  if (wanted) return isOurs(wanted) && !taken.has(wanted) ? wanted : undefined
  const [present] = addressesOf(service)
  if (present && !taken.has(present)) return present
  for (let number = numberOf(LOAD_BALANCERS.first); number <= numberOf(LOAD_BALANCERS.last); number++)
    if (!taken.has(addressOf(number))) return addressOf(number)
  return undefined
}

const isOurs = (address: string): boolean =>
  inRange(address, '172.30.0.0/16') &&
  numberOf(address) >= numberOf(LOAD_BALANCERS.first) &&
  numberOf(address) <= numberOf(LOAD_BALANCERS.last)

/** Of a load balancer of another class, such as one that a learner names, nobody takes care. */
const isFor = ({ spec }: Service): boolean => spec.type === 'LoadBalancer' && !spec.loadBalancerClass

/**
 * Gives Services of type LoadBalancer an address in the network of the nodes, as a cloud or a MetalLB would; the simulated network then
 * leads it to their Pods. Models the service controller of k8s.io/cloud-provider, without its finalizer: there is nothing to take down.
 */
export const loadBalancerController = defineController({
  name: 'service-controller',
  reconciles: 'Service',
  async reconcile({ client, informers, events }, key) {
    const service = informers.get('Service', key)
    if (!service || service.metadata.deletionTimestamp) return done
    const present = addressesOf(service)
    const write = (ingress: { ip: string; ipMode: string }[]) =>
      client.updateStatus('Service', {
        ...clone(service),
        status: { ...service.status, loadBalancer: ingress.length > 0 ? { ingress } : {} },
      })
    if (!isFor(service)) {
      if (present.length === 0 || service.spec.loadBalancerClass) return done
      events.record(service, { type: 'Normal', reason: 'DeletingLoadBalancer', message: 'Deleting load balancer' })
      await write([])
      events.record(service, { type: 'Normal', reason: 'DeletedLoadBalancer', message: 'Deleted load balancer' })
      return done
    }
    const address = chooseAddress(informers, service)
    if (address && present[0] === address) return done
    if (!address) {
      const what = service.spec.loadBalancerIP ?? `an address of ${LOAD_BALANCERS.first} to ${LOAD_BALANCERS.last}`
      const message = `Error syncing load balancer: failed to ensure load balancer: ${what} is not free`
      events.record(service, { type: 'Warning', reason: 'SyncLoadBalancerFailed', message })
      return done
    }
    events.record(service, { type: 'Normal', reason: 'EnsuringLoadBalancer', message: 'Ensuring load balancer' })
    await write([{ ip: address, ipMode: 'VIP' }])
    events.record(service, { type: 'Normal', reason: 'EnsuredLoadBalancer', message: 'Ensured load balancer' })
    return done
  },
})
