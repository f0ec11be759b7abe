import type { AttemptView, EnvironmentView, ServerEvent } from '@wheelhouse/protocol'
import { LabError } from '@wheelhouse/protocol'
import { describe, expect, test } from 'vitest'
import { FAKE_STEPS } from '../engines/testing/fake-engine.js'
import { StepGate } from '../engines/testing/step-gate.js'
import { buildTestServer, type Person } from '../testing/test-server.js'

const start = async (person: Person, lab = 'alpha'): Promise<AttemptView> => (await person.post('/api/attempts', { lab })).json()
const environmentOf = async (person: Person, id: string): Promise<EnvironmentView> =>
  (await person.get(`/api/environments/${id}`)).json()
const phase = (wanted: string) => (event: ServerEvent) => event.type === 'environment' && event.environment.state.phase === wanted
const idOf = (attempt: AttemptView) => attempt.environment?.id ?? 'none'

describe('building', () => {
  test('the page follows the steps, and the next learner hears how long they take', async () => {
    const gate = new StepGate(['control-plane'])
    const { as, settled, clock } = await buildTestServer({ engine: { duringStep: gate.duringStep } })
    const ada = await as('ada')
    const events = await ada.listen()
    const attempt = await start(ada)
    await gate.reached('control-plane')
    clock.advance(7_000)
    const during = await environmentOf(ada, idOf(attempt))
    gate.release('control-plane')
    await events.until(phase('ready'))
    await settled()

    expect(during.state).toMatchObject({ phase: 'provisioning' })
    const steps = during.state.phase === 'provisioning' ? during.state.steps : []
    expect(steps.map((step) => step.name)).toEqual([...FAKE_STEPS])
    expect(steps.map((step) => step.status).slice(2, 5)).toEqual(['done', 'running', 'waiting'])
    expect(steps.every((step) => step.expectedMs === null)).toBe(true)
    const bob = await as('bob')
    expect((await bob.get('/api/labs/alpha?language=zh')).json()).toMatchObject({ title: 'Lab alpha（中文）', expectedMs: 7_000 })
  })

  test('one after another where the computer builds one at a time; the queue says place and time', async () => {
    const gate = new StepGate(['ready'])
    const { as, settled, engine, clock } = await buildTestServer({
      engine: { duringStep: gate.duringStep },
      settings: { 'environments.parallelCreations': '1' },
    })
    const [ada, bob, cleo] = [await as('ada'), await as('bob'), await as('cleo')]
    const first = await start(ada)
    await gate.reached('ready')
    const second = await start(bob)
    clock.advance(1)
    const third = await start(cleo)
    expect(second.environment?.state).toEqual({ phase: 'queued', position: 1, expectedMs: null })
    expect(third.environment?.state).toMatchObject({ phase: 'queued', position: 2 })
    const heard = await cleo.listen()
    gate.release('ready')
    await heard.until(
      (event) =>
        event.type === 'environment' && event.environment.state.phase === 'queued' && event.environment.state.position === 1,
    )
    await settled()
    for (const [person, attempt] of [
      [ada, first],
      [bob, second],
      [cleo, third],
    ] as const)
      expect((await environmentOf(person, idOf(attempt))).state.phase).toBe('ready')
    expect(await engine.adopt()).toHaveLength(3)
  })

  test('no more run at once than the computer carries; a place that becomes free is taken', async () => {
    const { as, settled } = await buildTestServer({ settings: { 'environments.mostRunning': '1' } })
    const [ada, bob] = [await as('ada'), await as('bob')]
    const first = await start(ada)
    await settled()
    const second = await start(bob)
    await settled()
    expect((await environmentOf(bob, idOf(second))).state.phase).toBe('queued')
    await ada.post(`/api/environments/${idOf(first)}/stop`)
    await settled()
    expect((await environmentOf(bob, idOf(second))).state.phase).toBe('ready')
  })

  test('a learner who has as many as he may hears so, and when to come back', async () => {
    const { as } = await buildTestServer({ settings: { 'environments.perLearner': '1' } })
    const ada = await as('ada')
    await start(ada)
    const refused = await ada.post('/api/attempts', { lab: 'beta' })
    expect(refused.statusCode).toBe(429)
    expect(refused.json()).toMatchObject({ code: 'QUOTA_REACHED', values: { count: 1, limit: 1 } })
    expect(refused.headers['retry-after']).toMatch(/^\d+$/)
    // The lab has not been begun by that: nothing offers to go on with it.
    expect((await ada.get('/api/labs/beta')).json()).toMatchObject({ attempt: null })
  })

  test('cancelled half-way, nothing is left and the place is free', async () => {
    const gate = new StepGate(['machines'])
    const { as, settled, engine } = await buildTestServer({
      engine: { duringStep: gate.duringStep },
      settings: { 'environments.perLearner': '1' },
    })
    const ada = await as('ada')
    const attempt = await start(ada)
    await gate.reached('machines')
    const cancelled = await ada.post(`/api/environments/${idOf(attempt)}/cancel`)
    await settled()
    expect(cancelled.statusCode).toBe(202)
    expect(await engine.adopt()).toEqual([])
    expect((await ada.get('/api/environments')).json()).toEqual({ environments: [] })
    gate.release('machines')
    expect((await ada.post('/api/attempts', { lab: 'alpha' })).statusCode).toBe(200)
    await settled()
    expect(await engine.adopt()).toHaveLength(1)
  })

  test('a step that fails shows its command and output; retry builds it', async () => {
    let broken = true
    const { as, settled, engine } = await buildTestServer({
      engine: {
        duringStep: (step) => {
          if (step === 'control-plane' && broken)
            throw new LabError('ENGINE_STEP_FAILED', { step }, { detail: '$ kubeadm init\nno space left on device' })
        },
      },
    })
    const ada = await as('ada')
    const attempt = await start(ada)
    await settled()
    const failed = await environmentOf(ada, idOf(attempt))
    expect(failed.state).toMatchObject({
      phase: 'failed',
      leftovers: 'none',
      error: {
        code: 'ENGINE_STEP_FAILED',
        values: { step: 'control-plane' },
        reference: expect.stringMatching(/^[A-Z2-9]{4}-[A-Z2-9]{2}$/),
      },
    })
    expect((await ada.get(`/api/environments/${failed.id}/logs`)).body).toContain('no space left on device')
    expect(await engine.adopt()).toEqual([])
    broken = false
    expect((await ada.post(`/api/environments/${failed.id}/retry`, {})).statusCode).toBe(202)
    await settled()
    expect((await environmentOf(ada, failed.id)).state.phase).toBe('ready')
  })

  test('with keep-on-failure what was built stays, and its logs are there to read', async () => {
    const { as, settled, engine } = await buildTestServer({
      engine: {
        duringStep: (step) => {
          if (step === 'ready') throw new Error('nodes are not Ready')
        },
      },
      settings: { 'environments.keepOnFailure': 'true' },
    })
    const ada = await as('ada')
    const attempt = await start(ada)
    await settled()
    const { state } = await environmentOf(ada, idOf(attempt))
    expect(state).toMatchObject({ phase: 'failed', leftovers: 'kept' })
    expect(await engine.adopt()).toEqual([idOf(attempt)])
    expect((await ada.get(`/api/environments/${idOf(attempt)}/logs`)).body).toContain('== environment.json')
  })

  test('what the engine cannot do is said before the start', async () => {
    const { as } = await buildTestServer({ engine: { capabilities: { offers: ['api'], mostNodes: 1 } } })
    const ada = await as('ada')
    const { chapters } = (await ada.get('/api/catalogue')).json()
    expect(chapters[0].labs[0].unsupported).toEqual({ key: 'lab.unsupported.needs', values: { engine: 'fake', need: 'pods' } })
    const refused = await ada.post('/api/attempts', { lab: 'alpha' })
    expect(refused.json()).toMatchObject({ code: 'ENGINE_UNSUPPORTED' })
  })

  test('learners besides the owner need consent where root on a node reaches this computer', async () => {
    const engine = { capabilities: { rootReachesHost: true } }
    const strict = await buildTestServer({ engine })
    expect((await (await strict.as('owner')).post('/api/attempts', { lab: 'alpha' })).statusCode).toBe(200)
    expect((await (await strict.as('ada')).post('/api/attempts', { lab: 'alpha' })).json()).toMatchObject({
      code: 'LEARNERS_NOT_TRUSTED',
    })
    const trusting = await buildTestServer({ engine, settings: { 'accounts.trustLearners': 'true' } })
    expect((await (await trusting.as('ada')).post('/api/attempts', { lab: 'alpha' })).statusCode).toBe(200)
  })
})

