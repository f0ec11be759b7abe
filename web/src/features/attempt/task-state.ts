import type { AttemptTaskView, AttemptView, CheckResult, CheckStatus, ErrorBody, Verdict } from '@wheelhouse/protocol'

/** How far a learner is with a task: one union, made from what the server tells. */
export type TaskState =
  | { kind: 'not-started' }
  | { kind: 'preparing'; status: 'waiting' | 'running' }
  /** It breaks something, so it is only set up when the learner asks. */
  | { kind: 'asks-to-start' }
  | { kind: 'setup-failed'; error: ErrorBody | null }
  | { kind: 'untried' }
  | { kind: 'checking'; arriving: CheckResult[]; before: Verdict | null }
  /** `watched`: judged by live grading alone, and so far nobody asked. What is not right yet is no news then. */
  | { kind: 'judged'; verdict: Verdict; keptPass: boolean; watched: boolean }

export function taskState(task: AttemptTaskView | undefined, disruptive = false): TaskState {
  if (!task) return { kind: 'not-started' }
  if (task.checking) return { kind: 'checking', arriving: task.arriving, before: task.latest }
  switch (task.setup) {
    case 'waiting':
      return disruptive ? { kind: 'asks-to-start' } : { kind: 'preparing', status: 'waiting' }
    case 'running':
      return { kind: 'preparing', status: 'running' }
    case 'failed':
      return { kind: 'setup-failed', error: task.setupError }
    case 'done':
      break
  }
  if (!task.latest) return { kind: 'untried' }
  return {
    kind: 'judged',
    verdict: task.latest,
    keptPass: task.passedAtMs !== null && task.latest.status !== 'passed',
    watched: !task.asked,
  }
}

/** Whether there is a cluster to ask. */
export const isReady = (attempt: Pick<AttemptView, 'environment'> | undefined): boolean =>
  attempt?.environment?.state.phase === 'ready'

/** What the icon of a task or of a check shows. */
export type Mark = CheckStatus | 'untried' | 'checking' | 'preparing' | 'not-gradable'

export function taskMark(task: AttemptTaskView | undefined): Mark {
  const state = taskState(task)
  switch (state.kind) {
    case 'not-started':
    case 'asks-to-start':
    case 'untried':
      return 'untried'
    case 'preparing':
      return state.status === 'running' ? 'preparing' : 'untried'
    case 'setup-failed':
      return 'error'
    case 'checking':
      return 'checking'
    case 'judged':
      if (state.keptPass) return 'passed'
      return isNoNews(state) ? 'untried' : state.verdict.status
  }
}

/** One line of the list of checks: what is known of it, and what it shows. */
export interface CheckLine {
  id: string
  title: string
  points: number
  guard: boolean
  mark: Mark
  result: CheckResult | null
}

interface CheckTitle {
  id: string
  title: string
  points: number
  guard: boolean
}

export function checkLines(checks: readonly CheckTitle[], state: TaskState): CheckLine[] {
  return checks.map((check) => ({ ...check, ...knownOf(check.id, state) }))
}

function knownOf(id: string, state: TaskState): Pick<CheckLine, 'mark' | 'result'> {
  const find = (results: readonly CheckResult[]) => results.find((result) => result.check === id) ?? null
  switch (state.kind) {
    case 'checking': {
      if (state.before?.notGradable.includes(id)) return { mark: 'not-gradable', result: null }
      const result = find(state.arriving)
      return result ? { mark: result.status, result } : { mark: 'checking', result: null }
    }
    case 'judged': {
      if (state.verdict.notGradable.includes(id)) return { mark: 'not-gradable', result: null }
      const result = find(state.verdict.checks)
      if (!result || (state.watched && isOpen(result))) return { mark: 'untried', result }
      return { mark: result.status, result }
    }
    case 'not-started':
    case 'preparing':
    case 'asks-to-start':
    case 'setup-failed':
    case 'untried':
      return { mark: 'untried', result: null }
  }
}

/** Whether the points of a verdict are withheld: a guard broke while something else would have counted. */
export const isWithheld = (verdict: Verdict): boolean =>
  verdict.checks.some((check) => check.guard && check.status === 'failed') && verdict.checks.some((check) => check.points > 0)

/** Whether a verdict that nobody asked for says no more than that there is still something to do. */
export const isNoNews = ({ verdict, watched }: Extract<TaskState, { kind: 'judged' }>): boolean =>
  watched && verdict.checks.every((check) => check.status === 'passed' || isOpen(check))

/** Not right yet, as at the start of every task. A guard that breaks is news at any time, and so is a fault of ours. */
const isOpen = (check: CheckResult) => !check.guard && (check.status === 'failed' || check.status === 'not-yet')
