import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SimulatedCluster } from '@wheelhouse/simulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ThisComputer } from '../../hosts/this-computer.js'
import { findSandbox } from './find-sandbox.js'
import { Sandbox, stopSandbox } from './sandbox.js'
import { MOST_CONNECTIONS, nameNodes, ServiceSockets } from './service-sockets.js'

const found = await findSandbox(new ThisComputer(tmpdir()))
const missing = 'missing' in found
if (missing) console.error(`addresses of Services in the sandbox: NOT RUN, no sandbox here: ${found.missing}`)

describe.skipIf(missing)('addresses of Services in the sandbox', () => {
  let directory: string
  let cluster: SimulatedCluster
  let sandbox: Sandbox
  let sockets: ServiceSockets
  const errors: unknown[] = []
  beforeAll(async () => {
    if (missing) return
    directory = await mkdtemp(join(tmpdir(), 'wheelhouse-sockets-'))
    const bounds = { memoryBytes: 1e9, processes: 512 }
    const host = new ThisComputer(directory)
    sandbox = new Sandbox({ host, holder: found.holder, directory, tools: {}, hosts: ['controlplane'], hidden: [], bounds })
    const onError = (where: string, error: unknown) => errors.push([where, error])
    const shape = { controlPlanes: 1, workers: 1 } as const
    cluster = await SimulatedCluster.create({ shape, images: ['wheelhouse/app:1'], onError })
    await Promise.all([sandbox.start(), cluster.started])
    const enter = await sandbox.enterNetwork()
    sockets = new ServiceSockets({ enter, network: cluster.fabric, controlPlane: '172.30.0.2', onError })
    await nameNodes(join(directory, 'hosts'), cluster.nodes)
    await sockets.start()
    const metadata = { name: 'web', namespace: 'default' }
    const pod = {
      metadata: { ...metadata, labels: { app: 'web' } },
      spec: { containers: [{ name: 'main', image: 'wheelhouse/app:1' }] },
    }
    await cluster.client().create('Pod', pod as never)
    const ports = [{ port: 80, targetPort: 8080, nodePort: 30800 }]
    await cluster
      .client()
      .create('Service', { metadata, spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports } } as never)
  }, 60_000)
  afterAll(async () => {
    await sockets.close()
    await cluster.close()
    await stopSandbox(directory)
    await rm(directory, { recursive: true, force: true })
    expect(errors).toEqual([])
  }, 60_000)

  /** One request from inside, by bash alone: `curl` may not be there. */
  const ask = async (host: string, port: number): Promise<string> => {
    const [program, ...words] = await sandbox.enter('base')
    const script = `exec 3<>/dev/tcp/${host}/${port} && printf 'GET /version HTTP/1.0\\r\\n\\r\\n' >&3 && tail -1 <&3`
    const { stdout } = await sandbox.parts.host.run({ argv: [program, ...words, 'bash', '-c', script], timeoutMs: 20_000 })
    return stdout.trim()
  }
  const addressOf = async () => (await cluster.client().get('Service', 'default/web')).spec.clusterIP ?? ''

  test('cluster address, node port at addresses and names of nodes, load balancer and Pod answer', async () => {
    const balancer = () => cluster.fabric.reachable().some(({ address }) => address === '172.30.255.1')
    await expect.poll(balancer, { timeout: 20_000 }).toBe(true)
    await sockets.refresh()
    const pod = await cluster.client().get('Pod', 'default/web')
    const fronts: [string, number][] = [
      [await addressOf(), 80],
      ['172.30.0.2', 30800],
      ['node01', 30800],
      ['controlplane', 30800],
      ['172.30.255.1', 80],
      [pod.status?.podIP ?? '', 8080],
    ]
    for (const [host, port] of fronts) expect([host, await ask(host, port)]).toEqual([host, 'v1'])
  }, 60_000)

  /** By TLS, by the program that runs this test: `curl` may not be there. @returns the name of the certificate and whether it is trusted */
  const handshake = async (host: string, port: number): Promise<string> => {
    const [program, ...words] = await sandbox.enterNetwork()
    const script = `const [ca, host, port] = process.argv.slice(1)
const socket = require('node:tls').connect({ host, port: Number(port), ca, servername: 'kubernetes.default' })
socket.on('error', (error) => console.log(error.code))
socket.on('secureConnect', () => { console.log(socket.getPeerCertificate().subject.CN); socket.end() })`
    const argv: readonly [string, ...string[]] = [
      program,
      ...words,
      process.execPath,
      '-e',
      script,
      '--',
      cluster.authority.caPem,
      host,
      String(port),
    ]
    const { stdout } = await sandbox.parts.host.run({ argv, timeoutMs: 20_000 })
    return stdout.trim()
  }

  test('what ends TLS in the cluster ends it for a program of the sandbox', async () => {
    expect(await handshake('10.96.0.1', 443)).toBe('kube-apiserver')
  }, 60_000)

  /** A line of bash inside, with the address and the port as `$1` and `$2`. */
  const bash = async (script: string, host: string, port: number): Promise<string> => {
    const [program, ...words] = await sandbox.enter('base')
    const argv: readonly [string, ...string[]] = [program, ...words, 'bash', '-c', script, 'bash', host, String(port)]
    return (await sandbox.parts.host.run({ argv, timeoutMs: 40_000 })).stdout.trim()
  }
  const goneAll = () => expect.poll(() => sockets.connections, { timeout: 20_000 }).toBe(0)

  test('who opens more connections than there may be is refused those, and harms nobody', async () => {
    await goneAll()
    const script = `ulimit -n 2048; for each in $(seq ${MOST_CONNECTIONS + 20}); do exec {fd}<>/dev/tcp/$1/$2; done; read -t 20 -u $fd; echo $?; sleep 1`
    const opening = bash(script, await addressOf(), 80)
    await expect.poll(() => sockets.connections, { timeout: 20_000 }).toBe(MOST_CONNECTIONS)
    // The last one is at its end, not silent.
    expect(await opening).toBe('1')
    await goneAll()
    expect(await ask(await addressOf(), 80)).toBe('v1')
  }, 60_000)

  test('who hangs up before anybody answers is let go, and who has said all hears the answer', async () => {
    const answered = `printf 'GET /version HTTP/1.0\r\n\r\n' | "$0" -e 'const s = require("node:net").connect({ host: process.argv[1], port: +process.argv[2], allowHalfOpen: true }); process.stdin.pipe(s); s.pipe(process.stdout)' $1 $2 | tail -1`
    const node = answered.replace('"$0"', process.execPath)
    expect(await bash(node, await addressOf(), 80)).toBe('v1')
    const policies = { metadata: { name: 'none', namespace: 'default' }, spec: { podSelector: {}, policyTypes: ['Ingress'] } }
    await cluster.client().create('NetworkPolicy', policies as never)
    const waiting = bash('exec 3<>/dev/tcp/$1/$2; printf hello >&3; read -t 1 -u 3; echo $?', await addressOf(), 80)
    await expect.poll(() => sockets.connections, { timeout: 20_000 }).toBe(1)
    expect(Number(await waiting)).toBeGreaterThan(128)
    await goneAll()
    await cluster.client().delete('NetworkPolicy', 'default/none')
  }, 60_000)

  test('without a Pod behind it, the address refuses', async () => {
    await cluster.client().delete('Pod', 'default/web', { graceSeconds: 0 })
    await expect.poll(() => cluster.fabric.reachable().some(({ port }) => port === 30800), { timeout: 20_000 }).toBe(false)
    await sockets.refresh()
    expect(await ask(await addressOf(), 80)).toBe('')
  }, 60_000)
})
