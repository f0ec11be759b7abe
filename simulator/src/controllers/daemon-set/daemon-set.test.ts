import { describe, expect, test } from 'vitest'
import { clusterOfFile, template } from '../testing.js'

const live = clusterOfFile({ controlPlanes: 1, workers: 2 })

const labels = { app: 'agent' }
const pods = async () => (await live.client.list('Pod', { namespace: 'default', labelSelector: 'app=agent' })).items
const revisions = async () =>
  (await live.client.list('ControllerRevision', { namespace: 'default', labelSelector: 'app=agent' })).items

describe('a DaemonSet', () => {
  test('has a Pod on each node, and a revision for each template', async () => {
    await live.create('DaemonSet', 'agent', {
      spec: { selector: { matchLabels: labels }, template: template('sleep infinity', { labels }) },
    })
    await live.pass(3)
    expect((await pods()).map((pod) => pod.status?.phase)).toEqual(['Running', 'Running'])
    const [first] = await revisions()
    expect(first?.metadata.name).toBe(`agent-${first?.metadata.labels?.['controller-revision-hash']}`)
    expect((await pods())[0]?.metadata.labels?.['controller-revision-hash']).toBe(
      first?.metadata.labels?.['controller-revision-hash'],
    )
    const changed = { ...template('sleep 1000', { labels }).spec }
    await live.client.patch('DaemonSet', 'default/agent', { spec: { template: { spec: changed } } })
    await live.pass(10)
    expect((await pods()).map((pod) => pod.spec.containers[0]?.command?.[2])).toEqual(['sleep 1000', 'sleep 1000'])
    expect((await revisions()).map((each) => each.revision).sort()).toEqual([1, 2])
  })

  test('goes back to a revision that it has had', async () => {
    const [first] = (await revisions()).sort((a, b) => a.revision - b.revision)
    if (!first) throw new Error('no revision')
    const { spec } = first.data as { spec: { template: { spec: object } } }
    await live.client.patch('DaemonSet', 'default/agent', { spec: { template: { spec: spec.template.spec } } })
    await live.pass(10)
    expect((await pods()).map((pod) => pod.spec.containers[0]?.command?.[2])).toEqual(['sleep infinity', 'sleep infinity'])
    expect((await revisions()).map((each) => each.revision).sort()).toEqual([2, 3])
  })

  test('with surge has the new Pod up before the old one goes', async () => {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
    await live.client.patch('DaemonSet', 'default/agent', { spec: { updateStrategy: strategy } })
    const changed = { ...template('sleep 500', { labels }).spec }
    await live.client.patch('DaemonSet', 'default/agent', { spec: { template: { spec: changed } } })
    const ready: number[] = []
    for (let tenths = 0; tenths < 60; tenths++) {
      await live.pass(0.1)
      ready.push(
        (await pods()).filter((pod) => pod.status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True'))
          .length,
      )
    }
    expect(Math.min(...ready)).toBe(2)
    const told = (await live.events('agent')).slice(-4).map((line) => line.split(' ')[1])
    expect(told).toEqual(['SuccessfulCreate', 'SuccessfulDelete', 'SuccessfulCreate', 'SuccessfulDelete'])
    expect((await pods()).map((pod) => pod.spec.containers[0]?.command?.[2])).toEqual(['sleep 500', 'sleep 500'])
  })
})

describe('a DaemonSet, node by node', () => {
  const spread = (name: string, spec: object = {}, podSpec: Record<string, unknown> = {}) =>
    live.create('DaemonSet', name, {
      spec: {
        selector: { matchLabels: { app: name } },
        template: template('sleep infinity', { labels: { app: name }, ...podSpec }),
        ...spec,
      },
    })
  const worker = async () => {
    const { items } = await live.client.list('Node')
    return items.find(({ spec }) => !spec.taints?.length)?.metadata.name ?? ''
  }
  const onWorker = async () => ({ 'kubernetes.io/hostname': await worker() })
  const of = async (name: string) => (await live.client.list('Pod', { namespace: 'default', labelSelector: `app=${name}` })).items
  const step = (name: string, line: string) => {
    const { containers } = template(line).spec as { containers: object[] }
    return live.client.patch('DaemonSet', `default/${name}`, { spec: { template: { spec: { containers } } } })
  }

  test('makes no new Pod before the old one has ended, and counts that one as long as it is there', async () => {
    await spread('slow', {}, { terminationGracePeriodSeconds: 20, nodeSelector: await onWorker() })
    await live.pass(3)
    const nodes = (await of('slow')).map((pod) => pod.spec.nodeName)
    expect(nodes).toHaveLength(1)
    await step('slow', 'trap "" TERM; sleep 1000')
    await live.pass(5)
    const going = await of('slow')
    expect(going).toHaveLength(1)
    expect(going[0]?.metadata.deletionTimestamp).toBeDefined()
    expect((await live.get('DaemonSet', 'slow')).status).toMatchObject({ currentNumberScheduled: 1, desiredNumberScheduled: 1 })
    await live.pass(30)
    expect((await of('slow')).map((pod) => pod.spec.containers[0]?.command?.[2])).toEqual(['trap "" TERM; sleep 1000'])
    await live.client.delete('DaemonSet', 'default/slow')
    await live.pass(30)
  })

  test('replaces one that failed, tells of it, and waits longer each time', async () => {
    await spread('evicted', {}, { nodeSelector: await onWorker() })
    await live.pass(3)
    const fail = async () => {
      const [pod] = (await of('evicted')).filter((each) => each.status?.phase === 'Running')
      if (!pod) throw new Error('no daemon')
      await live.client.updateStatus('Pod', { ...pod, status: { ...pod.status, phase: 'Failed', reason: 'Evicted' } })
      await live.pass(0.2)
      return pod.metadata.name
    }
    const first = await fail()
    expect(await live.events('evicted')).toContain(
      `Warning FailedDaemonPod Found failed daemon pod default/${first} on node ${await worker()}, will try to kill it`,
    )
    await live.pass(0.4)
    const second = await fail()
    expect((await of('evicted')).map((pod) => pod.metadata.name)).toEqual([second])
    await live.pass(3)
    expect((await of('evicted')).map((pod) => pod.status?.phase)).toEqual(['Running'])
    await live.client.delete('DaemonSet', 'default/evicted')
    await live.pass(5)
  })
})
