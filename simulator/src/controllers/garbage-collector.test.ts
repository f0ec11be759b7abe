import { afterAll, beforeAll, expect, test } from 'vitest'
import type { KubeObject } from '../objects/object.js'
import { type LiveCluster, liveCluster } from './testing.js'

let live: LiveCluster
beforeAll(async () => {
  live = await liveCluster()
})
afterAll(async () => {
  await live.close()
  expect(live.errors).toEqual([])
})

const map = (name: string) => live.create('ConfigMap', name, {})
const referTo = ({ apiVersion, kind, metadata }: KubeObject, more: object = {}) => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid,
  ...more,
})
const owned = (name: string, ownerReferences: object[], namespace = 'default') =>
  live.client.create('ConfigMap', { metadata: { name, namespace, ownerReferences: ownerReferences as never } })
const ownersOf = async (name: string) => (await live.get('ConfigMap', name)).metadata.ownerReferences?.map((owner) => owner.name)

test('what two own outlives one of them, and forgets it', async () => {
  const first = await map('first')
  const second = await map('second')
  await owned('shared', [referTo(first), referTo(second)])
  await live.client.delete('ConfigMap', 'default/first')
  await live.pass(1)
  expect(await ownersOf('shared')).toEqual(['second'])
  await live.client.delete('ConfigMap', 'default/second')
  await live.pass(1)
  expect(await live.names('ConfigMap')).not.toContain('shared')
})

test('an owner that waits for what it owns does not wait for what others own too', async () => {
  const leaving = await map('leaving')
  const staying = await map('staying')
  await owned('common', [referTo(leaving, { blockOwnerDeletion: true }), referTo(staying)])
  await owned('alone', [referTo(leaving, { blockOwnerDeletion: true })])
  await live.pass(1)
  await live.client.delete('ConfigMap', 'default/leaving', { propagation: 'Foreground' })
  await live.pass(1)
  expect(await live.names('ConfigMap')).not.toContain('leaving')
  expect(await live.names('ConfigMap')).not.toContain('alone')
  expect(await ownersOf('common')).toEqual(['staying'])
})

test('an owner of another namespace is none, which an Event tells', async () => {
  const far = await map('far')
  await owned('stray', [referTo(far)], 'kube-public')
  await live.pass(1)
  const { items } = await live.client.list('ConfigMap', { namespace: 'kube-public' })
  expect(items.map(({ metadata }) => metadata.name)).not.toContain('stray')
  const events = await live.client.list('Event', { namespace: 'kube-public', fieldSelector: 'involvedObject.name=stray' })
  expect(events.items.map(({ reason, message, source }) => [reason, message, source?.component])).toEqual([
    [
      'OwnerRefInvalidNamespace',
      `ownerRef [v1/ConfigMap, namespace: kube-public, name: far, uid: ${far.metadata.uid}] does not exist in namespace "kube-public"`,
      'garbage-collector-controller',
    ],
  ])
})
