import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../objects/object.js'
import { readData } from './data.js'
import { decodeObject } from './decode.js'
import { hasMessage } from './messages.js'
import { decodeProtobuf } from './protobuf.js'
import { encodeEvent, encodeItems, encodeList, encodeProtobuf, type Typed } from './protobuf-writer.js'
import { typeForKind } from './types.js'

/** `group/version/Kind`, its protobuf and its JSON: filled by chance and written by the serializers of k8s.io/apimachinery 0.36.2. */
const written = readData<[kind: string, protobuf: string, json: JsonObject][]>('written-by-go.json').filter(([name]) =>
  typeForKind(...(name.split('/') as [string, string, string])),
)
const NOBODY = { apiVersion: '', kind: '' }
const read = (bytes: Uint8Array) => decodeProtobuf(bytes, NOBODY, String)

describe('what Go wrote as protobuf and was read is written with the same bytes', () => {
  test.each(written)('%s', (_name, protobuf) => {
    const bytes = Buffer.from(protobuf, 'base64')
    const object = read(bytes)
    const again = encodeProtobuf(object as unknown as Typed)
    expect(read(again)).toEqual(object)
    expect(again.equals(bytes)).toBe(true)
  })
})

test('JSON becomes protobuf and what it was', () => {
  expect(written.length).toBeGreaterThan(40)
  for (const [name, , json] of written) {
    const [group = '', version = '', kind = ''] = name.split('/')
    const type = typeForKind(group, version, kind) ?? ''
    const object = decodeObject(type, kind, json)
    expect(decodeObject(type, kind, read(encodeProtobuf(object as unknown as Typed)))).toEqual(object)
  }
})

test('numbers below zero and of more than 32 bits', () => {
  for (const generation of [0, 1, 127, 128, 300, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 32, 2 ** 53 - 1]) {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generation } }
    expect(read(encodeProtobuf(object))).toEqual(object)
  }
})

test('a list in pieces is the list in one', () => {
  const items = Array.from({ length: 5 }, (_, index) => ({ metadata: { name: `note-${index}`, labels: { b: '1', a: '2' } } }))
  const head = { apiVersion: 'v1', kind: 'ConfigMapList', metadata: { resourceVersion: '7', remainingItemCount: 3 } }
  const whole = encodeProtobuf({ ...head, items } as Typed)
  expect(encodeList(head, [encodeItems(head, items.slice(0, 2)), encodeItems(head, items.slice(2))]).equals(whole)).toBe(true)
  expect(read(whole)).toEqual({ ...head, items })
})

test('an event of a watch says its length and holds a wrapped object', () => {
  const object = { apiVersion: 'v1', kind: 'Status', code: 410, reason: 'Expired' }
  const frame = encodeEvent('ERROR', encodeProtobuf(object))
  expect(frame.readUInt32BE()).toBe(frame.length - 4)
  const at = frame.indexOf('k8s\0')
  expect(read(frame.subarray(at))).toEqual(object)
})

test('kinds of others have no message', () => {
  expect(hasMessage('v1', 'PodList')).toBe(true)
  expect(hasMessage('example.com/v1', 'Thing')).toBe(false)
  expect(hasMessage('metrics.k8s.io/v1beta1', 'NodeMetrics')).toBe(false)
})
