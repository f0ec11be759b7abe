import { describe, expect, test } from 'vitest'
import { clusterOfFile, shell } from '../controllers/testing.js'

const live = clusterOfFile()

async function debug(pod: string, more: object = {}): Promise<void> {
  const before = (await live.get('Pod', pod)).spec.ephemeralContainers ?? []
  const ephemeralContainers = [...before, shell('sleep infinity', { name: 'debugger', ...more })]
  await live.client.patch('Pod', `default/${pod}`, { spec: { ephemeralContainers } }, { subresource: 'ephemeralcontainers' })
  await live.pass(2)
}
const debuggerOf = async (pod: string) => (await live.get('Pod', pod)).status?.ephemeralContainerStatuses?.[0]

describe('an ephemeral container', () => {
  test('starts while the Pod still initialises', async () => {
    const initContainers = [shell('sleep 100', { name: 'slow' })]
    await live.create('Pod', 'starting', { spec: { initContainers, containers: [shell('sleep infinity')] } })
    await live.pass(2)
    await debug('starting')
    const status = await debuggerOf('starting')
    expect(status).toMatchObject({ name: 'debugger', ready: false, restartCount: 0, state: { running: {} } })
    expect(status).not.toHaveProperty('started')
  })

  test('waits for a target that has not run, and for one that does not run now', async () => {
    await debug('starting', { name: 'second', targetContainerName: 'main' })
    expect((await live.events('starting')).at(-1)).toBe('Warning Failed Error: unable to find target container main')

    await live.create('Pod', 'crashing', { spec: { containers: [shell('sleep 1; exit 3')] } })
    await live.pass(8)
    await debug('crashing', { targetContainerName: 'main' })
    const { containerStatuses } = (await live.get('Pod', 'crashing')).status ?? {}
    const id = (containerStatuses?.[0]?.lastState?.terminated?.containerID ?? '').replace('containerd://', '')
    expect((await debuggerOf('crashing'))?.state).toEqual({
      waiting: {
        reason: 'CreateContainerError',
        message: `invalid target container: container "${id}" is not running - in state CONTAINER_EXITED`,
      },
    })
  })
})
