import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ERRORS } from '@wheelhouse/protocol'
import { describe, expect, test } from 'vitest'
import { buildTestServer } from '../testing/test-server.js'

const page = readFileSync(join(dirname(fileURLToPath(import.meta.url)), '../../../docs/errors.md'), 'utf8')

describe('docs/errors.md', () => {
  const documented = new Map([...page.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (.+) \| (.+) \|$/gm)].map((row) => [row[1], row]))

  test.each(Object.entries(ERRORS))(
    '%s has its cause and its remedy there, with the status that it answers with',
    (code, { status }) => {
      const row = documented.get(code)
      expect(row?.[2]).toBe(String(status))
      expect(row?.[3]?.length).toBeGreaterThan(10)
      expect(row?.[4]?.length).toBeGreaterThan(5)
    },
  )

  test('it names no code that there is not', () => {
    expect([...documented.keys()].filter((code) => !Object.hasOwn(ERRORS, code ?? ''))).toEqual([])
  })
})

describe('answers to what went wrong', () => {
  test('a mistake of ours says nothing of itself, and its reference leads to it in the log', async () => {
    const log: string[] = []
    const { as, parts } = await buildTestServer({ log })
    const ada = await as('ada')
    parts.store.environments.ofLearner = () => Promise.reject(new Error('secret detail of ours'))
    const response = await ada.get('/api/environments')
    expect(response.statusCode).toBe(500)
    expect(response.body).not.toContain('secret detail')
    const { code, reference } = response.json()
    expect(code).toBe('INTERNAL')
    expect(log.find((line) => line.includes(reference))).toContain('secret detail of ours')
  })

  test('a body that does not fit is refused with what is wrong, whatever is wrong with it', async () => {
    const { as, app } = await buildTestServer()
    const ada = await as('ada')
    const wrong = [{}, { lab: 1 }, { lab: 'alpha', extra: true }, []]
    for (const body of wrong) {
      const response = await ada.post('/api/attempts', body)
      expect(response.statusCode, JSON.stringify(body)).toBe(400)
      expect(response.json()).toMatchObject({ code: 'BAD_REQUEST', values: { problem: expect.any(String) } })
    }
    const headers = { host: 'localhost', origin: 'http://localhost', cookie: ada.cookie, 'content-type': 'application/json' }
    for (const payload of ['{', 'x'.repeat(1_100_000)])
      expect((await app.inject({ method: 'POST', url: '/api/attempts', headers, payload })).json()).toMatchObject({
        code: 'BAD_REQUEST',
      })
  })

  test("an address that there is not is 404 in the interface, and the pages' own matter elsewhere", async () => {
    const { as, app } = await buildTestServer()
    const ada = await as('ada')
    expect((await ada.get('/api/no-such')).json()).toEqual({ code: 'NOT_FOUND', values: {} })
    expect((await ada.post('/no-such', {})).statusCode).toBe(404)
    for (const url of ['/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/assets/../../../package.json'])
      expect((await app.inject({ url, headers: { host: 'localhost' } })).body, url).not.toMatch(/root:|workspaces/)
    const malformed = await app.inject({ url: '/%zz', headers: { host: 'localhost' } })
    expect([malformed.statusCode, malformed.json().code]).toEqual([400, 'BAD_REQUEST'])
  })
})
