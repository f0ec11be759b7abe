/** From checks to a verdict. A guard that does not hold withholds the task's points; one fault of ours makes the verdict ours too. */
import type { CheckResult, CheckStatus, Verdict } from '@wheelhouse/protocol'
import type { Task } from '../catalogue/catalogue.js'

export interface VerdictParts {
  task: Task
  checks: CheckResult[]
  notGradable: string[]
  gradedAtMs: number
  tookMs: number
}

export function makeVerdict({ task, checks, notGradable, gradedAtMs, tookMs }: VerdictParts): Verdict {
  const ordered = task.manifest.checks.flatMap((check) => checks.find((result) => result.check === check.id) ?? [])
  const guarded = ordered.every((check) => !check.guard || check.status === 'passed')
  const sum = (pick: (check: CheckResult) => number) => ordered.reduce((total, check) => total + pick(check), 0)
  return {
    task: task.manifest.id,
    contentVersion: task.contentVersion,
    status: statusOf(ordered),
    points: guarded ? sum((check) => check.points) : 0,
    maxPoints: sum((check) => check.maxPoints),
    checks: ordered,
    notGradable,
    gradedAtMs,
    tookMs,
  }
}

function statusOf(checks: CheckResult[]): CheckStatus {
  const has = (status: CheckStatus) => checks.some((check) => check.status === status)
  if (has('error')) return 'error'
  if (has('failed')) return 'failed'
  return has('not-yet') || checks.length === 0 ? 'not-yet' : 'passed'
}
