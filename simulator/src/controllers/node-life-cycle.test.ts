import { beforeAll, describe, expect, test } from 'vitest'
import { microTimestamp } from '../time/clock.js'
import { clusterOfFile } from './testing.js'

const READY = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }

const live = clusterOfFile()
beforeAll(async () => {
  // A node without a kubelet: it gives signs only when the test does.
  await live.client.create('Node', { metadata: { name: 'quiet' }, spec: {}, status: { conditions: [READY] } } as never)
  await renew()
  await live.pass(1)
})

const lease = 'kube-node-lease/quiet'
async function renew(): Promise<void> {
  const spec = { holderIdentity: 'quiet', renewTime: microTimestamp(live.clock.now()) }
  const metadata = { name: 'quiet', namespace: 'kube-node-lease' }
  await live.client.patch('Lease', lease, { spec }).catch(() => live.client.create('Lease', { metadata, spec } as never))
}
const taints = async (name: string) =>
  ((await live.client.get('Node', name)).spec.taints ?? []).map((taint) => `${taint.key}:${taint.effect}`)
const ready = async () =>
  (await live.client.get('Node', 'quiet')).status?.conditions?.find((condition) => condition.type === 'Ready')

describe('a node', () => {
  test('is ready as long as its lease is renewed', async () => {
    for (let minute = 0; minute < 2; minute++) {
      await live.pass(40)
      await renew()
    }
    expect((await ready())?.status).toBe('True')
    expect(await live.events('quiet')).toEqual(['Normal RegisteredNode Node quiet event: Registered Node quiet in Controller'])
  })

  test('that falls silent is unknown after 50 s, and its Pods are not ready', async () => {
    const toleration = { operator: 'Exists' }
    await live.create('Pod', 'on-quiet', {
      spec: { nodeName: 'quiet', tolerations: [toleration], containers: [{ name: 'main', image: 'busybox:1.37' }] },
    })
    const conditions = [{ type: 'Ready', status: 'True' }]
    await live.client.patch('Pod', 'default/on-quiet', { status: { phase: 'Running', conditions } }, { subresource: 'status' })
    await renew()
    await live.pass(49)
    expect((await ready())?.status).toBe('True')
    await live.pass(2)
    expect(await ready()).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    })
    expect((await taints('quiet')).sort()).toEqual([
      'node.kubernetes.io/unreachable:NoExecute',
      'node.kubernetes.io/unreachable:NoSchedule',
    ])
    expect((await live.get('Pod', 'on-quiet')).status?.conditions?.[0]).toMatchObject({ type: 'Ready', status: 'False' })
    expect(await live.events('on-quiet')).toContain('Warning NodeNotReady Node is not ready')
    expect(await live.events('quiet')).toContain('Normal NodeNotReady Node quiet status is now: NodeNotReady')
  })

  test('that speaks again loses its taints', async () => {
    await live.client.patch('Node', 'quiet', { status: { conditions: [READY] } }, { subresource: 'status' })
    await renew()
    await live.pass(1)
    expect(await taints('quiet')).toEqual([])
  })

  test('that is cordoned shows it as a taint', async () => {
    const [, worker = ''] = live.cluster.nodes.map((node) => node.name)
    await live.client.patch('Node', worker, { spec: { unschedulable: true } })
    await live.pass(1)
    expect(await taints(worker)).toEqual(['node.kubernetes.io/unschedulable:NoSchedule'])
    await live.client.patch('Node', worker, { spec: { unschedulable: null } })
    await live.pass(1)
    expect(await taints(worker)).toEqual([])
  })

  test('with a kubelet says that it is well when it was taken for silent', async () => {
    const [, worker = ''] = live.cluster.nodes.map((node) => node.name)
    const silent = { ...READY, status: 'Unknown', reason: 'NodeStatusUnknown' }
    await live.client.patch('Node', worker, { status: { conditions: [silent] } }, { subresource: 'status' })
    await live.pass(12)
    const { status } = await live.client.get('Node', worker)
    expect(status?.conditions?.find((each) => each.type === 'Ready')?.status).toBe('True')
    expect(await taints(worker)).toEqual([])
  })
})
