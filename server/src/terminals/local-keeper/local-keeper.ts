/** Shells of this computer, under a keeper that is a process of its own: for the simulated engine's sandboxes and for tests. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { KeeperChannel } from '../../engines/engine.js'
import { KeeperClient } from '../keeper-client.js'
import { encodeFields, encodeFrame, type Fields, FrameType } from '../keeper-protocol.js'
import type { ShellPlan } from './local-shell.js'

export interface LocalKeeperOptions {
  /** Absolute. The keeper's socket lies in it, mode 0600; made where it does not exist, mode 0700. */
  directory: string
  /** What a shell of each user is, a sandbox's command for one. Where a part is absent it is this account's login shell. */
  shells?: Partial<Record<'candidate' | 'root', Partial<ShellPlan>>>
  /** Folder of another keeper whose process takes this one in as well, started where it does not run: a process costs some 45 MB. */
  house?: string
}

/** The compiled program, whether this file runs compiled or from its source. */
const PROGRAM = fileURLToPath(new URL('../../../dist/terminals/local-keeper/main.js', import.meta.url))
/** Unix sockets allow 108 bytes; longer ones go to a private folder of this user's below the temporary one. */
const MOST_PATH_BYTES = 100

/** Keepers that are being started: two channels that come at once start one. */
const starting = new Map<string, Promise<void>>()

export function localKeeperSocket(directory: string): string {
  const path = join(directory, 'keeper.sock')
  if (Buffer.byteLength(path) <= MOST_PATH_BYTES) return path
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 24)
  return join(tmpdir(), `wheelhouse-${process.getuid?.() ?? 0}`, `${name}.sock`)
}

/** Connects to the keeper of `directory`, and starts it where it does not run. */
export function openLocalKeeper(options: LocalKeeperOptions): KeeperChannel {
  const input = new PassThrough()
  const output = new PassThrough()
  let close = () => {
    input.end()
    output.end()
  }
  const ended = joinOrStart(options).then(
    (socket) => {
      close = () => socket.destroy()
      if (options.shells) socket.write(encodeFrame(FrameType.shells, 0, encodeFields(templateFields(options.shells))))
      if (output.writableEnded) socket.destroy()
      input.pipe(socket)
      socket.pipe(output)
      return untilClosed(socket, output)
    },
    (error: Error) => {
      output.end()
      return { exitCode: 1, stderr: error.message }
    },
  )
  return { input, output, ended, close: () => close() }
}

const untilClosed = (socket: Socket, output: PassThrough) =>
  new Promise<{ exitCode: number; stderr: string }>((resolve) => {
    socket.on('error', () => {})
    socket.on('close', () => {
      output.end()
      resolve({ exitCode: 0, stderr: '' })
    })
  })

/** Ends the keeper of `directory` with all its shells. Idempotent. */
export async function stopLocalKeeper(directory: string): Promise<void> {
  const socket = await joinKeeper(localKeeperSocket(directory)).catch(() => null)
  if (!socket) return
  await new Promise<void>((resolve) => {
    socket.on('error', () => {})
    socket.on('close', () => resolve())
    socket.resume()
    socket.write(encodeFrame(FrameType.shutdown, 0))
  })
}

async function joinOrStart({ directory, house }: LocalKeeperOptions): Promise<Socket> {
  const path = localKeeperSocket(directory)
  await starting.get(path)
  try {
    return await joinKeeper(path)
  } catch {
    const begin = () => (house ? takeIn(house, directory, path) : startKeeper(directory, path))
    const start = starting.get(path) ?? begin().finally(() => starting.delete(path))
    starting.set(path, start)
    await start
    return joinKeeper(path)
  }
}

/** Resolves when the process of `house` serves the keeper at `path` too. */
async function takeIn(house: string, directory: string, path: string): Promise<void> {
  makeFolders(directory, path)
  const channel = openLocalKeeper({ directory: house })
  const client = await KeeperClient.connect(channel)
  try {
    await client.openKeeper(path)
  } finally {
    client.close()
  }
}

function makeFolders(directory: string, path: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 })
}

const joinKeeper = (path: string) =>
  new Promise<Socket>((resolve, reject) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
    socket.once('error', reject)
  })

/** Resolves when its socket is there. @throws Error with what it said where it does not come up */
async function startKeeper(directory: string, path: string): Promise<void> {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not built: npm run build -- or npm run types -- makes it`)
  makeFolders(directory, path)
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, path], {
      detached: true,
      cwd: '/',
      env: keeperEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    })
    let complaint = ''
    child.stderr?.on('data', (text) => (complaint += text))
    child.on('error', reject)
    child.stdio[3]?.on('data', () => {
      child.stderr?.destroy()
      child.stdio[3]?.destroy()
      child.unref()
      resolve()
    })
    // 0 without a sign of life: another keeper has the socket already.
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the keeper ended with ${code}: ${complaint.trim()}`))))
  })
}

/** What a shell may inherit: nothing of the server's settings. */
function keeperEnvironment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TZ', 'TMPDIR']
  return Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))
}

function templateFields(shells: NonNullable<LocalKeeperOptions['shells']>): Fields {
  const fields: Fields = {}
  for (const [user, plan] of Object.entries(shells)) {
    plan.argv?.forEach((argument, index) => {
      fields[`${user}.argv.${index}`] = argument
    })
    for (const [name, value] of Object.entries(plan.env ?? {})) fields[`${user}.env.${name}`] = value
    if (plan.cwd) fields[`${user}.cwd`] = plan.cwd
  }
  return fields
}
