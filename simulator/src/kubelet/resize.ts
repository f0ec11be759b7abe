/** Another size for running containers, without a new Pod. Models pkg/kubelet/allocation and kuberuntime (v1.36). */

import { isOver } from '../controllers/pods.js'
import { sameJson } from '../objects/object.js'
import { add, allocatableOf, podRequests } from '../scheduler/resources.js'
import type { Container, Pod } from '../schema/kubernetes.generated.js'
import type { PodHost } from './pod-host.js'
import type { Slot } from './slot.js'

/** Why a wanted size is not given, as the condition `PodResizePending` says it. */
export interface ResizePending {
  reason: 'Deferred' | 'Infeasible'
  message: string
}

export type Resize = { type: 'none' } | { type: 'done'; restarts: Slot[] } | { type: 'pending'; pending: ResizePending }

const specOf = ({ spec }: Pod, name: string): Container | undefined =>
  [...spec.containers, ...(spec.initContainers ?? [])].find((each) => each.name === name)

/** Gives running containers the size that their Pod wants now, where the node has room for it. */
export function resize(host: PodHost): Resize {
  const { pod } = host
  const changed = host.slots.filter((slot) => {
    const wanted = specOf(pod, slot.name)
    return slot.kind !== 'ephemeral' && wanted && !sameJson(wanted.resources ?? {}, slot.spec.resources ?? {})
  })
  if (changed.length === 0) return { type: 'none' }
  const pending = lack(host)
  if (pending) return { type: 'pending', pending }
  const running = changed.filter((slot) => slot.isRunning)
  if (running.length > 0) tell(host, 'ResizeStarted', 'started')
  const restarts = running.filter((slot) => wantsRestart(slot, specOf(pod, slot.name)))
  for (const slot of changed) slot.takeResources(specOf(pod, slot.name)?.resources)
  if (running.length > 0) tell(host, 'ResizeCompleted', 'completed')
  return { type: 'done', restarts }
}

function tell(host: PodHost, reason: string, what: string): void {
  const containers = host.pod.spec.containers.map(({ name, resources }) => ({ name, resources }))
  const message = `Pod resize ${what}: ${JSON.stringify({ containers, generation: host.pod.metadata.generation })}`
  host.note(undefined, { type: 'Normal', reason, message })
}

function wantsRestart(slot: Slot, wanted: Container | undefined): boolean {
  return (slot.spec.resizePolicy ?? []).some(({ resourceName, restartPolicy }) => {
    const amount = (container: Container | undefined) => {
      const { limits, requests } = (container?.resources ?? {}) as Record<string, Record<string, string> | undefined>
      return [limits?.[resourceName], requests?.[resourceName]]
    }
    return restartPolicy === 'RestartContainer' && !sameJson(amount(slot.spec), amount(wanted))
  })
}

/** Infeasible where the node could never hold it, deferred where other Pods are in the way. */
function lack({ kubelet, pod }: PodHost): ResizePending | undefined {
  const node = kubelet.informers.get('Node', kubelet.node.name)
  if (!node) return undefined
  const room = allocatableOf(node)
  const wanted = podRequests(pod)
  const others = kubelet.informers
    .list('Pod')
    .filter((each) => each.spec.nodeName === kubelet.node.name && each.metadata.uid !== pod.metadata.uid && !isOver(each))
  const used = others.map(podRequests).reduce(add, {})
  for (const name of ['cpu', 'memory']) {
    const [asked, capacity, taken] = [wanted[name] ?? 0, room[name] ?? 0, used[name] ?? 0]
    if (asked > capacity)
      return {
        reason: 'Infeasible',
        message: `Node didn't have enough capacity: ${name}, requested: ${asked}, capacity: ${capacity}`,
      }
    if (asked + taken > capacity)
      return {
        reason: 'Deferred',
        message: `Node didn't have enough resource: ${name}, requested: ${asked}, used: ${taken}, capacity: ${capacity}`,
      }
  }
  return undefined
}
