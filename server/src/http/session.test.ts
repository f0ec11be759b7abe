import { expect, test } from 'vitest'
import { buildTestServer } from '../testing/test-server.js'

const get = (url: string, headers: Record<string, string> = {}) => ({ url, headers: { host: 'localhost', ...headers } })

test('a one-time link signs in once, and its token leaves the address', async () => {
  const { app, parts } = await buildTestServer()
  const token = await parts.accounts.createLink((await parts.accounts.owner()).id)

  const first = await app.inject(get(`/sign-in?token=${token}`))
  const second = await app.inject(get(`/sign-in?token=${token}`))

  expect(first.statusCode).toBe(303)
  expect(first.headers.location).toBe('/')
  expect(second.headers.location).toBe('/sign-in?problem=SIGN_IN_LINK_INVALID')
  expect(second.headers['set-cookie']).toBeUndefined()
})

test('the cookie is signed, out of reach of scripts, and sent to this site alone', async () => {
  const { app, parts } = await buildTestServer()
  const token = await parts.accounts.createLink((await parts.accounts.owner()).id)
  const cookie = String((await app.inject(get(`/sign-in?token=${token}`))).headers['set-cookie'])
  expect(cookie).toContain('HttpOnly')
  expect(cookie).toContain('SameSite=Strict')
  expect(cookie).toContain('Path=/')
})

test('behind a public https address the cookie travels only encrypted', async () => {
  const { app, parts } = await buildTestServer({ settings: { 'http.publicUrl': 'https://labs.example.org' } })
  const token = await parts.accounts.createLink((await parts.accounts.owner()).id)
  expect(String((await app.inject(get(`/sign-in?token=${token}`))).headers['set-cookie'])).toContain('Secure')
})

test('a link that was used in this browser before leads to the pages all the same', async () => {
  const { app, parts, as } = await buildTestServer()
  const { cookie } = await as('owner')
  const token = await parts.accounts.createLink((await parts.accounts.owner()).id)
  await app.inject(get(`/sign-in?token=${token}`))
  expect((await app.inject(get(`/sign-in?token=${token}`, { cookie }))).headers.location).toBe('/')
})

test('an expired link does not sign in', async () => {
  const { app, parts, clock } = await buildTestServer({ settings: { 'accounts.linkHours': '2' } })
  const token = await parts.accounts.createLink((await parts.accounts.owner()).id)
  clock.advance(2 * 3_600_000)
  expect((await app.inject(get(`/sign-in?token=${token}`))).headers.location).toContain('problem=')
})

test('a session ends after its days without use, and lives on with use', async () => {
  const { as, clock } = await buildTestServer({ settings: { 'accounts.sessionDays': '2' } })
  const owner = await as('owner')
  clock.advance(36 * 3_600_000)
  expect((await owner.get('/api/session')).statusCode).toBe(200)
  clock.advance(36 * 3_600_000)
  expect((await owner.get('/api/session')).statusCode).toBe(200)
  clock.advance(49 * 3_600_000)
  expect((await owner.get('/api/session')).statusCode).toBe(401)
})

test('signing out ends the session on the server, not only in the browser', async () => {
  const { as } = await buildTestServer()
  const owner = await as('owner')
  expect((await owner.delete('/api/session')).statusCode).toBe(204)
  expect((await owner.get('/api/session')).json()).toMatchObject({ code: 'NOT_SIGNED_IN' })
})

test('a cookie that somebody changed is no session', async () => {
  const { app, as } = await buildTestServer()
  const { cookie } = await as('owner')
  const [name = '', value = ''] = cookie.split('=')
  const forged = `${name}=${value.startsWith('A') ? 'B' : 'A'}${value.slice(1)}`
  expect((await app.inject(get('/api/session', { cookie: forged }))).statusCode).toBe(401)
})

test('the language that a learner chose is kept', async () => {
  const { as } = await buildTestServer()
  const ada = await as('ada')
  expect((await ada.get('/api/session')).json().learner).toMatchObject({ name: 'ada', role: 'learner', language: null })
  await ada.patch('/api/session', { language: 'zh' })
  expect((await ada.get('/api/session')).json().learner.language).toBe('zh')
})

test('neither tokens nor cookies reach the log', async () => {
  const log: string[] = []
  const { app, parts, as } = await buildTestServer({ log })
  const { cookie } = await as('ada')
  const token = await parts.accounts.createLink((await parts.accounts.owner()).id)
  await app.inject(get(`/sign-in?token=${token}`))
  await app.inject(get(`/sign-in?token=${token}x`))
  const written = log.join('')
  expect(written).toContain('request answered')
  expect(written).not.toContain(token)
  expect(written).not.toContain(cookie.split('=')[1])
})

test('guessing links is slowed down, and the answer says for how long', async () => {
  const { app } = await buildTestServer({ settings: { 'http.signInsPerMinute': '3' } })
  for (let guess = 0; guess < 3; guess++) await app.inject(get('/sign-in?token=guess'))
  const refused = await app.inject(get('/sign-in?token=guess'))
  expect(refused.statusCode).toBe(429)
  expect(refused.json()).toMatchObject({ code: 'TOO_MANY_REQUESTS', values: { seconds: expect.any(Number) } })
  expect(refused.headers['retry-after']).toMatch(/^\d+$/)
})
