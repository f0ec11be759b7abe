/**
 * Gives each pending Pod a node. Models pkg/scheduler (v1.36): one Pod at a time, plugins that filter and score, and a new try whenever
 * something changes that could make room. Important Pods come first, and may drive out lesser ones.
 */
import type { Client } from '../client/client.js'
import { isOver } from '../controllers/pods.js'
import type { ControllerHost } from '../controllers/runtime/controller.js'
import { EventRecorder } from '../controllers/runtime/events.js'
import { WorkQueue } from '../controllers/runtime/work-queue.js'
import { keyOf, sameJson } from '../objects/object.js'
import { isConflict, isNotFound } from '../objects/status.js'
import type { Node, Pod, PodCondition } from '../schema/kubernetes.generated.js'
import { timestamp } from '../time/clock.js'
import type { Cycle, NodeInfo, SchedulingPlugin } from './framework.js'
import {
  namedNode,
  nodeAffinity,
  nodeName,
  nodePorts,
  nodeResourcesFit,
  nodeUnschedulable,
  taintToleration,
} from './plugins/node-fit.js'
import { interPodAffinity } from './plugins/pod-relations.js'
import { podTopologySpread } from './plugins/topology-spread.js'
import { volumeBinding } from './plugins/volumes.js'
import { BY_SCHEDULER, type Preemption, preempt, priorityOf } from './preemption.js'
import { choose, misfitOf, type Verdict } from './selection.js'
import { type Change, WaitingPods } from './waiting.js'

const NAME = 'default-scheduler'
/** Pods that did not fit are tried again at least this often. @see internal/queue: DefaultPodMaxInUnschedulablePodsDuration */
const LONGEST_WAIT_MS = 300_000

export class Scheduler {
  readonly #client: Client
  readonly #queue: WorkQueue
  readonly #events: EventRecorder
  readonly #plugins: SchedulingPlugin[]
  /** Bound by us and not yet seen as bound. */
  readonly #assumed = new Map<string, Pod>()
  readonly #waiting = new WaitingPods()

  constructor(readonly host: ControllerHost) {
    this.#client = host.clientFor('system:kube-scheduler')
    this.#events = new EventRecorder(this.#client, host.clock, { component: NAME }, 'series')
    this.#queue = new WorkQueue(
      host.clock,
      (key) => this.#scheduleKey(key),
      (keys) => this.#mostImportant(keys),
    )
    this.#plugins = [
      namedNode,
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
    await informers.ready([
      'Node',
      'Pod',
      'PersistentVolumeClaim',
      'PersistentVolume',
      'StorageClass',
      'Namespace',
      'PodDisruptionBudget',
    ])
    informers.of('Pod').onChange(({ type, object, old }) => {
      const key = keyOf(object)
      if (object.spec.nodeName) this.#assumed.delete(object.metadata.uid)
      if (type === 'DELETED') this.#waiting.delete(key)
      const isOurs =
        type !== 'DELETED' && !object.spec.nodeName && object.spec.schedulerName === NAME && !object.metadata.deletionTimestamp
      // What the scheduler itself writes into a status is no news.
      if (isOurs && (!old || !sameJson([old.spec, old.metadata.labels], [object.spec, object.metadata.labels])))
        this.#queue.add(key)
      if (!object.spec.nodeName) return
      if (type === 'DELETED' || isOver(object)) this.#retry('pod-gone', (waiting) => this.#couldFit(waiting))
      else if (!old?.spec.nodeName) this.#retry('pod-placed')
    })
    informers.of('Node').onChange(({ type, object, old }) => {
      if (type !== 'DELETED' && (type === 'ADDED' || matters(object, old)))
        this.#retry('node', (key) => this.#couldFit(key, [object]))
    })
    for (const kind of ['PersistentVolumeClaim', 'PersistentVolume', 'StorageClass'] as const)
      informers.of(kind).onChange(() => this.#retry('volume'))
  }

