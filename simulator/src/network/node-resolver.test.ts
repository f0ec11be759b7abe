import { expect, test } from 'vitest'
import type { Data } from '../containers/stream.js'
import { pack, type RecordType, unpackResponse } from './dns/message.js'
import { nodeResolver } from './node-resolver.js'
import { heldNode, informersWith } from './testing-informers.js'

const waiting = { metadata: { name: 'waiting' }, status: {} }
const { udp } = nodeResolver(informersWith({ Node: [heldNode('node01', '172.30.0.3'), waiting] }))
const send = async (data: Data) => unpackResponse((await udp.get(53)?.handler(data, '172.30.0.3')) ?? '')
const ask = (name: string, type: RecordType = 'A') => send(pack({ name, type }))

test('a node has the address that it says is its own inside', async () => {
  expect(await ask('node01.')).toMatchObject({
    code: 'NOERROR',
    authoritative: false,
    answers: [{ name: 'node01.', type: 'A', data: '172.30.0.3' }],
  })
})

test('a node has no record of another type: the name is there, and the answer empty', async () => {
  expect(await ask('node01.', 'AAAA')).toMatchObject({ code: 'NOERROR', answers: [] })
})

test.each(['example.com.', 'node01.example.com.', 'waiting.', 'web.shop.svc.cluster.local.'])(
  '%s is not known here',
  async (name) => {
    expect(await ask(name)).toMatchObject({ code: 'NXDOMAIN', answers: [] })
  },
)

test('what is no question gets no answer', async () => {
  expect(await send('hello')).toBeUndefined()
})
