import { describe, expect, test } from 'vitest'
import { clusterOfFile, shell } from '../controllers/testing.js'

const live = clusterOfFile()

const cpu = (amount: string) => ({ resources: { requests: { cpu: amount } } })
async function running(name: string, container: object, spec: object = {}): Promise<void> {
  const containers = [shell('sleep infinity', container)]
  await live.create('Pod', name, { spec: { terminationGracePeriodSeconds: 5, containers, ...spec } })
  await live.pass(3)
}
async function resize(name: string, resources: object): Promise<void> {
  const { spec } = await live.get('Pod', name)
  const containers = spec.containers.map((each) => ({ ...each, ...resources }))
  await live.client.patch('Pod', `default/${name}`, { spec: { containers } }, { subresource: 'resize' })
  await live.pass(0.5)
}
const sizes = async (name: string) => {
  const { status, spec } = await live.get('Pod', name)
  const { resources, allocatedResources } = status?.containerStatuses?.[0] ?? {}
  return { wanted: spec.containers[0]?.resources, has: resources, allocated: allocatedResources }
}
const conditions = async (name: string) =>
  ((await live.get('Pod', name)).status?.conditions ?? [])
    .filter(({ type }) => type.startsWith('PodResize'))
    .map(({ type, status, reason, message, observedGeneration }) => ({ type, status, reason, message, observedGeneration }))
const told = async (name: string) => (await live.events(name)).filter((line) => /Resize|Killing/.test(line))

describe('a Pod that wants another size', () => {
  test('waits for room with a condition and an Event, and has it once another Pod has gone', async () => {
    await running('large', cpu('2'))
    await running('small', cpu('1'))
    await resize('small', cpu('3'))
    const message = "Node didn't have enough resource: cpu, requested: 3000, used: 2150, capacity: 4000"
    expect(await conditions('small')).toEqual([
      { type: 'PodResizePending', status: 'True', reason: 'Deferred', message, observedGeneration: 2 },
    ])
    const summary = { containers: [{ name: 'main', resources: { requests: { cpu: '3' } } }], generation: 2, error: message }
    expect(await told('small')).toEqual([`Warning ResizeDeferred Pod resize OutOfcpu: ${JSON.stringify(summary)}`])
    expect(await sizes('small')).toEqual({
      wanted: { requests: { cpu: '3' } },
      has: { requests: { cpu: '1' } },
      allocated: { cpu: '1' },
    })
    await live.pass(30)
    expect(await told('small')).toHaveLength(1)

    await live.client.delete('Pod', 'default/large')
    await live.pass(7)
    expect(await conditions('small')).toEqual([])
    expect((await sizes('small')).has).toEqual({ requests: { cpu: '3' } })
    expect((await told('small')).map((line) => line.split(' ')[1])).toEqual([
      'ResizeDeferred',
      'ResizeStarted',
      'ResizeCompleted',
    ])
    await live.client.delete('Pod', 'default/small', { graceSeconds: 0 })
    await live.pass(1)
  })

  test('counts for what it has while it waits, so that another may grow', async () => {
    await running('first', cpu('1'))
    await running('second', cpu('1500m'))
    await resize('first', cpu('3'))
    await resize('second', cpu('2500m'))
    expect(await conditions('second')).toEqual([])
    expect((await sizes('second')).has).toEqual({ requests: { cpu: '2500m' } })
    for (const name of ['first', 'second']) await live.client.delete('Pod', `default/${name}`, { graceSeconds: 0 })
    await live.pass(1)
  })

  test('is restarted where a container wants that, and is done when it runs again', async () => {
    const resizePolicy = [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }]
    await running('restarted', { ...cpu('100m'), resizePolicy }, { restartPolicy: 'OnFailure' })
    await resize('restarted', cpu('200m'))
    expect(await conditions('restarted')).toMatchObject([{ type: 'PodResizeInProgress', status: 'True', observedGeneration: 2 }])
    expect(await sizes('restarted')).toMatchObject({ has: { requests: { cpu: '100m' } }, allocated: { cpu: '200m' } })
    await live.pass(10)
    expect(await conditions('restarted')).toEqual([])
    const { status } = await live.get('Pod', 'restarted')
    expect(status).toMatchObject({
      phase: 'Running',
      containerStatuses: [{ restartCount: 1, resources: { requests: { cpu: '200m' } } }],
    })
    expect((await live.events('restarted')).slice(1).map((line) => line.replace(/(Resize\w+) .*/, '$1'))).toEqual([
      'Normal ResizeStarted',
      'Normal Killing Container main resize requires restart',
      'Normal Pulled Container image "busybox:1.37" already present on machine and can be accessed by the pod',
      'Normal Created Container created',
      'Normal Started Container started',
      'Normal ResizeCompleted',
    ])
  })

  test('keeps its limit of memory while it uses more than the new one', async () => {
    const memory = (limit: string) => ({ resources: { limits: { memory: limit }, requests: { memory: '10Mi' } } })
    const spec = { containers: [shell('sleep infinity', memory('100Mi'))] }
    const annotations = { 'simulation.wheelhouse.dev/memory': '50Mi' }
    await live.client.create('Pod', { metadata: { name: 'full', namespace: 'default', annotations }, spec } as never)
    await live.pass(3)
    await resize('full', memory('40Mi'))
    const below = (what: string) => `attempting to set ${what} memory limit (41943040) below current usage (52428800)`
    const message = `cannot decrease memory limits: [${below('pod')}, ${below('container "main"')}]`
    expect(await conditions('full')).toMatchObject([{ type: 'PodResizeInProgress', reason: 'Error', message }])
    expect((await told('full')).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'Normal ResizeStarted',
      'Warning ResizeError',
    ])
    expect((await live.exec('full', 'cat /sys/fs/cgroup/memory.max')).trim()).toBe(String(100 * 1024 ** 2))
    await live.client.patch('Pod', 'default/full', { metadata: { annotations: { 'simulation.wheelhouse.dev/memory': '20Mi' } } })
    await live.pass(2)
    expect(await conditions('full')).toEqual([])
    expect((await live.exec('full', 'cat /sys/fs/cgroup/memory.max')).trim()).toBe(String(40 * 1024 ** 2))
  })
})

