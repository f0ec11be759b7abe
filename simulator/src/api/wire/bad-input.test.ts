import { Agent, request as httpsRequest } from 'node:https'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LOOPBACK } from '../../access/users.js'
import { LabelParser, wordsOf } from '../../objects/label-parser.js'
import { parseLabelSelector } from '../../objects/selector.js'
import { refusalOf, type TestCluster, testCluster } from '../../testing.js'
import { handle } from './handle.js'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await testCluster()
})
afterAll(() => cluster.cluster.close())

interface Sent {
  method?: string
  type?: string
  body?: string | Uint8Array
  path?: string
}

function send({ method = 'POST', type = 'application/json', body = '', path = '/api/v1/namespaces/default/configmaps' }: Sent) {
  const [pathname = '', query = ''] = path.split('?')
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const headers = { 'content-type': type }
  return handle(cluster.cluster.server, {
    method,
    path: pathname,
    query: new URLSearchParams(query),
    headers,
    body: bytes,
    user: LOOPBACK,
  })
}
const codeOf = (sent: Sent): number => refusalOf(() => send(sent)).code
const patch = (document: unknown, type = 'application/json-patch+json', name = 'target') =>
  send({ method: 'PATCH', type, body: JSON.stringify(document), path: `/api/v1/namespaces/default/configmaps/${name}` })

test('YAML of thousands of keys is read, and merge keys with it', () => {
  const keys = Array.from({ length: 20_000 }, (_, index) => `  k${index}: v`).join('\n')
  const body = `base: &base {a: b}\nmetadata: {name: wide}\ndata:\n  <<: *base\n${keys}\n`
  send({ type: 'application/yaml', body })
  const { answer } = send({ method: 'GET', path: '/api/v1/namespaces/default/configmaps/wide' })
  expect(answer).toMatchObject({ value: { data: { a: 'b', k0: 'v', k19999: 'v' } } })
})

test('YAML that is longer than anybody writes is refused', () => {
  expect(codeOf({ type: 'application/yaml', body: `a: ${'x'.repeat(600_000)}` })).toBe(413)
})

