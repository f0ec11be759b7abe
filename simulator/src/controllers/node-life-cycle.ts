import { clone, keyOf, sameJson } from '../objects/object.js'
import { isNotFound } from '../objects/status.js'
import type { Node, NodeCondition, Taint } from '../schema/kubernetes.generated.js'
import { timestamp } from '../time/clock.js'
import { conditionOf } from './pods.js'
import { type Controller, defineController, done, type ReconcileContext, requeueAfter } from './runtime/controller.js'

/** How long a node may be silent. @see --node-monitor-grace-period */
const GRACE_MS = 50_000
/** How long a new node may be silent before its first word. @see --node-startup-grace-period */
const STARTUP_GRACE_MS = 60_000
const LEASES = 'kube-node-lease'
const UNREACHABLE = 'node.kubernetes.io/unreachable'
const NOT_READY = 'node.kubernetes.io/not-ready'
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable'
/** Which condition, at which status, gives which taint. */
const TAINTS: Record<string, Record<string, string>> = {
  Ready: { False: NOT_READY, Unknown: UNREACHABLE },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
}
const OURS = new Set([UNSCHEDULABLE, ...Object.values(TAINTS).flatMap((byStatus) => Object.values(byStatus))])
/** The kubelet's own conditions, which are unknown where it is silent. */
const REPORTED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']

interface Health {
  uid: string
  /** When the node last gave a sign. */
  seenMs: number
  /** The signs that were seen: the heartbeat of its conditions, and its lease's renewal. */
  signs: string
}

const statusOf = (node: Node, type: string): string | undefined =>
  node.status?.conditions?.find((each) => each.type === type)?.status

/**
 * Notices nodes that have fallen silent, and shows the conditions of nodes as taints.
 * Models pkg/controller/nodelifecycle (v1.36); what the taints do to Pods is the taint eviction controller's.
 * One for each cluster: it remembers when it saw a sign of each node.
 */
export function nodeLifeCycleController(): Controller {
  const healths = new Map<string, Health>()
  return defineController({
    name: 'node-controller',
    reconciles: 'Node',
    reads: ['Pod'],
    watches: {
      Lease: ({ object }) => (object.metadata.namespace === LEASES ? [object.metadata.name] : []),
    },
    async reconcile(context, key) {
      const node = context.informers.get('Node', key)
      if (!node) {
        forget(context, healths, key)
        return done
      }
      const health = watch(context, healths, node)
      const ready = node.status?.conditions?.find((each) => each.type === 'Ready')
      const left = health.seenMs + (ready ? GRACE_MS : STARTUP_GRACE_MS) - context.clock.now()
      const live = left < 0 ? await markSilent(context, node) : node
      if (ready?.status === 'True' && statusOf(live, 'Ready') !== 'True') await markPods(context, live)
      await setTaints(context, live)
      return left < 0 ? done : requeueAfter(left + 1)
    },
  })
}

function watch({ informers, events, clock }: ReconcileContext, healths: Map<string, Health>, node: Node): Health {
  const { name, uid } = node.metadata
  const lease = informers.get('Lease', `${LEASES}/${name}`)?.spec?.renewTime ?? ''
  const heartbeat = node.status?.conditions?.find((each) => each.type === 'Ready')?.lastHeartbeatTime ?? ''
  const signs = `${lease} ${heartbeat}`
  let health = healths.get(name)
  if (health?.uid !== uid) {
    health = { uid, seenMs: clock.now(), signs }
    healths.set(name, health)
    const message = `Node ${name} event: Registered Node ${name} in Controller`
    events.record(node, { type: 'Normal', reason: 'RegisteredNode', message })
  } else if (health.signs !== signs) Object.assign(health, { seenMs: clock.now(), signs })
  return health
}

function forget({ events }: ReconcileContext, healths: Map<string, Health>, name: string): void {
  const health = healths.get(name)
  if (!health) return
  healths.delete(name)
  const object = { apiVersion: 'v1', kind: 'Node', metadata: { name, uid: health.uid } }
  const message = `Node ${name} event: Removing Node ${name} from Controller`
  events.record(object as Node, { type: 'Normal', reason: 'RemovingNode', message })
}

async function markSilent({ client, clock }: ReconcileContext, node: Node): Promise<Node> {
  const now = timestamp(clock.now())
  const conditions = clone(node.status?.conditions ?? [])
  for (const type of REPORTED) {
    const known = conditions.find((each) => each.type === type)
    if (!known) conditions.push(neverReported(type, node, now))
    else if (known.status !== 'Unknown')
      Object.assign(known, {
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
        lastTransitionTime: now,
      })
  }
  if (sameJson(conditions, node.status?.conditions)) return node
  return client.updateStatus('Node', { ...node, status: { ...node.status, conditions } })
}

const neverReported = (type: string, node: Node, now: string): NodeCondition => ({
  type,
  status: 'Unknown',
  reason: 'NodeStatusNeverUpdated',
  message: 'Kubelet never posted node status.',
  lastHeartbeatTime: node.metadata.creationTimestamp,
  lastTransitionTime: now,
})

/** The Pods of a node that is not ready are not ready either, whatever they said last. */
async function markPods({ client, informers, events, clock }: ReconcileContext, node: Node): Promise<void> {
  const { name } = node.metadata
  const message = `Node ${name} status is now: NodeNotReady`
  events.record(node, { type: 'Normal', reason: 'NodeNotReady', message })
  for (const pod of informers.list('Pod').filter((each) => each.spec.nodeName === name)) {
    const ready = conditionOf(pod, 'Ready')
    if (ready?.status !== 'True') continue
    const down = { ...ready, status: 'False', lastTransitionTime: timestamp(clock.now()) }
    const conditions = (pod.status?.conditions ?? []).map((each) => (each === ready ? down : each))
    try {
      await client.patch('Pod', keyOf(pod), { status: { conditions } }, { subresource: 'status' })
      events.record(pod, { type: 'Warning', reason: 'NodeNotReady', message: 'Node is not ready' })
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
}

/** The taints that the node's conditions ask for, in place of those that they asked for before. */
async function setTaints({ client, informers, clock }: ReconcileContext, node: Node): Promise<void> {
  const before = node.spec.taints ?? []
  const wanted = (node.status?.conditions ?? []).flatMap(({ type, status }): Taint[] => {
    const key = TAINTS[type]?.[status]
    return key ? [{ key, effect: 'NoSchedule' }] : []
  })
  if (node.spec.unschedulable) wanted.push({ key: UNSCHEDULABLE, effect: 'NoSchedule' })
  const state = TAINTS.Ready?.[statusOf(node, 'Ready') ?? '']
  // Where no node at all is ready, it is rather we who are cut off: nothing is driven out.
  const isAlone = informers
    .list('Node')
    .every((each) => statusOf(each.metadata.name === node.metadata.name ? node : each, 'Ready') !== 'True')
  if (state && !isAlone) wanted.push({ key: state, effect: 'NoExecute' })
  const same = (a: Taint, b: Taint) => a.key === b.key && a.effect === b.effect
  const isOurs = (taint: Taint) => taint.effect !== 'PreferNoSchedule' && OURS.has(taint.key)
  const kept = before.filter((taint) => !isOurs(taint) || wanted.some((each) => same(each, taint)))
  const added = wanted
    .filter((taint) => !before.some((each) => same(each, taint)))
    .map((taint) => ({ ...taint, timeAdded: timestamp(clock.now()) }))
  if (added.length === 0 && kept.length === before.length) return
  await client.patch('Node', node.metadata.name, { metadata: { uid: node.metadata.uid }, spec: { taints: [...kept, ...added] } })
}
