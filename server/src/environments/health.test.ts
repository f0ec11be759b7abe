import type { AttemptView, EnvironmentId, EnvironmentView } from '@wheelhouse/protocol'
import { message } from '@wheelhouse/protocol'
import { describe, expect, test } from 'vitest'
import type { EngineStatus } from '../engines/engine.js'
import { FakeEngine } from '../engines/testing/fake-engine.js'
import { buildTestServer } from '../testing/test-server.js'
import { notice, pass, start, stateOf } from './testing/watching.js'

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
