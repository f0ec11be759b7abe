import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../objects/object.js'
import { readData } from './data.js'
import { decodeObject } from './decode.js'
import { decodeProtobuf } from './protobuf.js'
import { typeForKind } from './types.js'

/** `group/version/Kind`, its protobuf and its JSON: filled by chance and written by the serializers of k8s.io/apimachinery 0.36.2. */
const written = readData<[kind: string, protobuf: string, json: JsonObject][]>('written-by-go.json').filter(([name]) =>
  typeForKind(...(name.split('/') as [string, string, string])),
)
const NOBODY = { apiVersion: '', kind: '' }

describe('what Go wrote as protobuf is what it wrote as JSON', () => {
  test('of most kinds', () => {
    expect(written.length).toBeGreaterThan(40)
  })

  test.each(written)('%s', (name, protobuf, json) => {
    const [group = '', version = '', kind = ''] = name.split('/')
    const type = typeForKind(group, version, kind) ?? ''
    const report = { unknown: [] }
    const read = decodeProtobuf(Buffer.from(protobuf, 'base64'), NOBODY, String)
    expect(decodeObject(type, kind, read, report)).toEqual(decodeObject(type, kind, json))
    expect(report.unknown).toEqual([])
  })
})

describe('numbers', () => {
  const NUMBERS: [string, number][] = [
    ['00', 0],
    ['01', 1],
    ['ffffffffffffffffff01', -1],
    ['7f', 127],
    ['8001', 128],
    ['ac02', 300],
    ['ffffffff07', 2 ** 31 - 1],
    ['80808080f8ffffffff01', -(2 ** 31)],
    ['8080808010', 2 ** 32],
    ['ffffffffffffff0f', 2 ** 53 - 1],
  ]
  const part = (number: number, bytes: Buffer) => Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes])
  const type = part(1, Buffer.concat([part(1, Buffer.from('v1')), part(2, Buffer.from('ConfigMap'))]))
  /** `metadata.generation` is the seventh field of its message. */
  const withGeneration = (hex: string) =>
    Buffer.concat([Buffer.from('k8s\0'), type, part(2, part(1, Buffer.from(`38${hex}`, 'hex')))])

  test.each(NUMBERS)('%s is %d', (hex, value) => {
    const { metadata } = decodeProtobuf(withGeneration(hex), NOBODY, String)
    expect(metadata).toEqual({ generation: value })
  })

  test('are read so often that the compiler takes the loop, and the process lives', () => {
    const bodies = NUMBERS.map(([hex]) => withGeneration(hex))
    let read = 0
    for (let round = 0; round < 20_000; round++)
      for (const body of bodies) if (decodeProtobuf(body, NOBODY, String).metadata) read++
    expect(read).toBe(200_000)
  })
})
