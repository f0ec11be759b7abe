import { afterEach, describe, expect, test } from 'vitest'
import { type LiveCluster, liveCluster, template } from '../controllers/testing.js'

let live: LiveCluster
afterEach(async () => {
  await live.close()
  expect(live.errors).toEqual([])
})

/** Two nodes of 4 CPUs each that no control plane shares. */
async function twoNodes(): Promise<void> {
  live = await liveCluster({ controlPlanes: 1, workers: 2 })
}
const workers = () => live.cluster.nodes.filter((node) => node.role === 'worker').map((node) => node.name)
const cpu = (amount: string) => ({
  containers: [{ name: 'main', image: 'busybox:1.37', command: ['sleep', '9999'], resources: { requests: { cpu: amount } } }],
})
const pod = (name: string, spec: object = {}, labels: object = {}) =>
  live.client.create('Pod', {
    metadata: { name, namespace: 'default', labels },
    spec: { ...template('sleep infinity').spec, ...spec },
  } as never)
function priorityClass(name: string, fields: object): Promise<unknown> {
  const classes = live.cluster.server.context.resources.find('scheduling.k8s.io', 'v1', 'priorityclasses')
  if (!classes) throw new Error('PriorityClasses are not served')
  return live.client.create(classes, { metadata: { name }, ...fields } as never)
}
const nodeOf = async (name: string) => (await live.get('Pod', name)).spec.nodeName
const why = async (name: string) =>
  (await live.get('Pod', name)).status?.conditions?.find((each) => each.type === 'PodScheduled')?.message
const CONTROL_PLANE = '1 node(s) had untolerated taint(s)'
const hopeless = (count: number) =>
  `no new claims to deallocate, preemption: 0/3 nodes are available: ${count} Preemption is not helpful for scheduling.`

describe('priority', () => {
  test('an important Pod drives out the least important ones that make room', async () => {
    await twoNodes()
    await priorityClass('low', { value: 10 })
    await priorityClass('high', { value: 1000 })
    await pod('plain', cpu('3'))
    await pod('low', { ...cpu('3'), priorityClassName: 'low' })
    await live.pass(2)
    await pod('high', { ...cpu('2'), priorityClassName: 'high' })
    await live.pass(0.01)
    expect(await nodeOf('low')).toBeDefined()
    await live.pass(40)
    expect(await live.names('Pod')).toEqual(['high', 'low'])
    expect((await live.get('Pod', 'high')).status?.phase).toBe('Running')
    expect((await live.get('Pod', 'high')).status?.nominatedNodeName).toBeUndefined()
    const [first = ''] = await live.events('high')
    expect(first).toBe(`Warning FailedScheduling 0/3 nodes are available: ${CONTROL_PLANE}, 2 Insufficient cpu.`)
    const uid = (await live.get('Pod', 'high')).metadata.uid
    expect((await live.events('plain')).find((line) => line.includes('Preempted'))).toMatch(
      new RegExp(`^Normal Preempted Preempted by pod ${uid} on node `),
    )
  })

  test('a Pod that may not preempt says so', async () => {
    await twoNodes()
    await pod('a', cpu('3'))
    await pod('b', cpu('3'))
    await live.pass(1)
    await priorityClass('polite', { value: 1000, preemptionPolicy: 'Never' })
    await pod('patient', { ...cpu('2'), priorityClassName: 'polite' })
    await live.pass(1)
    expect(await why('patient')).toBe(
      `0/3 nodes are available: ${CONTROL_PLANE}, 2 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.`,
    )
    await pod('equal', cpu('2'))
    await live.pass(1)
    expect(await why('equal')).toBe(
      `0/3 nodes are available: ${CONTROL_PLANE}, 2 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.`,
    )
    await live.client.delete('Pod', 'default/a', { graceSeconds: 0 })
    await live.pass(2)
    // The more important of the two that wait has its turn first.
    expect([Boolean(await nodeOf('patient')), Boolean(await nodeOf('equal'))]).toEqual([true, false])
  })
})

