import { describe, expect, test } from 'vitest'
import { clusterOfFile, shell } from '../controllers/testing.js'

const live = clusterOfFile()

const pod = (name: string, container: object) =>
  live.create('Pod', name, { spec: { terminationGracePeriodSeconds: 0, containers: [container] } })
const status = async (name: string) => (await live.get('Pod', name)).status?.containerStatuses?.[0]
/** `REASON COUNT` of the Events about a Pod, in the order in which they first came. */
async function counts(name: string): Promise<string[]> {
  const { items } = await live.client.list('Event', { namespace: 'default', fieldSelector: `involvedObject.name=${name}` })
  const sorted = items.sort((a, b) => a.metadata.name.localeCompare(b.metadata.name))
  return sorted.filter(({ reason }) => reason !== 'Scheduled').map(({ reason, count }) => `${reason} ${count}`)
}

describe('a container that ends', () => {
  test('is started again at once, and then after ever longer waits', async () => {
    await pod('crash', shell('exit 3'))
    await live.pass(5)
    expect(await status('crash')).toMatchObject({ restartCount: 1, state: { waiting: { reason: 'CrashLoopBackOff' } } })
    expect((await status('crash'))?.state?.waiting?.message).toMatch(/^back-off 10s restarting failed container=main pod=crash_/)
    await live.pass(10)
    expect((await status('crash'))?.restartCount).toBe(2)
    expect((await status('crash'))?.state?.waiting?.message).toMatch(/^back-off 20s/)
    await live.pass(20)
    expect((await status('crash'))?.restartCount).toBe(3)
    // Every start looks for its image.
    expect(await counts('crash')).toEqual(['Pulled 4', 'Created 4', 'Started 4', 'BackOff 3'])
  })

  test('after ten good minutes is forgiven what was before', async () => {
    const volumeMounts = [{ name: 'kept', mountPath: '/kept' }]
    const container = shell('test -e /kept/mark || { touch /kept/mark; exit 1; }; sleep 700; exit 1', { volumeMounts })
    await live.create('Pod', 'stable', { spec: { volumes: [{ name: 'kept', emptyDir: {} }], containers: [container] } })
    await live.pass(3)
    expect((await status('stable'))?.restartCount).toBe(1)
    await live.pass(701)
    expect(await status('stable')).toMatchObject({ restartCount: 2, state: { running: {} } })
    expect(await counts('stable')).not.toContain('BackOff 1')
  })

  test('without ever having begun is started again at once too', async () => {
    await pod('unknown', { ...shell(''), command: ['nonsense'] })
    await live.pass(1)
    expect(await status('unknown')).toMatchObject({ restartCount: 1, state: { waiting: { reason: 'RunContainerError' } } })
    await live.pass(5)
    expect((await status('unknown'))?.state?.waiting?.reason).toBe('CrashLoopBackOff')
    expect(await counts('unknown')).toEqual(['Pulled 2', 'Created 2', 'Failed 2', 'BackOff 1'])
  })
})

describe('what cannot be done', () => {
  test('is told of again from time to time, and done as soon as it can be', async () => {
    await pod('waiting', shell('sleep infinity', { envFrom: [{ configMapRef: { name: 'late' } }] }))
    await live.pass(40)
    expect(await counts('waiting')).toEqual(['Pulled 4', 'Failed 4'])
    await live.create('ConfigMap', 'late', { data: {} })
    await live.pass(2)
    expect(await status('waiting')).toMatchObject({ restartCount: 0, state: { running: {} } })
    expect(await counts('waiting')).toEqual(['Pulled 5', 'Failed 4', 'Created 1', 'Started 1'])
  })

  test('an image that is nowhere is pulled again after its back-off, of which Events go on telling', async () => {
    await pod('nowhere', { name: 'main', image: 'registry.invalid/nothing:1' })
    await live.pass(60)
    const told = await counts('nowhere')
    expect(told.slice(0, 3)).toEqual(['Pulling 3', 'Failed 3', 'Failed 3'])
    expect((await status('nowhere'))?.state?.waiting?.reason).toBe('ImagePullBackOff')
    expect(Number(told.find((line) => line.startsWith('BackOff'))?.split(' ')[1])).toBeGreaterThan(3)
  })

  test('an image whose policy is Always is asked for at each start', async () => {
    await pod('always', shell('exit 1', { imagePullPolicy: 'Always' }))
    await live.pass(5)
    const events = await live.events('always')
    expect(events.filter((line) => line.includes('Pulling image "busybox:1.37"'))).toHaveLength(1)
    expect(await counts('always')).toContain('Pulling 2')
    expect(events.join('\n')).not.toContain('already present')
  })
})

describe('a Pod of several containers', () => {
  test('pulls and starts one after the other', async () => {
    const containers = ['one', 'two'].map((name) => shell('sleep infinity', { name, image: 'busybox:1.36' }))
    await live.create('Pod', 'several', { spec: { containers } })
    await live.pass(5)
    const told = (await live.events('several')).map((line) => line.split(' ')[1])
    expect(told).toEqual(['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started', 'Pulled', 'Created', 'Started'])
  })

  test('stays initialized when a sidecar ends', async () => {
    const initContainers = [shell('sleep 5; exit 1', { name: 'side', restartPolicy: 'Always' })]
    await live.create('Pod', 'guarded', { spec: { initContainers, containers: [shell('sleep infinity')] } })
    await live.pass(14)
    const { initContainerStatuses, conditions } = (await live.get('Pod', 'guarded')).status ?? {}
    expect(initContainerStatuses).toMatchObject([{ started: false, restartCount: 1 }])
    const told = conditions?.map(({ type, status: is }) => `${type} ${is}`)
    expect(told).toEqual(expect.arrayContaining(['Initialized True', 'Ready False', 'ContainersReady False']))
  })
})
