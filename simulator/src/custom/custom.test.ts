import { beforeEach, describe, expect, test } from 'vitest'
import { refusalOf, type TestCluster, testCluster } from '../testing.js'
import { CRDS, definition, full, problemsOf, type schema, version, WIDGETS, widget, widgets } from './testing.js'

let cluster: TestCluster
const { create, get } = widgets(() => cluster)

const NOT_CHECKED =
  '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation'

beforeEach(async () => {
  cluster = await testCluster()
  cluster.object('create', CRDS, { body: definition([full]) as never })
})

describe('a custom resource', () => {
  test('has no form in protobuf', () => {
    create({ image: 'a:1' })
    const path = '/apis/example.com/v1/namespaces/default/widgets/one'
    expect(get(path, 'application/vnd.kubernetes.protobuf, application/json')).toMatchObject({ kind: 'Widget' })
    const { code, message } = refusalOf(() => get(path, 'application/vnd.kubernetes.protobuf'))
    expect([code, message]).toEqual([406, 'only the following media types are accepted: application/json, application/yaml'])
  })

  test('gets defaults and loses what its schema does not know', () => {
    const warnings: string[] = []
    const made = create({ image: 'app:1', colour: 'red', free: { any: 1 } }, { fieldValidation: 'Warn', warnings })
    expect(made.spec).toEqual({ image: 'app:1', replicas: 1, free: { any: 1 } })
    expect(made.metadata).toMatchObject({ generation: 1, namespace: 'default' })
    expect(warnings).toEqual(['unknown field "spec.colour"'])
    expect(refusalOf(() => create({ image: 'app:1', colour: 'red' }, { fieldValidation: 'Strict' })).message).toBe(
      'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.colour"',
    )
  })

  test('is judged by its schema, all problems at once', () => {
    expect(problemsOf(() => create({ replicas: 11, size: 'huge', hosts: ['a', 'a'] }))).toEqual([
      'spec.replicas: Invalid value: 11: spec.replicas in body should be less than or equal to 10',
      'spec.size: Unsupported value: "huge": supported values: "small", "large"',
      'spec.hosts[1]: Duplicate value: "a"',
      'spec.image: Required value',
      NOT_CHECKED,
    ])
    expect(problemsOf(() => create({ image: 5 }))).toEqual([
      'spec.image: Invalid value: "integer": spec.image in body must be of type string: "integer"',
      NOT_CHECKED,
    ])
  })

  test('is judged by its rules, those that look back too', () => {
    expect(problemsOf(() => create({ image: 'app:1', size: 'small', replicas: 5 }))).toEqual([
      'spec: Invalid value: small ones have three replicas at most',
    ])
    create({ image: 'app:1' })
    expect(problemsOf(() => cluster.object('update', `${WIDGETS}/one`, { body: widget({ image: 'app:2' }) as never }))).toEqual([
      'spec: Invalid value: image may not change',
    ])
  })

  test('is merged by the types of its lists, and keeps who owns what', () => {
    const ports = {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: { type: 'object', properties: { name: { type: 'string' }, number: { type: 'integer' } } },
    }
    const spec = {
      type: 'object',
      properties: { ports, hosts: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } } },
    }
    const things = definition(
      [version('v1', { storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec } } } })],
      {
        plural: 'things',
        kind: 'Thing',
        shortNames: [],
        categories: [],
      },
    )
    things.metadata.name = 'things.example.com'
    cluster.object('create', CRDS, { body: things as never })
    const apply = (who: string, applied: object) =>
      cluster.object('patch', 'example.com/v1/things default/one', {
        fieldManager: who,
        patch: {
          type: 'apply',
          document: { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'one' }, spec: applied },
        },
      })
    apply('ann', { ports: [{ name: 'a', number: 1 }], hosts: ['x'] })
    expect(apply('bob', { ports: [{ name: 'b', number: 2 }], hosts: ['y'] }).spec).toEqual({
      ports: [
        { name: 'a', number: 1 },
        { name: 'b', number: 2 },
      ],
      hosts: ['x', 'y'],
    })
    expect(refusalOf(() => apply('bob', { ports: [{ name: 'a', number: 5 }] })).message).toBe(
      'Apply failed with 1 conflict: conflict with "ann": .spec.ports[name="a"].number',
    )
  })

  test('what an update leaves as it was is not judged anew', () => {
    create({ image: 'app:1' })
    const old = cluster.object('get', `${CRDS} widgets.example.com`) as {
      spec: { versions: { schema: { openAPIV3Schema: typeof schema } }[] }
    }
    const strict = structuredClone(old)
    const first = strict.spec.versions[0]
    if (first) first.schema.openAPIV3Schema.properties.spec.properties.image.pattern = '^[a-z]+:2$'
    cluster.object('update', `${CRDS} widgets.example.com`, { body: strict as never })
    cluster.object('update', `${WIDGETS}/one`, { body: widget({ image: 'app:1', replicas: 2 }) as never })
    const other = { body: widget({ image: 'app:1' }, 'two') as never }
    expect(problemsOf(() => cluster.object('create', WIDGETS, other))).toHaveLength(1)
  })

  test('prints the columns of its definition', () => {
    create({ image: 'app:1' })
    const table = get('/apis/example.com/v1/namespaces/default/widgets', 'application/json;as=Table;v=v1;g=meta.k8s.io') as {
      columnDefinitions: { name: string }[]
      rows: { cells: unknown[] }[]
    }
    expect(table.columnDefinitions.map(({ name }) => name)).toEqual(['Name', 'Image', 'Replicas', 'Age'])
    expect(table.rows[0]?.cells).toEqual(['one', 'app:1', 1, '0s'])
  })

  test('has a status of its own, and a scale', () => {
    create({ image: 'app:1' })
    const updated = cluster.object('update', 'example.com/v1/widgets/status default/one', {
      body: { ...widget({ image: 'other:1' }), status: { ready: 1 } } as never,
    })
    expect(updated).toMatchObject({ spec: { image: 'app:1' }, status: { ready: 1 }, metadata: { generation: 1 } })
    const patch = { type: 'merge' as const, document: { spec: { replicas: 4 } } }
    expect(cluster.object('patch', 'example.com/v1/widgets/scale default/one', { patch })).toMatchObject({
      kind: 'Scale',
      spec: { replicas: 4 },
      status: { replicas: 1 },
    })
    expect(cluster.object('get', `${WIDGETS}/one`)).toMatchObject({ spec: { replicas: 4 }, metadata: { generation: 2 } })
  })

  test('is explained by its schema', () => {
    const { components } = get('/openapi/v3/apis/example.com/v1') as {
      components: { schemas: Record<string, { properties: object }> }
    }
    expect(Object.keys(components.schemas['com.example.v1.Widget']?.properties ?? {})).toEqual([
      'spec',
      'status',
      'apiVersion',
      'kind',
      'metadata',
    ])
  })

  test('is shown in every served version', () => {
    const next = version('v2', { deprecated: true })
    const old = cluster.object('get', `${CRDS} widgets.example.com`)
    cluster.object('update', `${CRDS} widgets.example.com`, {
      body: { ...old, ...{ spec: definition([full, next]).spec } } as never,
    })
    create({ image: 'app:1' })
    expect(cluster.object('get', 'example.com/v2/widgets default/one')).toMatchObject({
      apiVersion: 'example.com/v2',
      spec: { replicas: 1 },
    })
    expect((get('/apis/example.com') as { preferredVersion: { version: string } }).preferredVersion.version).toBe('v2')
  })
})
