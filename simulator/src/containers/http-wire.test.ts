import { describe, expect, test } from 'vitest'
import { connectionPair } from './connection.js'
import { sendHttp, serveHttp, wholeBody } from './http-wire.js'
import type { Connection, HttpHandler, HttpRequest } from './network.js'

const GET: HttpRequest = { method: 'GET', path: '/', headers: { host: 'web' }, body: '' }
const pair = () => connectionPair({ client: '10.244.0.2', server: '10.244.0.3' })
const all = async (connection: Connection): Promise<string> => {
  let text = ''
  for (let data = await connection.read(); data !== null; data = await connection.read()) text += data
  return text
}
/** A client whose server says this and ends. */
function saying(text: string): Connection {
  const { client, server } = pair()
  void Promise.resolve(server.write(text)).then(() => server.end())
  return client
}

describe('a server', () => {
  /** What it answers to these bytes, and the bodies that it took. */
  async function answer(...pieces: string[]): Promise<{ text: string; bodies: string[] }> {
    const bodies: string[] = []
    const handler: HttpHandler = ({ body }) => {
      bodies.push(body)
      return { status: 200, headers: {}, body: 'ok' }
    }
    const { client, server } = pair()
    const serving = serveHttp(server, handler)
    for (const piece of pieces) void client.write(piece)
    client.end()
    const text = await all(client)
    await serving
    return { text, bodies }
  }

  test('takes bodies by their length and by chunks', async () => {
    const { text, bodies } = await answer(
      'POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello',
      'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
    )
    expect(bodies).toEqual(['hello', 'abcde'])
    expect(text.match(/HTTP\/1.1 200 OK/g)).toHaveLength(2)
  })

  test('refuses a body that says how long it is before it has come', async () => {
    const { text, bodies } = await answer('POST / HTTP/1.1\r\nContent-Length: 9999999999\r\n\r\n')
    expect(text).toMatch(/^HTTP\/1.1 413 Request Entity Too Large\r\n[\s\S]*Connection: close/)
    expect(bodies).toEqual([])
  })

  test('refuses a body of chunks that never end, and reads no more of it', async () => {
    const { client, server } = pair()
    const serving = serveHttp(server, () => ({ status: 200, headers: {}, body: '' }))
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
    let sent = 0
    const gone = new AbortController()
    const sending = (async () => {
      await client.write('POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n')
      for (; !gone.signal.aborted; sent += chunk.length) await client.write(chunk)
    })()
    expect(await all(client)).toMatch(/^HTTP\/1.1 413 /)
    await serving
    expect(sent).toBeLessThan(2 * 1024 * 1024)
    gone.abort()
    client.close()
    await sending
  })
})

describe('a client', () => {
  test('has a short body at once, and what ends with the connection as it comes', async () => {
    const short = await sendHttp(saying('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'), GET)
    expect(short).toMatchObject({ status: 200, body: 'hi' })
    expect(short.stream).toBeUndefined()
    const { client, server } = pair()
    const asked = sendHttp(client, GET)
    await server.write('HTTP/1.0 200 OK\r\n\r\none\n')
    const { body, stream } = await asked
    expect(body).toBe('')
    expect(await stream?.read()).toBe('one\n')
    await server.write('two\n')
    expect(await stream?.read()).toBe('two\n')
    server.end()
    expect(await stream?.read()).toBeNull()
  })

  test('reads chunks, and no more than it wants of a body without end', async () => {
    const chunked = await sendHttp(
      saying('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n'),
      GET,
    )
    expect(await wholeBody(chunked)).toBe('abcd')
    const { client, server } = pair()
    const sending = (async () => {
      await server.write('HTTP/1.0 200 OK\r\n\r\n')
      while (!server.broken) await server.write('x'.repeat(50_000))
    })()
    expect(await wholeBody(await sendHttp(client, GET))).toHaveLength(1024 * 1024)
    await sending
  })

  test('gives up what speaks no HTTP, and hears nothing from who says nothing', async () => {
    await expect(sendHttp(saying('+PONG\r\n\r\n'), GET)).rejects.toMatchObject({ kind: 'unanswered', detail: 'not HTTP' })
    await expect(sendHttp(saying(''), GET)).rejects.toMatchObject({ kind: 'unanswered', detail: '' })
  })

  test('that closes is not held by a server that never reads', async () => {
    const { client } = pair()
    const asked = sendHttp(client, { ...GET, method: 'POST', body: 'x'.repeat(100_000) })
    client.close()
    await expect(asked).rejects.toMatchObject({ kind: 'unanswered' })
  })
})
