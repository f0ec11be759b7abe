import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import type { Duplex } from 'node:stream'
import { beforeAll, describe, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { clusterOfFile } from '../controllers/testing.js'
import { SpdyConnection, type SpdyStream } from './spdy/connection.js'
import { connectorFor, type TestConnector } from './testing-upgrade.js'

const live = clusterOfFile()
let connector: TestConnector
beforeAll(async () => {
  const pod = (name: string, container: object) =>
    live.create('Pod', name, { spec: { containers: [{ name: 'main', image: 'busybox:1.37', ...container }] } })
  await pod('box', { command: ['sleep', '100000'] })
  await pod('reader', { command: ['cat'], stdin: true })
  await pod('once', { command: ['cat'], stdin: true, stdinOnce: true })
  await pod('desk', { command: ['sh'], stdin: true, tty: true })
  await pod('web', { image: 'nginx:1.28' })
  await live.pass(5)
  connector = await connectorFor(live.cluster)
})

const path = (subresource: string, query: Record<string, string | string[]>, name = 'box') => {
  const text = Object.entries(query).flatMap(([key, value]) => [value].flat().map((one) => `${key}=${encodeURIComponent(one)}`))
  return `/api/v1/namespaces/default/pods/${name}/${subresource}?${text.join('&')}`
}
const exec = (command: string[], query: Record<string, string> = {}) =>
  path('exec', { command, stdout: 'true', stderr: 'true', ...query })

const textOf = async (stream: Duplex | undefined): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of stream ?? []) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

/** What comes on the channels of a WebSocket. */
class Channels {
  readonly texts = new Map<number, string>()
  readonly closed: Promise<unknown>
  #waiting: { channel: number; text: string; resolve: () => void }[] = []
  constructor(readonly socket: WebSocket) {
    this.closed = once(socket, 'close')
    socket.on('message', (data: Buffer) => {
      const channel = data[0] ?? -1
      this.texts.set(channel, (this.texts.get(channel) ?? '') + data.subarray(1).toString('latin1'))
      this.#waiting = this.#waiting.filter((wait) => {
        const isHere = this.texts.get(wait.channel)?.includes(wait.text)
        if (isHere) wait.resolve()
        return !isHere
      })
    })
  }
  send(channel: number, data: string | Buffer): void {
    this.socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(data)]))
  }
  heard(channel: number, text: string): Promise<void> {
    if (this.texts.get(channel)?.includes(text)) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ channel, text, resolve }))
  }
  get status() {
    return JSON.parse(this.texts.get(3) ?? '{}') as {
      status?: string
      details?: { causes: { message: string }[] }
      message?: string
    }
  }
}
const overSocket = async (address: string, protocol = 'v5.channel.k8s.io') =>
  new Channels(await connector.socket(address, [protocol]))

async function overSpdy(address: string, types: string[], protocol = 'v4.channel.k8s.io') {
  const { connection, protocol: chosen } = await connector.spdy(address, protocol)
  const streams = Object.fromEntries(types.map((type) => [type, connection.open([['streamtype', type]])])) as Record<
    string,
    SpdyStream
  >
  return { connection, chosen, streams }
}

