import { expect, test, vi } from 'vitest'
import { buildTestServer, type Person, type TestServer, type TestServerOptions } from '../testing/test-server.js'

const engine = { capabilities: { noSandbox: 'namespaces are forbidden' } }
const server = (options: TestServerOptions = {}): Promise<TestServer> => buildTestServer({ engine, ...options })
const start = (person: Person) => person.post('/api/attempts', { lab: 'alpha' })
const agree = (person: Person) => person.post('/api/sandbox/consent')

test('without a sandbox the owner is told, agrees once and goes on, also after a restart of the server', async () => {
  const first = await server()
  const owner = await first.as('owner')
  const refused = await start(owner)
  expect(refused.statusCode).toBe(403)
  expect(refused.json()).toMatchObject({ code: 'SANDBOX_UNCONFIRMED', values: { why: 'namespaces are forbidden' } })
  expect((await agree(owner)).statusCode).toBe(204)
  expect((await start(owner)).statusCode).toBe(200)
  await first.settled()
  await first.close()
  const second = await server({ dataDirectory: first.dataDirectory })
  const again = await second.as('owner')
  expect((await start(again)).statusCode).toBe(200)
})

test('a second learner makes it refuse: a new lab, a start, a terminal, the word itself, and the learner in any case', async () => {
  const log: string[] = []
  const { as, settled } = await server({ log })
  const owner = await as('owner')
  await agree(owner)
  const { environment } = (await start(owner)).json()
  await settled()
  expect((await owner.post(`/api/environments/${environment.id}/terminals`, { machine: 'base' })).statusCode).toBe(201)
  const ada = await as('ada')
  for (const refused of [
    await owner.post('/api/attempts', { lab: 'beta' }),
    await owner.post(`/api/environments/${environment.id}/terminals`, { machine: 'base' }),
    await agree(owner),
    await start(ada),
  ])
    expect(refused.json()).toMatchObject({ code: 'SANDBOX_SHARED' })
  await owner.listen()
  await vi.waitFor(() => expect(log.join('')).toContain('live grading could not begin'))
  await owner.post(`/api/environments/${environment.id}/stop`)
  await settled()
  expect((await owner.post(`/api/environments/${environment.id}/start`)).json()).toMatchObject({ code: 'SANDBOX_SHARED' })
})

test.each([
  ['http.host', '0.0.0.0'],
  ['http.publicUrl', 'https://labs.example.org'],
  ['http.allowedHosts', 'labs.example.org'],
  ['http.trustProxy', 'true'],
])('a server that others reach refuses: %s is %s', async (setting, value) => {
  const { as } = await server({ settings: { [setting]: value } })
  const owner = await as('owner')
  expect((await agree(owner)).json()).toMatchObject({ code: 'SANDBOX_EXPOSED' })
  expect((await start(owner)).json()).toMatchObject({ code: 'SANDBOX_EXPOSED' })
})

test("the word is the owner's, and asked for only where there is no sandbox", async () => {
  const { as } = await server()
  expect((await agree(await as('ada'))).json()).toMatchObject({ code: 'FORBIDDEN' })
  const sandboxed = await buildTestServer()
  expect((await agree(await sandboxed.as('owner'))).json()).toMatchObject({ code: 'CONFLICT' })
  expect((await start(await sandboxed.as('owner'))).statusCode).toBe(200)
})

test('the doctor warns of it', async () => {
  const { as } = await server()
  const { findings } = (await (await as('owner')).get('/api/doctor')).json()
  expect(findings).toContainEqual(
    expect.objectContaining({
      name: 'sandbox',
      status: 'warning',
      found: { key: 'doctor.sandbox.missing', values: { why: 'namespaces are forbidden' } },
    }),
  )
})
