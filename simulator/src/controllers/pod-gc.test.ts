import { describe, expect, test } from 'vitest'
import { clusterOfFile, template } from './testing.js'

const live = clusterOfFile({ controlPlanes: 1, workers: 2 })

const pod = (name: string, nodeName: string, spec: object = {}) =>
  live.create('Pod', name, { spec: { ...template('sleep infinity').spec, nodeName, ...spec } })

describe('Pods that no kubelet ends', () => {
  test('go a while after their node has gone, and have failed before', async () => {
    const node = { metadata: { name: 'ghost' }, spec: {} }
    await live.client.create('Node', node)
    await pod('orphan', 'ghost', { terminationGracePeriodSeconds: 30 })
    await live.client.patch('Pod', 'default/orphan', { metadata: { finalizers: ['example.com/look'] } })
    await live.client.delete('Node', 'ghost')
    await live.pass(30)
    expect((await live.get('Pod', 'orphan')).metadata.deletionTimestamp).toBeUndefined()
    await live.pass(15)
    const { metadata, status } = await live.get('Pod', 'orphan')
    expect([metadata.deletionGracePeriodSeconds, status?.phase]).toEqual([0, 'Failed'])
    expect(status?.conditions?.find(({ type }) => type === 'DisruptionTarget')).toMatchObject({
      status: 'True',
      reason: 'DeletionByPodGC',
      message: 'PodGC: node no longer exists',
    })
    await live.client.patch('Pod', 'default/orphan', { metadata: { finalizers: null as never } })
    expect(await live.names('Pod')).toEqual([])
  })

  test('go at once where they are on their way out and their silent node is out of service', async () => {
    await live.client.create('Node', { metadata: { name: 'silent' }, spec: {} })
    await pod('stuck', 'silent', { terminationGracePeriodSeconds: 30 })
    await live.pass(5)
    await live.client.delete('Pod', 'default/stuck')
    await live.pass(60)
    expect(await live.names('Pod')).toEqual(['stuck'])
    const node = await live.client.get('Node', 'silent')
    const taints = [
      ...(node.spec.taints ?? []),
      { key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' },
    ]
    await live.client.update('Node', { ...node, spec: { ...node.spec, taints } })
    await live.pass(1)
    expect(await live.names('Pod')).toEqual([])
  })
})
