import type { CheckResult, CheckStatus } from '@wheelhouse/protocol'
import { expect, test } from 'vitest'
import { compareProofs, comparisonText } from './compare.js'
import type { SceneResult } from './prove-task.js'

const check = (id: string, status: CheckStatus, found = '2'): CheckResult => ({
  check: id,
  status,
  points: status === 'passed' ? 1 : 0,
  maxPoints: 1,
  guard: false,
  evidence:
    status === 'passed'
      ? []
      : [
          {
            holds: false,
            subject: { key: 'subject.plain', values: { text: 'Deployment shop/web status.availableReplicas' } },
            expected: { key: 'expected.is', values: { value: '3' } },
            found: { key: 'found.value', values: { value: found } },
          },
        ],
  tookMs: 1,
})
const scene = (name: string, checks: CheckResult[], contentVersion = 'v1'): SceneResult => ({
  lab: 'shop',
  task: 'roll-back',
  scene: name,
  lies: [],
  contentVersion,
  checks,
  setupMs: 1,
  scriptMs: 1,
  checkMs: 1,
})
const compared = (here: SceneResult[], there: SceneResult[]) =>
  compareProofs({ name: 'simulated', scenes: here }, { name: 'kind', scenes: there })

test('the same verdict in each is no difference, however long it took', () => {
  const here = [scene('fresh', [check('a', 'failed')]), scene('solution', [check('a', 'passed')])]
  const there = here.map((one) => ({ ...one, checkMs: 9_000 }))
  const comparison = compared(here, there)
  expect(comparison).toEqual({ scenes: 2, differences: [], words: [], changed: [], onlyHere: [], onlyThere: [] })
  expect(comparisonText(comparison, { name: 'kind', file: 'kind.json' })).toBe(
    'Compared with kind (kind.json): 2 scenes, the same verdict in each',
  )
})

test('another verdict is told with both, and why', () => {
  const { differences } = compared([scene('fresh', [check('a', 'passed')])], [scene('fresh', [check('a', 'not-yet')])])
  expect(differences).toEqual([
    'shop/roll-back fresh: "a" is passed on simulated, not-yet on kind\n' +
      '    Deployment shop/web status.availableReplicas: expected 3, found 2',
  ])
})

test('a scene that could be graded on one of them only is a difference', () => {
  const { differences } = compared([scene('fresh', [])], [scene('fresh', [check('a', 'failed')])])
  expect(differences[0]).toContain('"a" is not graded on simulated, failed on kind')
})

test('other words for the same verdict are told, and are no difference', () => {
  const comparison = compared([scene('fresh', [check('a', 'failed')])], [scene('fresh', [check('a', 'failed', '1')])])
  expect(comparison.differences).toEqual([])
  expect(comparison.words[0]).toMatch(/"a"\n {4}simulated: .*found 2\n {4}kind: .*found 1$/)
})

test('a reason of many lines is told in one', () => {
  const page = `<html>\n${'x'.repeat(400)}`
  const { words } = compared([scene('fresh', [check('a', 'failed')])], [scene('fresh', [check('a', 'failed', page)])])
  expect(words[0]?.split('\n')).toHaveLength(3)
  expect(words[0]).toMatch(/kind: .*found <html> x+…$/)
})

test('names that a cluster draws, addresses, times and ages are not words', () => {
  const here =
    'web-7c5ddbdf54-x8k2p at 10.244.1.3, 5f0c9a3e-7b1d-4c55-9d52-0a64e1f7c0de_web since 2026-11-28T10:00:00Z, pod-template-hash=b5b78b557, 4s, web-55…'
  const there =
    'web-6d4cf56db6-bqvtz at 10.96.0.12, 0f0c9a3e-7b1d-4c55-9d52-0a64e1f7c0d1_web since 2026-11-28T10:05:31Z, pod-template-hash=7889476bf4, 1m12s, web-x…'
  const comparison = compared([scene('fresh', [check('a', 'failed', here)])], [scene('fresh', [check('a', 'failed', there)])])
  expect(comparison.words).toEqual([])
})

test('scenes of one proof alone, and tasks that have changed, are named', () => {
  const comparison = compared(
    [scene('fresh', []), scene('mutant new', [])],
    [scene('fresh', [], 'v0'), scene('alternative old', []), { ...scene('fresh', []), task: 'not-asked-for' }],
  )
  expect(comparison).toMatchObject({
    scenes: 1,
    changed: ['shop/roll-back'],
    onlyHere: ['shop/roll-back mutant new'],
    onlyThere: ['shop/roll-back alternative old'],
  })
  expect(comparisonText(comparison, { name: 'kind', file: 'f' })).toContain(
    '\nChanged since then: shop/roll-back\nOnly here: shop/roll-back mutant new\nOnly there: shop/roll-back alternative old',
  )
})
