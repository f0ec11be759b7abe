import { beforeAll, describe, expect, test } from 'vitest'
import { clusterOfFile, shell } from '../controllers/testing.js'

const live = clusterOfFile()
let worker = ''
beforeAll(async () => {
  const nodes = (await live.client.list('Node')).items.map(({ metadata }) => metadata)
  worker = nodes.find(({ labels }) => labels?.['node-role.kubernetes.io/control-plane'] === undefined)?.name ?? ''
})

describe('a Pod that names its node', () => {
  test.each([
    [
      'large',
      { requests: { cpu: '5' } },
      {},
      'OutOfcpu',
      /^Node didn't have enough resource: cpu, requested: 5000, used: \d+, capacity: 4000$/,
    ],
    [
      'picky',
      {},
      { nodeSelector: { disk: 'ssd' } },
      'NodeAffinity',
      /^Predicate NodeAffinity failed: node\(s\) didn't match Pod's node affinity\/selector$/,
    ],
  ])('is not taken where it does not fit: %s', async (name, resources, spec, reason, message) => {
    const containers = [shell('sleep infinity', { resources })]
    await live.create('Pod', name, { spec: { nodeName: worker, containers, ...spec } })
    await live.pass(2)
    const { status } = await live.get('Pod', name)
    expect(status).toMatchObject({ phase: 'Failed', reason })
    expect(status?.message?.replace('Pod was rejected: ', '')).toMatch(message)
    expect((await live.events(name)).map((line) => line.replace(`Warning ${reason} `, ''))).toEqual([
      expect.stringMatching(message),
    ])
  })

  test('is not taken where another has its port, or a taint drives it out', async () => {
    const containers = [shell('sleep infinity', { ports: [{ containerPort: 80, hostPort: 8080 }] })]
    for (const name of ['one', 'two']) await live.create('Pod', name, { spec: { nodeName: worker, containers } })
    await live.pass(3)
    expect((await live.get('Pod', 'one')).status?.phase).toBe('Running')
    expect((await live.get('Pod', 'two')).status).toMatchObject({ phase: 'Failed', reason: 'NodePorts' })
    await live.client.patch('Node', worker, { spec: { taints: [{ key: 'gone', effect: 'NoExecute' }] } })
    await live.create('Pod', 'late', { spec: { nodeName: worker, containers: [shell('sleep infinity')] } })
    await live.pass(0.1)
    expect((await live.events('late'))[0]).toBe(
      "Warning TaintToleration Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
    )
    await live.client.patch('Node', worker, { spec: { taints: null } } as never)
  })

  test('is taken where it fits, whatever keeps the scheduler away', async () => {
    await live.client.patch('Node', worker, { spec: { unschedulable: true } })
    await live.create('Pod', 'fitting', { spec: { nodeName: worker, containers: [shell('sleep infinity')] } })
    await live.pass(3)
    expect((await live.get('Pod', 'fitting')).status?.phase).toBe('Running')
  })
})