describe('a Pod that has sizes as a whole', () => {
  const resizePod = (name: string, resources: object) =>
    live.client.patch('Pod', `default/${name}`, { spec: { resources } }, { subresource: 'resize' })
  const sizesOf = async (name: string) => {
    const { resources, allocatedResources } = (await live.get('Pod', name)).status ?? {}
    return { resources, allocatedResources }
  }
  const of = (cpu: string, memory = '40Mi') => ({ requests: { cpu, memory: '20Mi' }, limits: { memory } })

  test('is given others without a restart', async () => {
    await running('whole', {}, { resources: of('50m') })
    expect(await sizesOf('whole')).toEqual({ resources: of('50m'), allocatedResources: { cpu: '50m', memory: '20Mi' } })
    await resizePod('whole', { requests: { cpu: '60m' } })
    await live.pass(2)
    expect(await sizesOf('whole')).toEqual({ resources: of('60m'), allocatedResources: { cpu: '60m', memory: '20Mi' } })
    expect((await told('whole')).map((line) => line.split(' ')[1])).toEqual(['ResizeStarted', 'ResizeCompleted'])
    expect((await live.get('Pod', 'whole')).status?.containerStatuses?.[0]?.restartCount).toBe(0)
  })

  test('keeps its memory while it uses more than the new limit', async () => {
    await live.create('Pod', 'filled', {
      metadata: {
        name: 'filled',
        namespace: 'default',
        annotations: { 'simulation.wheelhouse.dev/memory': '35Mi' },
      },
      spec: { resources: of('50m'), containers: [shell('sleep infinity')] },
    })
    await live.pass(3)
    await resizePod('filled', { limits: { memory: '30Mi' } })
    await live.pass(2)
    expect((await sizesOf('filled')).resources).toEqual(of('50m'))
    expect((await told('filled')).at(-1)).toContain(
      'attempting to set pod memory limit (31457280) below current usage (36700160)',
    )
  })
})
