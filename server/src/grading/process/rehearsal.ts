/**
 * What a checker's process does once before it says that it is ready: a conversation with itself over TLS, as checks have one with an API
 * server. The first requests and the first `exec` of a process take several times as long as later ones: code is compiled and loaded then.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { Agent, createServer, type RequestOptions, request } from 'node:https'
import { listenHere } from '@wheelhouse/checkers/listen'
import { WebSocket, WebSocketServer } from 'ws'

/** A key that both ends know stands for certificates, which nobody has to make then. */
const CIPHERS = 'PSK-AES128-GCM-SHA256'
/** More make little faster: what is left after these is cryptography. */
const ROUNDS = 3

/** Leaves nothing open. @throws Error where this computer has no loopback to speak on */
export async function rehearse(): Promise<void> {
  const psk = randomBytes(32)
  const server = createServer({ ciphers: CIPHERS, pskCallback: () => psk }, (_, response) => response.end('{"items":[]}'))
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => socket.close())
  const port = await listenHere(server)
  const agent = new Agent({ keepAlive: true })
  const options = {
    agent,
    port,
    ciphers: CIPHERS,
    // The next version has other words for such keys.
    maxVersion: 'TLSv1.2',
    pskCallback: () => ({ psk, identity: 'rehearsal' }),
    checkServerIdentity: () => undefined,
  } as const
  try {
    for (let round = 0; round < ROUNDS; round++) await Promise.all([ask(options), exec(options)])
  } finally {
    agent.destroy()
    sockets.close()
    server.close()
  }
}

async function ask(options: RequestOptions): Promise<void> {
  const [response] = await once(request({ host: '127.0.0.1', ...options }).end(), 'response')
  JSON.parse(Buffer.concat(await response.toArray()).toString('utf8'))
}

async function exec({ port, ...options }: RequestOptions): Promise<void> {
  await once(new WebSocket(`wss://127.0.0.1:${port}`, options), 'close')
}
