import type { EnvironmentId } from '@wheelhouse/protocol'
import { describe, expect, test } from 'vitest'
import { buildTestServer } from '../testing/test-server.js'
import { DAY_MS, MINUTE_MS, notice, pass, start, stateOf } from './testing/watching.js'

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
