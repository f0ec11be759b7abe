import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CheckerContext } from '../checker.js'
import { available, type CheckScene, deployment, FakeApiServer, foundIn, pod, resultOf, running } from '../testing/index.js'

let api: FakeApiServer
beforeEach(async () => {
  api = await FakeApiServer.start()
})
afterEach(() => api.close())
const check = (scene: CheckScene) => resultOf(api, scene)

test('a check that holds on a steady cluster passes with its points', async () => {
  api.put(deployment({ replicas: 1 }))
  api.put(pod('web-1', running(60_000)))
  expect(await check(available(1))).toMatchObject({ status: 'passed', points: 2, maxPoints: 2 })
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
  expect(foundIn(result)).toContain('2 of 3 Pods are up to date and ready')
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

test('an API server that comes back within its time is waited for', async () => {
  api.put(deployment({ replicas: 1 }))
  api.silent = true
  const result = await check({ ...available(1), onSleep: (now) => (api.silent = now < 5_000) })
  expect(result.status).toBe('passed')
})

const asks = ({ cluster, expectThat }: CheckerContext) => ({
  asks: async () => expectThat(await cluster.execIn('shop/probe', ['date'], { timeoutSeconds: 0.02 })).is('today'),
})

test.each([
  [
    'silence',
    available(1),
    () => {
      api.silent = true
    },
  ],
  [
    'a command that did not end',
    { checks: asks },
    () => {
      api.onExec = () => 'never ends'
    },
  ],
])('%s that this process may have overslept is looked at again, and is our fault at the end', async (_, scene, begin) => {
  api.put(pod('probe', running(60_000)))
  begin()
  let looks = 0
  const result = await check({ ...scene, stoodStillMs: 6_000, onSleep: () => (looks += 1) })
  expect(result).toMatchObject({ status: 'error', error: expect.stringContaining('too busy to grade') })
  expect(looks).toBeGreaterThan(10)
})
