/** The client over HTTP against our own listener: what it does there it does with any API server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SimulatedCluster } from '../cluster/cluster.js'
import { transportFor } from '../listener/testing-transport.js'
import { HttpClient } from './http.js'

let cluster: SimulatedCluster
let client: HttpClient
let close: () => void
beforeAll(async () => {
  cluster = await SimulatedCluster.create({ shape: { controlPlanes: 1, workers: 0 }, apiOnly: true })
  const { port } = await cluster.listen()
  const transport = transportFor(await cluster.kubeconfig(`https://127.0.0.1:${port}`))
  client = new HttpClient(transport.send, 'test')
  close = transport.close
})
afterAll(async () => {
  close()
  await cluster.close()
})

const draft = (name: string, data: object) => ({ metadata: { name, namespace: 'default' }, data }) as never

describe('the client over HTTP', () => {
  test('creates, reads, changes and deletes', async () => {
    const made = await client.create('ConfigMap', draft('one', { a: '1' }))
    expect(made).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1', data: { a: '1' } })
    await client.update('ConfigMap', { ...made, data: { a: '2' } })
    expect((await client.patch('ConfigMap', 'default/one', { data: { b: '3' } })).data).toEqual({ a: '2', b: '3' })
    await expect(client.update('ConfigMap', made)).rejects.toMatchObject({ code: 409, reason: 'Conflict' })
    const { items } = await client.list('ConfigMap', { namespace: 'default', fieldSelector: 'metadata.name=one' })
    expect(items.map((item) => [item.kind, item.metadata.name])).toEqual([['ConfigMap', 'one']])
    await expect(client.delete('ConfigMap', 'default/one', { uid: 'another' })).rejects.toMatchObject({ code: 409 })
    await client.delete('ConfigMap', 'default/one', { uid: made.metadata.uid })
    await expect(client.get('ConfigMap', 'default/one')).rejects.toMatchObject({ code: 404, reason: 'NotFound' })
  })

  test('follows changes until it is told to stop', async () => {
    const stop = new AbortController()
    const { resourceVersion } = await client.list('ConfigMap', { namespace: 'default' })
    const seen: string[] = []
    const following = (async () => {
      for await (const { type, object } of client.watch('ConfigMap', {
        namespace: 'default',
        resourceVersion,
        signal: stop.signal,
      })) {
        seen.push(`${type} ${object.metadata.name}`)
        if (type === 'DELETED') stop.abort()
      }
    })()
    await client.create('ConfigMap', draft('two', {}))
    await client.delete('ConfigMap', 'default/two')
    await following
    expect(seen).toEqual(['ADDED two', 'DELETED two'])
  })

  test('knows what is served', async () => {
    const served = await client.resources()
    expect(served).toContainEqual({ group: 'apps', version: 'v1', resource: 'replicasets', kind: 'ReplicaSet', namespaced: true })
    expect(served.every(({ resource }) => !resource.includes('/'))).toBe(true)
  })

  test('writes through subresources', async () => {
    const labels = { app: 'web' }
    const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'busybox:1.37' }] } }
    const spec = { replicas: 1, selector: { matchLabels: labels }, template }
    const made = await client.create('ReplicaSet', { metadata: { name: 'web', namespace: 'default' }, spec } as never)
    const status = { replicas: 1, observedGeneration: 1 }
    expect((await client.updateStatus('ReplicaSet', { ...made, status })).status).toMatchObject(status)
    await client.updateSub('ReplicaSet', 'default/web', {
      name: 'scale',
      body: {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'web', namespace: 'default' },
        spec: { replicas: 3 },
      },
    })
    expect((await client.get('ReplicaSet', 'default/web')).spec.replicas).toBe(3)
  })
})
