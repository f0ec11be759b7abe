/**
 * The leases of the control plane's programs. All of them run in this process and hold their leases for as long as it lives: a renewal is
 * written when somebody looks, as of the moment when it was last due, so that clusters at which nobody looks write nothing.
 */
import { createHash } from 'node:crypto'
import type { KubeObject } from '../../objects/object.js'
import type { Lease } from '../../schema/kubernetes.generated.js'
import { microTimestamp, parseTime, timestamp } from '../../time/clock.js'
import type { ApiContext, ControlPlane, StorageHooks } from '../context.js'
import { trackManagers } from '../managed-fields.js'
import type { ApiRequest } from '../request.js'

const SHELF = 'coordination.k8s.io/leases'
const NAMESPACE = 'kube-system'

/** Who renews a lease, and how. */
interface Holder {
  name: string
  program: string
  /** What stands in front of the uuid by which a holder knows itself. */
  identity: string
  seconds: number
  everyMs: number
  labels?: Record<string, string>
  annotations?: Record<string, string>
  isElected: boolean
}

/** @see component-base/config/v1alpha1/defaults.go: RecommendedDefaultLeaderElectionConfiguration */
const elected = (program: string, { name }: ControlPlane): Holder => ({
  name: program,
  program,
  identity: name,
  seconds: 15,
  everyMs: 2000,
  isElected: true,
})

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')
}

/** @see apiserver/pkg/server/config.go: NewConfig */
function serverId(hostname: string): string {
  const parts = [hostname, 'kube-apiserver'].map((text) => Buffer.concat([Buffer.from([0, text.length]), Buffer.from(text)]))
  return `apiserver-${base32(createHash('sha256').update(Buffer.concat(parts)).digest().subarray(0, 16))}`
}

/** @see pkg/controlplane/apiserver/server.go: IdentityLeaseDurationSeconds and its neighbours */
function serverHolder({ name, address }: ControlPlane): Holder {
  const id = serverId(name)
  return {
    name: id,
    program: 'kube-apiserver',
    identity: id,
    seconds: 3600,
    everyMs: 10_000,
    labels: { 'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': name },
    annotations: { 'kubernetes.io/peer-advertise-address': `${address}:6443` },
    isElected: false,
  }
}

const holdersOf = (controlPlanes: readonly ControlPlane[]): Holder[] => [
  ...controlPlanes.map(serverHolder),
  ...controlPlanes
    .slice(0, 1)
    .flatMap((first) => ['kube-controller-manager', 'kube-scheduler'].map((name) => elected(name, first))),
]

function newLease({ random, clock }: ApiContext, holder: Holder): Lease {
  const { name, labels, annotations, seconds, identity, isElected } = holder
  const now = microTimestamp(clock.now())
  const spec = { holderIdentity: `${identity}_${random.uuid()}`, leaseDurationSeconds: seconds, renewTime: now }
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name,
      namespace: NAMESPACE,
      uid: random.uuid(),
      // The place of the version, which the store writes.
      resourceVersion: '0',
      creationTimestamp: timestamp(clock.now()),
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
    },
    spec: isElected ? { ...spec, acquireTime: now, leaseTransitions: 0 } : spec,
  } as Lease
}

/** The lease as its holder has written it last; undefined where that is what is stored. */
function renewed({ clock }: ApiContext, lease: Lease, { everyMs }: Holder): Lease | undefined {
  const before = parseTime(lease.spec?.renewTime)
  const silentMs = Number.isNaN(before) ? everyMs : clock.now() - before
  if (silentMs < everyMs) return undefined
  const renewTime = microTimestamp(clock.now() - (silentMs % everyMs))
  return { ...lease, metadata: { ...lease.metadata }, spec: { ...lease.spec, renewTime } }
}

/** A lease that somebody took away comes again. */
export function renewLeases(context: ApiContext): void {
  const resource = context.resources.find('coordination.k8s.io', 'v1', 'leases')
  if (!resource) return
  for (const holder of holdersOf(context.facts.controlPlanes ?? [])) {
    const key = `${NAMESPACE}/${holder.name}`
    const old = context.store.get(SHELF, key) as Lease | undefined
    const lease = old ? renewed(context, old, holder) : newLease(context, holder)
    if (!lease) continue
    const request = { resource, subresource: '', fieldManager: holder.program } as ApiRequest
    trackManagers({ context, request, object: lease as KubeObject, ...(old ? { old: old as KubeObject } : {}) })
    context.store.put(SHELF, key, lease as KubeObject)
  }
}

export const leaseHooks: StorageHooks = {
  beforeRead(context, { namespace }) {
    if (namespace === '' || namespace === NAMESPACE) renewLeases(context)
  },
}
