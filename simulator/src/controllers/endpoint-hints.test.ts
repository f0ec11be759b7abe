import { describe, expect, test } from 'vitest'
import type { Endpoint, Node, Service } from '../schema/kubernetes.generated.js'
import { hinted, ZONE } from './endpoint-hints.js'

const node = (name: string, zone: string, cpu = '4'): Node =>
  ({
    metadata: { name, labels: zone ? { [ZONE]: zone } : {} },
    status: { allocatable: { cpu }, conditions: [{ type: 'Ready', status: 'True' }] },
  }) as never
const endpoint = (zone: string, ready = true): Endpoint =>
  ({ addresses: ['10.244.1.9'], nodeName: `node-${zone}`, conditions: { ready }, ...(zone ? { zone } : {}) }) as never
const service = (spec: object, annotations: object = {}): Service => ({ metadata: { name: 'web', annotations }, spec }) as never
const auto = service({}, { 'service.kubernetes.io/topology-mode': 'Auto' })
const zonesOf = (endpoints: Endpoint[]) => endpoints.map(({ hints }) => hints?.forZones?.map(({ name }) => name).join())

describe('trafficDistribution', () => {
  test('PreferSameZone and PreferClose hint at the zone of each ready endpoint, PreferSameNode at its node too', () => {
    const endpoints = [endpoint('a'), endpoint('b', false), endpoint('')]
    const options = { nodes: [], before: false }
    for (const trafficDistribution of ['PreferSameZone', 'PreferClose'])
      expect(hinted(service({ trafficDistribution }), endpoints, options).endpoints.map(({ hints }) => hints)).toEqual([
        { forZones: [{ name: 'a' }] },
        undefined,
        undefined,
      ])
    const near = hinted(service({ trafficDistribution: 'PreferSameNode' }), endpoints, options)
    expect(near.endpoints.map(({ hints }) => hints)).toEqual([
      { forZones: [{ name: 'a' }], forNodes: [{ name: 'node-a' }] },
      undefined,
      { forNodes: [{ name: 'node-' }] },
    ])
    expect(near.note).toBeUndefined()
  })
})

describe('the annotation for topology', () => {
  const nodes = [node('one', 'a'), node('two', 'b')]

  test('hints at the own zone where every zone has its share, and says so once', () => {
    const endpoints = [endpoint('a'), endpoint('b'), endpoint('a'), endpoint('b')]
    const first = hinted(auto, endpoints, { nodes, before: false })
    expect(zonesOf(first.endpoints)).toEqual(['a', 'b', 'a', 'b'])
    expect(first.note?.message).toBe('Topology Aware Hints has been enabled, addressType: IPv4')
    expect(hinted(auto, endpoints, { nodes, before: true }).note).toBeUndefined()
  })

  test('lends endpoints to a zone that has fewer than its share', () => {
    const endpoints = ['a', 'a', 'a', 'a', 'a', 'b'].map((zone) => endpoint(zone))
    expect(zonesOf(hinted(auto, endpoints, { nodes, before: true }).endpoints)).toEqual(['b', 'b', 'a', 'a', 'a', 'b'])
  })

  test.each([
    ['two zones and one endpoint', nodes, [endpoint('a')], 'Insufficient number of endpoints (1 endpoints, 2 zones)'],
    [
      'a node without a zone',
      [...nodes, node('three', '')],
      [endpoint('a'), endpoint('b')],
      'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes',
    ],
    [
      'shares that do not come out even',
      [node('one', 'a', '4'), node('two', 'b', '2')],
      [endpoint('a'), endpoint('b')],
      'Unable to allocate minimum required endpoints to each zone without exceeding overload threshold (2 endpoints, 2 zones)',
    ],
  ])('%s: no hints, and the reason', (_name, given, endpoints, reason) => {
    const { endpoints: found, note } = hinted(auto, endpoints, { nodes: given, before: false })
    expect(zonesOf(found)).toEqual(endpoints.map(() => undefined))
    expect(note).toMatchObject({ type: 'Warning', reason: 'TopologyAwareHintsDisabled', message: `${reason}, addressType: IPv4` })
  })

  test('taken away, it is told that there are none any more', () => {
    const { note } = hinted(service({}), [endpoint('a')], { nodes, before: true })
    expect(note?.message).toBe('Topology Aware Hints has been disabled, addressType: IPv4')
  })
})
