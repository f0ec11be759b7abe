import { beforeEach, describe, expect, test } from 'vitest'
import { LOOPBACK } from '../access/users.js'
import { handle } from '../api/wire/handle.js'
import type { ApiError } from '../objects/status.js'
import { refusalOf, type TestCluster, testCluster, turnsDuring } from '../testing.js'

const schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['image'],
      properties: {
        image: { type: 'string', pattern: '^[a-z]+:' },
        replicas: { type: 'integer', minimum: 0, maximum: 10, default: 1 },
        size: { type: 'string', enum: ['small', 'large'] },
        hosts: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
      'x-kubernetes-validations': [
        {
          rule: "!has(self.size) || self.size != 'small' || self.replicas <= 3",
          message: 'small ones have three replicas at most',
        },
        { rule: 'self.image == oldSelf.image', message: 'image may not change' },
      ],
    },
    status: { type: 'object', properties: { ready: { type: 'integer' } } },
  },
}

const version = (name: string, extra: object = {}) => ({
  name,
  served: true,
  storage: false,
  schema: { openAPIV3Schema: schema },
  ...extra,
})

const definition = (versions: object[], names: object = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget', shortNames: ['wd'], categories: ['all'], ...names },
    versions,
  },
})

const full = version('v1', {
  storage: true,
  subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.ready' } },
  additionalPrinterColumns: [
    { name: 'Image', type: 'string', jsonPath: '.spec.image' },
    { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
})

const CRDS = 'apiextensions.k8s.io/v1/customresourcedefinitions'
const WIDGETS = 'example.com/v1/widgets default'
let cluster: TestCluster
const widget = (spec: object, name = 'one') => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name }, spec })
const create = (spec: object, extra: object = {}) => cluster.object('create', WIDGETS, { body: widget(spec) as never, ...extra })
const problemsOf = (work: () => unknown) =>
  (refusalOf(work).details.causes ?? []).map(({ field, message }) => `${field}: ${message}`)
const get = (path: string, accept = 'application/json') => {
  const [pathname = '', query = ''] = path.split('?')
  const request = {
    method: 'GET',
    path: pathname,
    query: new URLSearchParams(query),
    headers: { accept },
    body: new Uint8Array(),
    user: LOOPBACK,
  }
  const { answer } = handle(cluster.cluster.server, request)
  if (answer.type === 'json') return answer.value as never
  if (answer.type === 'bytes' && answer.code === 404) throw new Error(String(answer.bytes))
  if (answer.type === 'bytes') return JSON.parse(String(answer.bytes)) as never
  throw new Error(answer.type)
}

const NOT_CHECKED =
  '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation'

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

describe('rules and patterns that cost too much', () => {
  const withSpec = (spec: object) =>
    definition([version('v1', { storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec } } } })])
  const redefine = (spec: object) => {
    const old = cluster.object('get', `${CRDS} widgets.example.com`)
    return cluster.object('update', `${CRDS} widgets.example.com`, { body: { ...old, spec: withSpec(spec).spec } as never })
  }
  const numbers = { type: 'array', items: { type: 'integer' } }

  test('a rule that runs long is stopped', () => {
    const rule = 'self.a.all(x, self.a.all(y, x + y >= 0))'
    redefine({ type: 'object', properties: { a: { ...numbers, maxItems: 900 } }, 'x-kubernetes-validations': [{ rule }] })
    const began = performance.now()
    const [problem] = problemsOf(() => create({ a: Array.from({ length: 900 }, (_, index) => index) }))
    expect(problem).toContain('no further validation rules will be run due to call cost exceeds limit')
    expect(performance.now() - began).toBeLessThan(5000)
  })

  test('rules that run long let others have their turn, and say what they say at once', async () => {
    const rules = Array.from({ length: 10 }, (_, index) => ({ rule: `self.a.all(x, self.a.all(y, x + y != ${index + 590}))` }))
    redefine({ type: 'object', properties: { a: { ...numbers, maxItems: 300 } }, 'x-kubernetes-validations': rules })
    const spec = { a: Array.from({ length: 300 }, (_, index) => index) }
    const atOnce = problemsOf(() => create(spec))
    const asked = cluster.asking('create', WIDGETS, { body: widget(spec) as never })
    expect(await turnsDuring(asked)).toBeGreaterThan(20)
    const refusal = await asked.then(
      () => undefined,
      (error: unknown) => error as ApiError,
    )
    expect(atOnce.length).toBe(9)
    expect(refusal?.details.causes?.map(({ field, message }) => `${field}: ${message}`)).toEqual(atOnce)
    const { length } = cluster.cluster.server.context.store.list('example.com/widgets')
    await cluster.asking('create', WIDGETS, { body: widget({ a: [1] }) as never })
    expect(cluster.cluster.server.context.store.list('example.com/widgets').length).toBe(length + 1)
  })

  test('a rule that loops too deep, or cannot be read, is refused', () => {
    const deep = 'self.a.all(w, self.a.all(x, self.a.all(y, self.a.all(z, z > 0))))'
    const refused = (rule: string) =>
      problemsOf(() => redefine({ type: 'object', properties: { a: numbers }, 'x-kubernetes-validations': [{ rule }] }))
    expect(refused(deep)[0]).toContain('estimated rule cost exceeds budget')
    expect(refused('self.a.all(')[0]).toContain('compilation failed: ERROR:')
    expect(refused('nothing > 3')[0]).toContain('compilation failed: ERROR:')
  })

  test('a pattern that explodes elsewhere is matched in time', () => {
    const rule = "self.b.matches('^(a+)+$') || true"
    redefine({
      type: 'object',
      properties: { b: { type: 'string', pattern: '^(a|a)*$' } },
      'x-kubernetes-validations': [{ rule }],
    })
    const began = performance.now()
    expect(problemsOf(() => create({ b: `${'a'.repeat(5000)}!` }))).toHaveLength(1)
    expect(performance.now() - began).toBeLessThan(2000)
  })
})
