/**
 * The keeper of shells on this computer, as a process of its own: `node main.js SOCKET`.
 *
 * It outlives the server that started it, `kill -9` included. It ends by itself when it has no shell and nobody is connected, and
 * when its socket file is gone, which is how a removed environment takes its keeper with it.
 */
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, rmSync, writeSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { LocalConnection } from './local-connection.js'
import { LocalShells } from './local-shells.js'

/** With nothing to hold and nobody to serve, this long until the end: a server that restarts comes back sooner. */
const IDLE_MS = 15_000
const SOCKET_CHECK_MS = 2_000
/** The pipe on which the starter waits. */
const READY_FD = 3

const [path] = process.argv.slice(2)
if (!path) throw new Error('usage: main.js SOCKET')

const connections = new Set<Socket>()
const shells = new LocalShells(() => considerEnding())
const keeper = { id: randomBytes(8).toString('hex'), shutDown }
let idle: NodeJS.Timeout | undefined

const server = createServer((socket) => {
  connections.add(socket)
  considerEnding()
  socket.on('close', () => {
    connections.delete(socket)
    considerEnding()
  })
  new LocalConnection(socket, shells, keeper)
})

function considerEnding(): void {
  clearTimeout(idle)
  if (connections.size === 0 && shells.size === 0) idle = setTimeout(shutDown, IDLE_MS)
}

function shutDown(): void {
  for (const shell of shells.all()) {
    shell.hangUp('SIGHUP')
    shell.hangUp('SIGKILL')
  }
  rmSync(String(path), { force: true })
  process.exit(0)
}

/** Resolves whether another keeper answers there. */
const isTaken = () =>
  new Promise<boolean>((resolve) => {
    const probe = connect(String(path))
    probe.on('connect', () => resolve(true))
    probe.on('error', () => resolve(false))
    probe.on('close', () => probe.destroy())
  })

if (await isTaken()) process.exit(0)
rmSync(path, { force: true })
process.umask(0o177)
server.listen(path, () => {
  process.umask(0o022)
  chmodSync(path, 0o600)
  considerEnding()
  setInterval(() => existsSync(path) || shutDown(), SOCKET_CHECK_MS)
  writeSync(READY_FD, '.')
})
for (const signal of ['SIGHUP', 'SIGINT', 'SIGPIPE'] as const) process.on(signal, () => {})
process.on('SIGTERM', shutDown)
// Its starter closes that pipe; a complaint that nobody reads must not end the shells.
process.stderr.on('error', () => {})
