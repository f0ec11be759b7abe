import { afterAll, beforeAll, expect, test } from 'vitest'
import { LOOPBACK } from '../../access/users.js'
import { type TestCluster, testCluster } from '../../testing.js'
import { handle } from './handle.js'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await testCluster()
})
afterAll(() => cluster.cluster.close())

/** The cells of each row by the names of their columns. */
function tableAt(path: string): Record<string, unknown>[] {
  const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }
  const request = { method: 'GET', path, query: new URLSearchParams(), headers, body: new Uint8Array(), user: LOOPBACK }
  const { answer } = handle(cluster.cluster.server, request)
  if (answer.type !== 'json') throw new Error('expected a Table')
  const table = answer.value as { columnDefinitions: { name: string }[]; rows: { cells: unknown[] }[] }
  return table.rows.map(({ cells }) => Object.fromEntries(table.columnDefinitions.map(({ name }, index) => [name, cells[index]])))
}

test('events look alike in both groups, as k9s and kubectl ask for them', () => {
  const involvedObject = { kind: 'Pod', name: 'web', namespace: 'default' }
  const said = { type: 'Warning', reason: 'BackOff', message: 'Back-off restarting failed container', count: 3 }
  const metadata = { name: 'web.1', namespace: 'default' }
  cluster.object('create', 'v1/events default', { body: { metadata, involvedObject, ...said } })
  const [core] = tableAt('/api/v1/namespaces/default/events')
  expect(core).toMatchObject({ Type: 'Warning', Reason: 'BackOff', Object: 'pod/web', Message: said.message, Count: 3 })
  expect(tableAt('/apis/events.k8s.io/v1/namespaces/default/events')).toEqual([core])
})

test('an autoscaler looks alike in both versions', () => {
  const spec = { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' } }
  const body = { metadata: { name: 'web' }, spec: { ...spec, targetCPUUtilizationPercentage: 50 } }
  cluster.object('create', 'autoscaling/v1/horizontalpodautoscalers default', { body })
  const status = { currentReplicas: 1, desiredReplicas: 1, currentCPUUtilizationPercentage: 20 }
  cluster.object('update', 'autoscaling/v1/horizontalpodautoscalers/status default/web', { body: { ...body, status } })
  const [second] = tableAt('/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers')
  expect(second).toMatchObject({ Targets: 'cpu: 20%/50%', Replicas: 1 })
  expect(tableAt('/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers')).toEqual([second])
})
