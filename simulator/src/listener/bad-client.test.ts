/** Clients that do not read, do not speak, or do not listen: they cost little, and nobody else feels them. */
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestCluster, testCluster } from '../testing.js'
import { connectorFor, type TestConnector } from './testing-upgrade.js'

let cluster: TestCluster
let connector: TestConnector
beforeAll(async () => {
  cluster = await testCluster()
  connector = await connectorFor(cluster.cluster)
})
afterAll(() => cluster.cluster.close())

const megabyte = 'x'.repeat(900_000)
const change = (index: number) =>
  cluster.object('patch', 'v1/configmaps default/large', {
    patch: { type: 'merge', document: { data: { large: megabyte, index: String(index) } } },
  })

describe('a client', () => {
  test('that watches and does not read is cut, and memory stays bounded', async () => {
    cluster.object('create', 'v1/configmaps default', { body: { metadata: { name: 'large' } } })
    const slow = await connector.get('/api/v1/namespaces/default/configmaps?watch=true')
    slow.on('error', () => {})
    const running = () => {
      const { server } = cluster.cluster
      return /apiserver_longrunning_requests\{[^}]*verb="WATCH"[^}]*\} (\d+)/.exec(server.requests.write(server.context))?.[1]
    }
    expect(running()).toBe('1')
    // The buffers of the system hold some megabytes before ours begin to fill.
    for (let changes = 0; changes < 300 && running() === '1'; changes++) {
      change(changes)
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(running()).toBe('0')
  })

  test('that says nothing keeps nobody from being served, and the server from closing', async () => {
    const silent = Array.from({ length: 200 }, () => connector.plain())
    await Promise.all(silent.map((socket) => once(socket, 'connect')))
    for (const socket of silent) socket.on('error', () => {})
    const answer = await connector.get('/livez')
    const chunks: Buffer[] = []
    for await (const chunk of answer) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks).toString()).toBe('ok')
    const closed = Promise.all(silent.map((socket) => once(socket, 'close')))
    await cluster.cluster.close()
    await closed
  })
})
