/** The wire beside the verbs: documents, negotiation, options, lists and watches by revision. Codes and texts are those of a real 1.36.2. */
import { request as httpsRequest } from 'node:https'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LOOPBACK } from '../../access/users.js'
import { PROTOBUF } from '../../schema/messages.js'
import { decodeProtobuf } from '../../schema/protobuf.js'
import { refusalOf, type TestCluster, testCluster } from '../../testing.js'
import type { WatchEvent } from '../request.js'
import { handle } from './handle.js'
import { render } from './render.js'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await testCluster()
  for (const name of ['a', 'b', 'c', 'd']) cluster.object('create', 'v1/configmaps kube-public', { body: { metadata: { name } } })
})
afterAll(() => cluster.cluster.close())

interface Sent {
  method?: string
  headers?: Record<string, string>
  body?: string
}
function send(path: string, { method = 'GET', headers = {}, body = '' }: Sent = {}) {
  const [pathname = '', query = ''] = path.split('?')
  const request = { method, path: pathname, query: new URLSearchParams(query), headers, body: Buffer.from(body), user: LOOPBACK }
  return handle(cluster.cluster.server, request).answer
}
function text(path: string, sent?: Sent): string {
  const answer = send(path, sent)
  if (answer.type !== 'json' && answer.type !== 'bytes') throw new Error(`expected a body, got a ${answer.type}`)
  return Buffer.from(render(answer).body).toString()
}
const json = (path: string, sent?: Sent) => JSON.parse(text(path, sent))
const refused = (path: string, sent?: Sent) => refusalOf(() => send(path, sent))

