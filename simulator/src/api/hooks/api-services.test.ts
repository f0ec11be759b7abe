import { expect, test } from 'vitest'
import { refusalOf, testCluster } from '../../testing.js'
import { findResource } from '../server.js'
import { wire } from '../wire/testing.js'

test('an API that a Service should serve is unavailable', async () => {
  const cluster = await testCluster()
  const warnings: string[] = []
  const spec = {
    group: 'odd.example.com',
    version: 'v1',
    groupPriorityMinimum: 100,
    versionPriority: 10,
    service: { namespace: 'default', name: 'odd' },
  }
  const made = cluster.object('create', 'apiregistration.k8s.io/v1/apiservices', {
    body: { metadata: { name: 'v1.odd.example.com' }, spec } as never,
    warnings,
  })
  expect(made).toMatchObject({
    status: {
      conditions: [
        { type: 'Available', status: 'False', reason: 'ServiceNotFound', message: 'service/odd in "default" is not present' },
      ],
    },
  })
  expect(warnings).toEqual(['spec.service is stored but has no effect in the simulated cluster'])
  const { context } = cluster.cluster.server
  expect(refusalOf(() => findResource(context, { group: 'odd.example.com', version: 'v1', resource: 'things' })).code).toBe(503)
  expect(refusalOf(() => findResource(context, { group: 'even.example.com', version: 'v1', resource: 'things' })).code).toBe(404)
  const wired = wire(() => cluster)
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
  const { items } = wired.json('/apis', { headers: { accept } })
  expect(items.at(-1)).toMatchObject({ metadata: { name: 'odd.example.com' }, versions: [{ version: 'v1', freshness: 'Stale' }] })
  expect(items.at(-1).versions[0].resources).toBeUndefined()
  expect(wired.json('/apis').groups.at(-1)).toMatchObject({ name: 'odd.example.com', versions: [{ version: 'v1' }] })
  expect(wired.json('/apis/odd.example.com')).toMatchObject({ kind: 'APIGroup' })
  expect(wired.send('/apis/odd.example.com/v1')).toMatchObject({ code: 503, bytes: 'service unavailable\n' })
})
