/** What a node runs short of: who has to go for it, who is not taken, and what the node says of itself. */
import type { Pod } from '../schema/kubernetes.generated.js'
import { EVICTED, MemoryPressure, type Victim } from './eviction.js'
import { forbiddenSysctl, SYSCTL_FORBIDDEN } from './kernel.js'
import type { Kubelet } from './kubelet.js'
import { breachOf, DiskPressure } from './local-storage.js'
import { nodeConditions } from './node-object.js'
import { misfitOf } from './room.js'

/** Why a Pod is not taken. */
export interface Refusal {
  reason: string
  message: string
}

const WORDS = {
  MemoryPressure: { True: 'NodeHasInsufficientMemory', False: 'NodeHasSufficientMemory' },
  DiskPressure: { True: 'NodeHasDiskPressure', False: 'NodeHasNoDiskPressure' },
}

export class NodeHealth {
  readonly #memory: MemoryPressure
  readonly #disk: DiskPressure
  constructor(readonly kubelet: Kubelet) {
    this.#memory = new MemoryPressure(kubelet.clock)
    this.#disk = new DiskPressure(kubelet.clock)
  }

  refusalOf(pod: Pod): Refusal | undefined {
    const pressed = this.#disk.refusalOf(pod) ?? this.#memory.refusalOf(pod)
    if (pressed) return { reason: EVICTED, message: pressed }
    const sysctl = forbiddenSysctl(pod)
    return sysctl ? { reason: SYSCTL_FORBIDDEN, message: sysctl } : misfitOf(this.kubelet, pod)
  }

  /** Who is over a limit goes; while the node is short of something, one Pod at most in each turn beside them. */
  look(): void {
    const storage = this.kubelet.storage()
    for (const each of storage) {
      const message = breachOf(each)
      if (message !== undefined) this.kubelet.worker(each.pod)?.evict(message)
    }
    this.#reclaim('memory', this.#memory.look(this.kubelet.usage(0)))
    this.#reclaim('ephemeral-storage', this.#disk.look(storage))
  }

  #reclaim(resource: string, victim: Victim | undefined): void {
    if (!victim) return
    const { informers, events, node } = this.kubelet
    const live = informers.get('Node', node.name)
    const message = `Attempting to reclaim ${resource}`
    if (live) events.record(live, { type: 'Warning', reason: 'EvictionThresholdMet', message })
    this.kubelet.worker(victim.pod)?.evict(victim.message, { isPressed: true })
  }

  /**
   * Whoever took the node for silent, such as after this computer has slept, hears that it is well; and everybody what it is short of,
   * or no more. Nothing is written otherwise.
   */
  async report(): Promise<void> {
    const { informers, events, clock, options } = this.kubelet
    const node = informers.get('Node', this.kubelet.node.name)
    const known = node?.status?.conditions ?? []
    const now = nodeConditions(clock.now(), { memory: this.#memory.isShortOfMemory, disk: this.#disk.isShort })
    const before = (type: string) => known.find((each) => each.type === type)
    const news = now.filter(({ type, status }) => type in WORDS && before(type)?.status !== status)
    if (!node || (before('Ready')?.status === 'True' && news.length === 0)) return
    const conditions = now.map((each) => {
      const same = before(each.type)?.status === each.status ? before(each.type) : undefined
      return same ? { ...each, lastTransitionTime: same.lastTransitionTime } : each
    })
    await options.client.patch('Node', node.metadata.name, { status: { conditions } } as never, { subresource: 'status' })
    for (const { type, status } of news) {
      const reason = WORDS[type as keyof typeof WORDS][status as 'True' | 'False']
      events.record(node, { type: 'Normal', reason, message: `Node ${node.metadata.name} status is now: ${reason}` })
    }
  }
}
