import { expect, test } from 'vitest'
import { clusterOfFile, shell } from '../controllers/testing.js'

const live = clusterOfFile()

const OWN = '/var/run/secrets/kubernetes.io/serviceaccount/token'
const claims = async (path: string) =>
  JSON.parse(Buffer.from((await live.exec('holder', `cat ${path}`)).split('.')[1] ?? '', 'base64url').toString()) as {
    aud: string[]
    exp: number
    iat: number
  }

test('each source has a token of its own, for its audience and time, renewed before it ends', async () => {
  const source = { serviceAccountToken: { path: 'token', audience: 'vault', expirationSeconds: 600 } }
  const volumes = [{ name: 'vault', projected: { sources: [source] } }]
  const container = shell('sleep infinity', { volumeMounts: [{ name: 'vault', mountPath: '/vault' }] })
  await live.create('Pod', 'holder', { spec: { containers: [container], volumes } })
  await live.pass(3)
  const first = await claims('/vault/token')
  expect(first).toMatchObject({ aud: ['vault'], exp: first.iat + 600 })
  const own = await claims(OWN)
  expect(own.aud).not.toContain('vault')

  await live.pass(450)
  expect((await claims('/vault/token')).iat).toBe(first.iat)
  await live.pass(60)
  const second = await claims('/vault/token')
  expect(second.iat).toBeGreaterThan(first.iat + 450)
  expect((await claims(OWN)).iat).toBe(own.iat)
})