describe('exec', () => {
  test.each(['v5.channel.k8s.io', 'v4.channel.k8s.io'])(
    'over WebSocket %s: outputs apart, and the exit code',
    async (protocol) => {
      const session = await overSocket(exec(['sh', '-c', 'echo out; echo err >&2; exit 3']), protocol)
      await session.closed
      expect([session.texts.get(1), session.texts.get(2)]).toEqual(['out\n', 'err\n'])
      expect(session.status).toMatchObject({
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: '3' }] },
      })
    },
  )

  test('over WebSocket v5 the input can be closed', async () => {
    const session = await overSocket(exec(['wc', '-c'], { stdin: 'true' }))
    session.send(0, Buffer.alloc(100_000, 'x'))
    session.send(255, Buffer.from([0]))
    await session.closed
    expect(session.texts.get(1)?.trim()).toBe('100000')
    expect(session.status.status).toBe('Success')
  })

  test('over SPDY: outputs apart, input, its end, and the exit code', async () => {
    const { streams, chosen } = await overSpdy(exec(['sh', '-c', 'cat; echo err >&2; exit 4'], { stdin: 'true' }), [
      'error',
      'stdin',
      'stdout',
      'stderr',
    ])
    expect(chosen).toBe('v4.channel.k8s.io')
    streams.stdin?.end('given')
    const [out, err, status] = await Promise.all([textOf(streams.stdout), textOf(streams.stderr), textOf(streams.error)])
    expect([out, err]).toEqual(['given', 'err\n'])
    expect(JSON.parse(status)).toMatchObject({ status: 'Failure', details: { causes: [{ message: '4' }] } })
  })

  test('over SPDY before v4 the end is a sentence, or nothing', async () => {
    const failed = await overSpdy(exec(['false']), ['error', 'stdout', 'stderr'], 'v2.channel.k8s.io')
    expect(await textOf(failed.streams.error)).toBe('command terminated with non-zero exit code: exit status 1')
    const done = await overSpdy(exec(['true']), ['error', 'stdout', 'stderr'], 'v2.channel.k8s.io')
    expect(await textOf(done.streams.error)).toBe('')
  })

  test('over SPDY a client that opens too few streams is let go', async () => {
    const { connection } = await overSpdy(exec(['true']), ['error'])
    await new Promise((resolve) => setImmediate(resolve))
    await live.pass(31)
    await connection.closed
  })

  test('a megabyte comes whole over both', async () => {
    const make = 'yes x | head -c 1000000'
    const session = await overSocket(exec(['sh', '-c', make]))
    await session.closed
    expect(session.texts.get(1)?.length).toBe(1_000_000)
    const { streams } = await overSpdy(exec(['sh', '-c', make]), ['error', 'stdout', 'stderr'])
    expect((await textOf(streams.stdout)).length).toBe(1_000_000)
  })

  test('a reader that does not read holds the program up', async () => {
    const { socket } = await overSocket(exec(['yes'], { stderr: 'false' }))
    socket.pause()
    const before = process.memoryUsage().rss
    for (let turn = 0; turn < 2_000; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024)
    socket.terminate()
  })

  test('at a terminal: size, Ctrl+C, and the end of the input', async () => {
    const shell = await overSocket(exec(['sh'], { stdin: 'true', tty: 'true', stderr: 'false' }))
    await shell.heard(1, '# ')
    shell.send(4, '{"Width":132,"Height":40}')
    shell.send(0, 'echo a$((1+1))\r')
    await shell.heard(1, 'a2\r\n')
    shell.send(0, 'exit 7\r')
    await shell.closed
    expect(shell.status.details?.causes[0]?.message).toBe('7')

    const sleeper = await overSocket(exec(['sleep', '100'], { stdin: 'true', tty: 'true', stderr: 'false' }))
    sleeper.send(0, '\x03')
    await sleeper.closed
    expect(sleeper.status.details?.causes[0]?.message).toBe('130')

    const cat = await overSocket(exec(['cat'], { stdin: 'true', tty: 'true', stderr: 'false' }))
    cat.send(0, 'tyop\x7f\x7fpo\r')
    await cat.heard(1, 'typo\r\n')
    cat.send(0, '\x04')
    await cat.closed
    expect(cat.status.status).toBe('Success')
  })

  test('what cannot begin is refused: over SPDY before the upgrade, over WebSocket after it', async () => {
    const address = path('exec', { command: 'true', stdout: 'true', container: 'none' })
    await expect(connector.spdy(address, 'v4.channel.k8s.io')).rejects.toMatchObject({
      code: 400,
      body: expect.stringContaining('container none is not valid for pod box'),
    })
    await expect(connector.spdy(exec([]), 'v4.channel.k8s.io')).rejects.toMatchObject({ code: 400 })
    await expect(connector.spdy(exec(['true']), 'v9.channel.k8s.io')).rejects.toMatchObject({ code: 403 })
    await expect(connector.socket(exec(['true']), ['v9.channel.k8s.io'])).rejects.toMatchObject({ code: 400 })
    const missing = await overSocket(exec(['nosuch']))
    await missing.closed
    expect(missing.status.message).toContain('executable file not found in $PATH')
  })
})

