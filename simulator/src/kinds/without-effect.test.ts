import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestCluster, testCluster } from '../testing.js'

let api: TestCluster
beforeAll(async () => {
  api = await testCluster()
})
afterAll(() => api.cluster.close())

/** What kubectl would print of the creation. */
function warningsOf(path: string, body: object): string[] {
  const warnings: string[] = []
  api.object('create', path, { body: body as never, warnings })
  return warnings
}

test('a kind that nothing follows says so', () => {
  expect(warningsOf('resource.k8s.io/v1/deviceclasses', { metadata: { name: 'gpu' }, spec: {} })).toEqual([
    'DeviceClass is stored but has no effect in the simulated cluster',
  ])
})

test('a field without effect is named, and a kind with its effect is quiet', () => {
  api.object('create', 'v1/serviceaccounts default', { body: { metadata: { name: 'default' } } })
  const containers = [{ name: 'main', image: 'busybox:1.37' }]
  const pod = (name: string, spec: object) => ({ metadata: { name }, spec: { containers, ...spec } })
  expect(warningsOf('v1/pods default', pod('plain', {}))).toEqual([])
  expect(warningsOf('v1/pods default', pod('claims', { resourceClaims: [{ name: 'gpu' }] }))).toEqual([
    'spec.resourceClaims is stored but has no effect in the simulated cluster',
  ])
  const runtime = { metadata: { name: 'fast' }, handler: 'fast' }
  expect(warningsOf('node.k8s.io/v1/runtimeclasses', runtime)).toEqual([
    'handler is stored but has no effect in the simulated cluster',
  ])
})
