import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { type CheckStatus, Verdict } from './verdict.js'

const verdict = (status: CheckStatus) => ({
  task: 'roll-back',
  contentVersion: 'abc',
  status,
  points: 0,
  maxPoints: 5,
  checks: [],
  notGradable: [],
  gradedAtMs: 0,
  tookMs: 1,
})

test('a verdict knows four outcomes and no fifth', () => {
  expect(Value.Check(Verdict, verdict('not-yet'))).toBe(true)
  expect(Value.Check(Verdict, { ...verdict('passed'), status: 'probably' })).toBe(false)
})