describe('other Pods', () => {
  test('anti-affinity keeps Pods apart, affinity brings them together', async () => {
    await twoNodes()
    const labels = { app: 'web' }
    const term = { labelSelector: { matchLabels: labels }, topologyKey: 'kubernetes.io/hostname' }
    const apart = { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }
    for (const name of ['one', 'two', 'three']) await pod(name, apart, labels)
    await live.pass(1)
    expect(new Set([await nodeOf('one'), await nodeOf('two')]).size).toBe(2)
    expect(await why('three')).toBe(
      `0/3 nodes are available: ${CONTROL_PLANE}, 2 node(s) didn't match pod anti-affinity rules. no new claims to deallocate, preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.`,
    )
    const other = { ...term, labelSelector: { matchLabels: { app: 'none' } } }
    await pod('lonely', { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [other] } } })
    await live.pass(1)
    expect(await why('lonely')).toBe(
      `0/3 nodes are available: ${CONTROL_PLANE}, 2 node(s) didn't match pod affinity rules. ${hopeless(3)}`,
    )
    await pod('none', {}, { app: 'none' })
    await live.pass(1)
    expect(await nodeOf('lonely')).toBe(await nodeOf('none'))
  })

  test('topology spread allows only so much difference', async () => {
    await twoNodes()
    const [first = ''] = workers()
    const labels = { app: 'spread' }
    const constraint = { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: labels } }
    const spread = {
      topologySpreadConstraints: [{ ...constraint, whenUnsatisfiable: 'DoNotSchedule', nodeTaintsPolicy: 'Honor' }],
    }
    for (const name of ['a', 'b', 'c', 'd']) await pod(name, spread, labels)
    await live.pass(1)
    const nodes = await Promise.all(['a', 'b', 'c', 'd'].map(nodeOf))
    expect(workers().map((worker) => nodes.filter((node) => node === worker).length)).toEqual([2, 2])
    await pod('e', spread, labels)
    await live.pass(1)
    const missing = await nodeOf('e')
    await pod('pinned', { ...spread, nodeSelector: { 'kubernetes.io/hostname': missing ?? first } }, labels)
    await live.pass(1)
    expect(await nodeOf('pinned')).toBe(missing)
    const zone = { ...constraint, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule' }
    await pod('zoned', { topologySpreadConstraints: [zone] }, labels)
    await live.pass(1)
    expect(await why('zoned')).toBe(
      `0/3 nodes are available: ${CONTROL_PLANE}, 2 node(s) didn't match pod topology spread constraints (missing required label). ${hopeless(3)}`,
    )
  })
})

describe('what a Pod brings', () => {
  test('host ports, gates and volumes without a provisioner', async () => {
    await twoNodes()
    const [first = '', second = ''] = workers()
    const ports = [{ containerPort: 80, hostPort: 8080 }]
    const containers = [{ name: 'main', image: 'busybox:1.37', command: ['sleep', '999'], ports }]
    for (const name of ['p1', 'p2', 'p3']) await pod(name, { containers })
    await live.pass(1)
    expect(await why('p3')).toContain("2 node(s) didn't have free ports for the requested pod ports")

    await pod('gated', { schedulingGates: [{ name: 'example.com/wait' }] })
    await live.pass(1)
    expect((await live.get('Pod', 'gated')).status?.conditions?.[0]?.reason).toBe('SchedulingGated')
    await live.client.patch('Pod', 'default/gated', { spec: { schedulingGates: null } })
    await live.pass(2)
    expect((await live.get('Pod', 'gated')).status?.phase).toBe('Running')

    await live.client.create('StorageClass', {
      metadata: { name: 'local' },
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: 'WaitForFirstConsumer',
    } as never)
    const requests = { storage: '1Gi' }
    await live.create('PersistentVolumeClaim', 'data', {
      spec: { storageClassName: 'local', accessModes: ['ReadWriteOnce'], resources: { requests } },
    })
    await pod('stateful', { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] })
    await live.pass(1)
    expect(await why('stateful')).toBe(
      `0/3 nodes are available: ${CONTROL_PLANE}, 2 node(s) didn't find available persistent volumes to bind. ${hopeless(3)}`,
    )
    const required = {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [second] }] }],
    }
    await live.client.create('PersistentVolume', {
      metadata: { name: 'disk' },
      spec: {
        capacity: requests,
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'local',
        local: { path: '/mnt/disk' },
        nodeAffinity: { required },
      },
    } as never)
    await live.pass(3)
    expect(await nodeOf('stateful')).toBe(second)
    expect((await live.get('PersistentVolumeClaim', 'data')).status?.phase).toBe('Bound')
    expect(first).not.toBe(second)
  })
})

test('a Pod that fits nowhere is told of once, and again only after a change that could have helped it', async () => {
  await twoNodes()
  await pod('wide', {
    containers: [{ name: 'main', image: 'busybox:1.37', resources: { limits: { 'example.com/gpu': '1' } } }],
  })
  await live.pass(1)
  const failures = async () => (await live.events('wide')).filter((each) => each.startsWith('Warning FailedScheduling')).length
  expect(await failures()).toBe(1)
  await pod('brief', {})
  await live.pass(1)
  await live.client.delete('Pod', 'default/brief')
  await live.client.create('PersistentVolumeClaim', {
    metadata: { name: 'other', namespace: 'default' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
  } as never)
  await live.pass(1)
  expect(await failures()).toBe(1)
  const [node] = (await live.client.list('Node')).items.filter(({ metadata }) => metadata.name !== 'controlplane')
  const capacity = { ...node?.status?.allocatable, 'example.com/gpu': '1' }
  await live.client.patch(
    'Node',
    node?.metadata.name ?? '',
    { status: { capacity, allocatable: capacity } },
    { subresource: 'status' },
  )
  await live.pass(1)
  expect(await nodeOf('wide')).toBe(node?.metadata.name)
})
