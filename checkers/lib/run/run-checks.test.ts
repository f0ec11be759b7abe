import type { CheckManifest, CheckResult } from '@wheelhouse/protocol'
import { formatMessage } from '@wheelhouse/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CheckerContext, type CheckFunctions, checker } from '../checker.js'
import { FakeApiServer, steppedClock } from '../testing/index.js'
import { type CheckReport, type RunOrder, runChecks } from './run-checks.js'

let api: FakeApiServer
beforeEach(async () => {
  api = await FakeApiServer.start()
})
afterEach(() => api.close())

const title = { en: 'title', zh: '标题' }
interface Scene {
  checks: (context: CheckerContext) => CheckFunctions
  guard?: true
  mode?: RunOrder['mode']
  onSleep?: (nowMs: number) => void
  nodeAnswers?: boolean
  lookLimitMs?: number
  order?: Partial<RunOrder>
}

async function reports({
  checks,
  guard,
  mode = 'button',
  onSleep,
  nodeAnswers = true,
  lookLimitMs,
  order,
}: Scene): Promise<CheckReport[]> {
  const ids = Object.keys(checks(new Proxy({}, { get: () => () => ({}) }) as CheckerContext))
  const manifest = ids.map((id): CheckManifest => (guard ? { id, title, guard } : { id, title, points: 2 }))
  const found: CheckReport[] = []
  const base = { access: api.access, checks: manifest, messages: {}, settleSeconds: 30, baseline: {}, params: {}, mode }
  await runChecks(
    checker(checks),
    { ...base, ...order },
    {
      clock: steppedClock(onSleep),
      runOnMachine: async ({ argv }) => ({ exitCode: argv[0] === 'cat' ? 1 : 0, stdout: 'active\n', stderr: '' }),
      nodeAnswers: async () => nodeAnswers,
      ...(lookLimitMs === undefined ? {} : { lookLimitMs }),
      report: (report) => found.push(report),
    },
  )
  return found
}
async function check(scene: Scene): Promise<CheckResult> {
  const [report] = await reports(scene)
  if (!report?.result) throw new Error('no result')
  return report.result
}
const found = (result: CheckResult) => result.evidence.map((one) => formatMessage('en', one.found))

const deployment = (spec: { replicas: number; generation?: number; observed?: number; ready?: number; updated?: number }) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', generation: spec.generation ?? 1 },
  spec: { replicas: spec.replicas, selector: { matchLabels: { app: 'web' } } },
  status: {
    observedGeneration: spec.observed ?? 1,
    replicas: spec.replicas,
    readyReplicas: spec.ready ?? spec.replicas,
    availableReplicas: spec.ready ?? spec.replicas,
    updatedReplicas: spec.updated ?? spec.replicas,
  },
})
const pod = (name: string, container: object, ready = true) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'nginx' }], nodeName: 'node01' },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    containerStatuses: [{ name: 'web', ready, restartCount: 0, image: 'nginx', imageID: '', ...container }],
  },
})
const running = (agoMs: number) => ({ state: { running: { startedAt: new Date(Date.now() - agoMs).toISOString() } } })
const available = (wanted: number) => ({
  checks: ({ cluster, expectThat }: CheckerContext) => ({
    available: async () => expectThat(await cluster.deployment('shop', 'web'), 'status.availableReplicas').is(wanted),
  }),
})

test('a check that holds on a steady cluster passes with its points', async () => {
  api.put(deployment({ replicas: 1 }))
  api.put(pod('web-1', running(60_000)))
  expect(await check(available(1))).toMatchObject({ status: 'passed', points: 2, maxPoints: 2 })
})

test('checks that look at the same objects at the same moment ask once, and each has its own', async () => {
  api.put(deployment({ replicas: 1 }))
  api.put(pod('web-1', running(60_000)))
  const seen = new Set<unknown>()
  const look =
    ({ cluster, expectThat }: CheckerContext) =>
    async () => {
      const web = await cluster.deployment('shop', 'web')
      seen.add(web)
      return expectThat(web, 'spec.replicas').is(1)
    }
  const found = await reports({ checks: (context) => ({ first: look(context), second: look(context) }) })
  expect(found.map(({ result }) => result?.status)).toEqual(['passed', 'passed'])
  expect(seen.size).toBe(2)
  expect(api.requests.filter((request) => request.startsWith('GET '))).toHaveLength(2)
})

