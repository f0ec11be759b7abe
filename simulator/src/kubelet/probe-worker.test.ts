import { expect, test } from 'vitest'
import { clusterOfFile, shell } from '../controllers/testing.js'

const live = clusterOfFile()

/** A probe that writes down when it looked, in whole seconds since its Pod was made. */
const says = (name: string, then = 'true') => ({
  exec: { command: ['sh', '-c', `echo ${name} $(date +%s) >> /log/said; ${then}`] },
})

async function made(name: string, container: object, spec: object = {}): Promise<{ said: () => Promise<string[]> }> {
  const startedAt = Math.floor(live.clock.now() / 1000)
  const volumeMounts = [{ name: 'log', mountPath: '/log' }]
  await live.create('Pod', name, {
    spec: {
      terminationGracePeriodSeconds: 0,
      volumes: [{ name: 'log', emptyDir: {} }],
      containers: [shell('sleep infinity', { volumeMounts, ...container })],
      ...spec,
    },
  })
  const said = async () => {
    const lines = (await live.exec(name, 'cat /log/said')).trim().split('\n')
    return lines.map((line) => line.replace(/\d+$/, (at) => String(Number(at) - startedAt)))
  }
  return { said }
}
const status = async (name: string) => (await live.get('Pod', name)).status?.containerStatuses?.[0]

test('a liveness probe first looks a period after its Pod came, readiness as soon as the container is seen to run', async () => {
  const { said } = await made('both', { livenessProbe: says('alive'), readinessProbe: says('ready') })
  await live.pass(25)
  expect(await said()).toEqual(['ready 0', 'alive 10', 'ready 10', 'alive 20', 'ready 20'])
})

test('what is not ready is looked at twice at first, and counts its period from there', async () => {
  const { said } = await made('unready', { readinessProbe: says('ready', 'false') })
  await live.pass(25)
  expect(await said()).toEqual(['ready 0', 'ready 0', 'ready 10', 'ready 20'])
})

test('an initial delay ends at a tick', async () => {
  const { said } = await made('later', { livenessProbe: { ...says('alive'), initialDelaySeconds: 3, periodSeconds: 2 } })
  await live.pass(7)
  expect(await said()).toEqual(['alive 4', 'alive 6'])
})

test('a startup probe holds the others back, and readiness follows it at once', async () => {
  const startupProbe = { ...says('up', 'test -e /up'), periodSeconds: 3, failureThreshold: 9 }
  const { said } = await made('starting', { startupProbe, livenessProbe: says('alive'), readinessProbe: says('ready') })
  await live.pass(7)
  expect(await status('starting')).toMatchObject({ started: false, ready: false })
  await live.exec('starting', 'touch /up')
  await live.pass(14)
  expect(await said()).toEqual(['up 3', 'up 6', 'up 9', 'ready 9', 'alive 10', 'ready 19', 'alive 20'])
  expect(await status('starting')).toMatchObject({ started: true, ready: true })
})

test('a probe that has given up its container rests until the next run, and keeps its ticks', async () => {
  const livenessProbe = { ...says('alive', 'false'), periodSeconds: 4, failureThreshold: 2 }
  const lifecycle = { preStop: { exec: { command: ['sleep', '9'] } } }
  const command = ['sh', '-c', 'trap "exit 0" TERM; sleep infinity & wait']
  const { said } = await made('given-up', { command, livenessProbe, lifecycle }, { terminationGracePeriodSeconds: 30 })
  await live.pass(21)
  expect(await said()).toEqual(['alive 4', 'alive 8', 'alive 20'])
  expect(await status('given-up')).toMatchObject({ restartCount: 1, state: { running: {} } })
})

test('readiness is looked at until the end, and liveness no more once the Pod is to go', async () => {
  const probes = { livenessProbe: says('alive'), readinessProbe: says('ready') }
  const lifecycle = { preStop: { exec: { command: ['sleep', '25'] } } }
  const { said } = await made('leaving', { ...probes, lifecycle }, { terminationGracePeriodSeconds: 60 })
  await live.pass(5)
  await live.client.delete('Pod', 'default/leaving')
  await live.pass(18)
  expect(await said()).toEqual(['ready 0', 'ready 10', 'ready 20'])
  await live.pass(30)
})
