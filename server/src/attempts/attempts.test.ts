import type { AttemptView, ServerEvent, Verdict } from '@wheelhouse/protocol'
import { LabError } from '@wheelhouse/protocol'
import { describe, expect, test } from 'vitest'
import { StepGate } from '../engines/testing/step-gate.js'
import { buildTestServer, type Person, type TestServer } from '../testing/test-server.js'
import { sampleCatalogue, sampleLab, sampleTask } from './testing/sample-content.js'

const start = async (person: Person, lab = 'alpha'): Promise<AttemptView> => (await person.post('/api/attempts', { lab })).json()
const viewOf = async (person: Person, id: string): Promise<AttemptView> => (await person.get(`/api/attempts/${id}`)).json()
const taskOf = (view: AttemptView, task: string) => view.tasks.find((other) => other.task === task)
const attemptEvent = (fits: (attempt: AttemptView) => boolean) => (event: ServerEvent) =>
  event.type === 'attempt' && fits(event.attempt)

/** A learner with an environment that is ready and tasks that are set up. */
async function begun(options: Parameters<typeof buildTestServer>[0] = {}, lab = 'alpha') {
  const server = await buildTestServer(options)
  const ada = await server.as('ada')
  const attempt = await start(ada, lab)
  await server.settled()
  return { server, ada, id: attempt.id, environment: attempt.environment?.id ?? 'none' }
}

async function check(server: TestServer, ada: Person, id: string, task = 'greet'): Promise<AttemptView> {
  const response = await ada.post(`/api/attempts/${id}/tasks/${task}/checks`)
  expect(response.statusCode, response.body).toBe(202)
  await server.settled()
  return viewOf(ada, id)
}

describe('setting up', () => {
  test('tasks are set up in their order, the first while the rest wait', async () => {
    const gate = new StepGate(['greet'])
    const { ada, id, server } = await (async () => {
      const server = await buildTestServer({ grader: { duringSetUp: ({ task }) => gate.duringStep(task.manifest.id, '') } })
      const ada = await server.as('ada')
      const { id } = await start(ada)
      return { server, ada, id }
    })()
    await gate.reached('greet')
    expect((await viewOf(ada, id)).tasks.map((task) => task.setup)).toEqual(['running', 'waiting'])
    gate.release('greet')
    await server.settled()
    expect((await viewOf(ada, id)).tasks.map((task) => task.setup)).toEqual(['done', 'done'])
    expect(server.grader.setUps).toEqual(['greet', 'scale'])
  })

  test('disruptive tasks wait until the learner wants them, and put each other back', async () => {
    const { server, ada, id } = await begun({}, 'beta')
    expect((await viewOf(ada, id)).tasks.map((task) => task.setup)).toEqual(['waiting', 'waiting'])
    await ada.post(`/api/attempts/${id}/tasks/mend/reset`)
    await server.settled()
    expect((await viewOf(ada, id)).tasks.map((task) => task.setup)).toEqual(['done', 'waiting'])
    await ada.post(`/api/attempts/${id}/tasks/drain/reset`)
    await server.settled()
    expect((await viewOf(ada, id)).tasks.map((task) => task.setup)).toEqual(['waiting', 'done'])
  })

  test('a setup that fails says why, keeps the others from nothing, and a reset tries again', async () => {
    let broken = true
    const duringSetUp = ({ task }: { task: { manifest: { id: string } } }) => {
      if (task.manifest.id === 'greet' && broken) throw new LabError('SETUP_FAILED', {}, { detail: '$ kubectl apply\nforbidden' })
    }
    const { server, ada, id } = await begun({ grader: { duringSetUp } })
    const view = await viewOf(ada, id)
    expect(taskOf(view, 'greet')).toMatchObject({
      setup: 'failed',
      setupError: { code: 'SETUP_FAILED', detail: expect.stringContaining('forbidden') },
    })
    expect(taskOf(view, 'scale')).toMatchObject({ setup: 'done', setupError: null })
    expect((await ada.post(`/api/attempts/${id}/tasks/greet/checks`)).json()).toMatchObject({ code: 'SETUP_FAILED' })
    broken = false
    await ada.post(`/api/attempts/${id}/tasks/greet/reset`)
    await server.settled()
    expect(taskOf(await viewOf(ada, id), 'greet')).toMatchObject({ setup: 'done', setupError: null })
  })

  test('an environment that stops in the midst of a setup lets it wait, and it goes on after the next start', async () => {
    const gate = new StepGate(['scale'])
    const duringSetUp = ({ task }: { task: { manifest: { id: string } } }, signal?: AbortSignal) =>
      gate.duringStep(task.manifest.id, '', signal)
    const server = await buildTestServer({ grader: { duringSetUp } })
    const ada = await server.as('ada')
    const { id, environment } = await start(ada)
    await gate.reached('scale')
    await ada.post(`/api/environments/${environment?.id}/stop`)
    await server.settled()
    expect((await viewOf(ada, id)).tasks.map((task) => task.setup)).toEqual(['done', 'waiting'])
    gate.release('scale')
    await start(ada)
    await server.settled()
    expect((await viewOf(ada, id)).tasks.map((task) => task.setup)).toEqual(['done', 'done'])
  })

  test('resetting the lab sets every task up again and keeps the points', async () => {
    const { server, ada, id } = await begun({ grader: { outcome: () => 'passed' } })
    await check(server, ada, id)
    await ada.post(`/api/attempts/${id}/reset`)
    await server.settled()
    const view = await viewOf(ada, id)
    expect(server.grader.setUps).toEqual(['greet', 'scale', 'greet', 'scale'])
    expect(view.points).toBe(5)
    expect(taskOf(view, 'greet')).toMatchObject({ latest: null, bestPoints: 5, passedAtMs: expect.any(Number) })
  })
})

