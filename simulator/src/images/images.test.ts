import { afterAll, beforeAll, expect, test } from 'vitest'
import { fromBytes } from '../containers/stream.js'
import { type NetworkCluster, networkCluster } from '../network/testing.js'

let net: NetworkCluster
const images = {
  httpd: 'httpd:2.4',
  app: 'wheelhouse/app:1',
  redis: 'redis:7',
  agnhost: 'registry.k8s.io/e2e-test-images/agnhost:2.53',
  mysql: 'mysql:8.4',
  postgres: 'postgres:17',
  python: 'python:3.13-slim',
  debian: 'debian:bookworm-slim',
  ubuntu: 'ubuntu:24.04',
  stress: 'polinux/stress',
}
const start = async (name: keyof typeof images, more: object = {}) => {
  net.cluster.addImage(images[name])
  const container = { name: 'main', image: images[name], imagePullPolicy: 'IfNotPresent', ...more }
  await net.create('Pod', name, { spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 1, containers: [container] } })
  await net.pass(2)
  return net.get('Pod', name)
}
const logs = async (name: string) => {
  let text = ''
  const options = { container: 'main', follow: false, previous: false, timestamps: false }
  const pod = await net.get('Pod', name)
  await net.cluster.connections.logs(
    pod,
    options,
    (more) => {
      text += fromBytes(more)
    },
    new AbortController().signal,
  )
  return text
}
const fetch = async (pod: { status?: { podIP?: string | undefined } | undefined }, path: string) =>
  (await net.run('caller', `curl -s -m 2 http://${pod.status?.podIP}${path}`, 3)).stdout

beforeAll(async () => {
  net = await networkCluster()
  await net.caller('caller')
})
afterAll(async () => {
  await net.close()
  expect(net.errors).toEqual([])
})

test('httpd serves its page, and says who asked', async () => {
  const pod = await start('httpd')
  expect(await fetch(pod, '/')).toBe('<html><body><h1>It works!</h1></body></html>\n')
  expect(await fetch(pod, '/none')).toContain('The requested URL was not found')
  expect(await logs('httpd')).toMatch(
    /AH00094: Command line: 'httpd -D FOREGROUND'\n[\d.]+ - - \[.*\] "GET \/ HTTP\/1.1" 200 45\n/,
  )
})

test('the demo application runs by its path from a shell, as by itself', async () => {
  const pod = await start('app', { command: ['sh', '-c', 'echo before; exec /app/serve'] })
  expect(await fetch(pod, ':8080/version')).toBe('v1\n')
  expect(await logs('app')).toMatch(/^before\n\S+ wheelhouse\/app v1 starting on port 8080\n/)
})

test('redis keeps what it is told, by redis-cli and by its protocol', async () => {
  const pod = await start('redis')
  expect((await net.run('redis', 'redis-cli set color blue; redis-cli get color; redis-cli incr n; redis-cli ping')).stdout).toBe(
    'OK\nblue\n1\nPONG\n',
  )
  const line = `printf 'GET color\\r\\nQUIT\\r\\n' | nc ${pod.status?.podIP} 6379`
  expect((await net.run('caller', line)).stdout).toBe('$4\r\nblue\r\n')
  expect(await logs('redis')).toContain('Ready to accept connections tcp')
  expect((await net.run('caller', `curl -sS -m 1 http://${pod.status?.podIP}:6379/`, 2)).code).toBe(28)
})

test('agnhost: netexec, connect, porter', async () => {
  const pod = await start('agnhost', { args: ['netexec', '--http-port=8080'] })
  expect(await fetch(pod, ':8080/hostname')).toBe('agnhost')
  expect(await fetch(pod, ':8080/echo?msg=hello')).toBe('hello')
  expect(JSON.parse(await fetch(pod, ':8080/shell?cmd=echo%20hi'))).toEqual({ output: 'hi\n' })
  expect((await net.run('caller', `echo hostname | nc -u -w 1 ${pod.status?.podIP} 8081`, 2)).stdout).toBe('agnhost')
  expect(await net.run('agnhost', `/agnhost connect ${pod.status?.podIP}:8080 --timeout=1s`)).toMatchObject({ code: 0 })
  expect(await net.run('agnhost', `/agnhost connect ${pod.status?.podIP}:81 --timeout=1s`)).toMatchObject({
    code: 1,
    stderr: 'REFUSED\n',
  })
})

test('databases demand a password, listen, and are asked whether they do', async () => {
  await start('mysql')
  expect((await net.get('Pod', 'mysql')).status?.phase).toBe('Failed')
  expect(await logs('mysql')).toContain('Database is uninitialized and password option is not specified')
  await start('postgres', { env: [{ name: 'POSTGRES_PASSWORD', value: 'x' }] })
  expect(await net.run('postgres', 'pg_isready')).toMatchObject({
    code: 0,
    stdout: '/var/run/postgresql:5432 - accepting connections\n',
  })
  expect(await logs('postgres')).toContain('database system is ready to accept connections')
})

test('python serves a folder; what it cannot run it says', async () => {
  const pod = await start('python', {
    command: ['sh', '-c', 'mkdir /www; echo hi > /www/a.txt; exec python -m http.server 8000 -d /www'],
  })
  expect(await fetch(pod, ':8000/a.txt')).toBe('hi\n')
  expect(await fetch(pod, ':8000/')).toContain('<li><a href="a.txt">a.txt</a></li>')
  expect(await net.run('python', 'python -c 1')).toMatchObject({ code: 1 })
})

test('distributions have no tools of the network', async () => {
  await start('debian', { command: ['sleep', '100'] })
  expect((await net.run('debian', '. /etc/os-release; echo $ID; curl x')).stdout).toBe('debian\n')
  expect((await net.run('debian', 'curl x')).code).toBe(127)
})

test('what stress takes shows in the usage of its Pod', async () => {
  await start('stress', { command: ['stress', '--cpu', '2', '--vm', '1', '--vm-bytes', '64M'] })
  await net.pass(40)
  const pods = net.cluster.server.context.facts.usage?.()?.pods ?? []
  const usage = pods.find(({ pod }) => pod.metadata.name === 'stress')?.containers[0]
  expect(usage?.cpuMilli).toBeGreaterThanOrEqual(3000)
  expect(usage?.memoryBytes).toBeGreaterThan(64 * 1024 * 1024)
})