describe('a body that is none', () => {
  test.each([
    ['JSON that breaks off', 'application/json', '{"kind":'],
    ['JSON that is no object', 'application/json', '[1, 2]'],
    ['YAML that breaks off', 'application/yaml', 'a: [1, 2'],
    ['protobuf without its mark', 'application/vnd.kubernetes.protobuf', 'k8s'],
    ['protobuf of noise', 'application/vnd.kubernetes.protobuf', 'k8s\u0000\u000a\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff'],
    ['nothing', 'application/json', ''],
    ['deep JSON', 'application/json', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['deep YAML', 'application/yaml', Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['aliases of aliases', 'application/yaml', aliasBomb()],
  ])('%s is refused as such', (_what, type, body) => {
    expect(codeOf({ type, body })).toBe(400)
  })

  test('a body of another kind of media is not read', () => {
    expect(codeOf({ type: 'text/html', body: '<p>' })).toBe(415)
  })

  test('fields with names that mean something to JavaScript are dropped, and change nothing else', () => {
    const body = '{"metadata":{"name":"trap"},"__proto__":{"polluted":true},"data":{"constructor":"text"}}'
    expect(send({ body }).answer).toMatchObject({ code: 201, value: { data: { constructor: 'text' } } })
    patch(JSON.parse('{"metadata":{"__proto__":{"polluted":true}}}'), 'application/merge-patch+json', 'trap')
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})

function aliasBomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
  for (let level = 1; level < 12; level++)
    lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`)
  return lines.join('\n')
}

describe('a body of more than anybody writes', () => {
  const object = (count: number, value: unknown) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]))
  const list = <T>(count: number, item: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => item(index))
  const sent = (fields: object): Sent => ({ body: JSON.stringify({ metadata: { name: 'wide' }, ...fields }) })
  const pods = '/api/v1/namespaces/default/pods'
  const pod = (containers: object[]): Sent => ({ ...sent({ spec: { containers } }), path: pods })

  test.each([
    ['annotations', sent({ metadata: { name: 'wide', annotations: object(100_000, 'x') } })],
    ['containers', pod(list(20_000, (index) => ({ name: `c${index}`, image: 'nginx' })))],
    ['variables', pod([{ name: 'main', image: 'nginx', env: list(40_000, (index) => ({ name: `V${index}`, value: '1' })) }])],
    ['unknown fields', sent(object(100_000, { a: 1 }))],
    [
      'steps of a patch',
      { ...sent(object(50_000, 1)), method: 'PATCH', type: 'application/merge-patch+json', path: `${pods}/wide` },
    ],
    ['words of YAML', { type: 'application/yaml', body: `data:\n${'- x\n'.repeat(45_000)}` }],
    ['JSON under the name of YAML', { ...sent(object(50_000, 'x')), type: 'application/yaml' }],
  ])('is refused for its number of %s before it is read', (_what, body: Sent) => {
    expect(refusalOf(() => send(body))).toMatchObject({ code: 413, message: expect.stringContaining('limit is 40000 values') })
  })

  test('commas and brackets of a text are no values', () => {
    const body = JSON.stringify({ metadata: { name: 'commas' }, data: { text: '"[{,\\'.repeat(45_000) } })
    expect(send({ body }).answer).toMatchObject({ code: 201 })
  })

  test('is refused for the length of its annotations alone, whatever else is wrong in it', () => {
    const annotations = object(4_000, 'x'.repeat(100))
    const refusal = refusalOf(() => send(sent({ metadata: { name: 'Wrong!', annotations } })))
    expect(refusal).toMatchObject({ code: 422 })
    expect(refusal.message).toBe(
      'ConfigMap "Wrong!" is invalid: metadata.annotations: Too long: may not be more than 262144 bytes',
    )
  })

  test.each([
    ['a ConfigMap', '/api/v1/namespaces/default/configmaps', { data: object(20_000, 'x'.repeat(80)) }],
    ['a Secret', '/api/v1/namespaces/default/secrets', { data: object(20_000, Buffer.alloc(90).toString('base64')) }],
  ])('is refused where it is %s of twice the data', (_what, path, fields) => {
    const refusal = refusalOf(() => send({ ...sent({ metadata: { name: 'Wrong!' }, ...fields }), path }))
    expect(refusal.message).toContain('is invalid: : Too long: may not be more than 1048576 bytes')
  })
})

describe('what grows', () => {
  beforeAll(() => {
    send({ body: JSON.stringify({ metadata: { name: 'target' }, data: { a: 'x'.repeat(1000) } }) })
  })

  test('copies of copies are stopped', () => {
    const copies = Array.from({ length: 60 }, (_, index) => ({ op: 'copy', from: '/data', path: `/data/k${index}` }))
    expect(refusalOf(() => patch(copies)).code).toBe(413)
  })

  test('too many steps of a patch are not begun', () => {
    const steps = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/kind', value: 'ConfigMap' }))
    expect(refusalOf(() => patch(steps)).code).toBe(413)
  })

  test('a ConfigMap above a mebibyte is too long', () => {
    const data = { big: 'x'.repeat(1024 * 1024 + 1) }
    expect(refusalOf(() => send({ body: JSON.stringify({ metadata: { name: 'big' }, data }) })).message).toContain('Too long')
  })

  test('objects that are too many for the memory of a cluster are refused, and there is room again when some are gone', async () => {
    const full = await testCluster()
    const put = (index: number) =>
      full.object('create', 'v1/configmaps default', {
        body: { metadata: { name: `large-${index}` }, data: { text: 'x'.repeat(1_000_000) } },
      })
    let count = 0
    const fill = () => {
      for (; count < 1000; count++) put(count)
    }
    expect(refusalOf(fill)).toMatchObject({ code: 500, message: 'etcdserver: mvcc: database space exceeded' })
    expect(count).toBeGreaterThan(100)
    full.request('delete', 'v1/configmaps default/large-0')
    full.request('delete', 'v1/configmaps default/large-1')
    put(count)
    await full.cluster.close()
  })

  test('ten megabytes are cut at the limit of the server, with a Status, and the client goes on', async () => {
    const { port } = await cluster.cluster.listen()
    const { certificatePem: cert, keyPem: key } = await cluster.cluster.issue({ name: 'admin', groups: ['system:masters'] })
    const agent = new Agent({ keepAlive: true, maxSockets: 1, cert, key, rejectUnauthorized: false })
    const ask = (method: string, body?: Buffer) =>
      new Promise<{ code: number; body: string }>((resolve, reject) => {
        const options = { agent, port, host: '127.0.0.1', method, path: '/api/v1/namespaces/default/configmaps' }
        const headers = { 'content-type': 'application/json', ...(body ? { 'content-length': body.length } : {}) }
        const sent = httpsRequest({ ...options, headers }, (response) => {
          let text = ''
          response.on('data', (chunk) => (text += chunk))
          response.on('end', () => resolve({ code: response.statusCode ?? 0, body: text }))
        })
        sent.on('error', reject)
        sent.end(body)
      })
    const answer = await ask('POST', Buffer.alloc(10 * 1024 * 1024, 32))
    expect(answer.code).toBe(413)
    expect(JSON.parse(answer.body)).toMatchObject({ kind: 'Status', reason: 'RequestEntityTooLarge' })
    expect((await ask('GET')).code).toBe(200)
    agent.destroy()
  })
})

describe('selectors', () => {
  test.each([
    ['spaces', `a${' '.repeat(200_000)}!`, "found '!', expected: in, notin, =, ==, !=, gt, lt"],
    ['parentheses', `a in (${'('.repeat(100_000)}`, "found '(', expected: ',', ')' or identifier"],
    ['marks', '!'.repeat(200_000), "found '!', expected: identifier"],
  ])('of a great many %s are refused where the first is wrong', (_what, text, problem) => {
    expect(refusalOf(() => parseLabelSelector(text)).message).toContain(problem)
  })

  test('of a great many terms are read, each word once', () => {
    const terms = Array.from({ length: 50_000 }, (_, index) => `k${index}=v`)
    const parser = new LabelParser(wordsOf(terms.join(',')))
    expect(parser.requirements()).toHaveLength(50_000)
    expect(parser.taken).toBeLessThanOrEqual(50_000 * 4)
  })

  test.each([
    ['a = b', { a: 'b' }],
    ['a in (b, c) , !d', { a: 'c' }],
    [' a notin(b)', { a: 'c' }],
    ['! a', {}],
    ['a', { a: '' }],
  ])('%s is understood as before', (text, labels) => {
    expect(parseLabelSelector(text)(labels as Record<string, string>)).toBe(true)
  })
})

describe('crowds', () => {
  test('five thousand objects are listed, paged and watched by five hundred', async () => {
    const crowd = await testCluster()
    let heard = 0
    const handles = Array.from({ length: 500 }, () => {
      const result = crowd.request('watch', 'v1/configmaps kube-public', {
        list: { resourceVersion: String(crowd.cluster.store.revision) },
      })
      if (result.type !== 'watch') throw new Error('expected a watch')
      return result.start({ onEvent: () => heard++, onEnd: () => {} })
    })
    crowd.object('create', 'v1/configmaps kube-public', { body: { metadata: { name: 'one' } } })
    expect(heard).toBe(500)
    for (const handle of handles) handle.stop()
    const put = (index: number) =>
      crowd.object('create', 'v1/configmaps default', {
        body: { metadata: { name: `c-${index}` }, data: { index: String(index) } },
      })
    for (let index = 0; index < 5000; index++) put(index)
    expect(heard).toBe(500)
    const all = crowd.request('list', 'v1/configmaps default')
    const page = crowd.request('list', 'v1/configmaps default', { list: { limit: 500 } })
    if (all.type !== 'list' || page.type !== 'list') throw new Error('expected lists')
    expect(all.list.items).toHaveLength(5000)
    expect(page.list).toMatchObject({ remaining: 4500 })
    await crowd.cluster.close()
  })
})