test('an object that is not there is not-yet at once, and says how to see that', async () => {
  const result = await check({ ...available(1), onSleep: () => expect.fail('there is nothing to wait for') })
  expect(result).toMatchObject({ status: 'not-yet', points: 0 })
  expect(result.evidence[0]).toMatchObject({ holds: false, seeWith: 'kubectl -n shop get deployment web' })
})

test('a guard whose object is gone has failed', async () => {
  expect(await check({ ...available(1), guard: true })).toMatchObject({ status: 'failed', maxPoints: 0 })
})

test('a settled cluster that is wrong has failed after a moment of quiet', async () => {
  api.put(deployment({ replicas: 1 }))
  api.put(pod('web-1', running(60_000)))
  let sleptMs = 0
  const result = await check({ ...available(3), onSleep: (now) => (sleptMs = now) })
  expect(result).toMatchObject({ status: 'failed' })
  expect(sleptMs).toBeGreaterThanOrEqual(2_000)
  expect(sleptMs).toBeLessThan(4_000)
})

test('a rollout on its way is waited for', async () => {
  api.put(deployment({ replicas: 3, ready: 2 }))
  api.put(pod('web-1', { state: { waiting: { reason: 'ContainerCreating' } } }, false))
  const finish = (now: number) => {
    if (now < 10_000) return
    api.put(deployment({ replicas: 3 }))
    api.put(pod('web-1', running(60_000)))
  }
  expect(await check({ ...available(3), onSleep: finish })).toMatchObject({ status: 'passed' })
})

test('a rollout that is still on its way at the deadline is not-yet, and says what is missing', async () => {
  api.put(deployment({ replicas: 3, ready: 2 }))
  api.put(pod('web-1', { state: { waiting: { reason: 'ContainerCreating' } } }, false))
  const result = await check(available(3))
  expect(result.status).toBe('not-yet')
  expect(found(result)).toContain('2 of 3 Pods are up to date and ready')
})

test('a change that no controller has seen yet is waited for, although the old state looks right', async () => {
  api.put(deployment({ replicas: 3, generation: 2, observed: 1 }))
  const result = await check({
    ...available(3),
    onSleep: () => api.put(deployment({ replicas: 3, generation: 2, observed: 2, ready: 0 })),
  })
  expect(result.status).not.toBe('passed')
})

test.each([
  ['in CrashLoopBackOff', { restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } } }],
  ['whose image cannot be pulled', { state: { waiting: { reason: 'ImagePullBackOff' } } }],
  ['that has crashed again', { restartCount: 2, state: { terminated: { exitCode: 1, reason: 'Error' } } }],
])('Pods %s have settled: failed, long before the deadline', async (_, container) => {
  api.put(deployment({ replicas: 1, ready: 0 }))
  api.put(pod('web-1', container, false))
  let sleptMs = 0
  expect(await check({ ...available(1), onSleep: (now) => (sleptMs = now) })).toMatchObject({ status: 'failed' })
  expect(sleptMs).toBeLessThan(5_000)
})

test('a Pod that runs for a moment does not pass: it may crash the next', async () => {
  api.put(deployment({ replicas: 1 }))
  api.put(pod('web-1', running(500)))
  const crash = () => {
    api.put(deployment({ replicas: 1, ready: 0 }))
    api.put(pod('web-1', { restartCount: 1, state: { waiting: { reason: 'CrashLoopBackOff' } } }, false))
  }
  expect(await check({ ...available(1), onSleep: crash })).toMatchObject({ status: 'failed' })
})

test('eventually gives more time, or takes restless Pods as they are', async () => {
  api.put(deployment({ replicas: 1 }))
  api.put(pod('web-1', running(500)))
  const restless = ({ cluster, expectThat, eventually }: CheckerContext) => ({
    image: () =>
      eventually(async () => expectThat(await cluster.pod('shop', 'web-1'), 'spec.containers[0].image').is('nginx'), {
        steady: false,
      }),
  })
  expect(await check({ checks: restless, onSleep: () => expect.fail('it waits') })).toMatchObject({ status: 'passed' })

  let sleptMs = 0
  const patient = ({ cluster, expectThat, eventually }: CheckerContext) => ({
    gone: () => eventually(async () => expectThat(await cluster.find('Pod', 'shop', 'web-2')).isPresent(), { withinSeconds: 60 }),
  })
  api.put({ ...pod('web-2', running(0)), metadata: { name: 'web-2', namespace: 'shop', deletionTimestamp: 'now' } })
  const late = ({ cluster, expectThat, eventually }: CheckerContext) => ({
    replaced: () =>
      eventually(async () => expectThat(await cluster.pod('shop', 'web-2'), 'metadata.uid').is('new'), { withinSeconds: 60 }),
  })
  await check({ checks: patient })
  expect(await check({ checks: late, onSleep: (now) => (sleptMs = now) })).toMatchObject({ status: 'not-yet' })
  expect(sleptMs).toBeGreaterThan(59_000)
})

