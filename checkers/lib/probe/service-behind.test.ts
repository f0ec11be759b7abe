import type { CheckResult } from '@wheelhouse/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FakeApiServer, type FakeExec, foundIn, resultOf } from '../testing/index.js'

let api: FakeApiServer
beforeEach(async () => {
  api = await FakeApiServer.start()
  api.put({ ...pod('probe', '10.244.1.2'), spec: { containers: [{ name: 'probe', image: 'curl' }] } })
  api.put(service('10.96.3.4'))
  api.put(pod('web', '10.244.1.3'))
})
afterEach(() => api.close())

const service = (clusterIP: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { clusterIP, selector: { app: 'web' }, ports: [{ name: 'http', port: 80 }] },
})
const pod = (name: string, podIP: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', labels: { app: name } },
  spec: { containers: [{ name, image: 'nginx' }], nodeName: 'node01' },
  status: {
    phase: 'Running',
    podIP,
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [
      { name, ready: true, restartCount: 0, image: '', imageID: '', state: { running: { startedAt: '2025-03-01T08:00:00Z' } } },
    ],
  },
})
const slice = () => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'web-x', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.244.1.3'], conditions: { ready: true } }],
  ports: [{ name: 'http', port: 8080 }],
})
const ENDPOINT = 'http://10.244.1.3:8080/files'

/** What the URLs that the probe asks answer; nothing for any other. */
function answering(urls: () => string[]): void {
  api.onExec = ({ argv }: FakeExec) =>
    urls().includes(argv[4] ?? '')
      ? { stdout: 'files\n200' }
      : { stdout: '\n000', stderr: 'curl: (7) Failed to connect to web port 80', exitCode: 7 }
}

const ask = (url: string, onSleep?: (nowMs: number) => void): Promise<CheckResult> =>
  resultOf(api, {
    checks: ({ cluster, expectThat }) => ({
      answers: async () => expectThat(await cluster.curlFrom('shop/probe', url)).is('files'),
    }),
    ...(onSleep ? { onSleep } : {}),
    order: { settleSeconds: 60 },
  })

test.each(['web/files', 'http://web/files', 'http://web.shop.svc.cluster.local/files', 'http://10.96.3.4/files'])(
  'endpoints that are late are waited for: %s',
  async (url) => {
    let there = false
    answering(() => (there ? [url] : []))
    const result = await ask(url, (nowMs) => {
      if (nowMs < 9_000 || there) return
      there = true
      api.put(slice())
    })
    expect(result).toMatchObject({ status: 'passed', points: 2 })
  },
)

test('rules of a node that are late are waited for, since the endpoint itself answers', async () => {
  api.put(slice())
  let programmed = false
  answering(() => (programmed ? ['http://web/files'] : [ENDPOINT]))
  const result = await ask('http://web/files', (nowMs) => (programmed = nowMs > 30_000))
  expect(result).toMatchObject({ status: 'passed' })
})

test('a Service whose endpoint is as silent as itself has failed after a moment', async () => {
  api.put(slice())
  answering(() => [])
  let sleptMs = 0
  const result = await ask('http://web/files', (nowMs) => (sleptMs = nowMs))
  expect(result.status).toBe('failed')
  expect(sleptMs).toBeLessThan(6_000)
})

test('neither lateness is endless, and the evidence says what was seen', async () => {
  answering(() => [])
  expect(await ask('http://web/files')).toMatchObject({ status: 'failed' })
  api.put(slice())
  answering(() => [ENDPOINT])
  let sleptMs = 0
  expect(await ask('http://web/files', (nowMs) => (sleptMs = nowMs))).toMatchObject({ status: 'failed' })
  expect(sleptMs).toBeGreaterThan(35_000)
})

test('at the deadline the evidence names the Service and its endpoint', async () => {
  api.put(slice())
  answering(() => [ENDPOINT])
  // Something changes with every look, so that only the deadline ends it.
  const result = await ask('http://web/files', () => api.put(slice()))
  expect(result.status).toBe('not-yet')
  expect(foundIn(result).at(-1)).toBe(`its endpoint answers at ${ENDPOINT}, the Service does not yet`)
})

test('a port that the Service does not have is wrong, whatever its endpoints answer', async () => {
  api.put(slice())
  answering(() => [ENDPOINT])
  let sleptMs = 0
  expect(await ask('http://web:81/files', (nowMs) => (sleptMs = nowMs))).toMatchObject({ status: 'failed' })
  expect(sleptMs).toBeLessThan(6_000)
})

test('a headless Service has no rules to wait for', async () => {
  api.put(service('None'))
  api.put(slice())
  answering(() => [ENDPOINT])
  let sleptMs = 0
  expect(await ask('http://web/files', (nowMs) => (sleptMs = nowMs))).toMatchObject({ status: 'failed' })
  expect(sleptMs).toBeLessThan(6_000)
})
