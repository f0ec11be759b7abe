import { expect, test } from 'vitest'
import type { Pod } from '../schema/kubernetes.generated.js'
import { resolvConfOf } from './resolv-conf.js'

const conf = (spec: object, namespace?: string) =>
  resolvConfOf({ metadata: { name: 'web', ...(namespace ? { namespace } : {}) }, spec } as Pod)
const ofNode = 'nameserver 172.30.0.1\noptions edns0 trust-ad ndots:0\n'
const ofCluster = (namespace: string) =>
  `search ${namespace}.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n`

test.each([
  ['as nothing says otherwise', {}, ofCluster('shop')],
  ['ClusterFirst', { dnsPolicy: 'ClusterFirst' }, ofCluster('shop')],
  ['ClusterFirst on the network of the node', { dnsPolicy: 'ClusterFirst', hostNetwork: true }, ofNode],
  ['ClusterFirstWithHostNet', { dnsPolicy: 'ClusterFirstWithHostNet', hostNetwork: true }, ofCluster('shop')],
  ['Default', { dnsPolicy: 'Default' }, ofNode],
  ['None', { dnsPolicy: 'None', dnsConfig: { nameservers: ['10.0.0.9'] } }, 'nameserver 10.0.0.9\n'],
])('%s', (_, spec, text) => {
  expect(conf(spec, 'shop')).toBe(text)
})

test('what a Pod wants besides is added behind, once, and its options take the place of those of the same name', () => {
  const options = [{ name: 'ndots', value: '2' }, { name: 'edns0' }]
  const dnsConfig = { nameservers: ['1.1.1.1', '10.96.0.10'], searches: ['example.com', 'cluster.local'], options }
  expect(conf({ dnsConfig }, 'shop')).toBe(
    'search shop.svc.cluster.local svc.cluster.local cluster.local example.com\n' +
      'nameserver 10.96.0.10\nnameserver 1.1.1.1\noptions ndots:2 edns0\n',
  )
})

test('more name servers and searches than a resolver reads are left out', () => {
  const nameservers = ['1.0.0.1', '1.0.0.2', '1.0.0.3', '1.0.0.4']
  const searches = Array.from({ length: 40 }, (_, index) => `zone${index}.test`)
  const text = conf({ dnsPolicy: 'None', dnsConfig: { nameservers, searches } })
  expect(text).toContain('nameserver 1.0.0.3\n')
  expect(text).not.toContain('1.0.0.4')
  expect(/^search (.*)$/m.exec(text)?.[1]?.split(' ')).toEqual(searches.slice(0, 32))
})
