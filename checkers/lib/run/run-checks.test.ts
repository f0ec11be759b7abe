import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CheckerContext } from '../checker.js'
import { available, type CheckScene, deployment, FakeApiServer, pod, reportsOf, resultOf, running } from '../testing/index.js'

let api: FakeApiServer
beforeEach(async () => {
  api = await FakeApiServer.start()
})
afterEach(() => api.close())
const check = (scene: CheckScene) => resultOf(api, scene)
const reports = (scene: CheckScene) => reportsOf(api, scene)

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

test('checks on machines still run while the API server is silent', async () => {
  api.silent = true
  const checks = ({ machine, expectThat }: CheckerContext) => ({
    kubelet: async () => expectThat(await machine('node01').run(['systemctl', 'is-active', 'kubelet'])).is('active'),
  })
  expect(await check({ checks })).toMatchObject({ status: 'passed' })
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

test('a look at what stands behind an object hangs no longer than the check itself may', async () => {
  api.put(deployment({ replicas: 1 }))
  api.leavesOpen = (path) => path.endsWith('/pods')
  const result = await check({ ...available(1), lookLimitMs: 200 })
  const why = 'Error: the check did not come to an end within 0.2 s, waiting for GET /api/v1/namespaces/shop/pods'
  expect(result).toMatchObject({ status: 'error', error: why })
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

test('a baseline that nobody took leaves the check open, rather than failing it', async () => {
  const checks = ({ baseline, expectThat }: CheckerContext) => ({
    same: async () => expectThat(baseline.uids('Pod', 'shop'), 'uids').isEmpty(),
  })
  const [report] = await reports({ checks, order: { baseline: null } })
  expect(report).toMatchObject({ result: null, needsBaseline: true })
})
