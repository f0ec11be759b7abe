/** What is no resource, over the wire. Codes and texts are those of a real 1.36.2. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { PROTOBUF } from '../../schema/messages.js'
import { decodeProtobuf } from '../../schema/protobuf.js'
import { type TestCluster, testCluster } from '../../testing.js'
import { wire, withoutEmpty } from './testing.js'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await testCluster()
  for (const name of ['a', 'b', 'c', 'd']) cluster.object('create', 'v1/configmaps kube-public', { body: { metadata: { name } } })
})
afterAll(() => cluster.cluster.close())
const { send, rendered, text, json, refused } = wire(() => cluster)

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

  test('OpenAPI and discovery bear a mark, and are not sent to who has them already', () => {
    const V2 = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
    for (const [path, accept] of [
      ['/apis', V2],
      ['/openapi/v2', 'application/json'],
      ['/openapi/v3/apis/apps/v1', 'application/json'],
    ] as const) {
      const answer = send(path, { headers: { accept } })
      if (answer.type !== 'bytes') throw new Error(answer.type)
      const { ETag = '', Vary } = answer.headers ?? {}
      expect(ETag).toMatch(/^"[0-9A-F]{128}"$/)
      expect(Vary).toBe('Accept')
      expect(send(path, { headers: { accept, 'if-none-match': ETag } })).toMatchObject({ code: 304, bytes: '' })
      expect(send(path, { headers: { accept, 'if-none-match': '"other"' } })).toMatchObject({ code: 200 })
    }
  })

  test('a document that is asked for by its hash may be kept for ever; by another one it is elsewhere', () => {
    const { serverRelativeURL } = json('/openapi/v3').paths['apis/batch/v1'] as { serverRelativeURL: string }
    const hash = new URL(serverRelativeURL, 'https://cluster').searchParams.get('hash')
    expect(send(serverRelativeURL)).toMatchObject({
      code: 200,
      headers: {
        ETag: `"${hash}"`,
        'Cache-Control': 'public, immutable',
        Expires: expect.stringMatching(/^\w{3}, \d\d \w{3} 20\d\d /),
      },
    })
    expect(send('/openapi/v3/apis/batch/v1?hash=OLD')).toMatchObject({ code: 301, headers: { Location: serverRelativeURL } })
    expect(send('/openapi/v3/apis/batch/v1')).not.toMatchObject({ headers: { 'Cache-Control': expect.anything() } })
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
  })

  const OPEN_API = 'application/com.github.proto-openapi.spec'
  test.each([
    ['/openapi/v2', `${OPEN_API}.v2@v1.0+protobuf`, `${OPEN_API}.v2.v1.0+protobuf`],
    ['/openapi/v2', `${OPEN_API}.v2.v1.0+protobuf`, `${OPEN_API}.v2.v1.0+protobuf`],
    ['/openapi/v2', `${OPEN_API}.v3.v1.0+protobuf, application/json;q=0.5`, 'application/json'],
    ['/openapi/v3/apis/apps/v1', `${OPEN_API}.v3@v1.0+protobuf`, `${OPEN_API}.v3.v1.0+protobuf`],
    ['/openapi/v3/apis/apps/v1', 'application/*', 'application/json'],
    ['/openapi/v3/apis/apps/v1', '', 'application/json'],
  ])('%s for who accepts %j is %s', (path, accept, contentType) => {
    expect(send(path, { headers: { accept } })).toMatchObject({ code: 200, contentType })
  })

  test.each(['/openapi/v2', '/openapi/v3/apis/apps/v1'])('%s in a form that nobody writes is not acceptable', (path) => {
    expect(send(path, { headers: { accept: 'application/yaml' } })).toMatchObject({ code: 406, bytes: '' })
  })

  test('OpenAPI tells of custom resources beside the others, and of their definition when it has changed', () => {
    const definition = (type: string) => ({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'boats.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'boats', kind: 'Boat' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', properties: { sails: { type } } } },
          },
        ],
      },
    })
    const plain = json('/openapi/v2')
    const shown = () => ({
      sails: json('/openapi/v2').definitions['com.example.v1.Boat'].properties.sails,
      url: json('/openapi/v3').paths['apis/example.com/v1'].serverRelativeURL,
    })
    const made = cluster.object('create', 'apiextensions.k8s.io/v1/customresourcedefinitions', { body: definition('string') })
    const before = shown()
    const { resourceVersion } = made.metadata as { resourceVersion: string }
    const { metadata, ...rest } = definition('integer')
    cluster.object('update', 'apiextensions.k8s.io/v1/customresourcedefinitions boats.example.com', {
      body: { ...rest, metadata: { ...metadata, resourceVersion } },
    })
    const after = shown()
    expect([before.sails, after.sails]).toEqual([{ type: 'string' }, { type: 'integer' }])
    expect(after.url).not.toBe(before.url)
    const { paths, definitions } = json('/openapi/v2')
    expect(paths).toMatchObject(plain.paths)
    expect(Object.keys(definitions)).toEqual([...Object.keys(plain.definitions), 'com.example.v1.Boat'])
    cluster.request('delete', 'apiextensions.k8s.io/v1/customresourcedefinitions boats.example.com')
    expect(text('/openapi/v2')).toBe(JSON.stringify(plain))
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

  const AGGREGATED = 'g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
  test.each(['/api', '/apis', '/apis/apps', '/api/v1', '/apis/batch/v1'])('%s says the same as protobuf and as YAML', (path) => {
    const told = json(path)
    const asProtobuf = rendered(path, { headers: { accept: `${PROTOBUF},application/json` } })
    expect(asProtobuf.contentType).toBe(PROTOBUF)
    const read = decodeProtobuf(asProtobuf.body, { apiVersion: '', kind: '' }, String)
    expect(withoutEmpty(read)).toEqual(withoutEmpty({ apiVersion: '', ...told }))
    expect(parse(text(path, { headers: { accept: 'application/yaml' } }))).toEqual(told)
  })

  test('aggregated discovery says the same as protobuf, and goes before what else is accepted', () => {
    const told = json('/apis', { headers: { accept: `application/json, application/json;${AGGREGATED}` } })
    const { contentType, body } = rendered('/apis', { headers: { accept: `${PROTOBUF};${AGGREGATED}` } })
    expect(contentType).toBe(`${PROTOBUF};${AGGREGATED}`)
    expect(withoutEmpty(decodeProtobuf(body, { apiVersion: '', kind: '' }, String))).toEqual(withoutEmpty(told))
  })

  test('discovery has no Tables', () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    expect(refused('/apis', { headers: { accept } })).toMatchObject({ code: 406, reason: 'NotAcceptable' })
    expect(json('/apis', { headers: { accept: `${accept},application/json` } })).toMatchObject({ kind: 'APIGroupList' })
  })
})
