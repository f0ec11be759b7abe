/**
 * Keepers of shells on this computer, in a process of their own: `node main.js SOCKET`; further sockets come by the frame `keeper`.
 *
 * It outlives the server that started it, `kill -9` included. A keeper ends by itself when it has no shell and nobody is connected, and
 * when its socket file is gone, which is how a removed environment takes its keeper with it. The process ends with its last keeper.
 */
import { writeSync } from 'node:fs'
import { Keeper, type KeeperHouse } from './keeper.js'

/** The pipe on which the starter waits. */
const READY_FD = 3

const [first] = process.argv.slice(2)
if (!first) throw new Error('usage: main.js SOCKET')

const keepers = new Map<string, Keeper>()
/** Two that ask for the same socket at once get the same keeper. */
const opening = new Map<string, Promise<void>>()

const house: KeeperHouse = {
  open(path) {
    const under = opening.get(path) ?? open(path).finally(() => opening.delete(path))
    opening.set(path, under)
    return under
  },
  ended(path) {
    keepers.delete(path)
    if (keepers.size === 0 && opening.size === 0) process.exit(0)
  },
}

async function open(path: string): Promise<void> {
  const keeper = await Keeper.open(path, house)
  if (keeper) keepers.set(path, keeper)
}

await house.open(first)
if (keepers.size === 0) process.exit(0)
writeSync(READY_FD, '.')
for (const signal of ['SIGHUP', 'SIGINT', 'SIGPIPE'] as const) process.on(signal, () => {})
process.on('SIGTERM', () => {
  for (const keeper of [...keepers.values()]) keeper.shutDown()
})
// Its starter closes that pipe; a complaint that nobody reads must not end the shells.
process.stderr.on('error', () => {})
