/** Who of those in the queue may begin: first come, first served, learners before the pool, within the bounds of the computer. */
import type { EnvironmentRecord } from '../store/repositories/environments.js'
import { isRunning } from './next-action.js'

export interface Bounds {
  /** Environments that are built at once. */
  parallelCreations: number
  /** Environments that run at once. */
  mostRunning: number
}

/** The queue in its order. */
export function queueOf(living: readonly EnvironmentRecord[]): EnvironmentRecord[] {
  return living
    .filter((record) => record.state.phase === 'queued' && record.wanted === 'running')
    .sort(
      (a, b) => Number(a.learner === null) - Number(b.learner === null) || a.queuedAtMs - b.queuedAtMs || (a.id < b.id ? -1 : 1),
    )
}

/** Those of the queue that may begin now. */
export function admitted(living: readonly EnvironmentRecord[], bounds: Bounds): EnvironmentRecord[] {
  const building = living.filter((record) => record.state.phase === 'provisioning').length
  const running = living.filter(isRunning).length
  const places = Math.min(bounds.parallelCreations - building, bounds.mostRunning - running)
  return queueOf(living).slice(0, Math.max(0, places))
}

/**
 * A ready environment of the pool that has to go so that a learner who wants another shape gets a place; undefined where nobody
 * waits for a place, or the pool holds none.
 */
export function surplusOfPool(living: readonly EnvironmentRecord[], bounds: Bounds): EnvironmentRecord | undefined {
  const learnerWaits = queueOf(living).some((record) => record.learner !== null)
  if (!learnerWaits || living.filter(isRunning).length < bounds.mostRunning) return undefined
  return living.find((record) => record.learner === null && record.state.phase === 'ready' && record.wanted === 'running')
}

/** 1 for the next to begin; 0 where it does not queue. */
export function positionOf(id: string, living: readonly EnvironmentRecord[]): number {
  return queueOf(living).findIndex((record) => record.id === id) + 1
}

/**
 * Milliseconds until a queued environment is ready, as far as earlier runs tell: those before it take their turns, then it is built.
 * Null where there were no earlier runs, or where it waits for somebody to stop.
 */
export function expectedWait(
  position: number,
  living: readonly EnvironmentRecord[],
  times: Bounds & { totalMs: number | undefined },
): number | null {
  const free = times.mostRunning - living.filter(isRunning).length
  if (times.totalMs === undefined || position < 1 || position > free) return null
  const turns =
    Math.ceil(position / times.parallelCreations) + (living.some((record) => record.state.phase === 'provisioning') ? 0.5 : 0)
  return Math.round(turns * times.totalMs)
}
