/** Which tasks may be proved at the same time in one environment: those that own nothing in common, and none that wants to be alone. */
import type { Task } from '../../catalogue/catalogue.js'
import type { ProofTask } from './prove-task.js'

const belongings = ({ manifest }: Task): string[] => [
  ...manifest.namespaces,
  ...(manifest.owns ?? []).map((owned) => owned.replace(/\*$/, '')),
]

const share = (a: Task, b: Task): boolean =>
  belongings(a).some((one) => belongings(b).some((other) => one.startsWith(other) || other.startsWith(one)))

export interface ScheduleOptions {
  atOnce: number
  signal: AbortSignal
  /** Whether another task may still begin. */
  timeLeft?: () => boolean
  work: (task: ProofTask) => Promise<void>
}

/**
 * Runs every task's proof, at most `atOnce` side by side, in the order given: while one that wants to be alone is the next, nothing
 * else begins. So what comes first is proved first, whichever it is, where time does not suffice for all.
 *
 * @returns the tasks that were not begun, because time was up or the signal stopped it
 * @throws the first error, after those under way have ended
 */
export async function runSideBySide(
  tasks: readonly ProofTask[],
  { atOnce, signal, timeLeft = () => true, work }: ScheduleOptions,
): Promise<ProofTask[]> {
  const waiting = [...tasks]
  const running = new Map<ProofTask, Promise<void>>()
  const failures: unknown[] = []
  const mayStart = (next: ProofTask) => {
    if (running.size === 0) return true
    if (running.size >= atOnce || next.alone || waiting[0]?.alone) return false
    return [...running.keys()].every((other) => !other.alone && !share(next.task, other.task))
  }
  const start = (next: ProofTask) => {
    waiting.splice(waiting.indexOf(next), 1)
    const done = work(next)
      .catch((error: unknown) => failures.push(error))
      .finally(() => running.delete(next))
    running.set(next, done as Promise<void>)
  }
  while (waiting.length > 0 || running.size > 0) {
    if (failures.length === 0 && !signal.aborted && timeLeft()) {
      for (const next of [...waiting]) if (mayStart(next)) start(next)
    }
    if (running.size === 0) break
    await Promise.race(running.values())
  }
  if (failures.length > 0) throw failures[0]
  return waiting
}
