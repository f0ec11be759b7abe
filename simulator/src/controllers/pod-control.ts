/** Makes and removes Pods for an owner, with the Events that tell of it. @see pkg/controller/controller_utils.go */
import type { Client } from '../client/client.js'
import { type Draft, type KubeObject, keyOf } from '../objects/object.js'
import { isNotFound, messageOf } from '../objects/status.js'
import type { Pod } from '../schema/kubernetes.generated.js'
import type { EventRecorder } from './runtime/events.js'

interface PodControl {
  client: Client
  events: EventRecorder
}

/** @throws what the API server answers, after an Event has told of it */
export async function createPod({ client, events }: PodControl, owner: KubeObject, draft: Draft<Pod>): Promise<Pod> {
  try {
    const pod = await client.create('Pod', draft)
    events.record(owner, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${pod.metadata.name}` })
    return pod
  } catch (error) {
    events.record(owner, { type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${messageOf(error)}` })
    throw error
  }
}

/** @throws what the API server answers, after an Event has told of it; one that has gone is no matter for an Event */
export async function deletePod({ client, events }: PodControl, owner: KubeObject, pod: Pod): Promise<void> {
  try {
    await client.delete('Pod', keyOf(pod), { uid: pod.metadata.uid })
  } catch (error) {
    if (!isNotFound(error))
      events.record(owner, { type: 'Warning', reason: 'FailedDelete', message: `Error deleting: ${messageOf(error)}` })
    throw error
  }
  events.record(owner, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}` })
}