describe('documents', () => {
  test('health: each check by name, all with verbose, without those that are excluded', () => {
    expect(text('/readyz')).toBe('ok')
    expect(text('/livez/etcd')).toBe('ok')
    expect(text('/readyz?verbose')).toMatch(
      /^\[\+\]ping ok\n\[\+\]log ok\n\[\+\]etcd ok\n[\s\S]*\[\+\]shutdown ok\nreadyz check passed\n$/,
    )
    expect(text('/livez?verbose')).toContain('[+]loopback-serving-certificate ok\n')
    expect(text('/readyz?verbose&exclude=etcd&exclude=none')).toMatch(
      /\[\+\]etcd excluded: ok\n[\s\S]*warn: some health checks cannot be excluded: no matches for "none"\nreadyz check passed\n$/,
    )
    expect(send('/readyz/nosuch')).toMatchObject({ code: 404, bytes: '404 page not found\n' })
  })

  test('the root names every path, and each of them answers', () => {
    const { paths } = json('/') as { paths: string[] }
    expect(paths).toEqual(expect.arrayContaining(['/apis/apps/v1', '/livez/ping', '/metrics', '/openapi/v2', '/version']))
    for (const path of paths) expect([path, send(path)]).toMatchObject([path, { code: 200 }])
  })

  test('metrics count what came, and only of resources that there are', () => {
    send('/api/v1/namespaces/kube-public/configmaps/a')
    refused('/api/v1/namespaces/kube-public/configmaps/none')
    expect(send('/apis/made.up/v1/things')).toMatchObject({ code: 404, bytes: '404 page not found\n' })
    const metrics = text('/metrics')
    const labels = (code: number) =>
      `{code="${code}",component="apiserver",dry_run="",group="",resource="configmaps",scope="resource",subresource="",verb="GET",version="v1"}`
    expect(metrics).toContain(`apiserver_request_total${labels(200)} 1\n`)
    expect(metrics).toContain(`apiserver_request_total${labels(404)} 1\n`)
    expect(metrics).toMatch(/^apiserver_resource_objects\{group="",resource="configmaps"\} \d+$/m)
    expect(metrics).not.toContain('made.up')
  })

  test('OpenAPI v3 has every path and schema that it names; v2 the same, as JSON and as protobuf', () => {
    const documents = Object.keys(json('/openapi/v3').paths)
    expect(documents).toContain('apis/apps/v1')
    for (const path of documents) {
      const source = text(`/openapi/v3/${path}`)
      const { components, paths } = JSON.parse(source)
      const named = new Set([...source.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name))
      expect([path, [...named].filter((name) => !components.schemas[name ?? ''])]).toEqual([path, []])
      expect(Object.keys(paths).length).toBeGreaterThan(0)
    }
    const apps = json('/openapi/v3/apis/apps/v1')
    const single = apps.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale']
    expect(Object.keys(single)).toEqual(['get', 'put', 'patch', 'parameters'])
    const v2 = json('/openapi/v2')
    expect(v2.paths['/apis/apps/v1/deployments'].get['x-kubernetes-group-version-kind']).toEqual({
      group: 'apps',
      version: 'v1',
      kind: 'Deployment',
    })
    const protobuf = send('/openapi/v2', { headers: { accept: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf' } })
    expect(protobuf).toMatchObject({ code: 200, contentType: 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf' })
  })

  test('discovery in three forms', () => {
    const aggregated = (version: string) => ({
      accept: `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList,application/json`,
    })
    expect(json('/apis', { headers: aggregated('v2') })).toMatchObject({
      kind: 'APIGroupDiscoveryList',
      apiVersion: 'apidiscovery.k8s.io/v2',
    })
    expect(json('/api', { headers: aggregated('v2beta1') })).toMatchObject({ apiVersion: 'apidiscovery.k8s.io/v2beta1' })
    expect(json('/apis')).toMatchObject({ kind: 'APIGroupList' })
    expect(json('/apis/apps/v1')).toMatchObject({ kind: 'APIResourceList', groupVersion: 'apps/v1' })
    expect(send('/apis/none')).toMatchObject({ code: 404 })
  })
})

/** Protobuf knows no difference between none and nothing. */
const isNothing = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
const withoutNull = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_key, inner) => (isNothing(inner) ? undefined : inner))

describe('negotiation', () => {
  const path = '/api/v1/namespaces/kube-public/configmaps/a'
  test.each([
    ['', 'ConfigMap'],
    ['*/*', 'ConfigMap'],
    ['text/html, */*;q=0.1', 'ConfigMap'],
    ['application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io,application/json', 'ConfigMap'],
    ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json', 'Table'],
    ['application/json;as=Table;v=v9;g=meta.k8s.io,application/json', 'ConfigMap'],
    ['application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io', 'PartialObjectMetadata'],
    ['application/json;q=0.1, application/json;as=Table;v=v1;g=meta.k8s.io;q=0.9', 'Table'],
  ])('%s is answered with a %s', (accept, kind) => {
    expect(json(path, { headers: { accept } }).kind).toBe(kind)
  })

  test.each(['text/html', 'application/cbor', 'application/json;as=Nothing'])('%s alone cannot be had', (accept) => {
    const { code, message } = refused(path, { headers: { accept } })
    const types = 'application/json, application/yaml, application/vnd.kubernetes.protobuf'
    expect([code, message]).toEqual([406, `only the following media types are accepted: ${types}`])
  })

  test('every kind of Kubernetes is listed as protobuf as it is as JSON', () => {
    const accept = PROTOBUF
    let items = 0
    for (const resource of cluster.cluster.server.context.resources.all()) {
      if (!resource.verbs.includes('list') || resource.group === 'metrics.k8s.io') continue
      const url = `/${resource.group ? `apis/${resource.group}` : 'api'}/${resource.version}/${resource.resource}`
      const answer = send(url, { headers: { accept } })
      if (answer.type !== 'json') throw new Error(`expected a body of ${url}`)
      const { contentType, body } = render(answer)
      const read = decodeProtobuf(body, { apiVersion: '', kind: '' }, String)
      const told = json(url)
      expect([url, contentType, withoutNull(read)]).toEqual([url, PROTOBUF, withoutNull(told)])
      items += told.items.length
    }
    expect(items).toBeGreaterThan(200)
  })

  test('people get it indented, and YAML where they want it', () => {
    expect(text(path, { headers: { 'user-agent': 'curl/8.0' } })).toMatch(/^\{\n {2}"kind": |^\{\n {2}"apiVersion": /)
    expect(text(`${path}?pretty=true`)).toContain('\n  "metadata": {\n')
    expect(text(path, { headers: { 'user-agent': 'curl/8.0' } }).endsWith('}')).toBe(true)
    expect(text(path)).toMatch(/^\{"[^\n]*\}\n$/)
    expect(text(path, { headers: { accept: 'application/yaml' } })).toMatch(/^kind: ConfigMap$/m)
  })

  test('large answers are compressed for those who take it', async () => {
    const { port } = await cluster.cluster.listen()
    const { certificatePem: cert, keyPem: key } = await cluster.cluster.issue({ name: 'admin', groups: ['system:masters'] })
    const ask = (path: string, encoding?: string) =>
      new Promise<{ encoding: string | undefined; body: Buffer }>((resolve, reject) => {
        const headers = encoding ? { 'accept-encoding': encoding } : {}
        httpsRequest({ host: '127.0.0.1', port, path, cert, key, rejectUnauthorized: false, headers }, (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () => resolve({ encoding: response.headers['content-encoding'], body: Buffer.concat(chunks) }))
        })
          .on('error', reject)
          .end()
      })
    const [plain, packed, small] = [
      await ask('/openapi/v3/api/v1'),
      await ask('/openapi/v3/api/v1', 'gzip'),
      await ask('/version', 'gzip'),
    ]
    expect([plain.encoding, packed.encoding, small.encoding]).toEqual([undefined, 'gzip', undefined])
    expect(gunzipSync(packed.body).equals(plain.body)).toBe(true)
  })
})

describe('options', () => {
  const list = '/api/v1/namespaces/kube-public/configmaps'
  const create = (query: string) => refused(`${list}?${query}`, { method: 'POST', body: '{"metadata":{"name":"x"}}' })
  test.each([
    ['limit=abc', 400, 'strconv.ParseInt: parsing "abc": invalid syntax'],
    [
      'resourceVersion=abc',
      400,
      'invalid resource version: resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
    ],
    [
      'watch=1&resourceVersion=abc',
      500,
      'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
    ],
    ['continue=abc', 400, 'invalid continue token: continue key is not valid'],
    ['labelSelector=a%20b', 400, "found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['fieldSelector=spec.x=1', 400, 'is not a known field selector: only "metadata.name", "metadata.namespace"'],
    ['fieldSelector=foo', 400, "invalid selector: 'foo'; can't understand 'foo'"],
    [
      'resourceVersionMatch=Exact',
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
    ],
    [
      'resourceVersionMatch=Exact&resourceVersion=0',
      422,
      'resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
    ],
    [
      'resourceVersionMatch=Foo&resourceVersion=1',
      422,
      'resourceVersionMatch: Unsupported value: "Foo": supported values: "Exact", "NotOlderThan", ""',
    ],
    ['sendInitialEvents=true', 422, 'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list'],
    ['watch=1&sendInitialEvents=true', 422, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'],
    [
      'watch=1&resourceVersionMatch=NotOlderThan',
      422,
      'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    ],
  ])('a list with %s answers %d', (query, code, message) => {
    const refusal = refused(`${list}?${query}`)
    expect([refusal.code, refusal.message]).toEqual([code, expect.stringContaining(message)])
  })

  test.each([
    ['dryRun=Some', 'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"'],
    ['fieldValidation=Foo', 'fieldValidation: Unsupported value: "Foo": supported values: "", "Ignore", "Strict", "Warn"'],
    ['fieldManager=%00bad', 'invalid character U+0000 (at position 0)'],
    [`fieldManager=${'x'.repeat(129)}`, 'fieldManager: Too long: may not be more than 128 bytes'],
  ])('a write with %s is invalid', (query, message) => {
    expect([create(query).code, create(query).message]).toEqual([422, expect.stringContaining(message)])
  })

  test('a deletion', () => {
    const remove = (body: object, query = '') =>
      refused(`${list}/a${query}`, {
        method: 'DELETE',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      })
    const unsupported =
      'propagationPolicy: Unsupported value: "Foo": supported values: "Foreground", "Background", "Orphan", "nil"'
    expect(remove({ propagationPolicy: 'Foo' }).message).toContain(unsupported)
    expect(refused(`${list}/a?propagationPolicy=Foo`, { method: 'DELETE' }).message).toContain(unsupported)
    expect(remove({ propagationPolicy: 'Orphan', orphanDependents: true }).message).toContain('cannot be both set')
    expect(remove({ kind: 'Foo' }).code).toBe(400)
    expect(remove({ preconditions: { resourceVersion: '1' } })).toMatchObject({
      code: 409,
      message: expect.stringContaining('Precondition failed: ResourceVersion'),
    })
    expect(remove({ preconditions: { uid: 'other' } })).toMatchObject({ code: 409 })
  })

  test('methods that a path does not take', () => {
    for (const [method, path] of [
      ['POST', `${list}/a`],
      ['PUT', list],
      ['PATCH', list],
      ['OPTIONS', list],
      ['HEAD', list],
      ['POST', '/api'],
    ] as const)
      expect([method, path, refused(path, { method, body: '{}' }).code]).toEqual([method, path, 405])
  })
})

describe('lists and watches by revision', () => {
  const list = '/api/v1/namespaces/kube-public/configmaps'
  const names = (value: { items: { metadata: { name: string } }[] }) =>
    value.items.map((item) => item.metadata.name).filter((name) => name.length < 3)

  test('pages show the state of the first, whatever happens meanwhile', () => {
    const first = json(`${list}?limit=2`)
    expect([names(first), first.metadata.remainingItemCount]).toEqual([['a', 'b'], 3])
    cluster.object('create', 'v1/configmaps kube-public', { body: { metadata: { name: 'bb' } } })
    cluster.request('delete', 'v1/configmaps kube-public/d')
    const rest = json(`${list}?limit=10&continue=${first.metadata.continue}`)
    expect([names(rest), rest.metadata.resourceVersion]).toEqual([['c', 'd'], first.metadata.resourceVersion])
    expect(refused(`${list}?continue=${first.metadata.continue}&resourceVersion=5`).code).toBe(400)
    expect(names(json(`${list}?limit=1&resourceVersion=0`))).toEqual(['a', 'b', 'bb', 'c'])
  })

  test('an exact revision is the state as it was', () => {
    const before = json(list).metadata.resourceVersion
    cluster.object('create', 'v1/configmaps kube-public', { body: { metadata: { name: 'e' } } })
    cluster.object('patch', 'v1/configmaps kube-public/a', { patch: { type: 'merge', document: { data: { changed: 'yes' } } } })
    cluster.request('delete', 'v1/configmaps kube-public/b')
    const then = json(`${list}?resourceVersion=${before}&resourceVersionMatch=Exact`)
    expect([names(then), then.metadata.resourceVersion, then.items[0].data]).toEqual([['a', 'b', 'bb', 'c'], before, undefined])
    expect(names(json(list))).toEqual(['a', 'bb', 'c', 'e'])
  })

  test('what is compacted is Expired, and a list can go on with what is there', () => {
    const first = json(`${list}?limit=1`)
    const old = first.metadata.resourceVersion
    for (let index = 0; index < 10; index++) json(`/api/v1/namespaces?limit=1&x=${index}`)
    cluster.object('create', 'v1/configmaps kube-public', { body: { metadata: { name: 'f' } } })
    cluster.cluster.store.compact()
    const exact = refused(`${list}?resourceVersion=${old}&resourceVersionMatch=Exact`)
    expect([exact.code, exact.reason, exact.message]).toEqual([
      410,
      'Expired',
      'The resourceVersion for the provided list is too old.',
    ])
    const gone = refused(`${list}?limit=1&continue=${first.metadata.continue}`)
    expect([gone.code, gone.reason]).toEqual([410, 'Expired'])
    const token = gone.toStatus().metadata.continue
    expect(names(json(`${list}?continue=${token}`))).toEqual(['bb', 'c', 'e', 'f'])
    const events = watchOf(`watch=1&resourceVersion=${old}`)
    expect(events).toMatchObject([
      {
        type: 'ERROR',
        object: { code: 410, reason: 'Expired', message: expect.stringContaining(`too old resource version: ${old} (`) },
      },
    ])
  })

  test('the future is a Timeout that says when to ask again', () => {
    for (const path of [`${list}?resourceVersion=999999999`, `${list}/a?resourceVersion=999999999`]) {
      const refusal = refused(path)
      expect([refusal.code, refusal.message]).toEqual([
        504,
        expect.stringMatching(/^Timeout: Too large resource version: 999999999, current: \d+$/),
      ])
      expect(refusal.details.retryAfterSeconds).toBe(1)
    }
  })

  function watchOf(query: string): WatchEvent[] {
    const answer = send(`${list}?${query}`)
    if (answer.type !== 'watch') throw new Error(`expected a watch, got a ${answer.type}`)
    const events: WatchEvent[] = []
    answer.start({ onEvent: (event) => events.push(event), onEnd: () => {} }).stop()
    return events
  }

  test('initial events end with a bookmark; without them a watch begins now, or with what is there', () => {
    const initial = watchOf('watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true')
    expect(initial.at(-1)).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    })
    expect(initial.filter(({ type }) => type === 'ADDED').length).toBeGreaterThan(3)
    expect(watchOf(`watch=1&resourceVersion=${cluster.cluster.store.revision}`)).toEqual([])
    expect(watchOf('watch=1&resourceVersion=0&labelSelector=none').length).toBe(0)
  })

  test('bookmarks come with the minute, and the timeout ends a watch', async () => {
    const answer = send(
      `${list}?watch=1&allowWatchBookmarks=true&timeoutSeconds=150&resourceVersion=${cluster.cluster.store.revision}`,
    )
    if (answer.type !== 'watch') throw new Error('expected a watch')
    const heard: string[] = []
    answer.start({ onEvent: ({ type }) => heard.push(type), onEnd: () => heard.push('end') })
    await cluster.clock.advance(151_000)
    expect(heard).toEqual(['BOOKMARK', 'BOOKMARK', 'end'])
  })
})
