import { message } from '@wheelhouse/protocol'
import { describe, expect, test } from 'vitest'
import { buildTestServer } from '../testing/test-server.js'
import { GB, MINUTE_MS, notice, pass, start, stateOf } from './testing/watching.js'

describe('disk', () => {
  const uses: Record<string, number> = {}
  const disk = (free: { bytes: number }) => ({
    diskSpace: async () => ({ freeBytes: free.bytes, totalBytes: 100 * GB }),
    engine: { usage: (id: string) => ({ memoryBytes: null, cpuCores: null, diskBytes: uses[id] ?? null }) },
  })

  test('below twice the floor everybody is warned; when space is back, the warning goes', async () => {
    const free = { bytes: 50 * GB }
    const server = await buildTestServer(disk(free))
    const ada = await server.as('ada')
    const events = await ada.listen()
    free.bytes = 9 * GB
    await pass(server, 0)
    expect(await events.until(notice('notice.disk-low'))).toMatchObject({
      text: message('notice.disk-low', { free: '9.00 GB', floor: '5.00 GB' }),
    })
    free.bytes = 11 * GB
    await pass(server, 0)
    await events.until((event) => event.type === 'notice-gone' && event.id === 'disk-low')
  })

  test('close to the floor, who uses most is stopped, told why, and nobody else', async () => {
    const free = { bytes: 50 * GB }
    const server = await buildTestServer(disk(free))
    const [ada, bob] = [await server.as('ada'), await server.as('bob')]
    const [small, large] = [await start(ada), await start(bob)]
    await server.settled()
    Object.assign(uses, { [small]: 1 * GB, [large]: 8 * GB })
    const events = await bob.listen()
    free.bytes = 5.5 * GB
    await pass(server, 0)
    expect(await stateOf(bob, large)).toEqual({ phase: 'stopped', reason: 'disk' })
    expect((await stateOf(ada, small)).phase).toBe('ready')
    expect(await events.until(notice('notice.disk-stopped'))).toMatchObject({ environment: large })
  })

  test('below the floor nothing new is built', async () => {
    const server = await buildTestServer(disk({ bytes: 4 * GB }))
    const refused = await (await server.as('ada')).post('/api/attempts', { lab: 'alpha' })
    expect(refused.statusCode).toBe(507)
    expect(refused.json()).toMatchObject({ code: 'DISK_FULL', values: { free: '4.00 GB', floor: '5.00 GB' } })
  })

  test('an environment above its quota is stopped, after a while in which it can be tidied up', async () => {
    const server = await buildTestServer(disk({ bytes: 50 * GB }))
    const ada = await server.as('ada')
    const id = await start(ada)
    await server.settled()
    uses[id] = 30 * GB
    await pass(server, MINUTE_MS)
    expect((await stateOf(ada, id)).phase).toBe('ready')
    await pass(server, 10 * MINUTE_MS)
    expect(await stateOf(ada, id)).toEqual({ phase: 'stopped', reason: 'disk' })
  })
})
