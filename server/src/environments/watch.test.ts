import type { AttemptView, EnvironmentId, EnvironmentView, ServerEvent } from '@wheelhouse/protocol'
import { message } from '@wheelhouse/protocol'
import { describe, expect, test } from 'vitest'
import type { EngineStatus } from '../engines/engine.js'
import { FakeEngine } from '../engines/testing/fake-engine.js'
import { buildTestServer, type Person, type TestServer } from '../testing/test-server.js'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const GB = 1_000_000_000

const start = async (person: Person, lab = 'alpha'): Promise<string> => {
  const attempt: AttemptView = (await person.post('/api/attempts', { lab })).json()
  return attempt.environment?.id ?? 'none'
}
const stateOf = async (person: Person, id: string): Promise<EnvironmentView['state']> =>
  (await person.get(`/api/environments/${id}`)).json().state
const notice = (key: string) => (event: ServerEvent) => event.type === 'notice' && event.text.key === key

/** Moves the clock and looks, as the server does by itself. */
async function pass(server: TestServer, ms: number): Promise<void> {
  server.clock.advance(ms)
  await server.parts.watch.now()
  await server.settled()
}

describe('idle', () => {
  test('the stop is announced with a countdown, and keeps the disks', async () => {
    const server = await buildTestServer()
    const ada = await server.as('ada')
    const id = await start(ada)
    await server.settled()
    const events = await ada.listen()
    await pass(server, 54 * MINUTE_MS)
    expect(events.received.some(notice('notice.idle-soon'))).toBe(false)
    await pass(server, MINUTE_MS)
    const announced = await events.until(notice('notice.idle-soon'))
    expect(announced).toMatchObject({ environment: id, untilMs: server.clock.now() + 5 * MINUTE_MS })
    await pass(server, 5 * MINUTE_MS)
    expect(await stateOf(ada, id)).toEqual({ phase: 'stopped', reason: 'idle' })
    expect(await server.engine.inspect(id as EnvironmentId)).toBe('stopped')
  })

  test('a page that opens during the countdown hears of it too', async () => {
    const server = await buildTestServer()
    const ada = await server.as('ada')
    await start(ada)
    await server.settled()
    await pass(server, 56 * MINUTE_MS)
    await (await ada.listen()).until(notice('notice.idle-soon'))
  })

  test('extending takes the countdown back and begins the time anew', async () => {
    const server = await buildTestServer()
    const ada = await server.as('ada')
    const id = await start(ada)
    await server.settled()
    const events = await ada.listen()
    await pass(server, 56 * MINUTE_MS)
    await events.until(notice('notice.idle-soon'))
    await ada.post(`/api/environments/${id}/extend`)
    await events.until((event) => event.type === 'notice-gone' && event.id === `idle-${id}`)
    await pass(server, 54 * MINUTE_MS)
    expect(await stateOf(ada, id)).toEqual({ phase: 'ready', idleDeadlineMs: server.clock.now() + 6 * MINUTE_MS })
  })

  test('a browser that is gone for an hour finds its work where it was', async () => {
    const server = await buildTestServer()
    const ada = await server.as('ada')
    const id = await start(ada)
    await server.settled()
    const environment = await server.parts.environments.open(id as EnvironmentId)
    await environment.putFile('base', 'candidate', '/home/candidate/work', 'mine')
    ;(await ada.listen()).close()
    await pass(server, 55 * MINUTE_MS)
    await pass(server, 6 * MINUTE_MS)
    expect(await stateOf(ada, id)).toEqual({ phase: 'stopped', reason: 'idle' })
    expect(await start(ada)).toBe(id)
    await server.settled()
    expect((await stateOf(ada, id)).phase).toBe('ready')
    const again = await server.parts.environments.open(id as EnvironmentId)
    expect((await again.getFile('base', '/home/candidate/work')).toString()).toBe('mine')
  })

  test('with idleMinutes 0 nothing stops', async () => {
    const server = await buildTestServer({ settings: { 'environments.idleMinutes': '0' } })
    const ada = await server.as('ada')
    const id = await start(ada)
    await server.settled()
    await pass(server, 20 * DAY_MS)
    expect(await stateOf(ada, id)).toEqual({ phase: 'ready', idleDeadlineMs: null })
  })
})

describe('expiry', () => {
  test('a stopped environment is deleted after its days, and its learner hears so a day before', async () => {
    const server = await buildTestServer()
    const ada = await server.as('ada')
    const id = await start(ada)
    await server.settled()
    await ada.post(`/api/environments/${id}/stop`)
    await server.settled()
    const { expiresAtMs } = (await ada.get(`/api/environments/${id}`)).json()
    expect(expiresAtMs).toBe(server.clock.now() + 7 * DAY_MS)
    await pass(server, 6 * DAY_MS + MINUTE_MS)
    await (await ada.listen()).until(notice('notice.expires-soon'))
    expect(await server.engine.adopt()).toHaveLength(1)
    await pass(server, DAY_MS)
    expect(await server.engine.adopt()).toEqual([])
  })

  test('starting it puts the deletion off', async () => {
    const server = await buildTestServer()
    const ada = await server.as('ada')
    const id = await start(ada)
    await server.settled()
    await ada.post(`/api/environments/${id}/stop`)
    await server.settled()
    await pass(server, 6 * DAY_MS)
    await ada.post(`/api/environments/${id}/start`)
    await server.settled()
    expect((await ada.get(`/api/environments/${id}`)).json().expiresAtMs).toBeNull()
  })
})

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

