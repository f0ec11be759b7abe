/** Kills what takes more memory than its limit allows. How much a container takes says an annotation of its Pod (usage.ts). */
import type { Container } from '../containers/container.js'
import { unitsOf } from '../objects/quantity.js'
import type { PodHost } from './pod-host.js'
import type { Slot } from './slot.js'
import { MEMORY_ANNOTATION } from './usage.js'

/** Memory is not taken at once. */
const FULL_AFTER_MS = 1000

export function watchMemory(host: PodHost, slot: Slot, { run, killed }: { run: Container; killed: () => void }): void {
  const limit = (slot.spec.resources?.limits as Record<string, string> | undefined)?.memory
  const taken = host.pod.metadata.annotations?.[MEMORY_ANNOTATION]
  if (limit === undefined || taken === undefined || unitsOf(taken) <= unitsOf(limit)) return
  host.kubelet.clock.after(FULL_AFTER_MS, () => {
    if (slot.state.type !== 'running' || slot.state.run !== run) return
    slot.isOutOfMemory = true
    run.kill()
    killed()
  })
}
