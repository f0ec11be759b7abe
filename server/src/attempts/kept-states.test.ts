import type { AttemptView, CheckpointView, EnvironmentView } from '@wheelhouse/protocol'
import { describe, expect, test } from 'vitest'
import { buildTestServer, type Person, type TestServer } from '../testing/test-server.js'

const WITH = { engine: { capabilities: { checkpoints: true } } }

/** A learner whose lab is set up, with the addresses and files of its environment. */
async function begun(options: Parameters<typeof buildTestServer>[0] = WITH) {
  const server = await buildTestServer(options)
  const ada = await server.as('ada')
  const attempt: AttemptView = (await ada.post('/api/attempts', { lab: 'alpha' })).json()
  await server.settled()
  const url = `/api/environments/${attempt.environment?.id}`
  const viewOf = async (): Promise<AttemptView> => (await ada.get(`/api/attempts/${attempt.id}`)).json()
  const setUpsOf = async () => (await viewOf()).tasks.map(({ setup }) => setup)
  return { server, ada, attempt, url, viewOf, setUpsOf, file: fileOf(server, attempt.environment?.id ?? '') }
}

/** Writes or reads one file of `base`. */
const fileOf = (server: TestServer, id: string) => async (content?: string) => {
  const environment = await server.engine.open(id as never)
  if (content !== undefined) await environment.putFile('base', 'candidate', '/home/candidate/work', content)
  return String(await environment.getFile('base', '/home/candidate/work').catch(() => null))
}

const listOf = async (person: Person, url: string): Promise<CheckpointView[]> =>
  (await person.get(`${url}/checkpoints`)).json().checkpoints
const kindsOf = async (person: Person, url: string) => (await listOf(person, url)).map(({ kind, task }) => [kind, task])
const keep = async (person: Person, url: string, name = 'mine') => person.post(`${url}/checkpoints`, { name })

describe('what is kept by itself', () => {
  test('the start of a lab, before a task or the lab is reset, when a task is solved for the first time', async () => {
    const { server, ada, attempt, url } = await begun({
      ...WITH,
      grader: { outcome: (task) => (task === 'greet' ? 'passed' : 'failed') },
    })
    expect(await kindsOf(ada, url)).toEqual([['start', null]])
    for (const path of ['tasks/greet/checks', 'tasks/greet/checks', 'tasks/scale/checks', 'tasks/scale/reset', 'reset']) {
      await ada.post(`/api/attempts/${attempt.id}/${path}`)
      await server.settled()
    }
    expect(await kindsOf(ada, url)).toEqual([
      ['before-reset', null],
      ['before-reset', 'scale'],
      ['solved', 'greet'],
      ['start', null],
    ])
  })

  test('only the latest few, and the start for good', async () => {
    const { server, ada, attempt, url } = await begun()
    for (let round = 0; round < 10; round++) {
      await ada.post(`/api/attempts/${attempt.id}/tasks/greet/reset`)
      await server.settled()
    }
    const kinds = (await listOf(ada, url)).map(({ kind }) => kind)
    expect(kinds).toEqual([...Array(8).fill('before-reset'), 'start'])
  })

  test('nothing where the engine keeps no states, and a reset goes on all the same', async () => {
    const { server, ada, attempt, url, setUpsOf } = await begun({})
    await ada.post(`/api/attempts/${attempt.id}/tasks/greet/reset`)
    await server.settled()
    expect(await setUpsOf()).toEqual(['done', 'done'])
    expect(await listOf(ada, url)).toEqual([])
    expect((await keep(ada, url)).json()).toMatchObject({ code: 'ENGINE_UNSUPPORTED' })
    expect((await ada.get('/api/session')).json()).toMatchObject({ engine: { checkpoints: false } })
  })
})

