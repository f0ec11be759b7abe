import { expect, test } from 'vitest'
import { encodeFrame, FrameDecoder, FrameType } from './keeper-protocol.js'

const frames = [
  encodeFrame(FrameType.pong, 1),
  encodeFrame(FrameType.output, 2, Buffer.alloc(8), Buffer.from('hello')),
  encodeFrame(FrameType.accepted, 3, Buffer.alloc(16, 7)),
]
const stream = Buffer.concat(frames)
const wanted = [
  { type: FrameType.pong, shell: 1, payload: '' },
  { type: FrameType.output, shell: 2, payload: `${'00'.repeat(8)}68656c6c6f` },
  { type: FrameType.accepted, shell: 3, payload: '07'.repeat(16) },
]

test('frames come out whole, wherever the stream is cut', () => {
  for (let first = 0; first <= stream.length; first++)
    for (let second = first; second <= stream.length; second++) {
      const decoder = new FrameDecoder()
      const chunks = [stream.subarray(0, first), stream.subarray(first, second), stream.subarray(second)]
      const found = chunks.flatMap((chunk) => decoder.push(Buffer.from(chunk)))
      expect(found.map((frame) => ({ ...frame, payload: frame.payload.toString('hex') }))).toEqual(wanted)
    }
})

test('what lies whole in a chunk is not copied', () => {
  const chunk = Buffer.from(stream)
  for (const { payload } of new FrameDecoder().push(chunk)) expect(payload.buffer).toBe(chunk.buffer)
})

test.each([0, 4, 1024 * 1024 + 1])('a length of %d is none of the protocol', (length) => {
  const head = Buffer.alloc(9)
  head.writeUInt32BE(length)
  expect(() => new FrameDecoder().push(head)).toThrow('none of the keeper protocol')
})
