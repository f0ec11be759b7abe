import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CheckerContext } from '../checker.js'
import { type CheckScene, FakeApiServer, foundIn, pod, reportsOf, resultOf, running, subjectsOf } from '../testing/index.js'

let api: FakeApiServer
beforeEach(async () => {
  api = await FakeApiServer.start()
})
afterEach(() => api.close())
const check = (scene: CheckScene) => resultOf(api, scene)

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

test('a command goes over the connection that has just been read on', async () => {
  api.put(pod('probe', running(60_000)))
  const checks = ({ cluster, expectThat }: CheckerContext) => ({
    ends: async () => expectThat(await cluster.execIn('shop/probe', ['true']), 'exitCode').is(0),
  })
  const before = api.connections
  expect(await check({ checks })).toMatchObject({ status: 'passed' })
  expect(api.connections - before).toBe(1)
})

test('a permission is shown by the command that asks for the same', async () => {
  const robot = { serviceAccount: 'shop/robot' }
  const checks = ({ cluster, expectThat }: CheckerContext) => ({
    all: async () => {
      expectThat(await cluster.can(robot, { verb: 'get', resource: 'pods/log', namespace: 'shop' })).isTrue()
      expectThat(await cluster.can({ group: 'dev' }, { verb: 'patch', resource: 'deployments/scale', name: 'web' })).isTrue()
    },
  })
  const result = await check({ checks })
  // `auth can-i get pods/log` asks for a Pod of the name "log".
  expect(result.evidence.map((one) => one.seeWith)).toEqual([
    'kubectl auth can-i get pods --subresource=log -n shop --as system:serviceaccount:shop:robot',
    'kubectl auth can-i patch deployments/web --subresource=scale --as somebody --as-group dev',
  ])
  expect(subjectsOf(result)).toEqual([
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
  expect(foundIn(refused)).toEqual(['no answer: Failed to connect to web port 80: Connection refused'])

  api.put(pod('probe', { restartCount: 4, state: { waiting: { reason: 'CrashLoopBackOff' } } }, false))
  expect(foundIn(await check({ checks }))).toEqual(['stuck: CrashLoopBackOff'])
  api.remove('Pod', 'shop', 'probe')
  expect(await check({ checks })).toMatchObject({ status: 'not-yet' })
})

test('all that somebody may do is asked in his name, without what everybody may, and what there is not', async () => {
  const robot = {
    user: 'system:serviceaccount:shop:robot',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:shop', 'system:authenticated'],
  }
  const rules = [
    {
      verbs: ['create'],
      apiGroups: ['authorization.k8s.io'],
      resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
    },
    { verbs: ['list'], apiGroups: ['', 'apps'], resources: ['pods', 'deployments'] },
    { verbs: ['patch', 'get'], apiGroups: ['apps'], resources: ['deployments/scale'], resourceNames: ['web'] },
    { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  ]
  api.rulesOf = (asker) => (JSON.stringify(asker) === JSON.stringify(robot) ? rules : [])
  const checks = ({ cluster, expectThat }: CheckerContext) => ({
    all: async () =>
      expectThat(await cluster.rulesOf({ serviceAccount: 'shop/robot' }, 'shop')).is([
        '* *.*',
        'get deployments.apps/scale web',
        'list deployments.apps',
        'list pods',
        'patch deployments.apps/scale web',
      ]),
    beyond: async () =>
      expectThat(
        await cluster.rulesOf({ serviceAccount: 'shop/robot' }, 'shop', ['list pods', 'list deployments.apps', '* *.*']),
      ).equalsSet(['get deployments.apps/scale web', 'patch deployments.apps/scale web']),
    none: async () => expectThat(await cluster.rulesOf({ user: 'ana' }, 'shop')).isEmpty(),
  })
  const reports = await reportsOf(api, { checks })
  expect(reports.map(({ result }) => result?.status)).toEqual(['passed', 'passed', 'passed'])
  const all = reports.find(({ check }) => check === 'all')
  expect(all?.result?.evidence[0]?.seeWith).toBe('kubectl auth can-i --list -n shop --as system:serviceaccount:shop:robot')
})
