/** The arithmetic of a rolling update. @see pkg/controller/deployment/rolling.go and util/deployment_util.go */
import type { Deployment, ReplicaSet } from '../../schema/kubernetes.generated.js'

/** A count, or a percentage of `total`. */
export function resolveCount(value: number | string | undefined, total: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value
  const share = (Number.parseInt(value ?? '0', 10) / 100) * total
  return round === 'up' ? Math.ceil(share) : Math.floor(share)
}

export interface Bounds {
  desired: number
  maxSurge: number
  maxUnavailable: number
}

/** Never both zero, or nothing could ever move. */
export function boundsOf({ spec }: Deployment): Bounds {
  const desired = spec.replicas ?? 1
  if (spec.strategy?.type === 'Recreate') return { desired, maxSurge: 0, maxUnavailable: 0 }
  const rolling = spec.strategy?.rollingUpdate
  const maxSurge = resolveCount(rolling?.maxSurge, desired, 'up')
  const maxUnavailable = resolveCount(rolling?.maxUnavailable, desired, 'down')
  return { desired, maxSurge, maxUnavailable: maxSurge === 0 && maxUnavailable === 0 ? 1 : Math.min(maxUnavailable, desired) }
}

export const sizeOf = (replicaSet: ReplicaSet): number => replicaSet.spec.replicas ?? 0
export const total = (replicaSets: ReplicaSet[], of: (replicaSet: ReplicaSet) => number): number =>
  replicaSets.reduce((sum, each) => sum + of(each), 0)
export const availableOf = (replicaSet: ReplicaSet): number => replicaSet.status?.availableReplicas ?? 0

/** How large the new ReplicaSet may be now. */
export function newSize(bounds: Bounds, current: ReplicaSet | undefined, all: ReplicaSet[]): number {
  const { desired, maxSurge } = bounds
  const present = total(all, sizeOf)
  const own = current ? sizeOf(current) : 0
  if (own >= desired) return desired
  const room = desired + maxSurge - present
  return room <= 0 ? own : Math.min(own + room, desired)
}

export interface Resize {
  replicaSet: ReplicaSet
  replicas: number
}

/**
 * Which old ReplicaSets shrink now: first by their Pods that are not available, then as far as availability allows. One that shrinks
 * for both reasons is named twice, as upstream sizes it twice.
 */
export function shrinkOld(bounds: Bounds, current: ReplicaSet, old: ReplicaSet[]): Resize[] {
  // Its Pods have not followed its last size yet; upstream refuses to go on as well.
  if (old.some((each) => availableOf(each) > sizeOf(each))) return []
  const all = [...old, current]
  const least = bounds.desired - bounds.maxUnavailable
  const newUnavailable = sizeOf(current) - availableOf(current)
  let budget = total(all, sizeOf) - least - newUnavailable
  if (budget <= 0) return []
  const sizes = new Map(old.map((each) => [each, sizeOf(each)]))
  const changes: Resize[] = []
  const shrink = (replicaSet: ReplicaSet, most: number): number => {
    const size = sizes.get(replicaSet) ?? 0
    const taken = Math.max(0, Math.min(most, size))
    if (taken > 0) changes.push({ replicaSet, replicas: size - taken })
    sizes.set(replicaSet, size - taken)
    return taken
  }
  for (const each of old) budget -= shrink(each, Math.min(budget, sizeOf(each) - availableOf(each)))
  let spare = total(all, availableOf) - least
  for (const each of old) spare -= shrink(each, spare)
  return changes
}
