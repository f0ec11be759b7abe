import { afterEach, beforeEach, expect, test } from 'vitest'
import { type LiveCluster, liveCluster, shell } from '../controllers/testing.js'

let live: LiveCluster
beforeEach(async () => {
  live = await liveCluster()
})
afterEach(async () => {
  await live.close()
  expect(live.errors).toEqual([])
})

const commands = (text: string): string[] =>
  text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/).slice(3).join(' '))

const web = { name: 'web', image: 'nginx:1.28' }
const idle = (name: string) => shell('trap "exit 5" TERM; while true; do sleep 1; done', { name })

test('containers of a Pod that shares its processes see each other, and others do not', async () => {
  await live.create('Pod', 'shared', { spec: { shareProcessNamespace: true, containers: [web, shell('sleep infinity')] } })
  await live.create('Pod', 'apart', { spec: { containers: [web, shell('sleep infinity')] } })
  await live.pass(10)
  const seen = commands(await live.exec('shared', 'ps'))
  expect(seen[0]).toBe('/pause')
  expect(seen).toContain('nginx: master process nginx -g daemon off;')
  expect(seen.filter((line) => line === 'nginx: worker process')).toHaveLength(2)
  expect(seen).toContain('sh -c sleep infinity')
  expect(commands(await live.exec('apart', 'ps'))).toEqual(['sh -c sleep infinity', 'sleep infinity', 'sh -c ps', 'ps'])
})

test('a process of a neighbour can be told to end, and its container comes again', async () => {
  await live.create('Pod', 'shared', {
    spec: { shareProcessNamespace: true, containers: [idle('web'), shell('sleep infinity')] },
  })
  await live.pass(5)
  expect(await live.exec('shared', 'kill $(pgrep -f "^sh -c trap")')).toBe('')
  await live.pass(3)
  const { containerStatuses = [] } = (await live.get('Pod', 'shared')).status ?? {}
  expect(containerStatuses.find(({ name }) => name === 'web')).toMatchObject({
    restartCount: 1,
    lastState: { terminated: { exitCode: 5 } },
  })
  expect(await live.exec('shared', 'kill 1')).toBe("kill: can't kill pid 1: it is a part of the simulated node and never ends\n")
  expect(await live.exec('shared', 'kill 4711')).toBe("kill: can't kill pid 4711: No such process\n")
})

test('process 1 hears neither of what it has no handler for nor of KILL from inside', async () => {
  await live.create('Pod', 'alone', { spec: { containers: [shell('sleep infinity')] } })
  await live.pass(5)
  await live.exec('alone', 'kill 1; kill -9 1')
  await live.pass(2)
  expect((await live.get('Pod', 'alone')).status?.containerStatuses?.[0]?.restartCount).toBe(0)
})

test('a debugging container sees the processes of its target', async () => {
  await live.create('Pod', 'target', { spec: { containers: [web] } })
  await live.pass(5)
  const pod = await live.get('Pod', 'target')
  const debug = { ...shell('sleep infinity', { name: 'debug' }), targetContainerName: 'web' }
  const body = { spec: { ...pod.spec, ephemeralContainers: [debug] } }
  await live.client.patch('Pod', 'default/target', body as never, { subresource: 'ephemeralcontainers' })
  await live.pass(5)
  expect(commands(await live.exec('target', 'ps', 'debug'))[0]).toBe('nginx: master process nginx -g daemon off;')
})

test('with hostPID everything on the node is seen, by numbers of its own', async () => {
  await live.create('Pod', 'guest', { spec: { nodeName: 'node01', containers: [shell('sleep 1234')] } })
  await live.create('Pod', 'host', { spec: { nodeName: 'node01', hostPID: true, containers: [shell('sleep infinity')] } })
  await live.pass(5)
  const seen = commands(await live.exec('host', 'ps'))
  expect(seen[0]).toBe('/sbin/init')
  expect(seen.some((line) => line.startsWith('/usr/bin/kubelet '))).toBe(true)
  expect(seen).toContain('sh -c sleep 1234')
  await live.exec('host', 'kill -9 $(pgrep -f "^sh -c sleep 1234")')
  await live.pass(3)
  const [status] = (await live.get('Pod', 'guest')).status?.containerStatuses ?? []
  expect(status).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 137, reason: 'Error' } } })
})

test('what runs in the background can be ended by its number', async () => {
  await live.create('Pod', 'jobs', { spec: { containers: [shell('sleep infinity')] } })
  await live.pass(5)
  const line =
    'sleep 50 & first=$!; sleep 60 & ps -o args | grep -c "^sleep [56]0"; kill $first; wait $first; echo $?; ps -o args | grep -c "^sleep [56]0"'
  expect(await live.exec('jobs', line)).toBe('2\n143\n1\n')
})
