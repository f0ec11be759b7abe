import { expect, test } from 'vitest'
import { healthCheckFronts, healthCheckListener } from './health-check.js'
import { heldNode, informersWith } from './testing-informers.js'

const at = (address: string, nodeName: string, conditions?: object) => ({ addresses: [address], nodeName, conditions })
const slice = (name: string, endpoints: object[], service = 'web') => ({
  metadata: { name, namespace: 'shop', labels: { 'kubernetes.io/service-name': service } },
  addressType: 'IPv4',
  endpoints,
})
const informers = informersWith({
  Node: [heldNode('controlplane', '172.30.0.2'), heldNode('node01', '172.30.0.3'), { metadata: { name: 'new' } }],
  Service: [
    { metadata: { name: 'web', namespace: 'shop' }, spec: { healthCheckNodePort: 31_000 } },
    { metadata: { name: 'everywhere', namespace: 'shop' }, spec: {} },
  ],
  EndpointSlice: [
    slice('web-a', [at('10.244.1.2', 'node01'), at('10.244.1.3', 'node01', { ready: false }), at('10.244.1.4', 'node01')]),
    // The same Pod in two slices, as while one takes over from the other.
    slice('web-b', [at('10.244.1.4', 'node01', { ready: true })]),
    slice('other', [at('10.244.0.9', 'controlplane')], 'everywhere'),
  ],
})
const ask = async (address: string, port = 31_000) =>
  healthCheckListener(informers, { address, port })?.http?.({ method: 'GET', path: '/healthz', headers: {}, body: '' }, address)

test('a node with Pods that are ready says how many, each once', async () => {
  const body =
    '{\n\t"service": {\n\t\t"namespace": "shop",\n\t\t"name": "web"\n\t},\n\t"localEndpoints": 2,\n\t"serviceProxyHealthy": true\n}'
  expect(await ask('172.30.0.3')).toEqual({
    status: 200,
    headers: {
      'Content-Type': 'application/json',
      'X-Content-Type-Options': 'nosniff',
      'X-Load-Balancing-Endpoint-Weight': '2',
      'Content-Length': String(body.length),
    },
    body,
  })
})

test('a node without any is no place for the traffic of the Service', async () => {
  expect(await ask('172.30.0.2')).toMatchObject({ status: 503, body: expect.stringContaining('"localEndpoints": 0,') })
})

test('no other port answers, and no address that is not a node', async () => {
  expect(await ask('172.30.0.3', 31_001)).toBeUndefined()
  expect(await ask('172.30.0.99')).toBeUndefined()
})

test('every node that has an address answers the computers beside it', () => {
  expect(healthCheckFronts(informers)).toEqual([
    { address: '172.30.0.2', port: 31_000 },
    { address: '172.30.0.3', port: 31_000 },
  ])
  expect(healthCheckFronts(informersWith({ Node: [heldNode('node01', '172.30.0.3')] }))).toEqual([])
})