describe('health', () => {
  test('machines that were stopped from outside are started again', async () => {
    const server = await buildTestServer()
    const ada = await server.as('ada')
    const id = await start(ada)
    await server.settled()
    await server.engine.stop(id as EnvironmentId)
    await pass(server, 0)
    expect((await stateOf(ada, id)).phase).toBe('ready')
    expect(await server.engine.inspect(id as EnvironmentId)).toBe('running')
  })

  test('machines that are gone are said to be, and a rebuild makes new ones while the points stay', async () => {
    const server = await buildTestServer({ grader: { outcome: () => 'passed' } })
    const ada = await server.as('ada')
    const id = await start(ada)
    await server.settled()
    const [attempt] = await server.parts.store.attempts.ofLearner(ada.learner.id)
    await ada.post(`/api/attempts/${attempt?.id}/tasks/greet/checks`)
    await server.settled()
    await server.engine.destroy(id as EnvironmentId)
    await pass(server, 0)
    expect(await stateOf(ada, id)).toEqual({ phase: 'broken', why: 'its machines are gone' })
    const rebuilt: EnvironmentView = (await ada.post(`/api/environments/${id}/rebuild`)).json()
    await server.settled()
    expect((await stateOf(ada, rebuilt.id)).phase).toBe('ready')
    const view: AttemptView = (await ada.get(`/api/attempts/${attempt?.id}`)).json()
    expect(view).toMatchObject({ points: 5, environment: { id: rebuilt.id } })
    expect(view.tasks.map((task) => task.setup)).toEqual(['done', 'done'])
  })

  test('an engine that falls silent is announced, nothing is thrown away, and all goes on when it is back', async () => {
    let status: EngineStatus = { available: true, version: 'fake' }
    const server = await buildTestServer({ engine: { status: () => status } })
    const ada = await server.as('ada')
    const id = await start(ada)
    await server.settled()
    const events = await ada.listen()
    status = { available: false, why: 'connection refused', remedy: message('doctor.engine.title') }
    await server.engine.stop(id as EnvironmentId)
    await pass(server, 0)
    expect(await events.until(notice('notice.engine-lost'))).toMatchObject({
      level: 'danger',
      text: { values: { why: 'connection refused' } },
    })
    expect((await stateOf(ada, id)).phase).toBe('ready')
    expect((await ada.get('/api/session')).json().engine).toMatchObject({ available: false })
    status = { available: true, version: 'fake' }
    await pass(server, 0)
    await events.until(notice('notice.engine-back'))
    expect((await stateOf(ada, id)).phase).toBe('ready')
    expect(await server.engine.inspect(id as EnvironmentId)).toBe('running')
  })

  test('what a failed building left, because the engine fell silent, is removed when it is back', async () => {
    let away = false
    class Silent extends FakeEngine {
      override async destroy(id: EnvironmentId): Promise<void> {
        if (away) throw new Error('the engine is away')
        return super.destroy(id)
      }
      override async status(): Promise<EngineStatus> {
        return away
          ? { available: false, why: 'silent', remedy: message('doctor.engine.title') }
          : { available: true, version: 'fake' }
      }
    }
    const duringStep = (step: string) => {
      if (step !== 'machines') return
      away = true
      throw new Error('silent')
    }
    const server = await buildTestServer({ makeEngine: (folder) => new Silent(folder, { duringStep }) })
    const ada = await server.as('ada')
    const id = await start(ada)
    await server.settled()
    expect(await stateOf(ada, id)).toMatchObject({ phase: 'failed', leftovers: 'being-removed' })
    expect(await server.engine.adopt()).toEqual([id])
    away = false
    await pass(server, 0)
    expect(await stateOf(ada, id)).toMatchObject({ phase: 'failed', leftovers: 'none' })
    expect(await server.engine.adopt()).toEqual([])
  })

  test('what could not be stopped while the engine was away is stopped when it is back', async () => {
    let away = false
    class Away extends FakeEngine {
      override async stop(id: EnvironmentId): Promise<void> {
        if (away) throw new Error('the engine is away')
        return super.stop(id)
      }
    }
    const server = await buildTestServer({ makeEngine: (folder) => new Away(folder) })
    const ada = await server.as('ada')
    const id = await start(ada)
    await server.settled()
    away = true
    await ada.post(`/api/environments/${id}/stop`)
    await server.settled()
    expect(await stateOf(ada, id)).toEqual({ phase: 'stopping', reason: 'learner' })
    away = false
    await pass(server, 0)
    expect(await stateOf(ada, id)).toEqual({ phase: 'stopped', reason: 'learner' })
  })
})

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
