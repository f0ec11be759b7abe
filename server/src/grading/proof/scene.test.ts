import type { CheckResult, CheckStatus, Verdict } from '@wheelhouse/protocol'
import { expect, test } from 'vitest'
import { liesOf, liesOfRepetition, type Scene } from './scene.js'

const result = (check: string, status: CheckStatus, guard = false): CheckResult => ({
  check,
  status,
  points: status === 'passed' && !guard ? 1 : 0,
  maxPoints: guard ? 0 : 1,
  guard,
  evidence: [],
  tookMs: 1,
  ...(status === 'error' ? { error: 'oops' } : {}),
})
const verdict = (...checks: CheckResult[]): Verdict => ({
  task: 't',
  contentVersion: 'v',
  status: 'failed',
  points: checks.reduce((sum, check) => sum + check.points, 0),
  maxPoints: checks.reduce((sum, check) => sum + check.maxPoints, 0),
  checks,
  notGradable: [],
  gradedAtMs: 0,
  tookMs: 0,
})
const script = { name: 's', file: '/s.sh', machine: 'base', user: 'candidate' } as const
const fresh: Scene = { kind: 'fresh' }
const solution: Scene = { kind: 'solution', script }
const mutant: Scene = { kind: 'mutant', script: { ...script, caughtBy: ['a'] } }

test.each<[string, Scene, Verdict, RegExp | undefined]>([
  [
    'fresh, nothing passes',
    fresh,
    verdict(result('a', 'failed'), result('b', 'not-yet'), result('g', 'passed', true)),
    undefined,
  ],
  ['fresh, a check passes', fresh, verdict(result('a', 'passed')), /"a" passes although nothing/],
  ['fresh, a guard fails', fresh, verdict(result('g', 'failed', true)), /guard "g" does not hold/],
  ['fresh, a fault', fresh, verdict(result('a', 'error')), /"a" could not be graded: oops/],
  ['solution, all points', solution, verdict(result('a', 'passed'), result('g', 'passed', true)), undefined],
  ['solution, a check is not yet', solution, verdict(result('a', 'passed'), result('b', 'not-yet')), /"b" is not-yet/],
  ['solution, a guard fails', solution, verdict(result('a', 'passed'), result('g', 'failed', true)), /"g" is failed/],
  ['mutant, caught', mutant, verdict(result('a', 'failed'), result('b', 'passed')), undefined],
  ['mutant, caught as not-yet', mutant, verdict(result('a', 'not-yet')), undefined],
  ['mutant, not caught', mutant, verdict(result('a', 'passed'), result('b', 'failed')), /"a" should catch it, and passes/],
  ['mutant, a fault elsewhere', mutant, verdict(result('a', 'failed'), result('b', 'error')), /"b" could not be graded/],
  ['mutant, caught by a fault', mutant, verdict(result('a', 'error')), /"a" could not be graded/],
  ['mutant, its check was not graded', mutant, verdict(result('b', 'failed')), /"a" should catch it, and was not graded/],
])('%s', (_, scene, graded, lie) => {
  const lies = liesOf(scene, graded)
  if (lie) expect(lies.join('\n')).toMatch(lie)
  else expect(lies).toEqual([])
})

test('the same state must be graded the same twice', () => {
  expect(liesOfRepetition(verdict(result('a', 'passed')), verdict(result('a', 'passed')))).toEqual([])
  expect(liesOfRepetition(verdict(result('a', 'passed')), verdict(result('a', 'failed')))).toEqual([
    '"a" was passed, and failed when graded again',
  ])
})
