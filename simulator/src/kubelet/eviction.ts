/**
 * Drives Pods out when the node's memory runs short. Models pkg/kubelet/eviction (v1.36) with kubeadm's one threshold for memory,
 * `memory.available<100Mi`. For its disk see local-storage.ts; it has no threshold for processes.
 */
import { qosClass } from '../kinds/core/pod.js'
import { formatQuantity, parseQuantity, unitsOf } from '../objects/quantity.js'
import { untolerated } from '../scheduler/node-matching.js'
import type { Pod } from '../schema/kubernetes.generated.js'
import type { Clock } from '../time/clock.js'
import { CAPACITY } from './node-object.js'
import { MIRROR } from './pod-host.js'
import { type ContainerUsage, type PodUsage, SYSTEM_LOAD } from './usage.js'

export const EVICTED = 'Evicted'
/** @see immediateEvictionGracePeriodSeconds */
export const EVICTION_GRACE_SECONDS = 1
const THRESHOLD = '100Mi'
/** Pressure that has gone is shown for so long. @see --eviction-pressure-transition-period */
export const TRANSITION_MS = 300_000
/** @see scheduling.SystemCriticalPriority */
const CRITICAL_PRIORITY = 2_000_000_000
const TAINT = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' }

export interface Victim {
  pod: Pod
  message: string
}

interface Candidate {
  pod: Pod
  containers: ContainerUsage[]
  priority: number
  /** Bytes in use beyond what was requested. */
  excess: number
}

export const bytesText = (bytes: number): string => {
  const parsed = parseQuantity(String(bytes))
  return parsed ? formatQuantity({ ...parsed, format: 'binary' }) : String(bytes)
}

const requestOf = (pod: Pod, name: string): string => {
  const spec = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find((each) => each.name === name)
  return (spec?.resources?.requests as Record<string, string> | undefined)?.memory ?? '0'
}

export const isCritical = ({ metadata, spec }: Pod): boolean =>
  metadata.annotations?.[MIRROR] !== undefined || (spec.priority ?? 0) >= CRITICAL_PRIORITY

export class MemoryPressure {
  #lastSeenMs = Number.NEGATIVE_INFINITY
  constructor(readonly clock: Clock) {}

  /** Now, or until lately. */
  get isShortOfMemory(): boolean {
    return this.clock.now() - this.#lastSeenMs < TRANSITION_MS
  }

  /** @param usage of every Pod of the node @returns who has to go, where memory is short */
  look(usage: PodUsage[]): Victim | undefined {
    const used = usage
      .flatMap(({ containers }) => containers)
      .reduce((sum, each) => sum + each.memoryBytes, SYSTEM_LOAD.memoryBytes)
    const available = Math.max(0, unitsOf(CAPACITY.memory) - used)
    if (available >= unitsOf(THRESHOLD)) return undefined
    this.#lastSeenMs = this.clock.now()
    const [first] = usage
      .filter(({ pod }) => !isCritical(pod))
      .map(candidateOf)
      .sort(evictedFirst)
    return first && { pod: first.pod, message: messageFor(first, available) }
  }

  /** Why the kubelet takes no such Pod now. @see managerImpl.Admit */
  refusalOf(pod: Pod): string | undefined {
    if (!this.isShortOfMemory || isCritical(pod) || qosClass(pod.spec) !== 'BestEffort') return undefined
    return untolerated(pod.spec.tolerations, [TAINT], ['NoSchedule']) ? 'The node had condition: [MemoryPressure]. ' : undefined
  }
}

function candidateOf({ pod, containers }: PodUsage): Candidate {
  const used = containers.reduce((sum, each) => sum + each.memoryBytes, 0)
  const requested = pod.spec.containers.reduce((sum, each) => sum + unitsOf(requestOf(pod, each.name)), 0)
  return { pod, containers, priority: pod.spec.priority ?? 0, excess: used - requested }
}

/** Who takes more than was requested, then the least important, then who takes most beyond it. @see rankMemoryPressure */
const evictedFirst = (a: Candidate, b: Candidate): number =>
  Number(b.excess > 0) - Number(a.excess > 0) || a.priority - b.priority || b.excess - a.excess

/** @see evictionMessage */
function messageFor({ pod, containers }: Candidate, available: number): string {
  const parts = containers
    .filter(({ name, memoryBytes }) => memoryBytes > unitsOf(requestOf(pod, name)))
    .map(
      ({ name, memoryBytes }) =>
        `Container ${name} was using ${bytesText(memoryBytes)}, request is ${requestOf(pod, name)}, has larger consumption of memory. `,
    )
  return `The node was low on resource: memory. Threshold quantity: ${THRESHOLD}, available: ${availableText(available)}. ${parts.join('')}`
}

/** What a real kubelet measures is given in kibibytes. */
const availableText = (bytes: number): string => `${Math.floor(bytes / 1024)}Ki`