describe('going back', () => {
  test('brings the environment and its tasks to where they were, keeps the points, and can be taken back', async () => {
    const { server, ada, attempt, url, viewOf, file } = await begun({ ...WITH, grader: { outcome: () => 'passed' } })
    await file('before')
    const mine: CheckpointView = (await keep(ada, url)).json()
    await file('after')
    await ada.post(`/api/attempts/${attempt.id}/tasks/greet/checks`)
    await server.settled()

    const response = await ada.post(`${url}/checkpoints/${mine.id}/restore`)
    await server.settled()
    expect(response.statusCode, response.body).toBe(200)
    expect(await file()).toBe('before')
    expect((await viewOf()).tasks[0]).toMatchObject({ latest: null, setup: 'done', bestPoints: 5 })
    expect((await viewOf()).points).toBe(5)

    const [undo] = await listOf(ada, url)
    expect(undo).toMatchObject({ kind: 'before-return' })
    await ada.post(`${url}/checkpoints/${undo?.id}/restore`)
    expect(await file()).toBe('after')
  })

  test('checks compare with what the cluster held then', async () => {
    const { server, ada, attempt, url } = await begun()
    const baselineOf = async () => (await server.parts.store.attempts.tasks(attempt.id as never))[0]?.setup
    const [start] = await listOf(ada, url)
    const before = await baselineOf()
    await ada.post(`/api/attempts/${attempt.id}/tasks/greet/reset`)
    await server.settled()
    expect(await baselineOf()).not.toEqual(before)
    await ada.post(`${url}/checkpoints/${start?.id}/restore`)
    await server.settled()
    expect(await baselineOf()).toEqual(before)
  })

  test('wants an environment that runs', async () => {
    const { server, ada, url } = await begun()
    const [start] = await listOf(ada, url)
    await ada.post(`${url}/stop`)
    await server.settled()
    expect((await ada.post(`${url}/checkpoints/${start?.id}/restore`)).json()).toMatchObject({ code: 'ENVIRONMENT_NOT_READY' })
    expect((await keep(ada, url)).json()).toMatchObject({ code: 'ENVIRONMENT_NOT_READY' })
  })
})

describe("a learner's own", () => {
  test('have a name, are bounded in number, and can be deleted', async () => {
    const { ada, url } = await begun()
    for (let round = 0; round < 10; round++) expect((await keep(ada, url, `state ${round}`)).statusCode).toBe(201)
    expect((await keep(ada, url)).json()).toMatchObject({ code: 'CHECKPOINTS_FULL', values: { limit: 10 } })
    const [latest] = await listOf(ada, url)
    expect(latest).toMatchObject({ kind: 'named', name: 'state 9' })
    expect((await ada.delete(`${url}/checkpoints/${latest?.id}`)).statusCode).toBe(204)
    expect((await ada.delete(`${url}/checkpoints/${latest?.id}`)).statusCode).toBe(404)
    expect((await keep(ada, url, ' ')).statusCode).toBe(400)
    expect((await keep(ada, url)).statusCode).toBe(201)
  })
})

describe('a copy to try something in', () => {
  test('begins as the state was, is graded nowhere, and changes nothing in its origin', async () => {
    const { server, ada, url, file, attempt } = await begun()
    await file('before')
    const mine: CheckpointView = (await keep(ada, url)).json()
    await file('after')
    const response = await ada.post(`${url}/checkpoints/${mine.id}/fork`)
    expect(response.statusCode, response.body).toBe(202)
    await server.settled()
    const fork: EnvironmentView = (await ada.get(`/api/environments/${response.json().id}`)).json()
    expect(fork).toMatchObject({ fork: true, lab: 'alpha', state: { phase: 'ready' } })
    expect(await fileOf(server, fork.id)()).toBe('before')
    await fileOf(server, fork.id)('tried')
    expect(await file()).toBe('after')
    expect((await ada.post('/api/attempts', { lab: 'alpha' })).json().environment.id).toBe(attempt.environment?.id)
    expect(await listOf(ada, `/api/environments/${fork.id}`)).toEqual([])
  })

  test('counts as an environment of the learner', async () => {
    const { ada, url } = await begun({ ...WITH, settings: { 'environments.perLearner': '1' } })
    const [start] = await listOf(ada, url)
    expect((await ada.post(`${url}/checkpoints/${start?.id}/fork`)).json()).toMatchObject({ code: 'QUOTA_REACHED' })
  })

  test("is not made of what is somebody else's, by way of an environment of one's own", async () => {
    const { server, ada, url, file } = await begun()
    await file('secret')
    const mine: CheckpointView = (await keep(ada, url)).json()
    const mallory = await server.as('mallory')
    const own: AttemptView = (await mallory.post('/api/attempts', { lab: 'alpha' })).json()
    await server.settled()
    const through = `/api/environments/${own.environment?.id}/checkpoints/${mine.id}`
    for (const act of ['fork', 'restore']) expect((await mallory.post(`${through}/${act}`)).statusCode).toBe(404)
    expect((await mallory.delete(through)).statusCode).toBe(404)
    const astray = `/api/environments/${own.environment?.id}/checkpoints/..%2F..%2F${url.split('/').at(-1)}%2Fcheckpoints%2F${mine.id}`
    expect((await mallory.post(`${astray}/fork`)).statusCode).toBe(404)
  })
})
