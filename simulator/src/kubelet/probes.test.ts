import { describe, expect, test } from 'vitest'
import { clusterOfFile, shell } from '../controllers/testing.js'

const live = clusterOfFile()

const SERVER = 'mkdir -p /www; echo fine > /www/ok; httpd -f -p 8080 -h /www'
async function probed(name: string, readinessProbe: object, more: object = {}): Promise<string | undefined> {
  const probe = { periodSeconds: 1, ...readinessProbe }
  await live.create('Pod', name, {
    spec: { terminationGracePeriodSeconds: 0, containers: [shell(SERVER, { readinessProbe: probe, ...more })] },
  })
  await live.pass(6)
  const { podIP = '' } = (await live.get('Pod', name)).status ?? {}
  const unhealthy = (await live.events(name)).filter((line) => /Unhealthy|ProbeWarning/.test(line)).at(-1)
  return unhealthy?.replaceAll(podIP, 'IP')
}
const isReady = async (name: string) => (await live.get('Pod', name)).status?.containerStatuses?.[0]?.ready

describe('a probe over HTTP', () => {
  test('of a port that is named', async () => {
    const ports = [{ name: 'web', containerPort: 8080 }]
    expect(await probed('named', { httpGet: { path: '/ok', port: 'web' } }, { ports })).toBeUndefined()
    expect(await isReady('named')).toBe(true)
    expect(await probed('misnamed', { httpGet: { path: '/ok', port: 'wep' } }, { ports })).toBe(
      'Warning Unhealthy Readiness probe errored and resulted in unknown state: strconv.Atoi: parsing "wep": invalid syntax',
    )
    expect(await isReady('misnamed')).toBe(false)
  })

  test.each([
    ['secure', { scheme: 'HTTPS' }, 'Get "https://IP:8080/ok": http: server gave HTTP response to HTTPS client'],
    ['loopback', { host: '127.0.0.1' }, 'Get "http://127.0.0.1:8080/ok": dial tcp 127.0.0.1:8080: connect: connection refused'],
    ['missing', { path: '/gone' }, 'HTTP probe failed with statuscode: 404'],
  ])('%s says why it failed', async (name, get, why) => {
    const failed = await probed(name, { httpGet: { path: '/ok', port: 8080, ...get } })
    expect(failed).toBe(`Warning Unhealthy Readiness probe failed: ${why}`)
    expect(await isReady(name)).toBe(false)
  })
})

describe('a probe', () => {
  test('over gRPC fails where nobody speaks it, after its time', async () => {
    expect(await probed('remote', { grpc: { port: 8080 }, timeoutSeconds: 2 })).toBe(
      'Warning Unhealthy Readiness probe failed: timeout: failed to connect service "IP:8080" within 2s: context deadline exceeded',
    )
  })

  test('of a socket asks the address that it names', async () => {
    expect(await probed('other', { tcpSocket: { port: 8080, host: '10.244.9.9' } })).toBe(
      'Warning Unhealthy Readiness probe failed: dial tcp 10.244.9.9:8080: connect: connection refused',
    )
  })

  test('of the life of a container ends with the deletion of its Pod', async () => {
    const livenessProbe = { exec: { command: ['false'] }, periodSeconds: 1, initialDelaySeconds: 10 }
    const container = shell('trap "" TERM; while true; do sleep 1; done', { livenessProbe })
    await live.create('Pod', 'leaving', { spec: { terminationGracePeriodSeconds: 20, containers: [container] } })
    await live.pass(5)
    await live.client.delete('Pod', 'default/leaving')
    await live.pass(15)
    expect(await live.names('Pod')).toContain('leaving')
    expect((await live.events('leaving')).at(-1)).toBe('Normal Killing Stopping container main')
  })
})
