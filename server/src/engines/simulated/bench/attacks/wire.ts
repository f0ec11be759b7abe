/** What comes over the wire and is no good JSON: messages, compressed bodies, headers, and questions about everything. */
import { gzipSync } from 'node:zlib'
import { type Attack, CONFIG_MAPS, DEFINITIONS, fieldsOf, lazily, many, post } from './attack.js'

const PROTOBUF = 'application/vnd.kubernetes.protobuf'

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest])
    bytes.push((rest % 128) + 128)
  }
}
/** A field of a message: its number, its length, its bytes. */
const field = (number: number, content: Uint8Array | string): Buffer =>
  Buffer.concat([varint(number * 8 + 2), varint(content.length), Buffer.from(content)])
const message = (apiVersion: string, kind: string, raw: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from('k8s\0'), field(1, Buffer.concat([field(1, apiVersion), field(2, kind)])), field(2, raw)])

/** `not` of `not`, in a schema. */
function nested(levels: number): Buffer {
  const heads: Buffer[] = []
  let length = 0
  for (let level = 0; level < levels; level++) {
    const head = Buffer.concat([varint(29 * 8 + 2), varint(length)])
    heads.push(head)
    length += head.length
  }
  return Buffer.concat(heads.reverse())
}
const deepDefinition = () => field(2, field(7, field(4, field(1, nested(100_000)))))
const metadata = field(1, field(1, 'message'))
/** The map of the data has one entry a field. */
const entries = (count: number) => many(count, (index) => field(2, Buffer.concat([field(1, `k${index}`), field(2, 'v')])))

const messages = lazily((): [string, Buffer][] => [
  [DEFINITIONS, message('apiextensions.k8s.io/v1', 'CustomResourceDefinition', deepDefinition())],
  [CONFIG_MAPS, message('v1', 'ConfigMap', Buffer.concat([metadata, ...many(40_000, (index) => field(1000 + index, 'x'))]))],
  [CONFIG_MAPS, message('v1', 'ConfigMap', Buffer.concat([metadata, varint(2 * 8 + 2), varint(2 ** 50)]))],
  [CONFIG_MAPS, message('v1', 'ConfigMap', Buffer.concat([metadata, ...entries(300_000 / 10)]))],
  [CONFIG_MAPS, message('v1', 'ConfigMap', Buffer.concat([metadata, ...entries(300_000)]))],
])

const bomb = lazily(() => gzipSync(Buffer.alloc(500_000_000, 32), { level: 1 }))

const clauses = many(700, (index) => `application/json;as=Table;v=v1;g=g${index};q=0.${index}`).join(',')
const selector = encodeURIComponent(many(400, (index) => `key${index} in (a,b,c)`).join(','))
const V2 = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
const QUESTIONS: [string, string][] = [
  ['/apis', V2],
  ['/openapi/v2', 'application/json'],
  ['/openapi/v3/apis/apps/v1', 'application/json'],
  ['/openapi/v3/api/v1', 'application/com.github.proto-openapi.spec.v3.v1.0+protobuf'],
  ['/apis/apps/v1', 'application/json'],
  ['/metrics', '*/*'],
]

const inTurn = <T>(list: readonly T[], round: number): T => list[round % list.length] as T

export const wire = {
  protobuf: {
    saying: 'messages of deep nesting, wrong lengths and unknown fields come',
    again: (api, round) => {
      const [path, body] = inTurn(messages(), round)
      return api.ask(path, { ...post(body), type: PROTOBUF })
    },
    atOnce: 4,
  },
  compressed: {
    saying: 'compressed bodies of 500 MB come',
    again: (api) => api.ask(CONFIG_MAPS, { ...post(bomb()), headers: { 'Content-Encoding': 'gzip' } }),
    atOnce: 4,
  },
  headers: {
    saying: 'headers and selectors of thousands of clauses come',
    again: (api, round) =>
      round % 2
        ? api.ask(CONFIG_MAPS, { accept: clauses.slice(0, 12_000) })
        : api.ask(`${CONFIG_MAPS}?labelSelector=${selector.slice(0, 12_000)}`),
    atOnce: 8,
  },
  discovery: {
    saying: 'everything that is served is asked for, eight times at once',
    prepare: async (api) => {
      const schema = {
        openAPIV3Schema: { type: 'object', properties: fieldsOf(3000, (index) => [`f${index}`, { type: 'string' }]) },
      }
      const names = { plural: 'wides', singular: 'wide', kind: 'Wide' }
      const versions = [{ name: 'v1', served: true, storage: true, schema }]
      await api.ask(
        DEFINITIONS,
        post({ metadata: { name: 'wides.bad.example' }, spec: { group: 'bad.example', scope: 'Cluster', names, versions } }),
      )
    },
    again: (api, round) => {
      const [path, accept] = inTurn(QUESTIONS, round)
      return api.ask(path, { accept })
    },
    atOnce: 8,
  },
} satisfies Record<string, Attack>
