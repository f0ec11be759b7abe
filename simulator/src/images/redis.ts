/** A Redis that keeps strings: what labs put in and take out, over its own protocol on port 6379, and kept in /data. */
import { ConnectError, type Connection } from '../containers/network.js'
import type { Process, Program } from '../containers/process.js'
import { addressOf } from '../containers/resolver.js'
import { encode } from '../containers/stream.js'
import { applet, type Options, wholeNumber } from '../shell/commands/command.js'
import { busyboxPrograms } from '../shell/commands/index.js'
import { timestamp } from '../time/clock.js'
import type { Image } from './image.js'
import { serveUntilEnded } from './serving.js'

const PORT = 6379
const VERSION = '8.2.1'
/** Kept as JSON: nothing but this program reads it. */
const DUMP = '/data/dump.rdb'

type Value = string | number | null | Value[] | { error: string } | { plain: string }

const bulk = (value: Value): string => {
  if (value === null) return '$-1\r\n'
  if (typeof value === 'number') return `:${value}\r\n`
  if (typeof value === 'string') return `$${value.length}\r\n${value}\r\n`
  if (Array.isArray(value)) return `*${value.length}\r\n${value.map(bulk).join('')}`
  return 'error' in value ? `-${value.error}\r\n` : `+${value.plain}\r\n`
}
const OK: Value = { plain: 'OK' }

class Store {
  readonly values = new Map<string, string>()
  constructor(readonly process: Process) {
    const { fs } = process.machine
    if (fs.exists(DUMP)) for (const [key, value] of Object.entries(JSON.parse(fs.read(DUMP)))) this.values.set(key, String(value))
  }
  save(): void {
    this.process.machine.fs.write(DUMP, JSON.stringify(Object.fromEntries(this.values)))
  }

  run([name = '', ...args]: string[]): Value {
    const [key = '', value = ''] = args
    switch (name.toUpperCase()) {
      case 'PING':
        return args.length > 0 ? key : { plain: 'PONG' }
      case 'ECHO':
        return key
      case 'SET':
        this.values.set(key, value)
        return OK
      case 'GET':
        return this.values.get(key) ?? null
      case 'DEL':
        return args.filter((each) => this.values.delete(each)).length
      case 'EXISTS':
        return args.filter((each) => this.values.has(each)).length
      case 'INCR':
        return this.#increment(key)
      case 'KEYS':
        return [...this.values.keys()].filter((each) => key === '*' || each.startsWith(key.replace(/\*$/, '')))
      case 'DBSIZE':
        return this.values.size
      case 'FLUSHALL':
        this.values.clear()
        return OK
      case 'CONFIG':
        return this.#config(args)
      case 'SAVE':
      case 'BGSAVE':
        this.save()
        return OK
      case 'INFO':
        return `# Server\r\nredis_version:${VERSION}\r\nredis_mode:standalone\r\ntcp_port:${PORT}\r\n# Replication\r\nrole:master\r\n# Keyspace\r\ndb0:keys=${this.values.size}\r\n`
      case 'HELLO':
      case 'CLIENT':
      case 'SELECT':
        return OK
      default:
        return { error: `ERR unknown command '${name}' of the simulated Redis, which keeps strings alone` }
    }
  }
  #increment(key: string): Value {
    const number = Number(this.values.get(key) ?? 0)
    if (!Number.isInteger(number)) return { error: 'ERR value is not an integer or out of range' }
    this.values.set(key, String(number + 1))
    return number + 1
  }
  #config([action = '', name = '']: string[]): Value {
    if (action.toUpperCase() !== 'GET') return { error: 'ERR the simulated Redis takes its configuration at its start' }
    const value = this.settings.get(name)
    return value === undefined ? [] : [name, value]
  }
  readonly settings = new Map<string, string>([['port', String(PORT)]])
}

/** One command: an array of strings, or a line of words. */
async function readCommand(next: () => Promise<string | null>): Promise<string[] | null> {
  const line = await next()
  if (line === null) return null
  if (!line.startsWith('*')) return line.trim().split(/\s+/)
  const words: string[] = []
  for (let count = Number(line.slice(1)); count > 0; count--) {
    await next()
    words.push((await next()) ?? '')
  }
  return words
}

function lines(connection: Connection): () => Promise<string | null> {
  let rest = ''
  return async () => {
    for (;;) {
      const end = rest.indexOf('\n')
      if (end >= 0) {
        const line = rest.slice(0, end).replace(/\r$/, '')
        rest = rest.slice(end + 1)
        return line
      }
      const data = await connection.read()
      if (data === null) return null
      rest += data
    }
  }
}

