import { expect, test } from 'vitest'
import { buildTestServer } from '../testing/test-server.js'

test('unknown names in the Host header are refused, our own answer', async () => {
  const { app } = await buildTestServer({
    settings: { 'http.publicUrl': 'https://labs.example.org', 'http.allowedHosts': 'lab.internal' },
  })
  const statusFor = async (host: string) => (await app.inject({ url: '/api/session', headers: { host } })).statusCode
  for (const host of ['localhost', 'localhost:7420', '127.0.0.1:1', '[::1]:7420', 'LABS.example.org', 'lab.internal:80'])
    expect(await statusFor(host), host).toBe(401)
  for (const host of ['evil.example', 'localhost.evil.example', '169.254.169.254', 'labs.example.org.evil.example'])
    expect(await statusFor(host), host).toBe(421)
})

test('what changes something must come from a page of ours', async () => {
  const { app, as } = await buildTestServer()
  const { cookie } = await as('owner')
  const statusFor = async (origin: string | undefined) => {
    const headers = { host: 'localhost:7420', cookie, ...(origin === undefined ? {} : { origin }) }
    return (await app.inject({ method: 'POST', url: '/api/attempts', headers, payload: { lab: 'alpha' } })).statusCode
  }
  expect(await statusFor('http://localhost:7420')).toBe(200)
  for (const origin of [undefined, 'null', 'http://localhost:7421', 'http://evil.example', 'http://localhost:7420.evil.example'])
    expect(await statusFor(origin), String(origin)).toBe(403)
})

test('a socket from another site is refused before it opens', async () => {
  const { app, as } = await buildTestServer()
  const { cookie } = await as('owner')
  const open = (origin: string) => app.injectWS('/api/events', { headers: { host: 'localhost', origin, cookie } })
  await expect(open('http://evil.example')).rejects.toThrow('403')
  ;(await open('http://localhost')).terminate()
})

test('answers forbid scripts of others and framing', async () => {
  const { app } = await buildTestServer()
  const { headers } = await app.inject({ url: '/', headers: { host: 'localhost' } })
  const policy = String(headers['content-security-policy'])
  expect(policy).toContain("script-src 'self';")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).not.toMatch(/script-src[^;]*unsafe/)
  expect(headers['x-content-type-options']).toBe('nosniff')
})
