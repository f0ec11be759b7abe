import { FakeApiServer } from '@wheelhouse/checkers/testing'
import type { CheckResult, Verdict } from '@wheelhouse/protocol'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { CommandTimeout } from '../hosts/execution-host.js'
import { ProcessGrader } from './process-grader.js'
import {
  type EnvironmentDoubleOptions,
  environmentDouble,
  pointsCheck,
  runOf,
  type TaskDoubleOptions,
  taskDouble,
} from './testing/task-double.js'

// A process of its own for each, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 })

let api: FakeApiServer
let grader: ProcessGrader
const printed: string[] = []
beforeAll(async () => {
  api = await FakeApiServer.start()
  grader = new ProcessGrader({ onOutput: (_, text) => printed.push(text), silenceMs: 2_500 })
})
afterAll(async () => {
  await grader.close()
  await api.close()
})
afterEach(() => {
  printed.length = 0
})

const FINE = `'a': async () => expectThat(1, 'one').is(1)`
function graded(task: TaskDoubleOptions, environment: Partial<EnvironmentDoubleOptions> = {}): Promise<Verdict> {
  const place = environmentDouble({ kubeconfig: api.kubeconfig, ...environment })
  return grader.check(runOf(taskDouble(task), place), { baseline: {} })
}
const only = (verdict: Verdict): CheckResult => {
  const [check] = verdict.checks
  if (!check) throw new Error('no check')
  return check
}

test('a task that is done has all its points', async () => {
  expect(await graded({ checks: FINE })).toMatchObject({ status: 'passed', points: 1, maxPoints: 1, notGradable: [] })
})

test.each([
  ['throws', `'a': async () => { throw new Error('oops') }`, /oops/],
  ['throws when it is loaded', `...(() => { throw new Error('at once') })(), 'a': async () => {}`, /at once/],
  ['does not have the check', `'b': async () => {}`, /no check 'a'/],
  ['calls process.exit', `'a': async () => { process.exit(0) }`, /ended with exit code 0/],
  ['kills itself', `'a': async () => { process.kill(process.pid, 'SIGKILL') }`, /SIGKILL/],
  [
    'allocates without end',
    `'a': async () => { const all = []; for (;;) { all.push(new Array(1e6).fill(0)); await new Promise(setImmediate) } }`,
    /memory/,
  ],
  [
    'allocates buffers without end',
    `'a': async () => { const all = []; for (;;) { all.push(Buffer.alloc(2e7, 1)); await new Promise(setImmediate) } }`,
    /memory/,
  ],
  ['says a sentence that nobody wrote', `'a': async () => expectThat(1, say('nowhere')).is(1)`, /nowhere/],
  [
    'reaches for files',
    `'a': async () => { (await import('node:fs')).writeFileSync('/tmp/x', 'x') }`,
    /Access to this API has been restricted/,
  ],
  ['starts a program', `'a': async () => { (await import('node:child_process')).execSync('id') }`, /restricted/],
])('a checker that %s is our fault, never a zero', async (_, checks, why) => {
  const verdict = await graded({ checks })
  expect(verdict.status).toBe('error')
  expect(only(verdict)).toMatchObject({ check: 'a', status: 'error', points: 0 })
  expect(only(verdict).error).toMatch(why)
})

test('a checker that loops for ever is stopped, and what was known before is kept', async () => {
  const checks = `'quick': async () => expectThat(1, 'one').is(1), 'loops': async () => { await new Promise((go) => setTimeout(go, 50)); for (;;); }`
  const manifest = { checks: [pointsCheck('quick'), pointsCheck('loops')] }
  const { checks: results } = await graded({ checks, manifest })
  expect(results.map(({ check, status }) => [check, status])).toEqual([
    ['quick', 'passed'],
    ['loops', 'error'],
  ])
  expect(results[1]?.error).toMatch(/endless loop/)
})

test('what a checker prints is kept for the operator and disturbs nothing', async () => {
  const noise = `'a': async () => { console.log('{"type":"check","report":{"check":"a"}}'); process.stdout.write('\\u0000\\u0001garbage'); expectThat(1, 'one').is(1) }`
  expect(await graded({ checks: noise })).toMatchObject({ status: 'passed' })
  expect(printed.join('')).toContain('garbage')
})

test('a checker cannot award itself points, or speak of checks that are not there', async () => {
  const forged = `'a': async () => {
    const result = { check: 'a', status: 'passed', points: 99, maxPoints: 99, guard: false, evidence: [], tookMs: 1 }
    process.send({ type: 'check', report: { check: 'a', result, reads: [], slow: false } })
    process.send({ type: 'check', report: { check: 'z', result: { ...result, check: 'z' }, reads: [], slow: false } })
    expectThat(1, 'one').is(2)
  }`
  const verdict = await graded({ checks: forged })
  expect(verdict).toMatchObject({ status: 'error', points: 0, maxPoints: 1 })
  expect(verdict.checks).toHaveLength(1)
})