describe('checking', () => {
  test('the verdict comes as an event, check by check, and rests in the store', async () => {
    const gate = new StepGate(['hold'])
    const { server, ada, id } = await begun({
      grader: {
        outcome: (_, one) => (one === 'second' ? 'failed' : 'passed'),
        duringCheck: async (run, { onCheck }) => {
          const [first] = server.grader.verdict(run, 0).checks
          if (first) onCheck?.(first)
          await gate.duringStep('hold', '')
        },
      },
    })
    const events = await ada.listen()
    expect((await ada.post(`/api/attempts/${id}/tasks/greet/checks`)).json().tasks[0]).toMatchObject({
      checking: true,
      latest: null,
    })
    await events.until(attemptEvent((attempt) => taskOf(attempt, 'greet')?.arriving[0]?.check === 'first'))
    gate.release('hold')
    const done = await events.until(attemptEvent((attempt) => taskOf(attempt, 'greet')?.latest !== null))
    expect(done).toMatchObject({
      attempt: {
        points: 2,
        tasks: [{ checking: false, arriving: [], latest: { status: 'failed', points: 2 }, asked: true }, { asked: false }],
      },
    })
    await server.settled()
    expect(await server.parts.store.verdicts.ofTask(id as never, 'greet', 10)).toMatchObject([
      { source: 'button', lab: 'alpha', verdict: { contentVersion: 'greet-v1' } },
    ])
  })

  test('two tabs that ask at once get one check', async () => {
    const { server, ada, id } = await begun()
    await Promise.all([1, 2, 3].map(() => ada.post(`/api/attempts/${id}/tasks/greet/checks`)))
    await server.settled()
    expect(server.grader.checks).toEqual(['greet'])
  })

  test('the best points and a full pass are kept when a later check finds less', async () => {
    let outcome: 'passed' | 'not-yet' = 'passed'
    const { server, ada, id } = await begun({ grader: { outcome: () => outcome } })
    await check(server, ada, id, 'greet')
    const finished = await check(server, ada, id, 'scale')
    expect(finished).toMatchObject({ points: 10, maxPoints: 10, finishedAtMs: expect.any(Number) })
    outcome = 'not-yet'
    const later = await check(server, ada, id, 'greet')
    expect(later).toMatchObject({ points: 10, finishedAtMs: finished.finishedAtMs })
    expect(taskOf(later, 'greet')).toMatchObject({
      bestPoints: 5,
      passedAtMs: expect.any(Number),
      latest: { status: 'not-yet', points: 0 },
    })
  })

  test('a grader that cannot grade is our fault: an error, nothing counted', async () => {
    const { server, ada, id } = await begun({
      grader: {
        duringCheck: () => {
          throw new Error('checker process vanished')
        },
      },
    })
    const view = await check(server, ada, id)
    expect(taskOf(view, 'greet')).toMatchObject({ checking: false, bestPoints: 0, latest: { status: 'error', maxPoints: 5 } })
  })

  test('a task in an environment that does not run cannot be checked, and the answer says so', async () => {
    const { server, ada, id, environment } = await begun()
    await ada.post(`/api/environments/${environment}/stop`)
    await server.settled()
    expect((await ada.post(`/api/attempts/${id}/tasks/greet/checks`)).json()).toMatchObject({ code: 'ENVIRONMENT_NOT_READY' })
    expect((await ada.post(`/api/attempts/${id}/tasks/greet/reset`)).json()).toMatchObject({ code: 'ENVIRONMENT_NOT_READY' })
    expect((await ada.post(`/api/attempts/${id}/tasks/no-such/checks`)).statusCode).toBe(404)
  })

  test('after a reset nobody has asked yet, and what was found before is gone', async () => {
    const { server, ada, id } = await begun({ grader: { outcome: () => 'not-yet' } })
    expect(taskOf(await check(server, ada, id, 'greet'), 'greet')).toMatchObject({ asked: true, latest: { status: 'not-yet' } })
    await ada.post(`/api/attempts/${id}/tasks/greet/reset`)
    await server.settled()
    expect(taskOf(await viewOf(ada, id), 'greet')).toMatchObject({ setup: 'done', asked: false, latest: null })
  })

  test('a reset during a check ends the check without a verdict', async () => {
    const gate = new StepGate(['hold'])
    const { server, ada, id } = await begun({ grader: { duringCheck: (_, { signal }) => gate.duringStep('hold', '', signal) } })
    await ada.post(`/api/attempts/${id}/tasks/greet/checks`)
    await gate.reached('hold')
    await ada.post(`/api/attempts/${id}/tasks/greet/reset`)
    await server.settled()
    expect(taskOf(await viewOf(ada, id), 'greet')).toMatchObject({ checking: false, latest: null, setup: 'done' })
    expect(await server.parts.store.verdicts.ofTask(id as never, 'greet', 10)).toEqual([])
  })
})

