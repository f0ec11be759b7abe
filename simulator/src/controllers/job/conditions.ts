/** The conditions of a Job. A verdict is told first by an interim condition, and finally when no Pod is left to count. */
import type { Job, JobCondition } from '../../schema/kubernetes.generated.js'
import { timestamp } from '../../time/clock.js'

export type ConditionType = 'Suspended' | 'FailureTarget' | 'Failed' | 'SuccessCriteriaMet' | 'Complete'

export interface Verdict {
  type: ConditionType
  reason: string
  message: string
}

export const conditionIn = (job: Pick<Job, 'status'>, type: ConditionType): JobCondition | undefined =>
  job.status?.conditions?.find((each) => each.type === type && each.status === 'True')

/** Complete or Failed, where the Job is either. */
export const ending = (job: Pick<Job, 'status'>): JobCondition | undefined =>
  job.status?.conditions?.find((each) => (each.type === 'Complete' || each.type === 'Failed') && each.status === 'True')

const made = ({ type, reason, message }: Verdict, status: string, nowMs: number): JobCondition => {
  const now = timestamp(nowMs)
  return { type, status, lastProbeTime: now, lastTransitionTime: now, reason, message }
}

/** The list with the condition set; the same list where nothing changes. What never was needs no word that it is not. */
export function withCondition(
  list: JobCondition[],
  verdict: Verdict,
  { status = 'True', nowMs }: { status?: 'True' | 'False'; nowMs: number },
): JobCondition[] {
  const before = list.find((each) => each.type === verdict.type)
  if (!before) return status === 'False' ? list : [...list, made(verdict, status, nowMs)]
  if (before.status === status && before.reason === verdict.reason && before.message === verdict.message) return list
  return list.map((each) => (each === before ? made(verdict, status, nowMs) : each))
}

/** What an interim verdict comes to in the end. */
export const finalOf = (verdict: Verdict): Verdict => {
  if (verdict.type === 'FailureTarget') return { ...verdict, type: 'Failed' }
  return verdict.type === 'SuccessCriteriaMet' ? { ...verdict, type: 'Complete' } : verdict
}
