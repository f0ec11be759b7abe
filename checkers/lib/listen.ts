import { once } from 'node:events'
import { type AddressInfo, connect, type Server, type Socket } from 'node:net'

/** How long a connection to oneself may take before the port is given up for another. */
const DIAL_MS = 2_000
const MOST_PORTS = 10

const dialHere = (port: number) => connect(port, '127.0.0.1')

export interface ListenOptions {
  /** The only one that will do; 0, as where it is absent, for any. */
  port?: number | undefined
  dial?: ((port: number) => Socket) | undefined
}

/**
 * Listens on a port of 127.0.0.1 that leads here, which a free port need not: an engine may send a port on to a container by a rule of
 * the kernel, with no socket that would hold it (Podman's netavark does), and the rule may outlive the container. Then every
 * request hangs for seconds, and nothing says why.
 *
 * @returns the port
 * @throws Error where the port is taken, or no port leads here
 */
export async function listenHere(server: Server, { port = 0, dial = dialHere }: ListenOptions = {}): Promise<number> {
  const most = port === 0 ? MOST_PORTS : 1
  for (let tried = 0; tried < most; tried += 1) {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    if (await leadsHere(server, dial)) return (server.address() as AddressInfo).port
    server.close()
    await once(server, 'close')
  }
  throw new Error(`${port === 0 ? 'no port' : `port ${port}`} of 127.0.0.1 leads to the process that listens on it`)
}

function leadsHere(server: Server, dial: (port: number) => Socket): Promise<boolean> {
  const { port } = server.address() as AddressInfo
  return new Promise((resolve) => {
    const socket = dial(port)
    const end = (leads: boolean) => {
      clearTimeout(limit)
      server.off('connection', hear)
      socket.destroy()
      resolve(leads)
    }
    const hear = (heard: Socket) => {
      heard.destroy()
      end(true)
    }
    const limit = setTimeout(() => end(false), DIAL_MS)
    server.once('connection', hear)
    socket.on('error', () => end(false))
  })
}