describe('live grading', () => {
  const liveOf = (server: TestServer) => [...server.grader.watches.keys()].map((key) => key.split('/')[1])
  const verdictOf = async (server: TestServer, task: string): Promise<Verdict> => {
    const content = sampleCatalogue().task('alpha', task)
    if (!content) throw new Error('no such task')
    return server.grader.verdict({ task: content }, 0)
  }

  test('runs while a page is open, and ends with the last one', async () => {
    const { server, ada } = await begun()
    expect(liveOf(server)).toEqual([])
    const one = await ada.listen()
    const two = await ada.listen()
    await two.until((event) => event.type === 'attempt')
    await server.settled()
    expect(liveOf(server).sort()).toEqual(['greet', 'scale'])
    one.close()
    two.close()
    await expect.poll(() => liveOf(server)).toEqual([])
  })

  test('a verdict of its own is stored, then shown', async () => {
    let outcome: 'passed' | 'not-yet' = 'not-yet'
    const { server, ada, id } = await begun({ grader: { outcome: () => outcome } })
    const events = await ada.listen()
    await expect.poll(() => liveOf(server)).toContain('greet')
    outcome = 'passed'
    const [, live] = [...server.grader.watches].find(([key]) => key.endsWith('/greet')) ?? []
    live?.onVerdict(await verdictOf(server, 'greet'))
    await events.until(attemptEvent((attempt) => taskOf(attempt, 'greet')?.passedAtMs !== null))
    expect(await server.parts.store.verdicts.ofTask(id as never, 'greet', 10)).toMatchObject([{ source: 'live' }])
    const view = await viewOf(ada, id)
    expect(view.points).toBe(5)
    expect(taskOf(view, 'greet')?.asked).toBe(false)
  })

  test('stops with the environment and comes back with it', async () => {
    const { server, ada, environment } = await begun()
    await ada.listen()
    await expect.poll(() => liveOf(server).length).toBe(2)
    await ada.post(`/api/environments/${environment}/stop`)
    await server.settled()
    await expect.poll(() => liveOf(server)).toEqual([])
    await ada.post(`/api/environments/${environment}/start`)
    await server.settled()
    await expect.poll(() => liveOf(server).length).toBe(2)
  })

  test('a task that was reset is watched anew, with its new baseline', async () => {
    const { server, ada, id } = await begun()
    await ada.listen()
    await expect.poll(() => liveOf(server).length).toBe(2)
    const before = [...server.grader.watches.values()].find(({ baseline }) => baseline.task === 'greet')
    await ada.post(`/api/attempts/${id}/tasks/greet/reset`)
    await server.settled()
    await expect
      .poll(() => [...server.grader.watches.values()].find(({ baseline }) => baseline.task === 'greet')?.baseline.setUp)
      .toBe(3)
    expect(before?.baseline.setUp).toBe(1)
  })
})

