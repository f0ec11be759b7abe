/** A change of size alone. @see pkg/controller/deployment/sync.go: scale */
import type { ReplicaSet } from '../../schema/kubernetes.generated.js'
import { parseTime } from '../../time/clock.js'
import type { ReconcileContext } from '../runtime/controller.js'
import { DESIRED, MAX } from './history.js'
import { resize, resizeAll, type Situation } from './resize.js'
import { availableOf, type Bounds, type Resize, sizeOf, total } from './rolling.js'

const active = (replicaSets: ReplicaSet[]): ReplicaSet[] => replicaSets.filter((each) => sizeOf(each) > 0)

/** Whether the number of replicas has changed since the ReplicaSets were last sized. */
export const isScaling = ({ deployment: { spec }, history }: Situation): boolean =>
  active(history.all).some((each) => Number(each.metadata.annotations?.[DESIRED] ?? spec.replicas) !== spec.replicas)

/** The only ReplicaSet takes the size, or several share it in proportion while a rollout is under way. */
export async function scaleAll(context: ReconcileContext, situation: Situation): Promise<void> {
  const { deployment, history, bounds } = situation
  const sized = active(history.all)
  const [only] = sized
  if (sized.length <= 1) {
    const replicaSet = only ?? history.current ?? history.old.at(-1)
    if (replicaSet) await resize(context, situation, { replicaSet, replicas: bounds.desired })
    return
  }
  if (isSaturated(history.current, bounds))
    await resizeAll(
      context,
      situation,
      active(history.old).map((replicaSet) => ({ replicaSet, replicas: 0 })),
    )
  else if (deployment.spec.strategy?.type !== 'Recreate') await resizeAll(context, situation, proportional(sized, bounds))
}

const isSaturated = (current: ReplicaSet | undefined, { desired }: Bounds): boolean =>
  current !== undefined &&
  sizeOf(current) === desired &&
  availableOf(current) === desired &&
  current.metadata.annotations?.[DESIRED] === String(desired)

/** The larger ones change first, and what is left over after rounding is the largest one's. @see util: GetReplicaSetProportion */
export function proportional(sized: ReplicaSet[], { desired, maxSurge }: Bounds): Resize[] {
  const allowed = desired > 0 ? desired + maxSurge : 0
  const present = total(sized, sizeOf)
  const toAdd = allowed - present
  let left = toAdd
  const age = ({ metadata }: ReplicaSet) => parseTime(metadata.creationTimestamp)
  const largestFirst = [...sized].sort((a, b) => sizeOf(b) - sizeOf(a) || (toAdd > 0 ? age(b) - age(a) : age(a) - age(b)))
  const changes = largestFirst.map((replicaSet) => {
    const said = Number(replicaSet.metadata.annotations?.[MAX])
    const before = said > 0 ? said : present
    const share = Math.round((sizeOf(replicaSet) * allowed) / before) - sizeOf(replicaSet)
    const part = left === 0 ? 0 : toAdd > 0 ? Math.min(share, left) : Math.max(share, left)
    left -= part
    return { replicaSet, replicas: sizeOf(replicaSet) + part }
  })
  const [first] = changes
  if (first) first.replicas = Math.max(0, first.replicas + left)
  return changes
}
