import { afterEach, beforeEach, expect, test } from 'vitest'
import { conditionOf } from '../controllers/pods.js'
import { type LiveCluster, liveCluster } from '../controllers/testing.js'

let live: LiveCluster
beforeEach(async () => {
  live = await liveCluster()
})
afterEach(async () => {
  await live.close()
  expect(live.errors).toEqual([])
})

const pod = (resources: object = {}, annotations: object = {}, more: object = {}) => ({
  metadata: { name: '', annotations },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [{ name: 'main', image: 'busybox:1.37', command: ['sleep', 'infinity'], resources }],
    ...more,
  },
})
const using = (memory: string, resources: object = {}, more: object = {}) =>
  pod(resources, { 'simulation.wheelhouse.dev/memory': memory }, more)
const create = (name: string, { metadata, spec }: { metadata: object; spec: object }) =>
  live.client.create('Pod', { metadata: { ...metadata, name, namespace: 'default' }, spec } as never)
const node = async () => live.client.get('Node', 'node01')
const pressure = async () =>
  (await node()).status?.conditions?.find((each) => each.type === 'MemoryPressure') as { status: string; reason: string }

test('a node that runs out of memory evicts who takes most beyond its request, and says so for five minutes', async () => {
  await create('modest', using('3Gi', { requests: { memory: '3Gi' } }))
  await create('greedy', using('3Gi', { requests: { memory: '100Mi' } }))
  await create('small', using('50Mi'))
  await live.pass(15)
  expect((await pressure()).status).toBe('False')

  await create('last', using('1800Mi'))
  await live.pass(12)
  expect(await pressure()).toMatchObject({ status: 'True', reason: 'KubeletHasInsufficientMemory' })
  expect((await node()).spec.taints).toMatchObject([{ key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' }])
  const evicted = await live.get('Pod', 'greedy')
  const message =
    'The node was low on resource: memory. Threshold quantity: 100Mi, available: 0Ki. Container main was using 3Gi, request is 100Mi, has larger consumption of memory. '
  expect(evicted.status).toMatchObject({ phase: 'Failed', reason: 'Evicted', message })
  expect(conditionOf(evicted, 'DisruptionTarget')).toMatchObject({ status: 'True', reason: 'TerminationByKubelet', message })
  expect(await live.events('greedy')).toContain(`Warning Evicted ${message}`)
  expect((await live.get('Pod', 'modest')).status?.phase).toBe('Running')
  expect((await live.get('Pod', 'last')).status?.phase).toBe('Running')

  // Put onto the node by hand, past the scheduler.
  await create('late', pod({}, {}, { nodeName: 'node01' }))
  await create('asked', pod({ requests: { memory: '1Mi' } }, {}, { nodeName: 'node01' }))
  await live.pass(2)
  expect((await live.get('Pod', 'late')).status).toMatchObject({
    phase: 'Failed',
    reason: 'Evicted',
    message: 'Pod was rejected: The node had condition: [MemoryPressure]. ',
  })
  expect((await live.get('Pod', 'asked')).status?.phase).toBe('Running')

  await live.pass(320)
  expect((await pressure()).status).toBe('False')
  expect((await node()).spec.taints ?? []).toEqual([])
})

test('of those beyond their requests the least important goes first', async () => {
  const classes = live.cluster.server.context.resources.find('scheduling.k8s.io', 'v1', 'priorityclasses')
  if (!classes) throw new Error('PriorityClasses are not served')
  await live.client.create(classes, { metadata: { name: 'high' }, value: 1000 } as never)
  await create('important', using('5Gi', {}, { priorityClassName: 'high' }))
  await create('plain', using('3Gi'))
  await live.pass(12)
  expect((await live.get('Pod', 'plain')).status?.reason).toBe('Evicted')
  expect((await live.get('Pod', 'important')).status?.phase).toBe('Running')
})

test('a program that takes more memory than its container may have is killed, and another time after a back-off', async () => {
  const limits = { limits: { memory: '100Mi' } }
  const stress = (args: string[]) => ({
    metadata: { name: '', annotations: {} },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'main', image: 'polinux/stress', command: ['stress'], args, resources: limits }],
    },
  })
  await create('bomb', stress(['--vm', '1', '--vm-bytes', '250M', '--vm-hang', '1']))
  await create('fits', stress(['--vm', '1', '--vm-bytes', '80M', '--vm-hang', '1']))
  await live.pass(30)
  const [bomb] = (await live.get('Pod', 'bomb')).status?.containerStatuses ?? []
  const ended = bomb?.state?.terminated ?? bomb?.lastState?.terminated
  expect(ended).toMatchObject({ exitCode: 137, reason: 'OOMKilled' })
  expect(bomb?.restartCount).toBeGreaterThan(0)
  const [fits] = (await live.get('Pod', 'fits')).status?.containerStatuses ?? []
  expect(fits).toMatchObject({ restartCount: 0, ready: true })
})

test('a program that takes more than its Pod may have beside the others is killed, though its container has no limit', async () => {
  const stress = (name: string, megabytes: number) => ({
    name,
    image: 'polinux/stress',
    command: ['stress', '--vm', '1', '--vm-bytes', `${megabytes}M`, '--vm-hang', '1'],
    resources: {},
  })
  await create('shared', {
    metadata: { name: '', annotations: {} },
    spec: {
      terminationGracePeriodSeconds: 0,
      resources: { limits: { memory: '100Mi' } },
      containers: [stress('first', 70), stress('second', 70)],
    },
  })
  await live.pass(20)
  const [first, second] = (await live.get('Pod', 'shared')).status?.containerStatuses ?? []
  expect(first).toMatchObject({ restartCount: 0, ready: true })
  expect(second?.state?.terminated ?? second?.lastState?.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' })
})