describe('stopping and starting', () => {
  test('stopped it keeps its disks; opening the lab starts it again', async () => {
    const { as, settled, engine } = await buildTestServer()
    const ada = await as('ada')
    const attempt = await start(ada)
    await settled()
    await ada.post(`/api/environments/${idOf(attempt)}/stop`)
    await settled()
    expect((await environmentOf(ada, idOf(attempt))).state).toEqual({ phase: 'stopped', reason: 'learner' })
    expect(await engine.inspect(idOf(attempt) as never)).toBe('stopped')
    const again = await start(ada)
    await settled()
    expect(idOf(again)).toBe(idOf(attempt))
    expect(again.id).toBe(attempt.id)
    expect((await environmentOf(ada, idOf(attempt))).state.phase).toBe('ready')
  })

  test('what is being built cannot be stopped, only cancelled, and the answer says why', async () => {
    const gate = new StepGate(['images'])
    const { as } = await buildTestServer({ engine: { duringStep: gate.duringStep } })
    const ada = await as('ada')
    const attempt = await start(ada)
    await gate.reached('images')
    const refused = await ada.post(`/api/environments/${idOf(attempt)}/stop`)
    expect(refused.json()).toMatchObject({ code: 'CONFLICT', values: { why: 'the environment is provisioning' } })
  })

  test('deleting removes it; the attempt and its points stay', async () => {
    const { as, settled, engine } = await buildTestServer()
    const ada = await as('ada')
    const attempt = await start(ada)
    await settled()
    expect((await ada.delete(`/api/environments/${idOf(attempt)}`)).statusCode).toBe(202)
    await settled()
    expect(await engine.adopt()).toEqual([])
    expect((await ada.get(`/api/attempts/${attempt.id}`)).json()).toMatchObject({ id: attempt.id, environment: null })
  })

  test('two tabs that open a lab at once share one attempt and one environment', async () => {
    const { as, settled, engine } = await buildTestServer()
    const ada = await as('ada')
    const [one, two] = await Promise.all([start(ada), start(ada)])
    await settled()
    expect(two.id).toBe(one.id)
    expect(idOf(two)).toBe(idOf(one))
    expect(await engine.adopt()).toHaveLength(1)
  })
})
