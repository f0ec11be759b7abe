/** For tests: the client's side of an upgraded connection, as Go's and JavaScript's clients speak it. */
import { request } from 'node:https'
import { connect } from 'node:net'
import { Duplex, type Readable } from 'node:stream'
import { WebSocket } from 'ws'
import type { SimulatedCluster } from '../cluster/cluster.js'
import { SpdyConnection } from './spdy/connection.js'

/** The client's side of a WebSocket as bytes. The library refuses to ask for a protocol with a slash in its name. */
class Tunnel extends Duplex {
  #waiting: Buffer = Buffer.alloc(0)
  constructor(readonly socket: Duplex) {
    super()
    socket.on('data', (chunk: Buffer) => this.#unpack(chunk))
    socket.on('close', () => this.push(null))
    socket.on('error', () => this.destroy())
  }
  #unpack(chunk: Buffer): void {
    this.#waiting = Buffer.concat([this.#waiting, chunk])
    for (;;) {
      const short = (this.#waiting[1] ?? 0) & 0x7f
      const head = short === 127 ? 10 : short === 126 ? 4 : 2
      if (this.#waiting.length < head) return
      const length = short === 127 ? this.#waiting.readUIntBE(4, 6) : short === 126 ? this.#waiting.readUInt16BE(2) : short
      if (this.#waiting.length < head + length) return
      const opcode = (this.#waiting[0] ?? 0) & 0xf
      const payload = this.#waiting.subarray(head, head + length)
      this.#waiting = this.#waiting.subarray(head + length)
      if (opcode === 0 || opcode === 2) this.push(payload)
      else if (opcode === 8) this.socket.end()
    }
  }
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    const head = Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    head.writeUIntBE(chunk.length, 4, 6)
    this.socket.write(Buffer.concat([head, chunk]), done)
  }
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.socket.destroy()
    done(error)
  }
}

export interface TestConnector {
  spdy(path: string, protocol: string): Promise<{ connection: SpdyConnection; protocol: string }>
  socket(path: string, protocols: string[]): Promise<WebSocket>
  /** The bytes of the binary messages of a WebSocket, whatever its protocol is called. */
  tunnel(path: string, protocol: string): Promise<Duplex>
  /** The body of an answer, as it comes. */
  get(path: string): Promise<Readable>
  /** A connection that says nothing. */
  plain(): Duplex
}

/** The refusal of an upgrade, with what the server said. */
export class RefusedUpgrade extends Error {
  constructor(
    readonly code: number,
    readonly body: string,
  ) {
    super(body)
  }
}

/** Opens a listener of the cluster and connects to it as one who may do anything. */
export async function connectorFor(cluster: SimulatedCluster): Promise<TestConnector> {
  const { port } = await cluster.listen()
  const { certificatePem: cert, keyPem: key } = await cluster.issue({ name: 'admin', groups: ['system:masters'] })
  const tls = { host: '127.0.0.1', port, cert, key, rejectUnauthorized: false }
  const collect = async (body: AsyncIterable<Buffer>) => {
    const chunks: Buffer[] = []
    for await (const chunk of body) chunks.push(chunk)
    return Buffer.concat(chunks).toString()
  }
  return {
    spdy: (path, protocol) =>
      new Promise((resolve, reject) => {
        const headers = { connection: 'Upgrade', upgrade: 'SPDY/3.1', 'x-stream-protocol-version': protocol }
        const asked = request({ ...tls, path, method: 'POST', headers })
        asked.on('upgrade', (response, socket) =>
          resolve({
            connection: new SpdyConnection({ socket, onStream: () => {}, role: 'client' }),
            protocol: String(response.headers['x-stream-protocol-version']),
          }),
        )
        asked.on('response', (response) =>
          collect(response).then((body) => reject(new RefusedUpgrade(response.statusCode ?? 0, body)), reject),
        )
        asked.on('error', reject)
        asked.end()
      }),
    socket: (path, protocols) =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`wss://127.0.0.1:${port}${path}`, protocols, tls)
        socket.on('open', () => resolve(socket))
        socket.on('unexpected-response', (_request, response) =>
          collect(response).then((body) => reject(new RefusedUpgrade(response.statusCode ?? 0, body)), reject),
        )
        socket.on('error', reject)
      }),
    tunnel: (path, protocol) =>
      new Promise((resolve, reject) => {
        const headers = {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': Buffer.alloc(16).toString('base64'),
          'sec-websocket-protocol': protocol,
        }
        const asked = request({ ...tls, path, headers })
        asked.on('upgrade', (response, socket) => {
          if (response.headers['sec-websocket-protocol'] === protocol) resolve(new Tunnel(socket))
          else reject(new Error('another protocol was chosen'))
        })
        asked.on('response', (response) => reject(new RefusedUpgrade(response.statusCode ?? 0, '')))
        asked.on('error', reject)
        asked.end()
      }),
    get: (path) =>
      new Promise((resolve, reject) => {
        request({ ...tls, path }, resolve)
          .on('error', reject)
          .end()
      }),
    plain: () => connect(port, '127.0.0.1'),
  }
}
