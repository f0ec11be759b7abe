import { beforeAll, expect, test } from 'vitest'
import { refusalOf, type TestCluster, testCluster } from '../testing.js'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await testCluster()
})

interface Owned {
  metadata: { managedFields: { manager: string; operation: string; fieldsV1: object }[] }
}
const ownersOf = (object: object) =>
  (object as Owned).metadata.managedFields.map(({ manager, fieldsV1 }) => [manager, JSON.stringify(fieldsV1)])

const CONFIGS = 'v1/configmaps default'

test('a map that an update brings is a member beside its parts; parts that Go always writes are not', () => {
  const body = { metadata: { name: 'first', labels: { b: '1', a: '2' } }, data: { colour: 'red' } } as never
  expect(ownersOf(cluster.object('create', CONFIGS, { body }))).toEqual([
    ['test', '{"f:data":{".":{},"f:colour":{}},"f:metadata":{"f:labels":{".":{},"f:a":{},"f:b":{}}}}'],
  ])
})

test('who adds to a map owns the part, and whoever takes it away ends that', () => {
  const patch = (document: object, fieldManager: string) =>
    cluster.object('patch', `${CONFIGS}/first`, { patch: { type: 'merge', document }, fieldManager })
  expect(ownersOf(patch({ data: { size: '1' } }, 'other'))).toContainEqual(['other', '{"f:data":{"f:size":{}}}'])
  const managers = ownersOf(patch({ data: null }, 'third'))
  expect(managers).toEqual([['test', '{"f:metadata":{"f:labels":{".":{},"f:a":{},"f:b":{}}}}']])
})

test('conflicts with several are told by the name of each', () => {
  const apply = (document: object, fieldManager: string, force = false) =>
    cluster.request('patch', `${CONFIGS}/shared`, { patch: { type: 'apply', document }, fieldManager, force })
  const config = (data: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shared' }, data })
  apply(config({ a: '1' }), 'zoe')
  apply(config({ b: '1' }), 'ann')
  expect(refusalOf(() => apply(config({ a: '2', b: '2' }), 'bob')).message).toBe(
    'Apply failed with 2 conflicts: conflicts with "ann":\n- .data.b\nconflicts with "zoe":\n- .data.a',
  )
})

test('a configuration that does not fit is refused whatever is validated', () => {
  const document = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'odd' }, dta: {} }
  const refusal = refusalOf(() =>
    cluster.request('patch', `${CONFIGS}/odd`, {
      patch: { type: 'apply', document },
      fieldManager: 'me',
      fieldValidation: 'Ignore',
    }),
  )
  expect(refusal).toMatchObject({
    code: 500,
    reason: '',
    message: 'failed to create typed patch object (default/odd; /v1, Kind=ConfigMap): .dta: field not declared in schema',
  })
})

test('owners are what a client writes into the list; an empty entry takes all away', () => {
  const patch = (document: object) => cluster.object('patch', `${CONFIGS}/handed`, { patch: { type: 'merge', document } })
  cluster.object('create', CONFIGS, { body: { metadata: { name: 'handed' }, data: { a: '1' } } as never })
  const entry = {
    manager: 'ann',
    operation: 'Apply',
    apiVersion: 'v1',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:data': { 'f:a': {} } },
  }
  expect(ownersOf(patch({ metadata: { managedFields: [entry] } }))).toEqual([['ann', '{"f:data":{"f:a":{}}}']])
  expect(patch({ metadata: { managedFields: [{}] } }).metadata).not.toHaveProperty('managedFields')
})

test('an apply that changes no value tells no time', () => {
  const apply = (data: object, fieldManager: string) =>
    cluster.object('patch', `${CONFIGS}/still`, {
      patch: { type: 'apply', document: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'still' }, data } },
      fieldManager,
    }) as unknown as { metadata: { managedFields: { manager: string; time?: string }[] } }
  apply({ a: '1' }, 'ann')
  const { managedFields } = apply({ a: '1' }, 'bob').metadata
  expect(managedFields.map(({ manager, time }) => [manager, time !== undefined])).toEqual([
    ['bob', false],
    ['ann', true],
  ])
})

test('who scales owns the number through the subresource', () => {
  const spec = {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'a', image: 'b' }] } },
  }
  cluster.object('create', 'apps/v1/deployments default', { body: { metadata: { name: 'web' }, spec } as never })
  cluster.request('patch', 'apps/v1/deployments/scale default/web', {
    patch: { type: 'merge', document: { spec: { replicas: 3 } } },
    fieldManager: 'ann',
  })
  const { metadata } = cluster.object('get', 'apps/v1/deployments default/web') as unknown as {
    metadata: { managedFields: object[] }
  }
  expect(metadata.managedFields).toContainEqual({
    manager: 'ann',
    operation: 'Update',
    apiVersion: 'apps/v1',
    subresource: 'scale',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:spec': { 'f:replicas': {} } },
  })
})
