import { beforeAll, describe, expect, test } from 'vitest'
import { refusalOf, type TestCluster, testCluster } from '../testing.js'
import { nodeUser } from './users.js'

let cluster: TestCluster
let kubelet: Pick<TestCluster, 'request' | 'object'>

const object = (path: string, body: object) => cluster.object('create', path, { body: body as never })

beforeAll(async () => {
  cluster = await testCluster()
  kubelet = cluster.as(nodeUser('node01'))
  object('v1/serviceaccounts default', { metadata: { name: 'default' } })
  object('v1/serviceaccounts default', { metadata: { name: 'other' } })
  for (const name of ['used', 'loose', 'pull']) object('v1/secrets default', { metadata: { name } })
  for (const name of ['used', 'loose', 'kube-root-ca.crt']) object('v1/configmaps default', { metadata: { name } })
  object('v1/pods default', {
    metadata: { name: 'web' },
    spec: {
      nodeName: 'node01',
      imagePullSecrets: [{ name: 'pull' }],
      volumes: [{ name: 'data', configMap: { name: 'used' } }],
      containers: [{ name: 'main', image: 'a:1', envFrom: [{ secretRef: { name: 'used' } }] }],
    },
  })
  object('v1/pods default', {
    metadata: { name: 'far' },
    spec: { nodeName: 'controlplane', containers: [{ name: 'main', image: 'a:1', envFrom: [{ secretRef: { name: 'loose' } }] }] },
  })
})

const refused = (work: () => unknown): string => refusalOf(work).message

describe('a kubelet', () => {
  test('reads what its own Pods use, and nothing else', () => {
    for (const path of [
      'v1/secrets default/used',
      'v1/secrets default/pull',
      'v1/configmaps default/used',
      'v1/configmaps default/kube-root-ca.crt',
    ])
      expect(kubelet.object('get', path)).toBeDefined()
    expect(refused(() => kubelet.object('get', 'v1/secrets default/loose'))).toBe(
      `secrets "loose" is forbidden: User "system:node:node01" cannot get resource "secrets" in API group "" in the namespace "default": no relationship found between node 'node01' and this object`,
    )
    expect(refused(() => kubelet.request('list', 'v1/secrets default'))).toContain(': No Object name found')
    expect(refused(() => kubelet.object('get', 'v1/configmaps default/loose'))).toContain('no relationship found')
    expect(kubelet.request('list', 'v1/secrets default', { list: { fieldSelector: 'metadata.name=used' } })).toMatchObject({
      type: 'list',
    })
  })

  test('lists the Pods of its node alone', () => {
    expect(refused(() => kubelet.request('list', 'v1/pods'))).toContain(
      ': can only list/watch pods with spec.nodeName field selector',
    )
    expect(kubelet.request('list', 'v1/pods', { list: { fieldSelector: 'spec.nodeName=node01' } })).toMatchObject({
      type: 'list',
    })
    expect(kubelet.object('get', 'v1/pods default/web')).toBeDefined()
    expect(refused(() => kubelet.object('get', 'v1/pods default/far'))).toContain('no relationship found')
  })

  test('reads its own Node and Lease, and makes tokens of its Pods', () => {
    expect(refused(() => kubelet.object('get', 'v1/nodes controlplane'))).toContain(
      `node 'node01' cannot read 'controlplane', only its own Node object`,
    )
    expect(refused(() => kubelet.request('list', 'v1/nodes'))).toContain('cannot read all nodes, only its own Node object')
    expect(refused(() => kubelet.object('get', 'coordination.k8s.io/v1/leases kube-system/node01'))).toContain(
      '"kube-node-lease" system namespace',
    )
    const token = (account: string, boundObjectRef?: object) =>
      kubelet.object('create', `v1/serviceaccounts/token default/${account}`, { body: { spec: { boundObjectRef } } as never })
    const uidOf = (name: string) => (cluster.object('get', `v1/pods default/${name}`).metadata as { uid: string }).uid
    const boundTo = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', name, uid: uidOf(name) })
    expect(token('default', boundTo('web'))).toMatchObject({ kind: 'TokenRequest' })
    expect(refused(() => token('default', boundTo('far')))).toContain('bound to a pod scheduled on a different node')
    expect(refused(() => token('default'))).toContain('node requested token not bound to a pod')
    expect(refused(() => token('other'))).toContain('no relationship found')
    expect(refused(() => kubelet.object('delete', 'v1/services default/kubernetes'))).toMatch(/in the namespace "default"$/)
  })
})
