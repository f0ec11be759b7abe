import type { CheckReport, Read } from '@wheelhouse/checkers/run'
import type { CheckResult, CheckStatus, Verdict } from '@wheelhouse/protocol'
import { expect, test } from 'vitest'
import type { ClusterWatch } from './cluster-watch.js'
import { LiveTask, type LiveTimer } from './live-task.js'

const READ: Read = {
  resource: { group: 'apps', version: 'v1', plural: 'deployments', namespaced: true },
  namespace: 'shop',
  name: 'web',
}
const result = (check: string, status: CheckStatus): CheckResult => ({
  check,
  status,
  points: status === 'passed' ? 1 : 0,
  maxPoints: 1,
  guard: false,
  evidence: [],
  tookMs: 1,
})

/** A live task whose clock, watches and checker are the test's. */
function scene(reports: (check: string, mode: 'live' | 'slow') => Partial<CheckReport>) {
  let nowMs = 0
  const calls = new Set<{ at: number; call: () => void }>()
  const timer: LiveTimer = {
    now: () => nowMs,
    after: (ms, call) => {
      const entry = { at: nowMs + ms, call }
      calls.add(entry)
      return () => calls.delete(entry)
    },
  }
  const followers = new Set<() => void>()
  const watch = {
    follow: (_: Read, changed: () => void) => {
      followers.add(changed)
      return () => followers.delete(changed)
    },
  } as unknown as ClusterWatch
  const runs: { at: number; mode: string; checks: string[] }[] = []
  const verdicts: Verdict[] = []
  const task = new LiveTask({
    checks: ['reads', 'probes'],
    watch,
    timer,
    run: async (checks, mode) => {
      runs.push({ at: nowMs, mode, checks })
      return checks.map((check) => ({ check, result: null, reads: [READ], slow: false, ...reports(check, mode) }))
    },
    verdictOf: (results, notGradable) => {
      const status = results.every((one) => one.status === 'passed') ? 'passed' : 'failed'
      return { status, ...(notGradable.length > 0 ? { notGradable } : {}) } as Verdict
    },
    onVerdict: (verdict) => verdicts.push(verdict),
  })
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  const advance = async (ms: number) => {
    const end = nowMs + ms
    await settle()
    for (;;) {
      const [next] = [...calls].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
      if (!next) break
      calls.delete(next)
      nowMs = Math.max(nowMs, next.at)
      next.call()
      await settle()
    }
    nowMs = end
  }
  const change = () => {
    for (const changed of followers) changed()
  }
  return { task, runs, verdicts, advance, change, followers, pending: () => calls.size }
}

const honest = (check: string, mode: 'live' | 'slow'): Partial<CheckReport> => {
  if (check === 'probes') return mode === 'live' ? { slow: true } : { slow: true, result: result(check, 'passed') }
  return { result: result(check, 'passed') }
}

test('the first verdict is whole: what may not be read only is probed at once, and never in a reading run', async () => {
  const { runs, verdicts, advance, task } = scene(honest)
  await advance(0)
  expect(runs).toEqual([
    { at: 0, mode: 'live', checks: ['reads', 'probes'] },
    { at: 0, mode: 'slow', checks: ['probes'] },
  ])
  expect(verdicts).toEqual([{ status: 'passed' }])
  await task.close()
})

test('a burst of changes is one run, and runs keep three seconds between them', async () => {
  const { runs, advance, change, task } = scene(honest)
  await advance(10_000)
  runs.length = 0
  change()
  change()
  await advance(400)
  change()
  await advance(5_000)
  expect(runs.map(({ at, mode, checks }) => [at, mode, checks.join()])).toEqual([
    [10_300, 'live', 'reads'],
    [13_300, 'live', 'reads'],
  ])
  await task.close()
})

test('nothing runs while nothing changes, but the slow timer', async () => {
  const { runs, advance, task } = scene(honest)
  await advance(0)
  runs.length = 0
  await advance(59_000)
  expect(runs).toEqual([])
  await advance(2_000)
  expect(runs.map(({ mode, checks }) => [mode, checks])).toEqual([['slow', ['probes']]])
  await task.close()
})

test('a change makes the slow timer quicker for a check that holds', async () => {
  const { runs, advance, change, task } = scene(honest)
  await advance(1_000)
  runs.length = 0
  change()
  await advance(15_000)
  expect(runs.filter(({ mode }) => mode === 'slow').map(({ at }) => at)).toEqual([15_000])
  await task.close()
})

test('a check that must look again, looks again', async () => {
  let looks = 0
  const young = (check: string, mode: 'live' | 'slow'): Partial<CheckReport> => {
    if (check === 'probes') return honest(check, mode)
    looks += 1
    return looks === 1 ? { result: result(check, 'not-yet'), againInMs: 2_000 } : { result: result(check, 'passed') }
  }
  const { verdicts, advance, task } = scene(young)
  await advance(4_000)
  expect(verdicts).toEqual([{ status: 'failed' }, { status: 'passed' }])
  await task.close()
})

test('a verdict that is the same is told once, and a fault of ours replaces nothing', async () => {
  let status: CheckStatus = 'passed'
  const { verdicts, advance, change, task } = scene((check, mode) =>
    check === 'probes' ? honest(check, mode) : { result: result(check, status) },
  )
  await advance(10_000)
  change()
  await advance(5_000)
  status = 'error'
  change()
  await advance(5_000)
  expect(verdicts).toHaveLength(1)
  status = 'failed'
  change()
  await advance(5_000)
  expect(verdicts).toHaveLength(2)
  await task.close()
})

test.each<{ when: string; before: CheckStatus[] }>([
  { when: 'at the first look', before: [] },
  { when: 'after a change', before: ['failed'] },
])('a fault of ours $when is asked again, although nothing changes any more', async ({ before }) => {
  const answers: CheckStatus[] = [...before, 'error', 'passed']
  const { verdicts, advance, change, task } = scene((check, mode) =>
    check === 'probes' ? honest(check, mode) : { result: result(check, answers.shift() ?? 'passed') },
  )
  await advance(5_000)
  change()
  await advance(5_000)
  expect(verdicts).toEqual(before.map(() => ({ status: 'failed' })))
  await advance(20_000)
  expect(verdicts.at(-1)).toEqual({ status: 'passed' })
  await task.close()
})

test('where nobody noted how the task began, the checks that need it are left out, and the others are told', async () => {
  const { verdicts, runs, advance, change, task } = scene((check, mode) =>
    check === 'probes' ? honest(check, mode) : { needsBaseline: true, reads: [] },
  )
  await advance(0)
  expect(verdicts).toEqual([{ status: 'passed', notGradable: ['reads'] }])
  runs.length = 0
  change()
  await advance(10_000)
  expect(runs.flatMap(({ checks }) => checks)).not.toContain('reads')
  await task.close()
})

test('what a check no longer reads is let go, and closing lets go of all', async () => {
  let reads = [READ, { ...READ, name: 'old' }]
  const { advance, change, followers, task, pending } = scene((check, mode) => ({ ...honest(check, mode), reads }))
  await advance(0)
  expect(followers.size).toBe(4)
  reads = [READ]
  change()
  await advance(20_000)
  expect(followers.size).toBe(2)
  await task.close()
  expect(followers.size).toBe(0)
  expect(pending()).toBe(0)
})
