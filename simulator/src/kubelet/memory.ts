/**
 * Kills what takes more memory than its limit allows. How much a container takes say its programs (such as stress) or an annotation of
 * its Pod (usage.ts).
 */
import type { Container } from '../containers/container.js'
import { unitsOf } from '../objects/quantity.js'
import type { PodHost } from './pod-host.js'
import type { Slot } from './slot.js'
import { MEMORY_ANNOTATION } from './usage.js'

/** Memory is not taken at once. */
const FULL_AFTER_MS = 1000

export function watchMemory(host: PodHost, slot: Slot, { run, killed }: { run: Container; killed: () => void }): void {
  const isOver = (): boolean => {
    const limit = (slot.resources?.limits as Record<string, string> | undefined)?.memory
    if (limit === undefined) return false
    const said = host.pod.metadata.annotations?.[MEMORY_ANNOTATION]
    return (said === undefined ? run.machine.load.memoryBytes : unitsOf(said)) > unitsOf(limit)
  }
  let isFilling = false
  const look = () => {
    if (isFilling || !isOver()) return
    isFilling = true
    host.kubelet.clock.after(FULL_AFTER_MS, () => {
      isFilling = false
      if (slot.state.type !== 'running' || slot.state.run !== run || !isOver()) return
      slot.isOutOfMemory = true
      run.kill()
      killed()
    })
  }
  run.onLoad = look
  // Its main program has begun before anybody could listen.
  look()
}
