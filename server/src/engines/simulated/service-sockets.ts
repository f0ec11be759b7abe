/**
 * The addresses of a cluster inside a learner's sandbox: Services, NodePorts, load balancers and Pods. Loopback there gets the cluster's
 * networks, so that each address is its own; for every port that answers now a socket is made inside and served out here, by the same
 * way as the API server's (docs/decisions/0041). What has nobody to answer has no socket and is refused.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, readFile } from 'node:fs/promises'
import type { Server, Socket } from 'node:net'
import { type Connection, fromBytes, type Reachable, type Target, toBytes } from '@wheelhouse/simulator'

/** Every address of these networks becomes the sandbox's own: of the Services, of the nodes and load balancers, of the Pods. */
const NETWORKS = ['10.96.0.1/255.255.0.0', '172.30.0.1/255.255.0.0', '10.244.0.1/255.255.0.0']

/** Loopback takes addresses by two ioctls each, for which any of three programs will do. */
const ADDRESSES = `
give() {
  perl -e 'socket(S,2,2,0) or die; my $i=0; for (@ARGV) { my ($a,$m)=split "/"; my $n="lo:".++$i; my @a=split(/\\./,$a); my @m=split(/\\./,$m); my $p=pack("a16 S n C4 x8",$n,2,0,@a); ioctl(S,0x8916,$p) or die; $p=pack("a16 S n C4 x8",$n,2,0,@m); ioctl(S,0x891c,$p) or die }' "$@" 2>/dev/null && return
  python3 -c 'import fcntl,socket,struct,sys
s=socket.socket()
for i,w in enumerate(sys.argv[1:]):
  for call,text in zip((0x8916,0x891c),w.split("/")):
    fcntl.ioctl(s,call,struct.pack("16sHH4s8x",b"lo:%d"%(i+1),2,0,socket.inet_aton(text)))' "$@" 2>/dev/null && return
  for network in "$@"; do ip addr add "\${network%/*}/16" dev lo 2>/dev/null || busybox ip addr add "\${network%/*}/16" dev lo || return 1; done
}
give ${NETWORKS.join(' ')}`

/** Makes the sockets that it is told of, hands each over, and ends. */
const PROGRAM = `
const { createServer } = require('node:net')
const make = ({ address, port }, index) => new Promise((done) => {
  const server = createServer()
  server.on('error', (error) => process.send({ index, error: error.code }, done))
  server.listen(port, address, () => process.send({ index }, server, done))
})
process.on('message', async (targets) => {
  for (const [index, target] of targets.entries()) await make(target, index)
  process.exit(0)
})
`
const LONGEST_MS = 10_000
/** Changes come in flocks: one look after them. */
const SETTLE_MS = 150
/** A look may start a program, which costs a twentieth of a second: after so many within the time, the next comes later. */
const MOST_MADE = 8
const WITHIN_MS = 10_000
const PAUSE_MS = 1_500
/** A port of a Pod is given up when nobody has listened for so long: a loop around `nc -l` opens and closes its port all the time. */
const KEPT_MS = 3_000
const PODS = '10.244.'
/** Sockets of one cluster; who has more Pods reaches the first of them. */
const MOST_SOCKETS = 256
/** Connections to them: each takes a descriptor of the process that dozens of clusters share. */
export const MOST_CONNECTIONS = 512
const SILENT_FOR_MS = 60_000
/** Pieces of a client's that are kept until somebody answers. */
const MOST_EARLY = 4

const keyOf = ({ address, port }: Target): string => `${address}:${port}`

export interface ServiceSocketsParts {
  /** Words that run a program in the sandbox's network. */
  enter: readonly [string, ...string[]]
  network: Reachable
  /** NodePorts of it are reached by the name of the control plane too, which is 127.0.0.1 in the sandbox. */
  controlPlane: string
  onError: (where: string, error: unknown) => void
}

export class ServiceSockets {
  readonly #open = new Map<string, Server>()
  readonly #taken = new Set<string>()
  /** Since when nobody stands behind a socket that is kept all the same. */
  readonly #idleSince = new Map<string, number>()
  /** When programs were started lately. */
  #made: number[] = []
  #timer: NodeJS.Timeout | undefined
  #stopFollowing = () => {}
  #working: Promise<void> = Promise.resolve()
  #closed = false
  #connections = 0

  constructor(readonly parts: ServiceSocketsParts) {}

  /** Gives loopback the networks, and follows the cluster from then on. */
  async start(): Promise<void> {
    const [program, ...words] = this.parts.enter
    const child = spawn(program, [...words, 'sh', '-c', ADDRESSES], { stdio: 'ignore', timeout: LONGEST_MS })
    const [code] = await once(child, 'exit')
    if (code !== 0) throw new Error(`loopback of the sandbox takes no addresses: sh ended with ${code}`)
    this.#stopFollowing = this.parts.network.onReachable(() => this.#later())
    await this.refresh()
  }

