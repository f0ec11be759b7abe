/** Another size for running containers, without a new Pod. Models pkg/kubelet/allocation and kuberuntime (v1.36). */

import type { EventNote } from '../controllers/runtime/events.js'
import { sameJson } from '../objects/object.js'
import { unitsOf } from '../objects/quantity.js'
import type { Container, Pod, PodSpec } from '../schema/kubernetes.generated.js'
import type { Refusal } from './node-health.js'
import type { PodHost } from './pod-host.js'
import { lackOf } from './room.js'
import type { Slot } from './slot.js'
import { usageOf } from './usage.js'

/** What the conditions of the Pod say of its size. */
export interface ResizeCondition {
  type: 'PodResizePending' | 'PodResizeInProgress'
  reason?: string
  message?: string
  observedGeneration: number | undefined
}

type Amounts = Record<string, string> | undefined

const specOf = ({ spec }: Pod, name: string): Container | undefined =>
  [...spec.containers, ...(spec.initContainers ?? [])].find((each) => each.name === name)

const memoryLimit = (resources: Container['resources']): number | undefined => {
  const limit = (resources?.limits as Amounts)?.memory
  return limit === undefined ? undefined : unitsOf(limit)
}

/** Takes the size of one Pod from what it wants to what it was given, and from there to what its containers have. */
export class PodResize {
  #pending: ResizeCondition | undefined
  #underWay: ResizeCondition | undefined
  /** What the Pod as a whole was given, and what it has. */
  #given: PodSpec['resources']
  #actual: PodSpec['resources']
  /** @param restart ends the run of a container that cannot be resized as it runs; it is started again in any case */
  constructor(
    readonly host: PodHost,
    readonly restart: (slot: Slot) => void,
  ) {
    this.#given = host.pod.spec.resources
    this.#actual = this.#given
  }

