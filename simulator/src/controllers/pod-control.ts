/** Makes, removes and takes over Pods for an owner, with the Events that tell of it. @see pkg/controller/controller_utils.go */
import type { Client } from '../client/client.js'
import { controlledBy, controllerOf, type Draft, type KubeObject, keyOf } from '../objects/object.js'
import type { LabelMatcher } from '../objects/selector.js'
import { isNotFound } from '../objects/status.js'
import type { Pod } from '../schema/kubernetes.generated.js'
import { isOver } from './pods.js'
import type { EventRecorder } from './runtime/events.js'
import type { Informers } from './runtime/informer.js'

interface PodControl {
  client: Client
  events: EventRecorder
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** @throws what the API server answers, after an Event has told of it */
export async function createPod({ client, events }: PodControl, owner: KubeObject, draft: Draft<Pod>): Promise<Pod> {
  try {
    const pod = await client.create('Pod', draft)
    events.record(owner, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${pod.metadata.name}` })
    return pod
  } catch (error) {
    events.record(owner, { type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${textOf(error)}` })
    throw error
  }
}

/** @throws what the API server answers, after an Event has told of it; one that has gone is no matter for an Event */
export async function deletePod({ client, events }: PodControl, owner: KubeObject, pod: Pod): Promise<void> {
  try {
    await client.delete('Pod', keyOf(pod), { uid: pod.metadata.uid })
  } catch (error) {
    if (!isNotFound(error))
      events.record(owner, { type: 'Warning', reason: 'FailedDelete', message: `Error deleting: ${textOf(error)}` })
    throw error
  }
  events.record(owner, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}` })
}

interface Claim {
  owner: KubeObject
  matches: LabelMatcher
  /** One that every Pod of the owner carries. */
  finalizer?: string
}

/**
 * The Pods that the owner controls, after it has let go of those that its selector no longer matches and taken over matching ones
 * that nobody controls.
 * @see pkg/controller/controller_ref_manager.go
 */
export async function claimPods(
  { client, informers }: { client: Client; informers: Informers },
  { owner, matches, finalizer }: Claim,
): Promise<Pod[]> {
  const owned = informers.ownedBy('Pod', owner)
  const strangers = owned.filter((pod) => !matches(pod.metadata.labels))
  for (const pod of strangers) {
    const ownerReferences = (pod.metadata.ownerReferences ?? []).filter((each) => each.uid !== owner.metadata.uid)
    const finalizers = pod.metadata.finalizers?.filter((each) => each !== finalizer)
    const metadata = { uid: pod.metadata.uid, ownerReferences, ...(finalizers ? { finalizers } : {}) }
    await client.patch('Pod', keyOf(pod), { metadata }).catch(ignoreMissing)
  }
  const kept = owned.filter((pod) => matches(pod.metadata.labels))
  if (owner.metadata.deletionTimestamp) return kept
  const orphans = informers.list('Pod', owner.metadata.namespace).filter((pod) => isFree(pod) && matches(pod.metadata.labels))
  for (const pod of orphans) {
    const adopted = await adopt(client, { owner, pod, finalizer })
    if (adopted) kept.push(adopted)
  }
  return kept
}

const isFree = (pod: Pod): boolean => !controllerOf(pod) && !pod.metadata.deletionTimestamp && !isOver(pod)

async function adopt(
  client: Client,
  { owner, pod, finalizer }: { owner: KubeObject; pod: Pod; finalizer: string | undefined },
): Promise<Pod | undefined> {
  const ownerReferences = [...(pod.metadata.ownerReferences ?? []), controlledBy(owner)]
  const finalizers = finalizer ? { finalizers: [...(pod.metadata.finalizers ?? []), finalizer] } : {}
  try {
    return await client.patch('Pod', keyOf(pod), { metadata: { uid: pod.metadata.uid, ownerReferences, ...finalizers } })
  } catch (error) {
    ignoreMissing(error)
    return undefined
  }
}

const ignoreMissing = (error: unknown): void => {
  if (!isNotFound(error)) throw error
}
