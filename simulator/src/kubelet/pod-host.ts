/** What the parts of a Pod's life ask of the worker that leads them. */
import type { EventNote } from '../controllers/runtime/events.js'
import type { Pod, PodSpec } from '../schema/kubernetes.generated.js'
import type { Kubelet } from './kubelet.js'
import type { PodProcesses } from './process-namespaces.js'
import type { Slot } from './slot.js'
import type { PodVolumes } from './volumes.js'

/** On the API's view of a Pod that a file of its node defines. */
export const MIRROR = 'kubernetes.io/config.mirror'

export interface PodHost {
  readonly kubelet: Kubelet
  readonly pod: Pod
  readonly podIp: string
  readonly slots: readonly Slot[]
  readonly volumes: PodVolumes
  readonly processes: PodProcesses
  readonly isStopped: boolean
  /** Sizes of the Pod as a whole, where it sets any: what it was given and what it has. */
  readonly podSizes: { given: PodSpec['resources']; actual: PodSpec['resources'] }
  /** An Event about the Pod, or about one of its containers. */
  note(slot: Slot | undefined, note: EventNote): void
  /** Looks again at what is wanted and what is. */
  sync(): void
  /** The same later. */
  wakeIn(ms: number): void
  /** Tells the API server what has changed. */
  report(): Promise<void>
}

/** `NAME_NAMESPACE(UID)`, as the kubelet names a Pod in its messages. */
export const podFormat = ({ metadata }: Pod): string => `${metadata.name}_${metadata.namespace}(${metadata.uid})`
