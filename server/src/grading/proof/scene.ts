/** One scene of a task's proof: bring the task to its start, do something or nothing, grade, and see whether the verdict is true. */
import type { Verdict } from '@wheelhouse/protocol'
import type { MutantScript, Script, Task } from '../../catalogue/catalogue.js'
import { whyNot } from '../report/text.js'

export type Scene =
  | { kind: 'fresh' }
  | { kind: 'solution'; script: Script }
  | { kind: 'alternative'; script: Script }
  | { kind: 'mutant'; script: MutantScript }

export const sceneName = (scene: Scene): string =>
  scene.kind === 'fresh' || scene.kind === 'solution' ? scene.kind : `${scene.kind} ${scene.script.name}`

/** In the order in which they are played. The solution follows the fresh task, so it needs no setup of its own. */
export function scenesOf(task: Task): Scene[] {
  return [
    { kind: 'fresh' },
    { kind: 'solution', script: task.solution },
    ...task.alternatives.map((script): Scene => ({ kind: 'alternative', script })),
    ...task.mutants.map((script): Scene => ({ kind: 'mutant', script })),
  ]
}

/** What the verdict should have been and was not; empty where it is true. */
export function liesOf(scene: Scene, verdict: Verdict): string[] {
  const faults = verdict.checks.filter((check) => check.status === 'error')
  const lies = faults.map((check) => `"${check.check}" could not be graded: ${check.error}`)
  if (scene.kind === 'fresh') return [...lies, ...liesOfFresh(verdict)]
  if (scene.kind === 'mutant') return [...lies, ...liesOfMutant(scene.script, verdict)]
  return [...lies, ...liesOfRightWay(verdict)]
}

function liesOfFresh({ checks }: Verdict): string[] {
  return checks.flatMap((check) => {
    if (!check.guard && check.status === 'passed') return [`"${check.check}" passes although nothing has been done`]
    if (check.guard && check.status !== 'passed')
      return [`the guard "${check.check}" does not hold at the start: ${whyNot(check, 'en')}`]
    return []
  })
}

function liesOfRightWay({ checks, points, maxPoints }: Verdict): string[] {
  const failing = checks.filter((check) => check.status === 'failed' || check.status === 'not-yet')
  const lies = failing.map((check) => `"${check.check}" is ${check.status}: ${whyNot(check, 'en')}`)
  return points === maxPoints || lies.length > 0 ? lies : [`${points} of ${maxPoints} points`]
}

function liesOfMutant({ caughtBy }: MutantScript, { checks }: Verdict): string[] {
  return caughtBy.flatMap((id) => {
    const check = checks.find((one) => one.check === id)
    if (!check) return [`"${id}" should catch it, and was not graded`]
    return check.status === 'passed' ? [`"${id}" should catch it, and passes`] : []
  })
}

/** Two verdicts on the same state must be the same. */
export function liesOfRepetition(first: Verdict, second: Verdict): string[] {
  return first.checks.flatMap((check) => {
    const again = second.checks.find((one) => one.check === check.check)
    if (again?.status === check.status) return []
    return [`"${check.check}" was ${check.status}, and ${again?.status ?? 'missing'} when graded again`]
  })
}
