/**
 * Bodies that are not of their type, and what upstream says of each: `data/undecodable.json` was written by the decoders of
 * k8s.io/apimachinery 0.36.2 (JSON, YAML and protobuf, strict and not) with the types of k8s.io/api.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LOOPBACK } from '../../access/users.js'
import { builtIns } from '../../kinds/resource.js'
import { readData } from '../../schema/data.js'
import { refusalOf, type TestCluster, testCluster } from '../../testing.js'
import { handle } from './handle.js'

interface Body {
  name: string
  /** `group/version/Kind` of the resource that it is sent to. */
  kind: string
  media: string
  strict: boolean
  body: string
  isBase64?: boolean
  /** Empty where it is decoded. */
  error: string
}

const bodies = readData<Body[]>('undecodable.json')
const titleOf = ({ name, media, strict }: Body) => `${name} (${media.split(/[/.]/).at(-1)}${strict ? ', strict' : ''})`

let cluster: TestCluster
beforeAll(async () => {
  cluster = await testCluster()
})
afterAll(() => cluster.cluster.close())

interface Sent {
  kind: string
  media: string
  bytes: Uint8Array
  validation: string
}

function send({ kind, media, bytes, validation }: Sent) {
  const [group, version, name] = kind.split('/')
  const resource = builtIns.find((each) => each.group === group && each.version === version && each.kind === name)
  const base = group ? `/apis/${group}/${version}` : `/api/${version}`
  const query = new URLSearchParams({ fieldValidation: validation, dryRun: 'All' })
  const path = `${base}${resource?.namespaced ? '/namespaces/default' : ''}/${resource?.resource}`
  const headers = { 'content-type': media }
  return handle(cluster.cluster.server, { method: 'POST', path, query, headers, body: bytes, user: LOOPBACK })
}

/** What is said of the body as such: whether a decoded object is a valid one is another matter. */
function decodingProblem(sent: Sent): string {
  let problem = ''
  try {
    send(sent)
  } catch {
    const { code, message } = refusalOf(() => send(sent))
    if (code === 400) problem = message
  }
  return problem
}

const sentOf = ({ kind, media, strict, body, isBase64 }: Body): Sent => ({
  kind,
  media,
  bytes: Buffer.from(body, isBase64 ? 'base64' : 'utf8'),
  validation: strict ? 'Strict' : 'Ignore',
})

describe('a body is refused in the words of upstream', () => {
  test.each(bodies.map((body) => [titleOf(body), body] as const))('%s', (_title, body) => {
    expect(decodingProblem(sentOf(body))).toBe(body.error)
  })
})

describe('under Warn', () => {
  test.each([
    [
      'application/json',
      '{"metadata":{"name":"warned","x":1,"name":"warned"},"dat":{}}',
      ['unknown field "metadata.x"', 'duplicate field "metadata.name"', 'unknown field "dat"'],
    ],
    [
      'application/yaml',
      'metadata:\n  name: warned\n  name: warned\ndat: {}\n',
      ['line 3: key "name" already set in map', 'unknown field "dat"'],
    ],
  ])('%s: each problem is a warning of its own, in the order of the text', (media, body, warnings) => {
    const sent = { kind: '/v1/ConfigMap', media, bytes: Buffer.from(body), validation: 'Warn' }
    expect(send(sent).warnings).toEqual(warnings)
  })
})

describe('crowds of repeated keys', () => {
  const problemOf = (media: string, body: string) =>
    decodingProblem({ kind: '/v1/ConfigMap', media, bytes: Buffer.from(body), validation: 'Strict' })

  test.each([
    ['side by side', `{"metadata":{"name":"a"},"data":{${'"k":"1",'.repeat(30_000)}"k":"1"}}`, 'duplicate field "data.k"'],
    ['of many names', `{"metadata":{"name":"a"},"data":{${pairs(15_000)},${pairs(15_000)}}}`, 'duplicate field "data.k0", '],
    [
      'deep down',
      `{"metadata":{"name":"a"},${'"x":{'.repeat(900)}${'"k":1,'.repeat(30_000)}"k":1${'}'.repeat(901)}`,
      'field "x"',
    ],
  ])('JSON: %s they are told once', (_what, body, problem) => {
    expect(problemOf('application/json', body)).toContain(problem)
  })

  test('of long YAML the first is told', () => {
    const lines = Array.from({ length: 4_000 }, (_, index) => `  key-${index}: value`).join('\n')
    const problem = problemOf('application/yaml', `metadata: {name: a}\ndata:\n${lines}\n  key-7: again\n  key-8: again\n`)
    expect(problem).toMatch(/line 4003: key "key-7" already set in map$/)
  })
})

function pairs(count: number): string {
  return Array.from({ length: count }, (_, index) => `"k${index}":"1"`).join(',')
}

test('a media type that nobody reads is told with those that are', () => {
  const refusal = refusalOf(() =>
    send({ kind: '/v1/ConfigMap', media: 'text/plain', bytes: Buffer.from('{}'), validation: 'Strict' }),
  )
  expect(refusal).toMatchObject({
    code: 415,
    message:
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  })
})