  #later(): void {
    if (this.#timer || this.#closed) return
    const delayMs = this.#made.length < MOST_MADE ? SETTLE_MS : PAUSE_MS
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.refresh().catch((error) => this.parts.onError('sockets of Services', error))
    }, delayMs)
    this.#timer.unref()
  }

  /** Makes the sockets that are missing and closes those that nobody stands behind. */
  refresh(): Promise<void> {
    this.#working = this.#working.catch(() => {}).then(() => this.#refresh())
    return this.#working
  }

  async #refresh(): Promise<void> {
    if (this.#closed) return
    this.#made = this.#made.filter((at) => performance.now() - at < WITHIN_MS)
    const wanted = new Map(this.#wanted().map((front) => [keyOf(front.at), front]))
    for (const [key, server] of this.#open) {
      if (wanted.has(key)) this.#idleSince.delete(key)
      else if (this.#isKept(key)) this.#later()
      else {
        server.close()
        this.#open.delete(key)
      }
    }
    for (const key of this.#taken) if (!wanted.has(key)) this.#taken.delete(key)
    const missing = [...wanted].filter(([key]) => !this.#open.has(key) && !this.#taken.has(key)).map(([, front]) => front)
    if (missing.length > 0) await this.#make(missing)
  }

  #isKept(key: string): boolean {
    const nowMs = performance.now()
    const sinceMs = this.#idleSince.get(key) ?? nowMs
    const isKept = key.startsWith(PODS) && nowMs - sinceMs < KEPT_MS
    if (isKept) this.#idleSince.set(key, sinceMs)
    else this.#idleSince.delete(key)
    return isKept
  }

  #wanted(): { at: Target; to: Target }[] {
    return this.parts.network
      .reachable()
      .slice(0, MOST_SOCKETS)
      .flatMap((to) => {
        const named = to.address === this.parts.controlPlane ? [{ at: { address: '127.0.0.1', port: to.port }, to }] : []
        return [{ at: to, to }, ...named]
      })
  }

  #make(fronts: { at: Target; to: Target }[]): Promise<void> {
    this.#made.push(performance.now())
    return new Promise((resolve, reject) => {
      const [program, ...words] = this.parts.enter
      const child = spawn(program, [...words, process.execPath, '-e', PROGRAM], {
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        timeout: LONGEST_MS,
      })
      child.on('error', reject)
      child.on('message', (message: unknown, handle: unknown) => {
        const { index } = message as { index: number }
        const front = fronts[index]
        if (front) this.#take(front, handle as Server | undefined)
      })
      child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`no sockets in the sandbox: ended with ${code}`))))
      child.send(fronts.map(({ at }) => at))
    })
  }

  #take({ at, to }: { at: Target; to: Target }, server: Server | undefined): void {
    // Something of the learner's, or another cluster of the environment, has the port.
    if (!server) this.#taken.add(keyOf(at))
    else if (this.#closed) server.close()
    else {
      // Who has said all still hears the answer.
      Object.assign(server, { allowHalfOpen: true })
      this.#open.set(keyOf(at), server)
      server.on('connection', (socket) => this.#arrive(socket, to))
    }
  }

  #arrive(socket: Socket, to: Target): void {
    if (this.#connections >= MOST_CONNECTIONS) {
      socket.resetAndDestroy()
      return
    }
    this.#connections++
    // A client that has gone without a word is heard of at last.
    socket.setKeepAlive(true, SILENT_FOR_MS)
    socket.on('close', () => this.#connections--)
    void this.#bridge(socket, to)
  }

  async #bridge(socket: Socket, to: Target): Promise<void> {
    const gone = new AbortController()
    const giveUp = () => gone.abort()
    const early: Buffer[] = []
    const keep = (chunk: Buffer) => {
      // What nobody answers is not listened to for ever.
      if (early.push(chunk) === MOST_EARLY) socket.pause()
    }
    socket.on('close', giveUp)
    socket.on('error', () => socket.destroy())
    // A paused socket would not tell that the client has gone.
    socket.on('data', keep)
    socket.on('end', giveUp)
    try {
      const connection = await this.parts.network.dial(to, gone.signal)
      socket.off('data', keep)
      socket.off('end', giveUp)
      carry(socket, connection, early)
    } catch {
      socket.resetAndDestroy()
    }
  }

  /** How many clients there are now. */
  get connections(): number {
    return this.#connections
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#stopFollowing()
    clearTimeout(this.#timer)
    await this.#working.catch(() => {})
    for (const server of this.#open.values()) server.close()
    this.#open.clear()
  }
}

/** Bytes both ways, each as fast as the other side takes them. */
function carry(socket: Socket, connection: Connection, early: Buffer[]): void {
  const pass = (chunk: Buffer) => {
    socket.pause()
    void Promise.resolve(connection.write(fromBytes(chunk))).then(() => socket.resume())
  }
  socket.on('end', () => connection.end())
  socket.on('close', () => connection.close())
  if (early.length > 0) pass(Buffer.concat(early))
  socket.on('data', pass)
  void (async () => {
    for (let data = await connection.read(); data !== null; data = await connection.read())
      if (!socket.write(toBytes(data)) && !socket.destroyed) await Promise.race([once(socket, 'drain'), once(socket, 'close')])
    socket.end()
  })().catch(() => socket.destroy())
}

/** Names of nodes in the sandbox's hosts file, beside those that are there. @param path the file, which the sandbox shows as /etc/hosts */
export async function nameNodes(path: string, nodes: { name: string; address: string }[]): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const known = new Set(text.split(/\s+/))
  const lines = nodes.filter(({ name }) => !known.has(name)).map(({ name, address }) => `${address} ${name}\n`)
  // The same file, not a new one: it is mounted. And never cut short: a command may be looking a name up.
  if (text && lines.length > 0) await appendFile(path, lines.join(''))
}