  /** Of those that wait the one with the highest priority, the first of equals. */
  #mostImportant(keys: Iterable<string>): string | undefined {
    let best: { key: string; priority: number } | undefined
    for (const key of keys) {
      const pod = this.host.informers.get('Pod', key)
      const priority = pod ? priorityOf(pod) : 0
      if (!best || priority > best.priority) best = { key, priority }
    }
    return best?.key
  }

  #retry(change: Change, couldHelp?: (key: string) => boolean): void {
    for (const key of this.#waiting.take(change, couldHelp)) this.#queue.add(key)
  }

  /** A node that the Pod could not even have for itself helps it as little as another Pod's leaving does. */
  #couldFit(key: string, nodes = this.host.informers.list('Node')): boolean {
    const { informers } = this.host
    const pod = informers.get('Pod', key)
    const local = [nodeUnschedulable, nodeName, taintToleration, nodeAffinity, nodeResourcesFit]
    return nodes.some((node) => {
      const info = { node, pods: [] }
      return pod !== undefined && !misfitOf(local, { pod, nodes: [info], informers }, { info })
    })
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
    const cycle: Cycle = { pod, nodes: this.#nodes(pod), informers: this.host.informers }
    const verdict = choose(this.#plugins, cycle)
    if (verdict.type === 'none') {
      this.#waiting.add(key, verdict.refusedBy)
      this.#queue.addAfter(key, LONGEST_WAIT_MS)
      await this.#fail(cycle, verdict)
      return
    }
    for (const plugin of this.#plugins) {
      if ((await plugin.preBind?.(cycle, verdict.node)) !== 'waiting') continue
      // Its claims will be bound to volumes of that node; the change brings the Pod back here.
      this.#waiting.add(key, new Set([plugin.name]))
      return
    }
    await this.#bind(key, pod, verdict.node)
  }

  /** Every node with its Pods, and with those that have made room there for themselves and matter as much as `pod`. */
  #nodes(pod: Pod): NodeInfo[] {
    const { informers } = this.host
    const byNode = new Map<string, Pod[]>()
    const place = (each: Pod) => {
      const name = each.spec.nodeName ?? ''
      if (!name || isOver(each)) return
      const pods = byNode.get(name)
      if (pods) pods.push(each)
      else byNode.set(name, [each])
    }
    for (const each of informers.list('Pod')) {
      place(each)
      const nominated = each.spec.nodeName ? undefined : each.status?.nominatedNodeName
      if (
        nominated &&
        each.metadata.uid !== pod.metadata.uid &&
        priorityOf(each) >= priorityOf(pod) &&
        !this.#assumed.has(each.metadata.uid)
      )
        place({ ...each, spec: { ...each.spec, nodeName: nominated } })
    }
    for (const each of this.#assumed.values()) place(each)
    return informers.list('Node').map((node) => ({ node, pods: byNode.get(node.metadata.name) ?? [] }))
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

  /** Makes room where less important Pods could give it, and tells why there is none now. */
  async #fail(cycle: Cycle, { reasons, misfits }: Extract<Verdict, { type: 'none' }>): Promise<void> {
    const { pod, nodes } = cycle
    // Refused for all nodes at once, upstream's next plugin misses the state that it would have prepared, and says so.
    if (nodes.length > 0 && misfits.size === 0) return this.#tellUnschedulable(pod, `${reasons} not found`)
    const found = nodes.length > 0 ? preempt(this.#plugins, cycle, misfits) : undefined
    if (found?.type === 'victims') {
      await this.#driveOut(pod, found)
      await this.#tellUnschedulable(pod, reasons, found.node.metadata.name)
    } else await this.#tellUnschedulable(pod, found ? `${reasons} no new claims to deallocate, ${found.message}` : reasons)
  }

  async #driveOut(pod: Pod, { node, victims }: Extract<Preemption, { type: 'victims' }>): Promise<void> {
    const message = `Preempted by pod ${pod.metadata.uid} on node ${node.metadata.name}`
    for (const victim of victims) {
      const target: PodCondition = {
        type: 'DisruptionTarget',
        status: 'True',
        reason: BY_SCHEDULER,
        message: `${NAME}: preempting to accommodate a higher priority pod`,
        lastTransitionTime: timestamp(this.host.clock.now()),
        observedGeneration: victim.metadata.generation,
      }
      const others = (victim.status?.conditions ?? []).filter((each) => each.type !== 'DisruptionTarget')
      try {
        const status = { conditions: [...others, target] }
        await this.#client.patch('Pod', keyOf(victim), { status }, { subresource: 'status' })
        await this.#client.delete('Pod', keyOf(victim), { uid: victim.metadata.uid })
        this.#events.record(victim, { type: 'Normal', reason: 'Preempted', action: 'Preempting', message })
      } catch (error) {
        if (!isNotFound(error)) throw error
      }
    }
  }

  async #tellUnschedulable(pod: Pod, message: string, nominated = pod.status?.nominatedNodeName): Promise<void> {
    this.#events.record(pod, { type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', message })
    const before = pod.status?.conditions?.find((condition) => condition.type === 'PodScheduled')
    if (before?.message === message && before.status === 'False' && pod.status?.nominatedNodeName === nominated) return
    const condition: PodCondition = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastTransitionTime: before?.status === 'False' ? before.lastTransitionTime : timestamp(this.host.clock.now()),
      observedGeneration: pod.metadata.generation,
    }
    const conditions = [...(pod.status?.conditions ?? []).filter((each) => each.type !== 'PodScheduled'), condition]
    const nominatedNodeName = nominated ? { nominatedNodeName: nominated } : {}
    await this.#client.updateStatus('Pod', { ...pod, status: { ...pod.status, conditions, ...nominatedNodeName } })
  }
}

/** Whether a change of a node could let a Pod onto it. Heartbeats cannot. */
function matters(node: Node, old: Node | undefined): boolean {
  return (
    node.spec !== old?.spec ||
    node.metadata.labels !== old?.metadata.labels ||
    node.status?.allocatable !== old?.status?.allocatable
  )
}
