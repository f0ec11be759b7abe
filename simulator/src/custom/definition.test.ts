import { beforeEach, describe, expect, test } from 'vitest'
import { refusalOf, type TestCluster, testCluster } from '../testing.js'
import { CRDS, definition, full, problemsOf, version, WIDGETS, widgets } from './testing.js'

let cluster: TestCluster
const { create, get } = widgets(() => cluster)

beforeEach(async () => {
  cluster = await testCluster()
  cluster.object('create', CRDS, { body: definition([full]) as never })
})

describe('a CustomResourceDefinition', () => {
  test('is established at once, and its resource is discovered', () => {
    expect(cluster.object('get', `${CRDS} widgets.example.com`)).toMatchObject({
      spec: { names: { singular: 'widget', listKind: 'WidgetList' }, conversion: { strategy: 'None' } },
      status: {
        storedVersions: ['v1'],
        conditions: [
          { type: 'NamesAccepted', status: 'True' },
          { type: 'Established', status: 'True' },
        ],
      },
    })
    const { resources } = get('/apis/example.com/v1') as { resources: { name: string; shortNames?: string[] }[] }
    expect(resources.map(({ name }) => name)).toEqual(['widgets', 'widgets/status', 'widgets/scale'])
    expect(resources[0]?.shortNames).toEqual(['wd'])
  })

  test('tells everything that is wrong with it', () => {
    const bad = definition([
      version('V1', { schema: { openAPIV3Schema: { type: 'object', properties: { a: {}, b: { type: 'array' } } } } }),
    ])
    bad.metadata.name = 'other'
    expect(problemsOf(() => cluster.object('create', CRDS, { body: bad as never }))).toEqual([
      'metadata.name: Invalid value: "other": must be spec.names.plural+"."+spec.group',
      expect.stringContaining('spec.versions[0].name: Invalid value: "V1": a DNS-1035 label'),
      expect.stringContaining('spec.versions: Invalid value: [{"Name":"V1","Served":true,"Storage":false,'),
      'spec.validation.openAPIV3Schema.properties[a].type: Required value: must not be empty for specified object fields',
      'spec.validation.openAPIV3Schema.properties[b].items: Required value: must be specified',
      'status.storedVersions: Invalid value: null: must have at least one stored version',
    ])
  })

  test('whose names are taken is stored and serves nothing', () => {
    const other = definition([full])
    other.metadata.name = 'gadgets.example.com'
    other.spec.names = { plural: 'gadgets', kind: 'Widget', singular: 'gadget', shortNames: [], categories: [] } as never
    expect(cluster.object('create', CRDS, { body: other as never })).toMatchObject({
      status: {
        conditions: [
          { type: 'NamesAccepted', status: 'False', reason: 'KindConflict', message: '"Widget" is already in use' },
          { status: 'False' },
        ],
      },
    })
    expect(() => get('/apis/example.com/v1/namespaces/default/gadgets')).toThrow('404 page not found')
  })

  test('takes its objects with it', () => {
    create({ image: 'app:1' })
    cluster.request('delete', `${CRDS} widgets.example.com`)
    expect(() => get('/apis/example.com/v1/namespaces/default/widgets')).toThrow('404 page not found')
    cluster.object('create', CRDS, { body: definition([full]) as never })
    expect(get('/apis/example.com/v1/namespaces/default/widgets')).toMatchObject({ items: [] })
  })

  test('waits for objects that something holds', () => {
    create({ image: 'app:1' })
    const hold = { type: 'merge' as const, document: { metadata: { finalizers: ['example.com/hold'] } } }
    cluster.object('patch', `${WIDGETS}/one`, { patch: hold })
    cluster.request('delete', `${CRDS} widgets.example.com`)
    expect(cluster.object('get', `${CRDS} widgets.example.com`)).toMatchObject({
      status: { conditions: [{}, {}, { type: 'Terminating', status: 'True', reason: 'InstanceDeletionInProgress' }] },
    })
    expect(cluster.object('get', `${WIDGETS}/one`)).toMatchObject({
      metadata: { deletionTimestamp: expect.any(String) as string },
    })
    expect(refusalOf(() => create({ image: 'app:2' })).message).toContain(
      'create not allowed while custom resource definition is terminating',
    )
    cluster.object('patch', `${WIDGETS}/one`, { patch: { type: 'merge', document: { metadata: { finalizers: null } } } })
    expect(refusalOf(() => cluster.object('get', `${CRDS} widgets.example.com`)).code).toBe(404)
  })

  test('comes back with a saved state', () => {
    const saved = cluster.cluster.save()
    cluster.request('delete', `${CRDS} widgets.example.com`)
    cluster.cluster.restore(saved.objects)
    expect(create({ image: 'app:1' })).toMatchObject({ kind: 'Widget' })
  })

  test('selects by fields that its schema has, and that are plain', () => {
    const paths = [
      '',
      '.spec',
      '.spec.image',
      '.spec.image',
      'spec.image',
      '.spec.hosts[0]',
      '.metadata.name',
      '.spec.',
      '.spec.free.x',
    ]
    const fields = version('v1', { storage: true, selectableFields: paths.map((jsonPath) => ({ jsonPath })) })
    const made = {
      ...definition([fields], { plural: 'tools', kind: 'Tool', shortNames: [] }),
      metadata: { name: 'tools.example.com' },
    }
    const at = (index: number) => `spec.selectableFields[${index}].jsonPath`
    const wrong = (index: number, problem: string) => `${at(index)}: Invalid value: ${JSON.stringify(paths[index])}: ${problem}`
    expect(problemsOf(() => cluster.object('create', CRDS, { body: made as never }))).toEqual([
      `${at(0)}: Required value`,
      wrong(
        1,
        'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
      ),
      `${at(3)}: Duplicate value: ".spec.image"`,
      wrong(4, 'is an invalid path: expected [ or . but got: spec'),
      wrong(5, 'is an invalid path: array notation is not allowed'),
      wrong(6, 'is an invalid path: does not refer to a valid field'),
      wrong(7, 'is an invalid path: unexpected end of JSON path'),
      wrong(8, 'is an invalid path: does not refer to a valid field'),
    ])
  })
})
