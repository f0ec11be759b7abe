import { afterEach, beforeEach, expect, test } from 'vitest'
import { conditionOf } from '../controllers/pods.js'
import { type LiveCluster, liveCluster, shell } from '../controllers/testing.js'

let live: LiveCluster
beforeEach(async () => {
  live = await liveCluster()
})
afterEach(async () => {
  await live.close()
  expect(live.errors).toEqual([])
})

const mounted = { volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] }
const scratch = (emptyDir: object) => ({ volumes: [{ name: 'scratch', emptyDir }] })
const filling = (size: string, folder = '/scratch') => `dd if=/dev/zero of=${folder}/big bs=1M count=${size}; sleep infinity`
const create = (name: string, line: string, { container = {}, spec = {} }: { container?: object; spec?: object } = {}) =>
  live.create('Pod', name, { spec: { terminationGracePeriodSeconds: 0, containers: [shell(line, container)], ...spec } })
const ended = async (name: string) => (await live.get('Pod', name)).status

test('a Pod that outgrows its emptyDir is evicted, and one that keeps within it is not', async () => {
  await create('over', filling('20'), { container: mounted, spec: scratch({ sizeLimit: '10Mi' }) })
  await create('within', filling('5'), { container: mounted, spec: scratch({ sizeLimit: '10Mi' }) })
  await live.pass(15)
  const message = 'Usage of EmptyDir volume "scratch" exceeds the limit "10Mi". '
  expect(await ended('over')).toMatchObject({ phase: 'Failed', reason: 'Evicted', message })
  expect(await live.events('over')).toContain(`Warning Evicted ${message}`)
  expect(conditionOf(await live.get('Pod', 'over'), 'DisruptionTarget')).toBeUndefined()
  expect((await ended('within'))?.phase).toBe('Running')
})

test('limits of local storage count what is written beside the volumes, and with them', async () => {
  const resources = { limits: { 'ephemeral-storage': '10Mi' } }
  await create('own', filling('20', '/tmp'), { container: { resources } })
  await create('both', filling('20'), { container: { ...mounted, resources }, spec: scratch({}) })
  await create('memory', filling('20'), { container: { ...mounted, resources }, spec: scratch({ medium: 'Memory' }) })
  await live.pass(15)
  const message = 'Pod ephemeral local storage usage exceeds the total limit of containers 10Mi. '
  expect(await ended('own')).toMatchObject({ reason: 'Evicted', message })
  expect(await ended('both')).toMatchObject({ reason: 'Evicted', message })
  expect((await ended('memory'))?.phase).toBe('Running')
})

test('a container may not have what its neighbour leaves of the limits', async () => {
  const limited = (name: string, line: string, limit: string) =>
    shell(line, { name, resources: { limits: { 'ephemeral-storage': limit } } })
  const containers = [limited('one', filling('20', '/tmp'), '10Mi'), limited('two', 'sleep infinity', '50Mi')]
  await live.create('Pod', 'pair', { spec: { terminationGracePeriodSeconds: 0, containers } })
  await live.pass(15)
  expect((await ended('pair'))?.message).toBe('Container one exceeded its local ephemeral storage limit "10Mi". ')
})

test('an emptyDir in memory has no more room than it says', async () => {
  await create('small', 'sleep infinity', { container: mounted, spec: scratch({ medium: 'Memory', sizeLimit: '10Mi' }) })
  await live.pass(5)
  expect(await live.exec('small', 'dd if=/dev/zero of=/scratch/big bs=1M count=20')).toBe(
    "dd: error writing '/scratch/big': No space left on device\n10+0 records in\n10+0 records out\n10485760 bytes (10.0MB) copied, 0.025000 seconds, 400.0MB/s\n",
  )
  expect(await live.exec('small', 'ls -l /scratch | tail -1; head -c 1k /dev/zero | wc -c')).toMatch(/ 10485760 .*big\n1024\n$/)
})

test('a node whose disk is short evicts who fills it, is tainted and takes nobody', async () => {
  await create('modest', 'sleep infinity')
  await create('greedy', 'fallocate -l 85G /tmp/big; sleep infinity')
  await live.pass(15)
  const node = await live.client.get('Node', 'node01')
  expect(node.status?.conditions?.find(({ type }) => type === 'DiskPressure')).toMatchObject({
    status: 'True',
    reason: 'KubeletHasDiskPressure',
  })
  expect(node.spec.taints).toMatchObject([{ key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' }])
  const status = await ended('greedy')
  expect(status?.message).toMatch(
    /^The node was low on resource: ephemeral-storage\. Threshold quantity: 16106128000, available: \d+Ki\. Container main was using \d+\w*, request is 0, has larger consumption of ephemeral-storage\. $/,
  )
  expect(conditionOf(await live.get('Pod', 'greedy'), 'DisruptionTarget')).toMatchObject({ reason: 'TerminationByKubelet' })
  await create('late', 'sleep infinity', { spec: { nodeName: 'node01' } })
  await live.pass(2)
  expect((await ended('late'))?.message).toBe('Pod was rejected: The node had condition: [DiskPressure]. ')
  expect((await ended('modest'))?.phase).toBe('Running')
  await live.pass(320)
  expect((await live.client.get('Node', 'node01')).spec.taints ?? []).toEqual([])
})