async function serve(store: Store, connection: Connection): Promise<void> {
  const next = lines(connection)
  for (let words = await readCommand(next); words !== null; words = await readCommand(next)) {
    if (words[0]?.toUpperCase() === 'QUIT') break
    if (words[0]) await connection.write(bulk(store.run(words)))
  }
  connection.end()
}

/** `maxmemory 2mb` of the file that the server is given. */
function readSettings(process: Process, store: Store): void {
  const path = process.argv.slice(1).find((arg) => arg.startsWith('/'))
  const node = path ? process.machine.fs.stat(path) : undefined
  const sizes: Record<string, number> = { kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 }
  for (const line of node?.type === 'file' ? node.data.split('\n') : []) {
    const [name = '', value = ''] = line.trim().split(/\s+/)
    const [, number, unit] = /^(\d+)(kb|mb|gb)$/i.exec(value) ?? []
    if (name && !name.startsWith('#'))
      store.settings.set(name, number && unit ? String(Number(number) * (sizes[unit.toLowerCase()] ?? 1)) : value)
  }
}

const server: Program = async (process) => {
  const { machine } = process
  const store = new Store(process)
  readSettings(process, store)
  const port = Number(store.settings.get('port'))
  const log = (line: string) => process.stdout.write(encode(`1:M ${timestamp(machine.clock.now())} ${line}\n`))
  if (!machine.network.listen(port, { stream: (connection) => serve(store, connection), program: 'redis-server' })) {
    await log(`# Warning: Could not create server TCP listening socket *:${port}: bind: Address already in use`)
    return 1
  }
  await log(`* Redis version=${VERSION}, bits=64, commit=00000000, modified=0, pid=1, just started`)
  await log('* Ready to accept connections tcp')
  const code = await serveUntilEnded(process, [port])
  if (code === 0) store.save()
  return code
}

function shown(reply: string): string {
  const [kind, rest] = [reply[0], reply.slice(1)]
  if (kind === '+') return rest
  if (kind === '-') return `(error) ${rest}`
  return kind === ':' ? `(integer) ${rest}` : rest
}

/** Of an answer, what a person sees: raw where nobody looks on. */
async function readReply(next: () => Promise<string | null>): Promise<string> {
  const line = (await next()) ?? ''
  if (line.startsWith('$')) {
    const size = Number(line.slice(1))
    if (size < 0) return ''
    let text = (await next()) ?? ''
    while (text.length < size) text += `\r\n${(await next()) ?? ''}`
    return text
  }
  if (!line.startsWith('*')) return line.startsWith(':') ? line.slice(1) : shown(line)
  const items: string[] = []
  for (let count = Number(line.slice(1)); count > 0; count--) items.push(await readReply(next))
  return items.join('\n')
}

/** Without passwords and with one database, as the server has it. */
const cli: Program = applet('[-h HOST] [-p PORT] [COMMAND]...', talk, { isOwn: true })

async function talk(process: Process, { values, operands }: Options): Promise<number> {
  const host = values.get('h') ?? '127.0.0.1'
  const port = wholeNumber(values.get('p') ?? String(PORT))
  try {
    const address = await addressOf(process.machine, host, process.signal)
    const connection = await process.machine.network.connect({ address, port }, process.signal)
    const next = lines(connection)
    const ask = async (words: string[]) => {
      await connection.write(`*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`)
      await process.stdout.write(`${await readReply(next)}\n`)
    }
    if (operands.length > 0) await ask(operands)
    else {
      const typed = lines({ read: () => process.stdin.read() } as Connection)
      for (let line = await typed(); line !== null && line.trim() !== 'quit'; line = await typed())
        if (line.trim()) await ask(line.trim().split(/\s+/))
    }
    connection.close()
    return 0
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
    const why =
      error.kind === 'refused'
        ? 'Connection refused'
        : error.kind === 'unresolved'
          ? 'Name or service not known'
          : 'Connection timed out'
    await process.stderr.write(`Could not connect to Redis at ${host}:${port}: ${why}\n`)
    return 1
  }
}

export const redisImage: Image = {
  repository: 'docker.io/library/redis',
  tags: /^(latest|[5-8]|[5-8]\.\d+(\.\d+)?|alpine)(-(alpine|bookworm))?$/,
  command: ['redis-server'],
  programs: { ...busyboxPrograms, bash: busyboxPrograms.sh as Program, 'redis-server': server, 'redis-cli': cli },
  workingDirectory: '/data',
  files: { '/data/.keep': '' },
  sizeBytes: 53_000_000,
}