describe('attach', () => {
  test('sees what is written from now on, and gives the main program its input', async () => {
    const first = await overSocket(path('attach', { stdin: 'true', stdout: 'true' }, 'reader'))
    first.send(0, 'one\n')
    await first.heard(1, 'one\n')
    first.socket.close()
    await first.closed
    const { streams, connection } = await overSpdy(path('attach', { stdin: 'true', stdout: 'true' }, 'reader'), [
      'error',
      'stdin',
      'stdout',
    ])
    streams.stdin?.write('two\n')
    const [chunk] = (await once(streams.stdout as Duplex, 'data')) as [Buffer]
    expect(chunk.toString()).toBe('two\n')
    connection.close()
  })

  test('ends with the container, whose input it closes where it is for one client', async () => {
    const session = await overSocket(path('attach', { stdin: 'true', stdout: 'true' }, 'once'))
    session.send(0, 'last words\n')
    await session.heard(1, 'last words\n')
    session.send(255, Buffer.from([0]))
    await session.closed
    expect(session.status.status).toBe('Success')
  })

  test('at the terminal of a container', async () => {
    const session = await overSocket(path('attach', { stdin: 'true', stdout: 'true', tty: 'true' }, 'desk'))
    session.send(0, 'hostname\r')
    await session.heard(1, 'desk\r\n')
    session.socket.close()
    await session.closed
  })
})

/** One GET over a stream that leads to a port. */
const get = (stream: Duplex, target = '/'): Promise<{ code: number; body: string }> =>
  new Promise((resolve, reject) => {
    const asked = httpRequest({ createConnection: () => stream as never, path: target, headers: { connection: 'close' } })
    asked.on('response', (response) =>
      textOf(response as unknown as Duplex).then((body) => resolve({ code: response.statusCode ?? 0, body }), reject),
    )
    asked.on('error', reject)
    asked.end()
  })

function openPort(connection: SpdyConnection, port: number, request: string) {
  const headers = (type: string): [string, string][] => [
    ['streamtype', type],
    ['port', String(port)],
    ['requestid', request],
  ]
  const error = connection.open(headers('error'))
  error.end()
  return { error, data: connection.open(headers('data')) }
}

describe('port-forward', () => {
  const address = path('portforward', {}, 'web')

  test.each(['SPDY', 'a tunnel'])('over %s: many requests on one connection, and a port where nothing listens', async (way) => {
    const connection =
      way === 'SPDY'
        ? (await connector.spdy(address, 'portforward.k8s.io')).connection
        : new SpdyConnection({
            socket: await connector.tunnel(address, 'SPDY/3.1+portforward.k8s.io'),
            onStream: () => {},
            role: 'client',
          })
    const answers = await Promise.all([0, 1, 2].map((index) => get(openPort(connection, 80, String(index)).data)))
    expect(answers.map(({ code, body }) => [code, body.includes('Welcome to nginx!')])).toEqual([0, 1, 2].map(() => [200, true]))
    expect((await get(openPort(connection, 80, '3').data, '/none')).code).toBe(404)
    const refused = openPort(connection, 81, '4')
    refused.data.on('error', () => {})
    expect(await textOf(refused.error)).toMatch(
      /^error forwarding port 81 to pod web, uid \S+: failed to execute portforward .*connection refused/,
    )
    connection.close()
    await connection.closed
  })

  test('over the channels of a WebSocket', async () => {
    const session = await overSocket(path('portforward', { ports: '80,81' }, 'web'), 'v4.channel.k8s.io')
    session.send(0, 'GET / HTTP/1.1\r\nhost: web\r\nconnection: close\r\n\r\n')
    await session.closed
    expect(session.texts.get(0)).toMatch(/^P\0HTTP\/1\.1 200 OK/)
    expect(session.texts.get(3)).toMatch(/^Q\0error forwarding port 81/)
  })

  test('a request for no port is refused', async () => {
    await expect(connector.socket(path('portforward', {}, 'web'), ['v4.channel.k8s.io'])).rejects.toMatchObject({ code: 400 })
    await expect(connector.socket(path('portforward', { ports: '0' }, 'web'), ['v4.channel.k8s.io'])).rejects.toMatchObject({
      code: 400,
    })
    await expect(connector.spdy(path('portforward', {}, 'none'), 'portforward.k8s.io')).rejects.toMatchObject({ code: 404 })
  })
})
