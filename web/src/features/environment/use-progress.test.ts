import type { Step } from '@wheelhouse/protocol'
import { expect, test } from 'vitest'
import { expectedOf, shareOf } from './use-progress'

const step = (status: Step['status'], expectedMs: number | null, elapsedMs = 0) => ({
  name: `${status}-${expectedMs}`,
  title: { key: 'step.x' },
  status,
  elapsedMs,
  shownMs: elapsedMs,
  expectedMs,
})

test('steps weigh as much as they are expected to take', () => {
  expect(shareOf([step('done', 9_000), step('waiting', 1_000)])).toBeCloseTo(0.9)
})

test('a running step nears its end and never reaches it', () => {
  const early = shareOf([step('running', 10_000, 2_000)])
  const late = shareOf([step('running', 10_000, 60_000)])
  expect(early).toBeGreaterThan(0.1)
  expect(late).toBeGreaterThan(early)
  expect(late).toBeLessThan(1)
})

test('skipped steps count for nothing, and unknown ones for a little', () => {
  expect(expectedOf([step('skipped', 60_000), step('done', 2_000), step('waiting', null)])).toBe(7_000)
})

test('where no earlier run tells, nothing is promised', () => {
  expect(expectedOf([step('running', null), step('waiting', null)])).toBeNull()
})
