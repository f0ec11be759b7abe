import { expect, test } from 'vitest'
import { openApiV3Protobuf } from './openapi-v3-protobuf.js'

test('a document is written as gnostic writes it', () => {
  const parameters = [{ name: 'n', in: 'path', required: true, schema: { type: 'string' } }]
  const get = { operationId: 'x', responses: { 200: { description: 'OK' } } }
  const list = { type: 'array', items: { type: 'integer' }, default: 3 }
  const document = {
    openapi: '3.0.0',
    info: { title: 'T', version: '1' },
    paths: { '/a': { get, parameters } },
    components: { schemas: { S: { type: 'object', properties: { b: { $ref: '#/c' }, d: list } } } },
  }
  // What gnostic-models 0.7.0 makes of the same document, whose fields stand in the order of their numbers.
  expect(openApiV3Protobuf(document).toString('hex')).toBe(
    '0a05332e302e3012060a0154320131223a0a380a022f61123222142a0178420f120d0a0332303012060a040a024f4b6a1a0a180a016e1204706174682001520b0a09ca0106737472696e672a530a510a4f0a0153124a0a48ca01066f626a656374fa013c0a0c0a0162120712050a03232f630a2c0a016412270a25ca01056172726179f2010e0a0c0a0aca0107696e74656765728a0209090000000000000840',
  )
})
