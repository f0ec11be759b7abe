import { expect, test } from 'vitest'
import type { Service, ServiceSpec } from '../../schema/kubernetes.generated.js'
import { dropOfOtherType, keepAllocated } from './service-update.js'

const ADDRESS = { clusterIP: '10.96.1.1', clusterIPs: ['10.96.1.1'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' }
const TRAFFIC = { externalTrafficPolicy: 'Cluster', internalTrafficPolicy: 'Cluster' }
const service = (spec: object): Service => ({ metadata: { name: 'web' }, spec }) as Service
const exposed = (more: object = {}) =>
  service({ type: 'NodePort', ...ADDRESS, ...TRAFFIC, ports: [{ port: 80, nodePort: 30_080 }], ...more })
const after = (change: (now: Service, before: Service) => void, spec: object): ServiceSpec => {
  const now = exposed(spec)
  change(now, exposed())
  return now.spec
}

test('another name takes the place of address, families, node ports and policies', () => {
  expect(after(dropOfOtherType, { type: 'ExternalName', externalName: 'x.y' })).toEqual({
    type: 'ExternalName',
    externalName: 'x.y',
    ports: [{ port: 80 }],
  })
})

test('node ports go with their type, unless one was changed as well', () => {
  expect(after(dropOfOtherType, { type: 'ClusterIP' })).toEqual({
    type: 'ClusterIP',
    ...ADDRESS,
    internalTrafficPolicy: 'Cluster',
    ports: [{ port: 80 }],
  })
  const ports = [{ port: 80, nodePort: 30_081 }]
  expect(after(dropOfOtherType, { type: 'ClusterIP', ports }).ports).toEqual(ports)
})

test('a port that gets another number keeps its node port, a further one gets none of it', () => {
  expect(after(keepAllocated, { ports: [{ port: 81 }] }).ports).toEqual([{ port: 81, nodePort: 30_080 }])
  expect(after(keepAllocated, { clusterIP: '', clusterIPs: [] })).toMatchObject(ADDRESS)
  const taken = [{ name: 'a', port: 81, nodePort: 30_080 }, { port: 82 }]
  expect(after(keepAllocated, { ports: taken }).ports).toEqual(taken)
})
