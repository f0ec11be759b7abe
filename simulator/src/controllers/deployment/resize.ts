/** One ReplicaSet is given another size, and an Event tells of it. @see pkg/controller/deployment/sync.go: scaleReplicaSet */
import { clone, sameJson } from '../../objects/object.js'
import type { Deployment, ReplicaSet } from '../../schema/kubernetes.generated.js'
import type { ReconcileContext } from '../runtime/controller.js'
import { type History, type Sizes, sizeAnnotations } from './history.js'
import { type Bounds, type Resize, sizeOf } from './rolling.js'

export interface Situation {
  deployment: Deployment
  history: History
  bounds: Bounds
}

export const sizesOf = ({ desired, maxSurge }: Bounds): Sizes => ({ desired, most: desired + maxSurge })

export const scaling = (direction: 'up' | 'down', name: string, from: number, to: number) => ({
  type: 'Normal' as const,
  reason: 'ScalingReplicaSet',
  message: `Scaled ${direction} replica set ${name} from ${from} to ${to}`,
})

export async function resize(
  { client, events }: ReconcileContext,
  { deployment, bounds }: Situation,
  { replicaSet, replicas }: Resize,
): Promise<ReplicaSet> {
  const annotations = { ...replicaSet.metadata.annotations, ...sizeAnnotations(sizesOf(bounds)) }
  const before = sizeOf(replicaSet)
  if (before === replicas && sameJson(annotations, replicaSet.metadata.annotations)) return replicaSet
  const copy = clone(replicaSet)
  copy.metadata.annotations = annotations
  copy.spec.replicas = replicas
  const updated = await client.update('ReplicaSet', copy)
  if (before !== replicas)
    events.record(deployment, scaling(replicas > before ? 'up' : 'down', replicaSet.metadata.name, before, replicas))
  return updated
}

/** One after the other; a later change of the same ReplicaSet goes on from the earlier. */
export async function resizeAll(context: ReconcileContext, situation: Situation, changes: Resize[]): Promise<void> {
  const latest = new Map<string, ReplicaSet>()
  for (const { replicaSet, replicas } of changes) {
    const { uid } = replicaSet.metadata
    latest.set(uid, await resize(context, situation, { replicaSet: latest.get(uid) ?? replicaSet, replicas }))
  }
}
