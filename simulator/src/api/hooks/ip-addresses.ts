/** The addresses that Services hold, as objects of their own. @see pkg/registry/core/service/ipallocator/ipallocator.go */
import { LOOPBACK } from '../../access/users.js'
import { holds, parseRange, rangeOfAddress } from '../../objects/ip-range.js'
import type { KubeObject } from '../../objects/object.js'
import type { Service, ServiceCIDR } from '../../schema/kubernetes.generated.js'
import type { ApiContext, StorageHooks, WriteEvent } from '../context.js'
import { createDecoded } from '../verbs/write.js'

const SHELF = 'networking.k8s.io/ipaddresses'
const RANGES = 'networking.k8s.io/servicecidrs'

export const isTaken = (context: ApiContext, address: string): boolean => context.store.get(SHELF, address) !== undefined

/** Whether the address is in the range of the cluster, or in a further one that is ready. */
export function isInRange(context: ApiContext, address: string): boolean {
  const own = rangeOfAddress(address)
  if (!own) return false
  if (address.startsWith(`${context.facts.serviceRange}.`)) return true
  const ready = (context.store.list(RANGES) as ServiceCIDR[]).filter(
    ({ metadata, status }) =>
      !metadata.deletionTimestamp && status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
  )
  return ready.some(({ spec }) =>
    spec?.cidrs?.some((cidr) => {
      const range = parseRange(cidr)
      return range && holds(range, own)
    }),
  )
}

const addressOf = (service: KubeObject | undefined): string | undefined => {
  const address = (service as Service | undefined)?.spec.clusterIP
  return address && address !== 'None' ? address : undefined
}

/** Writes down that the Service has its address, and gives back the one that it had. */
function record({ context, request, object, old }: WriteEvent): void {
  const [now, before] = [addressOf(object), addressOf(old)]
  if (now === before) return
  if (before) context.store.remove(SHELF, before)
  const resource = context.resources.find('networking.k8s.io', 'v1', 'ipaddresses')
  if (!now || !resource || isTaken(context, now)) return
  const { name, namespace = '' } = object.metadata
  const address = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: {
      name: now,
      labels: { 'ipaddress.kubernetes.io/ip-family': 'IPv4', 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' },
    },
    spec: { parentRef: { resource: 'services', namespace, name } },
  }
  const own = { verb: 'create', resource, subresource: '', namespace: '', name: now, user: LOOPBACK, warnings: [] } as const
  createDecoded(context, { ...request, ...own, warnings: [], fieldManager: 'kube-apiserver' }, address as unknown as KubeObject)
}

export const addressRecords: Pick<StorageHooks, 'afterWrite' | 'afterDelete'> = {
  afterWrite: record,
  afterDelete({ context, object }) {
    const address = addressOf(object)
    if (address) context.store.remove(SHELF, address)
  },
}
