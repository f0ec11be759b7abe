import type { AttemptView, EnvironmentId } from '@wheelhouse/protocol'
import { describe, expect, test } from 'vitest'
import { buildTestServer, type TestServer } from '../testing/test-server.js'
import { MINUTE_MS, pass, start, stateOf } from './testing/watching.js'

describe('the pool', () => {
  const pooled = async ({ parts }: TestServer) =>
    (await parts.store.environments.living()).filter((record) => record.learner === null)

  test('keeps ready environments, hands one over at once with every image, and fills up again', async () => {
    const server = await buildTestServer({ settings: { 'environments.poolSize': '1' } })
    await pass(server, 0)
    const [waiting] = await pooled(server)
    expect(waiting).toMatchObject({ state: { phase: 'ready' }, shape: 'main v1.36 1+0', spec: { images: ['busybox:1.37'] } })
    const ada = await server.as('ada')
    const attempt: AttemptView = (await ada.post('/api/attempts', { lab: 'alpha' })).json()
    expect(attempt.environment).toMatchObject({ id: waiting?.id, lab: 'alpha', state: { phase: 'ready' } })
    await server.settled()
    await pass(server, 0)
    const [next] = await pooled(server)
    expect(next?.id).not.toBe(waiting?.id)
    expect(next?.state.phase).toBe('ready')
    expect((await ada.get(`/api/attempts/${attempt.id}`)).json().tasks[0].setup).toBe('done')
  })

  test('the setting leaves its size to the engine, and one that is being built is handed over as well', async () => {
    let build = () => {}
    const built = new Promise<void>((resolve) => (build = resolve))
    const server = await buildTestServer({ engine: { capabilities: { poolSize: 1 }, duringStep: () => built } })
    await server.parts.watch.now()
    const [waiting] = await pooled(server)
    const ada = await server.as('ada')
    const id = await start(ada)
    expect(id).toBe(waiting?.id)
    build()
    await server.settled()
    expect((await stateOf(ada, id)).phase).toBe('ready')
    expect(await server.engine.adopt()).toEqual([id])
  })

  test('images that the waiting one lacks are loaded at the hand-over', async () => {
    const server = await buildTestServer({ settings: { 'environments.poolSize': '1', 'environments.poolShapes': 'alpha' } })
    await pass(server, 0)
    const [waiting] = await pooled(server)
    if (waiting) await server.parts.store.environments.update(waiting.id, { spec: { ...waiting.spec, images: [] } })
    const ada = await server.as('ada')
    const id = await start(ada)
    await server.settled()
    expect(id).toBe(waiting?.id)
    expect((await server.parts.store.environments.byId(id as EnvironmentId))?.spec.images).toEqual(['busybox:1.37'])
    expect((await stateOf(ada, id)).phase).toBe('ready')
  })

  test('makes room for a learner who wants another shape', async () => {
    const settings = { 'environments.poolSize': '1', 'environments.poolShapes': 'alpha', 'environments.mostRunning': '1' }
    const server = await buildTestServer({ settings })
    await pass(server, 0)
    const ada = await server.as('ada')
    const id = await start(ada, 'beta')
    await server.settled()
    expect((await stateOf(ada, id)).phase).toBe('ready')
    expect((await server.parts.store.environments.byId(id as EnvironmentId))?.shape).toBe('main v1.36 1+1')
  })

  test('does not try again at once what failed', async () => {
    let builds = 0
    const engine = {
      duringStep: (step: string) => {
        if (step === 'images') builds++
        if (step === 'ready') throw new Error('no')
      },
    }
    const server = await buildTestServer({ engine, settings: { 'environments.poolSize': '1' } })
    await pass(server, 0)
    await pass(server, MINUTE_MS)
    expect(builds).toBe(1)
    await pass(server, 10 * MINUTE_MS)
    await pass(server, 0)
    expect(builds).toBe(2)
  })

  test('is emptied when it is no longer wanted', async () => {
    const first = await buildTestServer({ settings: { 'environments.poolSize': '2' } })
    await pass(first, 0)
    expect(await first.engine.adopt()).toHaveLength(2)
    await first.close()
    const second = await buildTestServer({ dataDirectory: first.dataDirectory })
    await pass(second, 0)
    expect(await second.engine.adopt()).toEqual([])
  })
})
