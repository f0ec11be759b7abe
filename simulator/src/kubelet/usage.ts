/**
 * What containers would use, worked out rather than measured: a little for being there, more for the requests that they serve and send,
 * or exactly what an annotation of the Pod says. Nothing is counted while nobody asks.
 */
import type { Load } from '../containers/process.js'
import type { Traffic } from '../network/traffic.js'
import { milliOf, unitsOf } from '../objects/quantity.js'
import type { Pod } from '../schema/kubernetes.generated.js'
import type { Slot } from './slot.js'

/** On a Pod or its template: what each of its containers uses, such as `250m` and `64Mi`. */
export const CPU_ANNOTATION = 'simulation.wheelhouse.dev/cpu'
export const MEMORY_ANNOTATION = 'simulation.wheelhouse.dev/memory'

/** CPU of a request, in thousandths of a core for one a second: about what a small page in PHP costs, and its caller. */
const REQUEST_MILLI = 5
const IDLE_MILLI = 1
const MEBIBYTE = 1024 * 1024
/** A process alone; and the share of its image that a server keeps in memory. */
const BASE_BYTES = 1 * MEBIBYTE
const IMAGE_SHARE = 0.1
const MOST_FROM_IMAGE = 60 * MEBIBYTE

/** What the system of a node uses beside its Pods. */
export const SYSTEM_LOAD: Load = { cpuMilli: 80, memoryBytes: 500 * MEBIBYTE }

export interface ContainerUsage {
  name: string
  cpuMilli: number
  memoryBytes: number
}

export interface PodUsage {
  pod: Pod
  containers: ContainerUsage[]
}

const limitOf = (slot: Slot, name: string): string | undefined =>
  (slot.resources?.limits as Record<string, string> | undefined)?.[name]

/** @param address the Pod's; its traffic is the load of its first container */
export function usageOf(pod: Pod, slots: Slot[], { traffic, address }: { traffic: Traffic; address: string }): ContainerUsage[] {
  const annotations = pod.metadata.annotations ?? {}
  const first = slots.find((slot) => slot.kind === 'main')
  return slots.map((slot) => {
    const load = slot === first ? traffic.rate(address) * REQUEST_MILLI : 0
    const wanted =
      annotations[CPU_ANNOTATION] === undefined
        ? IDLE_MILLI + load + takenBy(slot).cpuMilli
        : milliOf(annotations[CPU_ANNOTATION])
    const cpuLimit = limitOf(slot, 'cpu')
    const memory = annotations[MEMORY_ANNOTATION]
    const memoryLimit = limitOf(slot, 'memory')
    const held = memory === undefined ? heldBy(slot) : unitsOf(memory)
    return {
      name: slot.name,
      // Throttled at its limit.
      cpuMilli: Math.round(cpuLimit === undefined ? wanted : Math.min(wanted, milliOf(cpuLimit))),
      memoryBytes: memoryLimit === undefined ? held : Math.min(held, unitsOf(memoryLimit)),
    }
  })
}

const heldBy = (slot: Slot): number =>
  takenBy(slot).memoryBytes + Math.round(BASE_BYTES + Math.min(MOST_FROM_IMAGE, IMAGE_SHARE * (slot.image?.sizeBytes ?? 0)))

/** What its programs say that they take, such as stress. */
const takenBy = ({ state }: Slot): Load => (state.type === 'running' ? state.run.machine.load : { cpuMilli: 0, memoryBytes: 0 })
