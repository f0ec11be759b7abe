/**
 * Gives each pending Pod a node. Models pkg/scheduler (v1.36): one Pod at a time, plugins that filter and score, and a new try whenever
 * something changes that could make room. Without preemption of lower priorities yet.
 */
import type { Client } from '../client/client.js'
import { isOver } from '../controllers/pods.js'
import type { ControllerHost } from '../controllers/runtime/controller.js'
import { EventRecorder } from '../controllers/runtime/events.js'
import { WorkQueue } from '../controllers/runtime/work-queue.js'
import { keyOf } from '../objects/object.js'
import { isConflict, isNotFound } from '../objects/status.js'
import type { Node, Pod, PodCondition } from '../schema/kubernetes.generated.js'
import { timestamp } from '../time/clock.js'
import type { Cycle, Misfit, NodeInfo, SchedulingPlugin } from './framework.js'
import { nodeAffinity, nodeName, nodePorts, nodeResourcesFit, nodeUnschedulable, taintToleration } from './plugins/node-fit.js'
import { interPodAffinity, podTopologySpread } from './plugins/pod-relations.js'
import { volumeBinding } from './plugins/volumes.js'

const NAME = 'default-scheduler'
/** Pods that did not fit are tried again at least this often. @see internal/queue: DefaultPodMaxInUnschedulablePodsDuration */
const LONGEST_WAIT_MS = 300_000

type Verdict = { type: 'node'; node: Node } | { type: 'none'; message: string }

export class Scheduler {
  readonly #client: Client
  readonly #queue: WorkQueue
  readonly #events: EventRecorder
  readonly #plugins: SchedulingPlugin[]
  /** Bound by us and not yet seen as bound. */
  readonly #assumed = new Map<string, Pod>()
  readonly #unschedulable = new Set<string>()

