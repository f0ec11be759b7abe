/** What a verdict changes in an attempt: the best points of its task, whether it was ever passed, the sum, the end. */
import type { Verdict } from '@wheelhouse/protocol'
import type { AttemptRecord, AttemptTaskRecord } from '../store/repositories/attempts.js'

/** The task after a verdict. A full pass is kept, even if a later task undoes it; a fault of ours takes nothing away. */
export function afterVerdict(
  task: Pick<AttemptTaskRecord, 'bestPoints' | 'passedAtMs'>,
  verdict: Verdict,
): Pick<AttemptTaskRecord, 'bestPoints' | 'passedAtMs'> {
  return {
    bestPoints: Math.max(task.bestPoints, verdict.points),
    passedAtMs: task.passedAtMs ?? (verdict.status === 'passed' ? Math.round(verdict.gradedAtMs) : null),
  }
}

/** The attempt's sum over its tasks; finished when every task was passed, and finished it stays. */
export function afterTasks(
  attempt: Pick<AttemptRecord, 'finishedAtMs'>,
  tasks: readonly Pick<AttemptTaskRecord, 'bestPoints' | 'passedAtMs'>[],
  nowMs: number,
): Pick<AttemptRecord, 'points' | 'finishedAtMs'> {
  const allPassed = tasks.length > 0 && tasks.every((task) => task.passedAtMs !== null)
  return {
    points: tasks.reduce((sum, task) => sum + task.bestPoints, 0),
    finishedAtMs: attempt.finishedAtMs ?? (allPassed ? nowMs : null),
  }
}

/** What a task is worth: the sum of its checks; a guard carries none. */
export function maxPointsOf(task: { manifest: { checks: readonly { points?: number; guard?: true }[] } }): number {
  return task.manifest.checks.reduce((sum, check) => sum + (check.guard ? 0 : (check.points ?? 0)), 0)
}
