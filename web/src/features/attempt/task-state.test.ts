import type { CheckResult } from '@wheelhouse/protocol'
import { expect, test } from 'vitest'
import { attemptTask, checkResult, verdict } from '~/testing/fixtures'
import { checkLines, isWithheld, taskMark, taskState } from './task-state'

const titles = [
  { id: 'one', title: 'One', points: 2, guard: false },
  { id: 'two', title: 'Two', points: 3, guard: false },
]

test('a task that nobody checked is untried, and one being set up is preparing', () => {
  expect(taskMark(undefined)).toBe('untried')
  expect(taskMark(attemptTask({ setup: 'running' }))).toBe('preparing')
  expect(taskMark(attemptTask({}))).toBe('untried')
})

test('while checking, each check turns from checking to its result as it arrives', () => {
  const state = taskState(attemptTask({ checking: true, arriving: [checkResult({ check: 'one', status: 'passed' })] }))
  expect(checkLines(titles, state).map((line) => line.mark)).toEqual(['passed', 'checking'])
})

test('not-yet, failed and error stay apart', () => {
  for (const status of ['not-yet', 'failed', 'error'] as const)
    expect(taskMark(attemptTask({ latest: verdict({ status }) }))).toBe(status)
})

test('a pass is kept when a later verdict is worse', () => {
  const task = attemptTask({ latest: verdict({ status: 'failed' }), passedAtMs: 1 })
  expect(taskMark(task)).toBe('passed')
  expect(taskState(task)).toMatchObject({ kind: 'judged', keptPass: true })
})

test('a check that cannot be graded here shows so, also while the others run', () => {
  const judged = taskState(attemptTask({ latest: verdict({ notGradable: ['two'] }) }))
  expect(checkLines(titles, judged)[1]?.mark).toBe('not-gradable')
  const again = taskState(attemptTask({ checking: true, latest: verdict({ notGradable: ['two'] }) }))
  expect(checkLines(titles, again)[1]?.mark).toBe('not-gradable')
})

test('points are withheld where a guard broke and something else would have counted', () => {
  const guard = checkResult({ check: 'g', guard: true, status: 'failed', points: 0, maxPoints: 0 })
  expect(isWithheld(verdict({ checks: [checkResult({ points: 2 }), guard] }))).toBe(true)
  expect(isWithheld(verdict({ checks: [checkResult({ status: 'failed', points: 0 }), guard] }))).toBe(false)
})

test('what live grading finds before anybody asked is no cross, but a tick, a broken guard and our own fault are shown', () => {
  const watched = (over: Partial<CheckResult>) =>
    attemptTask({ asked: false, latest: verdict({ status: 'failed', checks: [checkResult({ check: 'one', ...over })] }) })
  const marks = (over: Partial<CheckResult>) => [taskMark(watched(over)), checkLines(titles, taskState(watched(over)))[0]?.mark]
  expect(marks({ status: 'failed' })).toEqual(['untried', 'untried'])
  expect(marks({ status: 'not-yet' })).toEqual(['untried', 'untried'])
  expect(marks({ status: 'passed' })).toEqual(['untried', 'passed'])
  expect(marks({ status: 'failed', guard: true })).toEqual(['failed', 'failed'])
  expect(marks({ status: 'error' })).toEqual(['failed', 'error'])
})