  constructor(readonly host: ControllerHost) {
    this.#client = host.clientFor('system:kube-scheduler')
    this.#events = new EventRecorder(this.#client, host.clock, { component: NAME }, 'series')
    this.#queue = new WorkQueue(host.clock, (key) => this.#scheduleKey(key))
    this.#plugins = [
      nodeUnschedulable,
      nodeName,
      taintToleration,
      nodeAffinity,
      nodePorts,
      nodeResourcesFit,
      volumeBinding(this.#client),
      podTopologySpread,
      interPodAffinity,
    ]
    host.signal.addEventListener('abort', () => this.#queue.stop(), { once: true })
  }

  async start(): Promise<void> {
    const { informers } = this.host
    await informers.ready(['Node', 'Pod', 'PersistentVolumeClaim', 'PersistentVolume', 'StorageClass', 'Namespace'])
    informers.of('Pod').onChange(({ type, object, old }) => {
      const key = keyOf(object)
      if (object.spec.nodeName) this.#assumed.delete(object.metadata.uid)
      if (type === 'DELETED') this.#unschedulable.delete(key)
      const isOurs =
        type !== 'DELETED' && !object.spec.nodeName && object.spec.schedulerName === NAME && !object.metadata.deletionTimestamp
      if (isOurs && (!old || old.metadata.generation !== object.metadata.generation || old.spec !== object.spec))
        this.#queue.add(key)
      // Room may have come: a Pod has gone, is over, or is a new neighbour that others want.
      if (object.spec.nodeName && (type === 'DELETED' || isOver(object) || !old?.spec.nodeName)) this.#retryAll()
    })
    const retry = () => this.#retryAll()
    informers.of('Node').onChange(({ type, object, old }) => {
      if (type !== 'MODIFIED' || matters(object, old)) retry()
    })
    informers.of('PersistentVolumeClaim').onChange(retry)
    informers.of('PersistentVolume').onChange(retry)
  }

  #retryAll(): void {
    for (const key of this.#unschedulable) this.#queue.add(key)
    this.#unschedulable.clear()
  }

  async #scheduleKey(key: string): Promise<void> {
    const pod = this.host.informers.get('Pod', key)
    if (!pod || pod.spec.nodeName || pod.metadata.deletionTimestamp || this.#assumed.has(pod.metadata.uid)) return
    if (pod.spec.schedulingGates?.length) return
    try {
      await this.#schedule(key, pod)
    } catch (error) {
      if (isNotFound(error) || isConflict(error)) return
      this.host.onError?.('scheduler', key, error)
      this.#queue.retry(key)
    }
  }

  async #schedule(key: string, pod: Pod): Promise<void> {
    const cycle: Cycle = { pod, nodes: this.#nodes(), informers: this.host.informers }
    const verdict = this.#choose(cycle)
    if (verdict.type === 'none') {
      this.#unschedulable.add(key)
      this.#queue.addAfter(key, LONGEST_WAIT_MS)
      await this.#tellUnschedulable(pod, verdict.message)
      return
    }
    for (const plugin of this.#plugins) {
      if ((await plugin.preBind?.(cycle, verdict.node)) !== 'waiting') continue
      // Its claims will be bound to volumes of that node; the change brings the Pod back here.
      this.#unschedulable.add(key)
      return
    }
    await this.#bind(key, pod, verdict.node)
  }

  #nodes(): NodeInfo[] {
    const { informers } = this.host
    const byNode = new Map<string, Pod[]>()
    const place = (pod: Pod) => {
      const name = pod.spec.nodeName ?? ''
      if (!name || isOver(pod)) return
      const pods = byNode.get(name)
      if (pods) pods.push(pod)
      else byNode.set(name, [pod])
    }
    for (const pod of informers.list('Pod')) place(pod)
    for (const pod of this.#assumed.values()) place(pod)
    return informers.list('Node').map((node) => ({ node, pods: byNode.get(node.metadata.name) ?? [] }))
  }

  #choose(cycle: Cycle): Verdict {
    const { nodes } = cycle
    if (nodes.length === 0) return { type: 'none', message: 'no nodes available to schedule pods' }
    for (const plugin of this.#plugins) {
      const refusal = plugin.preFilter?.(cycle)
      if (refusal)
        return {
          type: 'none',
          message: `0/${nodes.length} nodes are available: ${refusal.reasons.join(', ')}. no new claims to deallocate, ${preemption(nodes.length, nodes.length)}`,
        }
    }
    const misfits: Misfit[] = []
    const fitting = nodes.filter((info) => {
      const found = this.#plugins.map((plugin) => plugin.filter?.(cycle, info)).find(Boolean)
      if (found) misfits.push(found)
      return !found
    })
    const [best] = fitting
      .map((info) => ({ info, score: this.#score(cycle, info) }))
      .sort((a, b) => b.score - a.score || a.info.node.metadata.name.localeCompare(b.info.node.metadata.name))
    return best ? { type: 'node', node: best.info.node } : { type: 'none', message: describe(nodes.length, misfits) }
  }

  #score(cycle: Cycle, info: NodeInfo): number {
    return this.#plugins.reduce((sum, plugin) => sum + (plugin.weight ?? 1) * (plugin.score?.(cycle, info) ?? 0), 0)
  }

  async #bind(key: string, pod: Pod, node: Node): Promise<void> {
    this.#assumed.set(pod.metadata.uid, { ...pod, spec: { ...pod.spec, nodeName: node.metadata.name } })
    try {
      const { name, namespace, uid } = pod.metadata
      const target = { apiVersion: 'v1', kind: 'Node', name: node.metadata.name }
      await this.#client.createSub('Pod', key, {
        name: 'binding',
        body: { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace, uid }, target },
      })
    } catch (error) {
      this.#assumed.delete(pod.metadata.uid)
      throw error
    }
    this.#events.record(pod, {
      type: 'Normal',
      reason: 'Scheduled',
      action: 'Binding',
      message: `Successfully assigned ${key} to ${node.metadata.name}`,
    })
  }

  async #tellUnschedulable(pod: Pod, message: string): Promise<void> {
    this.#events.record(pod, { type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', message })
    const before = pod.status?.conditions?.find((condition) => condition.type === 'PodScheduled')
    if (before?.message === message && before.status === 'False') return
    const condition: PodCondition = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastTransitionTime: before?.status === 'False' ? before.lastTransitionTime : timestamp(this.host.clock.now()),
      observedGeneration: pod.metadata.generation,
    }
    const conditions = [...(pod.status?.conditions ?? []).filter((each) => each.type !== 'PodScheduled'), condition]
    await this.#client.updateStatus('Pod', { ...pod, status: { ...pod.status, conditions } })
  }
}

const preemption = (total: number, hopeless: number): string =>
  hopeless === total ? `preemption: 0/${total} nodes are available: ${total} Preemption is not helpful for scheduling.` : ''

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint(s). preemption: ...` */
function describe(total: number, misfits: Misfit[]): string {
  const counts = new Map<string, number>()
  for (const { reasons } of misfits) for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  const reasons = [...counts].map(([reason, count]) => `${count} ${reason}`).sort()
  const hopeless = misfits.filter((each) => each.final).length
  const parts: string[] = []
  const open = total - hopeless
  if (open > 0) parts.push(`${open} No preemption victims found for incoming pod`)
  if (hopeless > 0) parts.push(`${hopeless} Preemption is not helpful for scheduling`)
  return `0/${total} nodes are available: ${reasons.join(', ')}. no new claims to deallocate, preemption: 0/${total} nodes are available: ${parts.join(', ')}.`
}

/** Whether a change of a node could let a Pod onto it. Heartbeats cannot. */
function matters(node: Node, old: Node | undefined): boolean {
  return (
    node.spec !== old?.spec ||
    node.metadata.labels !== old?.metadata.labels ||
    node.status?.allocatable !== old?.status?.allocatable
  )
}