describe('reveals', () => {
  test('are handed out in the language asked for, and recorded once', async () => {
    const { ada, id } = await begun()
    const reveal = (body: object) => ada.post(`/api/attempts/${id}/tasks/greet/reveals`, body)
    expect((await reveal({ reveal: 'hint-1', language: 'zh' })).json()).toEqual({ reveal: 'hint-1', html: '<p>小</p>' })
    expect((await reveal({ reveal: 'solution', language: 'en' })).json()).toEqual({
      reveal: 'solution',
      html: '<p>the solution</p>',
    })
    await reveal({ reveal: 'hint-1', language: 'en' })
    expect(taskOf(await viewOf(ada, id), 'greet')?.revealed.sort()).toEqual(['hint-1', 'solution'])
    expect(taskOf(await viewOf(ada, id), 'scale')?.revealed).toEqual([])
  })
})

describe('resuming', () => {
  test('the place in the text and the progress are there when the lab is opened again', async () => {
    const { server, ada, id } = await begun({ grader: { outcome: () => 'passed' } })
    await ada.patch(`/api/attempts/${id}`, { step: 'two' })
    await check(server, ada, id)
    const again = await start(ada)
    expect(again).toMatchObject({ id, step: 'two', points: 5 })
    const { chapters } = (await ada.get('/api/catalogue')).json()
    expect(chapters[0].labs[0].progress).toMatchObject({ attempt: id, points: 5, tasksPassed: 1 })
  })

  test('a lab that has grown since gets its new tasks, and one that it lost is no longer shown', async () => {
    const { server, id, ada } = await begun()
    await server.close()
    const grown = sampleCatalogue([sampleLab('alpha', [sampleTask('scale'), sampleTask('brand-new')])])
    const next = await buildTestServer({ dataDirectory: server.dataDirectory, catalogue: grown })
    await next.resume()
    const again = await next.as('returning')
    expect(again.learner.name).toBe('returning')
    await next.parts.attempts.start(ada.learner.id, 'alpha')
    await next.settled()
    const view = await next.parts.attempts.views.view(await next.parts.attempts.get(ada.learner.id, id as never))
    expect(view.tasks.map(({ task, setup }) => [task, setup])).toEqual([
      ['scale', 'done'],
      ['brand-new', 'done'],
    ])
    expect(view.maxPoints).toBe(10)
  })
})