  get conditions(): ResizeCondition[] {
    return [this.#pending, this.#underWay].filter((each) => each !== undefined)
  }
  /** Other Pods are in the way. What the node could never hold is refused by the API server. */
  get waitsForRoom(): boolean {
    return this.#pending !== undefined
  }
  get isUnderWay(): boolean {
    return this.#underWay !== undefined
  }
  /** Of the Pod as a whole, where it sets any. */
  get podSizes(): PodHost['podSizes'] {
    return { given: this.#given, actual: this.#actual }
  }

  step(): void {
    this.#allocate()
    if (this.#underWay) this.#actuate(this.#underWay)
  }

  /** @see pkg/kubelet/allocation: handlePodResourcesResize */
  #allocate(): void {
    const { pod, slots } = this.host
    const wanted = slots.flatMap((slot) => {
      const spec = slot.kind === 'ephemeral' ? undefined : specOf(pod, slot.name)
      return spec && !sameJson(spec.resources ?? {}, slot.spec.resources ?? {}) ? [{ slot, resources: spec.resources }] : []
    })
    const isWanted = wanted.length > 0 || !sameJson(pod.spec.resources ?? {}, this.#given ?? {})
    const lack = isWanted ? lackOf(this.host.kubelet, pod) : undefined
    if (lack) {
      this.#defer(lack)
      return
    }
    this.#pending = undefined
    if (!isWanted) return
    for (const { slot, resources } of wanted) slot.takeResources(resources)
    this.#given = pod.spec.resources
    this.#underWay = { type: 'PodResizeInProgress', observedGeneration: pod.metadata.generation }
    this.#tell({ type: 'Normal', reason: 'ResizeStarted' }, 'started')
  }

  #defer({ reason, message }: Refusal): void {
    const { generation } = this.host.pod.metadata
    const isNews = this.#pending?.observedGeneration !== generation
    this.#pending = { type: 'PodResizePending', reason: 'Deferred', message, observedGeneration: generation }
    if (isNews) this.#tell({ type: 'Warning', reason: 'ResizeDeferred' }, reason, { error: message })
  }

  /** @see kuberuntime_manager.go: computePodResizeAction, doPodResizeAction */
  #actuate(underWay: ResizeCondition): void {
    const behind = this.host.slots.filter((slot) => slot.isRunning && !sameJson(slot.resources ?? {}, slot.spec.resources ?? {}))
    const error = excessOf(this.host, { behind, given: this.#given, actual: this.#actual })
    if (error !== undefined) {
      const isNews = underWay.message !== error
      Object.assign(underWay, { reason: 'Error', message: error })
      if (isNews) this.#tell({ type: 'Warning', reason: 'ResizeError' }, 'error', { error })
      return
    }
    this.#actual = this.#given
    for (const slot of behind) {
      if (!wantsRestart(slot)) slot.actuate()
      else if (!slot.mustRestart) this.#restart(slot)
    }
    if (behind.some((slot) => slot.mustRestart) || this.host.slots.some((slot) => slot.mustRestart)) return
    this.#underWay = undefined
    this.#tell({ type: 'Normal', reason: 'ResizeCompleted' }, 'completed', { generation: underWay.observedGeneration })
  }

  #restart(slot: Slot): void {
    slot.mustRestart = true
    const message = `Container ${slot.name} resize requires restart`
    this.host.note(slot, { type: 'Normal', reason: 'Killing', message })
    this.restart(slot)
  }

  /** @see pkg/kubelet/events/resize.go: podResizeMessage */
  #tell(
    note: Omit<EventNote, 'message'>,
    what: string,
    { error, generation }: { error?: string; generation?: number | undefined } = {},
  ): void {
    const { metadata, spec } = this.host.pod
    const sizes = (containers: Container[] | undefined) =>
      containers?.length ? containers.map(({ name, resources = {} }) => ({ name, resources })) : undefined
    const summary = {
      initContainers: sizes(spec.initContainers),
      containers: sizes(spec.containers),
      generation: generation ?? metadata.generation,
      error,
    }
    this.host.note(undefined, { ...note, message: `Pod resize ${what}: ${JSON.stringify(summary)}` })
  }
}

function wantsRestart({ spec, resources }: Slot): boolean {
  const amounts = (of: Container['resources'], name: string) => [
    (of?.limits as Amounts)?.[name],
    (of?.requests as Amounts)?.[name],
  ]
  return (spec.resizePolicy ?? []).some(
    ({ resourceName, restartPolicy }) =>
      restartPolicy === 'RestartContainer' && !sameJson(amounts(resources, resourceName), amounts(spec.resources, resourceName)),
  )
}

function isLowered(from: Container['resources'], to: Container['resources']): boolean {
  const [has, wants] = [memoryLimit(from), memoryLimit(to)]
  return wants !== undefined && (has === undefined || wants < has)
}

/** Why limits of memory cannot be lowered now: what is in use is not taken away. @see validateMemoryResizeAction */
function excessOf(
  { kubelet, pod, podIp, slots }: PodHost,
  { behind, given, actual }: { behind: Slot[]; given: PodSpec['resources']; actual: PodSpec['resources'] },
): string | undefined {
  const lowered = behind.filter((slot) => !wantsRestart(slot) && isLowered(slot.resources, slot.spec.resources))
  if (lowered.length === 0 && !isLowered(actual, given)) return undefined
  const running = slots.filter((slot) => slot.isRunning)
  const usage = usageOf(pod, running, { traffic: kubelet.options.fabric.traffic, address: podIp })
  const total = usage.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
  const limits = running.map((slot) => memoryLimit(slot.spec.resources))
  const sum = limits.reduce((total, each) => (total === undefined || each === undefined ? undefined : total + each), 0)
  const podLimit = memoryLimit(given) ?? sum
  const below = (what: string, limit: number) =>
    `attempting to set ${what} memory limit (${limit}) below current usage (${total})`
  const faults = podLimit !== undefined && total >= podLimit ? [below('pod', podLimit)] : []
  for (const slot of lowered) {
    const limit = memoryLimit(slot.spec.resources) ?? 0
    const used = usage.find(({ name }) => name === slot.name)?.memoryBytes ?? 0
    if (used >= limit) faults.push(below(`container ${JSON.stringify(slot.name)}`, limit))
  }
  if (faults.length === 0) return undefined
  return `cannot decrease memory limits: ${faults.length > 1 ? `[${faults.join(', ')}]` : faults[0]}`
}
