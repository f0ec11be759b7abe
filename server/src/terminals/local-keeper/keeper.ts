/** One keeper: a socket, and the shells behind it. A process holds one or many of them; they share nothing but the process. */
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { LocalConnection } from './local-connection.js'
import { LocalShells } from './local-shells.js'

/** With nothing to hold and nobody to serve, this long until the end: a server that restarts comes back sooner. */
const IDLE_MS = 15_000
const SOCKET_CHECK_MS = 2_000

export interface KeeperHouse {
  /** Opens a further keeper in this process. Resolves when its socket is there. */
  open(path: string): Promise<void>
  /** A keeper has ended. */
  ended(path: string): void
}

export class Keeper {
  readonly #id = randomBytes(8).toString('hex')
  readonly #connections = new Set<Socket>()
  readonly #shells = new LocalShells(() => this.#considerEnding())
  readonly #server: Server
  readonly #check: NodeJS.Timeout
  #idle: NodeJS.Timeout | undefined

  private constructor(
    readonly path: string,
    readonly house: KeeperHouse,
  ) {
    this.#server = createServer((socket) => this.#welcome(socket))
    this.#check = setInterval(() => existsSync(path) || this.shutDown(), SOCKET_CHECK_MS)
  }

  /** @returns null where another process answers at `path` */
  static async open(path: string, house: KeeperHouse): Promise<Keeper | null> {
    if (await isTaken(path)) return null
    rmSync(path, { force: true })
    const keeper = new Keeper(path, house)
    await keeper.#listen()
    return keeper
  }

  #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      process.umask(0o177)
      this.#server.listen(this.path, () => {
        process.umask(0o022)
        chmodSync(this.path, 0o600)
        this.#considerEnding()
        resolve()
      })
    })
  }

  #welcome(socket: Socket): void {
    this.#connections.add(socket)
    this.#considerEnding()
    socket.on('close', () => {
      this.#connections.delete(socket)
      this.#considerEnding()
    })
    new LocalConnection(socket, this.#shells, {
      id: this.#id,
      shutDown: () => this.shutDown(),
      open: (path) => this.house.open(path),
    })
  }

  #considerEnding(): void {
    clearTimeout(this.#idle)
    if (this.#connections.size === 0 && this.#shells.size === 0) this.#idle = setTimeout(() => this.shutDown(), IDLE_MS)
  }

  shutDown(): void {
    clearTimeout(this.#idle)
    clearInterval(this.#check)
    for (const shell of this.#shells.all()) {
      shell.hangUp('SIGHUP')
      shell.hangUp('SIGKILL')
    }
    rmSync(this.path, { force: true })
    this.#server.close()
    for (const socket of this.#connections) socket.destroy()
    this.house.ended(this.path)
  }
}

/** Resolves whether another keeper answers there. */
const isTaken = (path: string) =>
  new Promise<boolean>((resolve) => {
    const probe = connect(path)
    probe.on('connect', () => resolve(true))
    probe.on('error', () => resolve(false))
    probe.on('close', () => probe.destroy())
  })
