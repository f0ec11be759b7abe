import { describe, expect, test } from 'vitest'
import { buildTestServer, type Person, type TestServer } from '../testing/test-server.js'

/** Everything in a route's pattern that names something of a learner's. */
type Ids = Record<string, string>

/** Bodies for the routes that want one; a new route with a body that is missing here fails its test with 400. */
const BODIES: Record<string, object> = {
  'POST /api/attempts': { lab: 'alpha' },
  'PATCH /api/attempts/:attempt': { step: 'one' },
  'PATCH /api/session': { language: 'en' },
  'POST /api/attempts/:attempt/tasks/:task/reveals': { reveal: 'solution', language: 'en' },
  'POST /api/environments/:environment/retry': { keepOnFailure: false },
  'POST /api/environments/:environment/checkpoints': { name: 'mine' },
  'POST /api/environments/:environment/terminals': { machine: 'base' },
  'PATCH /api/terminals/:terminal': { title: 'mine' },
}

async function world(): Promise<{ server: TestServer; ids: Ids; mallory: Person }> {
  const server = await buildTestServer({ engine: { capabilities: { checkpoints: true } } })
  const ada = await server.as('ada')
  const attempt = (await ada.post('/api/attempts', { lab: 'alpha' })).json()
  await server.settled()
  const terminal = (await ada.post(`/api/environments/${attempt.environment.id}/terminals`, { machine: 'base' })).json()
  const { checkpoints } = (await ada.get(`/api/environments/${attempt.environment.id}/checkpoints`)).json()
  const environment = attempt.environment.id
  return {
    server,
    mallory: await server.as('mallory'),
    ids: { attempt: attempt.id, task: 'greet', environment, terminal: terminal.id, checkpoint: checkpoints[0].id },
  }
}

const addressOf = (url: string, ids: Ids) => url.replace(/:(\w+)/g, (_, name: string) => ids[name] ?? `no-id-for-${name}`)
function send(person: Person, method: string, url: string, body: object = {}) {
  const senders: Record<string, (url: string, body: object) => ReturnType<Person['get']>> = {
    GET: person.get,
    DELETE: person.delete,
    POST: person.post,
    PATCH: person.patch,
  }
  return senders[method]?.(url, body)
}

describe("learner B on what is learner A's", () => {
  test("every route whose address names something of a learner's answers 404", async () => {
    const { server, ids, mallory } = await world()
    const routes = server.routes.filter(({ url, websocket }) => /:(attempt|environment|terminal)/.test(url) && !websocket)
    expect(routes.length).toBeGreaterThan(10)
    for (const { method, url } of routes) {
      const response = await send(mallory, method, addressOf(url, ids), BODIES[`${method} ${url}`])
      expect(response?.statusCode, `${method} ${url}: ${response?.body}`).toBe(404)
    }
  })

  test("no socket of a terminal of A's opens, also where the row is known", async () => {
    const { server, ids, mallory } = await world()
    await expect(mallory.socket(`/api/terminals/${ids.terminal}/socket`)).rejects.toThrow(/404/)
    expect(server.routes.filter((route) => route.websocket).map((route) => route.url)).toEqual([
      '/api/terminals/:terminal/socket',
      '/api/events',
    ])
  })

  test('the same routes answer their owner, so the ids above are real', async () => {
    const { server, ids } = await world()
    const ada = await server.as('ada')
    for (const url of [
      '/api/attempts/:attempt',
      '/api/environments/:environment',
      '/api/environments/:environment/logs',
      '/api/environments/:environment/checkpoints',
      '/api/environments/:environment/terminals',
    ])
      expect((await ada.get(addressOf(url, ids))).statusCode, url).toBe(200)
  })

  test("lists and events hold nothing of A's", async () => {
    const { server, ids, mallory } = await world()
    const events = await mallory.listen()
    await events.until((event) => event.type === 'hello')
    const ada = await server.as('ada')
    await ada.patch(`/api/attempts/${ids.attempt}`, { step: 'one' })
    await server.settled()
    for (const list of ['/api/environments', '/api/catalogue', '/api/session'])
      for (const id of [ids.attempt, ids.environment]) expect((await mallory.get(list)).body).not.toContain(id)
    expect(JSON.stringify(events.received)).not.toContain(ids.attempt)
  })
})

describe('who may call what', () => {
  test('without a session, every route of the interface but the public ones answers 401', async () => {
    const { server, ids } = await world()
    for (const { method, url, access } of server.routes.filter((route) => route.url.startsWith('/api/') && !route.websocket)) {
      const request = {
        method: method as 'GET',
        url: addressOf(url, ids),
        headers: { host: 'localhost', origin: 'http://localhost' },
      }
      const expected = access === 'public' ? 200 : 401
      expect(
        (await server.app.inject({ ...request, payload: BODIES[`${method} ${url}`] ?? {} })).statusCode,
        `${method} ${url}`,
      ).toBe(expected)
    }
  })

  test("what is the owner's is refused to learners", async () => {
    const { server, mallory, ids } = await world()
    const routes = server.routes.filter((route) => route.access === 'owner')
    expect(routes.map((route) => route.url)).toContain('/api/doctor')
    for (const { method, url } of routes) {
      const response = await send(mallory, method, addressOf(url, ids), BODIES[`${method} ${url}`])
      expect(response?.json()).toMatchObject({ code: 'FORBIDDEN' })
    }
  })

  test('the solution, the hints and the checkers are in no answer before they are asked for', async () => {
    const { server, ids } = await world()
    const ada = await server.as('ada')
    const answers = await Promise.all(
      ['/api/catalogue', '/api/labs/alpha?language=en', `/api/attempts/${ids.attempt}`].map((url) => ada.get(url)),
    )
    for (const secret of ['the solution', 'bigger', '/nowhere/', 'a hint'])
      for (const { body } of answers) expect(body).not.toContain(secret)
  })
})
