import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Lease } from '../../schema/kubernetes.generated.js'
import { type TestCluster, testCluster } from '../../testing.js'
import { parseTime } from '../../time/clock.js'

const LEASES = 'coordination.k8s.io/v1/leases kube-system'
let cluster: TestCluster
beforeAll(async () => {
  cluster = await testCluster()
})
afterAll(() => cluster.cluster.close())

const leases = (): Lease[] => {
  const result = cluster.request('list', LEASES)
  if (result.type !== 'list') throw new Error(`expected a list, got ${result.type}`)
  return result.list.items as Lease[]
}
const leaseOf = (name: string) => cluster.object('get', `${LEASES}/${name}`) as unknown as Lease
const renewal = (name: string): number => parseTime(leaseOf(name).spec?.renewTime)

test('each program of the control plane holds one, as old as the cluster', () => {
  const [server, ...others] = leases()
  expect(others.map(({ metadata }) => metadata.name)).toEqual(['kube-controller-manager', 'kube-scheduler'])
  for (const { spec } of others) {
    expect(spec?.holderIdentity).toMatch(/^controlplane_[-0-9a-f]{36}$/)
    expect(spec).toMatchObject({ leaseDurationSeconds: 15, leaseTransitions: 0, acquireTime: spec?.renewTime })
  }
  // By Go: the first 16 bytes of SHA-256 of both names with their lengths in front, as base32.
  expect(server?.metadata.name).toBe('apiserver-ivtlveyukuyrha5ia44unn7io4')
  expect(server?.metadata.labels).toEqual({
    'apiserver.kubernetes.io/identity': 'kube-apiserver',
    'kubernetes.io/hostname': 'controlplane',
  })
  expect(server?.spec).toMatchObject({ leaseDurationSeconds: 3600 })
  expect(others[0]?.metadata.managedFields).toMatchObject([{ manager: 'kube-controller-manager', operation: 'Update' }])
})

test('they are renewed, and nothing is written while nobody looks', async () => {
  const before = renewal('kube-scheduler')
  const { revision } = cluster.cluster.store
  await cluster.clock.advance(60_700)
  expect(cluster.cluster.store.revision).toBe(revision)
  expect(renewal('kube-scheduler') - before).toBe(60_000)
  expect(leaseOf('kube-scheduler').spec?.acquireTime).not.toBe(leaseOf('kube-scheduler').spec?.renewTime)
  const after = cluster.cluster.store.revision
  expect(after).toBeGreaterThan(revision)
  cluster.request('list', LEASES)
  expect(cluster.cluster.store.revision).toBe(after)
})

test('one that is taken away comes again', () => {
  cluster.request('delete', `${LEASES}/kube-scheduler`)
  expect(leaseOf('kube-scheduler').spec?.holderIdentity).toMatch(/^controlplane_/)
})
