/**
 * Kills what takes more memory than its limit allows. How much a container takes say its programs (such as stress) or an annotation of
 * its Pod (usage.ts).
 */
import type { Container } from '../containers/container.js'
import { unitsOf } from '../objects/quantity.js'
import type { PodSpec } from '../schema/kubernetes.generated.js'
import type { PodHost } from './pod-host.js'
import type { Slot } from './slot.js'
import { MEMORY_ANNOTATION } from './usage.js'

/** Memory is not taken at once. */
const FULL_AFTER_MS = 1000

function memoryLimit(resources: PodSpec['resources']): number {
  const limit = (resources?.limits as Record<string, string> | undefined)?.memory
  return limit === undefined ? Number.POSITIVE_INFINITY : unitsOf(limit)
}

/** What the other containers of the Pod take. */
const takenBeside = ({ slots }: PodHost, slot: Slot): number =>
  slots.reduce((sum, each) => {
    const { state } = each
    return each === slot || state.type !== 'running' ? sum : sum + state.run.machine.load.memoryBytes
  }, 0)

export function watchMemory(host: PodHost, slot: Slot, { run, killed }: { run: Container; killed: () => void }): void {
  const isOver = (): boolean => {
    const said = host.pod.metadata.annotations?.[MEMORY_ANNOTATION]
    const taken = said === undefined ? run.machine.load.memoryBytes : unitsOf(said)
    return taken > memoryLimit(slot.resources) || taken + takenBeside(host, slot) > memoryLimit(host.podSizes.actual)
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
