import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PROTOBUF } from '../schema/messages.js'
import { decodeProtobuf } from '../schema/protobuf.js'
import { type TestCluster, testCluster } from '../testing.js'

const LIST = '/api/v1/namespaces/default/configmaps'
/** More than a list writes in one piece. */
const MANY = 600

let cluster: TestCluster
let ask: (path: string, headers?: Record<string, string>) => Promise<IncomingMessage>
beforeAll(async () => {
  cluster = await testCluster()
  for (let index = 0; index < MANY; index++)
    cluster.object('create', 'v1/configmaps default', {
      body: { metadata: { name: `note-${index}` }, data: { text: 'x'.repeat(200) } },
    })
  const { port } = await cluster.cluster.listen()
  const { certificatePem: cert, keyPem: key } = await cluster.cluster.issue({ name: 'admin', groups: ['system:masters'] })
  ask = (path, headers = {}) =>
    new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path, cert, key, rejectUnauthorized: false }
      request({ ...options, headers: { accept: PROTOBUF, ...headers } }, resolve)
        .on('error', reject)
        .end()
    })
})
afterAll(() => cluster.cluster.close())

async function bodyOf(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
const read = (bytes: Uint8Array) => decodeProtobuf(bytes, { apiVersion: '', kind: '' }, String)

test.each([{}, { 'accept-encoding': 'gzip' }])('a long list in protobuf is the one in JSON: %j', async (headers) => {
  const answer = await ask(LIST, headers)
  expect(answer.headers['content-type']).toBe(PROTOBUF)
  const body = await bodyOf(answer)
  const list = read(answer.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body)
  const json = JSON.parse((await bodyOf(await ask(LIST, { accept: 'application/json' }))).toString())
  expect(list.items).toHaveLength(MANY)
  expect(list).toEqual(json)
})

test('a refusal is protobuf too, and YAML to who reads YAML', async () => {
  const refused = await ask(`${LIST}/none`)
  expect([refused.statusCode, refused.headers['content-type']]).toEqual([404, PROTOBUF])
  expect(read(await bodyOf(refused))).toMatchObject({ kind: 'Status', code: 404, message: 'configmaps "none" not found' })
  const yaml = await ask(`${LIST}/none`, { accept: 'application/yaml' })
  expect([yaml.headers['content-type'], (await bodyOf(yaml)).toString()]).toEqual([
    'application/yaml',
    expect.stringContaining('reason: NotFound\n'),
  ])
  const unreadable = await ask(`${LIST}/none`, { accept: 'text/html' })
  expect([unreadable.statusCode, unreadable.headers['content-type']]).toEqual([406, 'application/json'])
})

test('a watch in protobuf is frames with their length in front', async () => {
  const answer = await ask(`${LIST}?watch=true&fieldSelector=metadata.name=note-7&timeoutSeconds=1`)
  expect(answer.headers['content-type']).toBe(`${PROTOBUF};stream=watch`)
  const frame = await new Promise<Buffer>((resolve) => answer.once('data', resolve))
  answer.destroy()
  expect(frame.readUInt32BE()).toBe(frame.length - 4)
  const object = frame.subarray(frame.indexOf('k8s\0'))
  expect(read(object)).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'note-7' } })
})