test('eventually lets a failing check wait for what nobody can watch', async () => {
  api.put(deployment({ replicas: 1 }))
  api.put(pod('web-1', running(60_000)))
  const { checks } = available(3)
  const patient = (context: CheckerContext) => ({
    available: () => context.eventually(checks(context).available, { quietSeconds: 20 }),
  })
  const grows = (now: number) => {
    if (now > 15_000) api.put(deployment({ replicas: 3 }))
  }
  expect(await check({ checks: patient, onSleep: grows })).toMatchObject({ status: 'passed' })

  api.put(deployment({ replicas: 1 }))
  let sleptMs = 0
  expect(await check({ checks: patient, onSleep: (now) => (sleptMs = now) })).toMatchObject({ status: 'failed' })
  expect(sleptMs).toBeGreaterThan(19_000)

  api.silent = true
  const returns = (now: number) => {
    api.silent = now < 15_000
    if (!api.silent) api.put(deployment({ replicas: 3 }))
  }
  expect(await check({ checks: patient, onSleep: returns })).toMatchObject({ status: 'passed' })
})

test('a silent API server has failed where its node is there, and is our fault where nothing is', async () => {
  api.silent = true
  const failed = await check(available(1))
  expect(failed).toMatchObject({ status: 'failed' })
  expect(failed.evidence[0]).toMatchObject({ subject: { key: 'subject.api-server' }, seeWith: 'kubectl get --raw /readyz' })
  expect(await check({ ...available(1), nodeAnswers: false })).toMatchObject({ status: 'error' })
})

test('checks on machines still run while the API server is silent', async () => {
  api.silent = true
  const checks = ({ machine, expectThat }: CheckerContext) => ({
    kubelet: async () => expectThat(await machine('node01').run(['systemctl', 'is-active', 'kubelet'])).is('active'),
  })
  expect(await check({ checks })).toMatchObject({ status: 'passed' })
})

test('an API server that comes back within its time is waited for', async () => {
  api.put(deployment({ replicas: 1 }))
  api.silent = true
  const result = await check({ ...available(1), onSleep: (now) => (api.silent = now < 5_000) })
  expect(result.status).toBe('passed')
})

test('a thrown error is ours, and touches no other check', async () => {
  api.put(deployment({ replicas: 1 }))
  const results = await reports({
    checks: ({ cluster, expectThat }) => ({
      broken: async () => {
        throw new TypeError('cannot read properties of undefined')
      },
      fine: async () => expectThat(await cluster.deployment('shop', 'web')).isPresent(),
    }),
  })
  const statuses = Object.fromEntries(results.map(({ check, result }) => [check, result?.status]))
  expect(statuses).toEqual({ broken: 'error', fine: 'passed' })
})

test('a check that hangs is an error after its time', async () => {
  const result = await check({ checks: () => ({ hangs: () => new Promise(() => undefined) }), lookLimitMs: 200 })
  expect(result).toMatchObject({ status: 'error', error: 'Error: the check did not come to an end within 0.2 s' })
})

test('a check that expects nothing is an error, not a pass', async () => {
  const result = await check({ checks: () => ({ empty: async () => 'fine' }) })
  expect(result).toMatchObject({ status: 'error' })
  expect(result.error).toContain('expects nothing')
})

test('a live run only reads: what wants to probe waits, and says so', async () => {
  api.put(pod('probe', running(60_000)))
  const checks = ({ cluster, expectThat }: CheckerContext) => ({
    answers: async () => expectThat(await cluster.curlFrom('shop/probe', 'http://web/')).contains('shop'),
    'is-there': async () => expectThat(await cluster.pod('shop', 'probe')).isPresent(),
  })
  const [answers, isThere] = (await reports({ checks, mode: 'live' })).sort((a, b) => a.check.localeCompare(b.check))
  expect(answers).toMatchObject({ result: null, slow: true })
  expect(isThere).toMatchObject({ result: { status: 'passed' }, slow: false })
})

