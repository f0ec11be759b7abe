import { expect, test } from 'vitest'
import type { Deployment, Pod } from './api/json.js'
import { relabelled } from './relabelled.js'

const deployment = { spec: { template: { metadata: { labels: { app: 'web', tier: 'front' } } } } } as unknown as Deployment
const pod = (name: string, labels: Record<string, string>): Pod => ({ metadata: { name, labels } })

test('a Pod has the labels of its template and the hash of its ReplicaSet, and no others', () => {
  const own = { app: 'web', tier: 'front', 'pod-template-hash': '7c5ddbdf54' }
  const pods = [pod('as-made', own), pod('one-more', { ...own, picked: 'yes' }), pod('one-less', { app: 'web' })]
  expect(relabelled(pods, deployment)).toEqual(['one-more', 'one-less'])
})