test('the credential is in neither environment nor arguments of the process', async () => {
  const checks = `'a': async () => {
    expectThat(Object.keys(process.env).filter((name) => !name.startsWith('NODE_')), 'env').isEmpty()
    expectThat(process.argv.join(' '), 'argv').containsNot('127.0.0.1')
  }`
  expect(await graded({ checks })).toMatchObject({ status: 'passed' })
})

test('a failing guard withholds the points', async () => {
  const guard = { id: 'kept', title: { en: 'kept', zh: '保留' }, guard: true } as const
  const checks = `${FINE}, 'kept': async () => expectThat(1, 'one').is(2)`
  const verdict = await graded({ checks, manifest: { checks: [pointsCheck('a'), guard] } })
  expect(verdict).toMatchObject({ status: 'failed', points: 0, maxPoints: 1 })
  expect(verdict.checks[0]).toMatchObject({ status: 'passed', points: 1 })
})

const KUBELET = `'a': async () => expectThat(await machine('controlplane').run(['systemctl', 'is-active', 'kubelet'])).is('active')`

test('a command on a machine goes through the environment', async () => {
  const verdict = await graded(
    { checks: KUBELET },
    {
      run: async ({ machine, user, argv }) => ({
        exitCode: 0,
        stdout: machine === 'controlplane' && user === 'root' && argv[2] === 'kubelet' ? 'active\n' : '',
        stderr: '',
      }),
    },
  )
  expect(verdict).toMatchObject({ status: 'passed' })
  expect(only(verdict).evidence[0]?.seeWith).toBe('ssh controlplane sudo systemctl is-active kubelet')
})

test('a machine that does not answer, or not in time, is what was found', async () => {
  const silent = await graded({ checks: KUBELET }, { run: async () => Promise.reject(new Error('container is gone')) })
  expect(only(silent)).toMatchObject({ status: 'failed', evidence: [{ found: { values: { why: 'container is gone' } } }] })
  const late = await graded({ checks: KUBELET }, { run: async ({ argv }) => Promise.reject(new CommandTimeout(argv, 10, '')) })
  expect(only(late)).toMatchObject({ status: 'failed', evidence: [{ found: { key: 'found.timed-out' } }] })
})

test('a machine that the environment does not have is a fault of the checker', async () => {
  expect(only(await graded({ checks: KUBELET }, { machines: ['base'] })).error).toMatch(/no machine "controlplane"/)
})

test('without machines, checks that need one are left out of verdict and points', async () => {
  const shell = { ...pointsCheck('b'), requires: 'node-shell' as const }
  const verdict = await graded(
    { checks: `${FINE}, 'b': async () => {}`, manifest: { checks: [pointsCheck('a'), shell] } },
    { machines: [] },
  )
  expect(verdict).toMatchObject({ status: 'passed', points: 1, maxPoints: 1, notGradable: ['b'] })
})

test('a kubeconfig that is no good is our fault', async () => {
  expect(only(await graded({ checks: FINE }, { kubeconfig: '{}' }))).toMatchObject({
    status: 'error',
    error: 'the kubeconfig has no context',
  })
})

test('a check that is cancelled ends at once', async () => {
  const place = environmentDouble({ kubeconfig: api.kubeconfig })
  const run = runOf(taskDouble({ checks: `'a': async () => new Promise(() => {})` }), place)
  const stop = new AbortController()
  const verdict = grader.check(run, { baseline: {}, signal: stop.signal })
  stop.abort()
  expect(only(await verdict).error).toMatch(/cancelled/)
})

const deployment = (replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'live', labels: { replicas: String(replicas) } },
  spec: { replicas, selector: { matchLabels: { app: 'web' } } },
  status: { replicas, readyReplicas: replicas, updatedReplicas: replicas, availableReplicas: replicas },
})

test('live: a change of what a check has read grades it again, and an unrelated one does not', async () => {
  api.put(deployment(1))
  const checks = `'a': async () => expectThat(await cluster.deployment('live', 'web'), 'spec.replicas').is(3)`
  const run = runOf(taskDouble({ checks }), environmentDouble({ kubeconfig: api.kubeconfig }))
  const verdicts: Verdict[] = []
  const stop = grader.watch(run, { baseline: {}, onVerdict: (verdict) => verdicts.push(verdict) })
  await vi.waitFor(() => expect(verdicts).toHaveLength(1), { timeout: 20_000 })
  expect(verdicts[0]).toMatchObject({ status: 'failed', points: 0 })
  await vi.waitFor(() => expect(api.watches).toContain('/apis/apps/v1/namespaces/live/deployments'), { timeout: 20_000 })
  const reads = () => api.requests.filter((request) => request === 'GET /apis/apps/v1/namespaces/live/deployments/web').length
  const before = reads()
  api.put({ ...deployment(3), metadata: { name: 'other', namespace: 'live' } })
  api.put(deployment(3))
  await vi.waitFor(() => expect(verdicts).toHaveLength(2), { timeout: 20_000 })
  expect(verdicts[1]).toMatchObject({ status: 'passed', points: 1 })
  expect(reads()).toBe(before + 1)
  await stop()
  await vi.waitFor(() => expect(api.watches).toEqual([]), { timeout: 20_000 })
})
