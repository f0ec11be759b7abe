/** The outcome of `wheelhouse grade` as JSON: what a learning system or a later step of a pipeline reads. */
import type { Verdict } from '@wheelhouse/protocol'
import type { Lab } from '../../catalogue/catalogue.js'

export interface GradeReport {
  schema: 'wheelhouse/grade/v1'
  lab: string
  contentVersion: string
  points: number
  maxPoints: number
  gradedAtMs: number
  verdicts: Verdict[]
  /** Checks that this cluster alone cannot answer; outside the verdicts and the points. */
  notGradable: { task: string; check: string }[]
}

export function gradeReport(lab: Lab, verdicts: Verdict[]): GradeReport {
  const sum = (pick: (verdict: Verdict) => number) => verdicts.reduce((total, verdict) => total + pick(verdict), 0)
  return {
    schema: 'wheelhouse/grade/v1',
    lab: lab.manifest.id,
    contentVersion: lab.contentVersion,
    points: sum((verdict) => verdict.points),
    maxPoints: sum((verdict) => verdict.maxPoints),
    gradedAtMs: Date.now(),
    verdicts: verdicts.filter((verdict) => verdict.checks.length > 0),
    notGradable: verdicts.flatMap(({ task, notGradable }) => notGradable.map((check) => ({ task, check }))),
  }
}

/** 0 where every gradable check has a verdict, whatever the score; 2 where we could not grade one. */
export const exitCodeOf = (report: GradeReport): 0 | 2 => (report.verdicts.some((verdict) => verdict.status === 'error') ? 2 : 0)
