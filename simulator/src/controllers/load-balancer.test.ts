import { expect, test } from 'vitest'
import { clusterOfFile } from './testing.js'

const live = clusterOfFile()
const balancer = (name: string, more: object = {}) =>
  live.create('Service', name, { spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80 }], ...more } })
const ingress = async (name: string) => (await live.get('Service', name)).status?.loadBalancer?.ingress

test('each gets an address of its own, and says so', async () => {
  await balancer('one')
  await balancer('two')
  await live.pass(1)
  expect(await ingress('one')).toEqual([{ ip: '172.30.255.1', ipMode: 'VIP' }])
  expect(await ingress('two')).toEqual([{ ip: '172.30.255.2', ipMode: 'VIP' }])
  expect(await live.events('one')).toEqual([
    'Normal EnsuringLoadBalancer Ensuring load balancer',
    'Normal EnsuredLoadBalancer Ensured load balancer',
  ])
})

test('the address that is asked for is given where it is free', async () => {
  await balancer('asked', { loadBalancerIP: '172.30.255.77' })
  await balancer('late', { loadBalancerIP: '172.30.255.77' })
  await live.pass(1)
  expect(await ingress('asked')).toEqual([{ ip: '172.30.255.77', ipMode: 'VIP' }])
  expect(await ingress('late')).toBeUndefined()
  expect(await live.events('late')).toContain(
    'Warning SyncLoadBalancerFailed Error syncing load balancer: failed to ensure load balancer: 172.30.255.77 is not free',
  )
})

test('one of another class waits for whoever serves it; one that is no balancer any more gives its address back', async () => {
  await balancer('foreign', { loadBalancerClass: 'example.com/edge' })
  await live.client.patch('Service', 'default/one', { spec: { type: 'ClusterIP' } })
  await live.pass(1)
  expect(await ingress('foreign')).toBeUndefined()
  expect(await ingress('one')).toBeUndefined()
  await balancer('three')
  await live.pass(1)
  expect(await ingress('three')).toEqual([{ ip: '172.30.255.1', ipMode: 'VIP' }])
})
