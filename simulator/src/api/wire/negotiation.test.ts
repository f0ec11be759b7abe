/** In which form an answer comes. Codes and texts are those of a real 1.36.2. */
import { request as httpsRequest } from 'node:https'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PROTOBUF } from '../../schema/messages.js'
import { decodeProtobuf } from '../../schema/protobuf.js'
import { type TestCluster, testCluster } from '../../testing.js'
import { render } from './render.js'
import { wire, withoutEmpty } from './testing.js'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await testCluster()
  for (const name of ['a', 'b', 'c', 'd']) cluster.object('create', 'v1/configmaps kube-public', { body: { metadata: { name } } })
})
afterAll(() => cluster.cluster.close())
const { send, text, json, refused } = wire(() => cluster)

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
    ['application/json;as=constructor;v=v1;g=meta.k8s.io,application/json', 'ConfigMap'],
    ['application/json;v=v1;g=meta.k8s.io,application/json', 'ConfigMap'],
    ['*/*, application/json;as=Table;v=v1;g=meta.k8s.io', 'Table'],
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
      expect([url, contentType, withoutEmpty(read)]).toEqual([url, PROTOBUF, withoutEmpty(told)])
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
