/** Pods that fit nowhere now. Models pkg/scheduler/internal/queue (v1.36) and what its plugins wait for (EventsToRegister). */

export type Change = 'pod-gone' | 'pod-placed' | 'node' | 'volume'

/** Plugins whose refusal a change may end; every other one waits in vain for it. */
const HELPS: Record<Change, readonly string[]> = {
  // The volume plugin is here for claims that one Pod alone may use.
  'pod-gone': ['NodeResourcesFit', 'NodePorts', 'InterPodAffinity', 'PodTopologySpread', 'VolumeBinding'],
  'pod-placed': ['InterPodAffinity', 'PodTopologySpread'],
  node: [
    'NodeUnschedulable',
    'NodeName',
    'TaintToleration',
    'NodeAffinity',
    'NodePorts',
    'NodeResourcesFit',
    'VolumeBinding',
    'PodTopologySpread',
    'InterPodAffinity',
  ],
  volume: ['VolumeBinding'],
}

export class WaitingPods {
  readonly #refusedBy = new Map<string, ReadonlySet<string>>()

  /** @param refusedBy names of plugins; empty where there was no node to ask about */
  add(key: string, refusedBy: ReadonlySet<string>): void {
    this.#refusedBy.set(key, refusedBy)
  }
  delete(key: string): void {
    this.#refusedBy.delete(key)
  }

  /** Takes out those that the change may have helped. @param couldHelp judges a Pod that a plugin of the change has refused */
  take(change: Change, couldHelp: (key: string) => boolean = () => true): string[] {
    const helped = [...this.#refusedBy]
      .filter(([, plugins]) => plugins.size === 0 || HELPS[change].some((name) => plugins.has(name)))
      .map(([key]) => key)
      .filter(couldHelp)
    for (const key of helped) this.#refusedBy.delete(key)
    return helped
  }
}
