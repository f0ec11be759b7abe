import { duplexPair } from 'node:stream'
import { deflateSync, inflateSync } from 'node:zlib'
import { describe, expect, test, vi } from 'vitest'
import { SpdyConnection, type SpdyStream } from './connection.js'
import { DICTIONARY } from './dictionary.js'
import { HeaderWriter } from './frames.js'

function pair(onStream: (stream: SpdyStream) => void) {
  const [near, far] = duplexPair()
  const server = new SpdyConnection({ socket: far, onStream, role: 'server' })
  const client = new SpdyConnection({ socket: near, onStream: () => {}, role: 'client' })
  return { server, client, near }
}
const textOf = async (stream: SpdyStream) => {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

describe('SPDY/3.1', () => {
  test('its dictionary is the one of the standard', () => {
    expect(DICTIONARY).toHaveLength(1423)
    // zlib names the dictionary that a stream was written with by its checksum.
    expect(deflateSync('x', { dictionary: DICTIONARY }).subarray(2, 6).toString('hex')).toBe('e3c6a7c2')
  })

  test('headers that are written are headers that zlib reads', () => {
    const block = new HeaderWriter().open(1, [['streamtype', 'stdin']]).subarray(18)
    const plain = inflateSync(block, { dictionary: DICTIONARY, finishFlush: 2 })
    expect(plain.toString('latin1')).toBe('\0\0\0\x01\0\0\0\x0astreamtype\0\0\0\x05stdin')
  })

  test('streams keep their bytes, their headers and their ends apart', async () => {
    const { client, server } = pair((stream) => {
      stream.write(`${stream.headers.get('port')}:`)
      stream.pipe(stream)
    })
    const streams = [1, 2, 3].map((port) => client.open([['port', String(port)]]))
    const large = Buffer.alloc(200_000, 'x')
    for (const stream of streams) stream.end(large)
    const answers = await Promise.all(streams.map(textOf))
    expect(answers.map((answer) => answer.subarray(0, 2).toString())).toEqual(['1:', '2:', '3:'])
    expect(answers.every((answer) => answer.subarray(2).equals(large))).toBe(true)
    client.close()
    await Promise.all([client.closed, server.closed])
  })

  test('a stream that nobody reads holds its sender back', async () => {
    let accept: (stream: SpdyStream) => void = () => {}
    const coming = new Promise<SpdyStream>((resolve) => (accept = resolve))
    const { client } = pair((stream) => accept(stream))
    const stream = client.open([])
    for (let sent = 0; sent < 100; sent++) stream.write(Buffer.alloc(16_384))
    const accepted = await coming
    await vi.waitFor(() => expect(accepted.readableLength).toBeGreaterThan(0))
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(accepted.readableLength).toBeLessThan(128 * 1024)
    expect(stream.writableLength).toBeGreaterThan(0)
    client.close()
  })

  test('a stream that is refused is reset, and the others go on', async () => {
    const { client } = pair((stream) => {
      if (stream.headers.get('port') === '0') throw new Error('no')
      stream.end('fine')
    })
    const refused = client.open([['port', '0']])
    await new Promise((resolve) => refused.on('close', resolve))
    expect((await textOf(client.open([['port', '1']]))).toString()).toBe('fine')
    client.close()
  })

  test.each([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n')],
    ['a frame of 16 MiB', Buffer.from('80030001ffffffff', 'hex')],
    ['headers that are not compressed', Buffer.from('800300010000000e00000001000000000000deadbeef', 'hex')],
    ['headers that are a bomb', bomb()],
    ['a ping of nothing', Buffer.from('8003000600000000', 'hex')],
  ])('%s ends the connection and nothing else', async (_what, bytes) => {
    const { server, near } = pair(() => {})
    near.write(bytes)
    near.end()
    await server.closed
  })
})

function bomb(): Buffer {
  const block = deflateSync(Buffer.alloc(50_000_000), { dictionary: DICTIONARY })
  const head = Buffer.from('800300010000000000000001000000000000', 'hex')
  head.writeUIntBE(block.length + 10, 5, 3)
  return Buffer.concat([head, block])
}