test('a report names exactly what was read', async () => {
  api.put(deployment({ replicas: 1 }))
  const [report] = await reports(available(1))
  expect(report?.reads).toEqual([
    { resource: { group: 'apps', version: 'v1', plural: 'deployments', namespaced: true }, namespace: 'shop', name: 'web' },
    { resource: { group: '', version: 'v1', plural: 'pods', namespaced: true }, namespace: 'shop', labels: 'app=web' },
  ])
})

test('HTTP, commands and names are asked in the Pod that setup placed', async () => {
  api.put(pod('probe', running(60_000)))
  api.onExec = ({ argv }) => {
    if (argv[0] === 'nslookup')
      return { stdout: 'Server:\t10.96.0.10\nAddress:\t10.96.0.10:53\n\nName:\tweb\nAddress: 10.96.3.4\n' }
    if (argv[0] === 'cat') return { stderr: 'cat: /x: No such file', exitCode: 1 }
    return { stdout: '[v1] Hello from shop\n\n200' }
  }
  const checks = ({ cluster, expectThat }: CheckerContext) => ({
    all: async () => {
      const answer = await cluster.curlFrom('shop/probe', 'http://web/')
      expectThat(answer).is('[v1] Hello from shop')
      expectThat(answer, 'status').is(200)
      expectThat(await cluster.resolveFrom('shop/probe', 'web')).equalsSet(['10.96.3.4'])
      expectThat(await cluster.execIn('shop/probe', ['cat', '/x']), 'exitCode').is(1)
    },
  })
  const result = await check({ checks })
  expect(result).toMatchObject({ status: 'passed' })
  expect(result.evidence[0]?.seeWith).toBe('kubectl -n shop exec probe -- curl -sS -m 5 http://web/')
  const status = "kubectl -n shop exec probe -- curl -sS -m 5 -o /dev/null -w '%{http_code}\\n' http://web/"
  expect(result.evidence[1]?.seeWith).toBe(status)
})

test('a permission is shown by the command that asks for the same', async () => {
  const robot = { serviceAccount: 'shop/robot' }
  const checks = ({ cluster, expectThat }: CheckerContext) => ({
    all: async () => {
      expectThat(await cluster.can(robot, { verb: 'get', resource: 'pods/log', namespace: 'shop' })).isTrue()
      expectThat(await cluster.can({ group: 'dev' }, { verb: 'patch', resource: 'deployments/scale', name: 'web' })).isTrue()
    },
  })
  const { evidence } = await check({ checks })
  // `auth can-i get pods/log` asks for a Pod of the name "log".
  expect(evidence.map((one) => one.seeWith)).toEqual([
    'kubectl auth can-i get pods --subresource=log -n shop --as system:serviceaccount:shop:robot',
    'kubectl auth can-i patch deployments/web --subresource=scale --as somebody --as-group dev',
  ])
  expect(evidence.map((one) => formatMessage('en', one.subject))).toEqual([
    'may system:serviceaccount:shop:robot get pods/log in shop',
    'may somebody patch deployments/scale web in the whole cluster',
  ])
})

test('nobody answering is a finding, and so is a probe Pod that does not run', async () => {
  api.put(pod('probe', running(60_000)))
  api.onExec = () => ({ stdout: '\n000', stderr: 'curl: (7) Failed to connect to web port 80: Connection refused', exitCode: 7 })
  const checks = ({ cluster, expectThat }: CheckerContext) => ({
    answers: async () => expectThat(await cluster.curlFrom('shop/probe', 'http://web/')).contains('shop'),
  })
  const refused = await check({ checks })
  expect(refused.status).toBe('failed')
  expect(found(refused)).toEqual(['no answer: Failed to connect to web port 80: Connection refused'])

  api.put(pod('probe', { restartCount: 4, state: { waiting: { reason: 'CrashLoopBackOff' } } }, false))
  expect(found(await check({ checks }))).toEqual(['stuck: CrashLoopBackOff'])
  api.remove('Pod', 'shop', 'probe')
  expect(await check({ checks })).toMatchObject({ status: 'not-yet' })
})

test('a baseline that nobody took leaves the check open, rather than failing it', async () => {
  const checks = ({ baseline, expectThat }: CheckerContext) => ({
    same: async () => expectThat(baseline.uids('Pod', 'shop'), 'uids').isEmpty(),
  })
  const [report] = await reports({ checks, order: { baseline: null } })
  expect(report).toMatchObject({ result: null, needsBaseline: true })
})
