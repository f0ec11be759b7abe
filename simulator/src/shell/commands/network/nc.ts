/** nc as BusyBox has it: connects, or listens for one connection (`-k`: for one after the other). */
import { ConnectError, type Connection, isAddress } from '../../../containers/network.js'
import { findProgram, type Process } from '../../../containers/process.js'
import { addressOf } from '../../../containers/resolver.js'
import { readAll } from '../../../containers/stream.js'
import { applet, command, complain, type Options, readOptions, UsageError, WordError, wholeNumber } from '../command.js'
import { CONNECT_SECONDS, deadline } from './deadline.js'

const USAGE = '[-lknuvz] [-w SEC] [-p PORT] [HOST] [PORT]'

export const nc = command(
  async (process, args) => {
    const { words, program } = splitProgram(args)
    const options = readOptions(words, USAGE)
    const { flags, given, operands } = options
    if (flags.has('l')) return listen(process, options, program)
    if (operands.length < 2) throw new UsageError('')
    if (flags.has('u')) return datagram(process, options)
    return dial(process, { ...options, isVerbose: given.filter(([name]) => name === 'v').length > 1 }, program)
  },
  { usage: '[-lknuvz] [-w SEC] [-p PORT] [-e PROG] HOST PORT | -l -p PORT' },
)

/** `-e PROG ARGS` takes all that follows. */
function splitProgram(args: string[]): { words: string[]; program: string[] } {
  const index = args.indexOf('-e')
  return index < 0 ? { words: args, program: [] } : { words: args.slice(0, index), program: args.slice(index + 1) }
}

async function dial(process: Process, options: Options & { isVerbose: boolean }, program: string[]): Promise<number> {
  const { flags, values, operands } = options
  const [host = '', ports = ''] = operands
  if (flags.has('n') && !isAddress(host)) throw new WordError(`bad address '${host}'`)
  let status = 0
  const count = { sent: 0, received: 0 }
  for (const port of portsOf(ports)) {
    const limit = deadline(process, Number(values.get('w') ?? 0) || CONNECT_SECONDS)
    try {
      const address = await addressOf(process.machine, host, limit.signal)
      const connection = await process.machine.network.connect({ address, port }, limit.signal)
      limit.clear()
      if (flags.has('v')) await process.stderr.write(`${host} (${address}:${port}) open\n`)
      if (flags.has('z')) connection.close()
      else await exchange(process, counted(connection, count), program)
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error
      status = 1
      if (error.kind === 'unresolved') {
        complain(process, `bad address '${host}'`)
        return 1
      }
      if (limit.hasPassed() || error.kind === 'timeout')
        complain(process, `${host} (${error.host}:${port}): Connection timed out`)
      // One -v tells of no refusal, as of the many ports that a scan finds closed.
      else if (options.isVerbose || !flags.has('v')) complain(process, `${host} (${error.host}:${port}): Connection refused`)
    } finally {
      limit.clear()
    }
  }
  if (options.isVerbose) await process.stderr.write(`sent ${count.sent}, rcvd ${count.received}\n`)
  return status
}

/** The connection, with what goes over it counted in bytes. */
function counted(connection: Connection, count: { sent: number; received: number }): Connection {
  const write = connection.write.bind(connection)
  const read = connection.read.bind(connection)
  connection.write = (data) => {
    count.sent += data.length
    return write(data)
  }
  connection.read = async () => {
    const data = await read()
    count.received += data?.length ?? 0
    return data
  }
  return connection
}

/** `80`, or `80-90`. */
function portsOf(text: string): number[] {
  const [first = 0, last = first] = text.split('-').map(wholeNumber)
  return Array.from({ length: Math.max(1, last - first + 1) }, (_, index) => first + index)
}

/** Input to the other side, what comes from there to the output; or both to a program. */
async function exchange(process: Process, connection: Connection, program: string[]): Promise<void> {
  const stop = () => connection.close()
  process.signal.addEventListener('abort', stop, { once: true })
  try {
    const [name] = program
    if (name !== undefined) {
      const run = findProgram(process.machine, name)
      if (run) await run({ ...process, argv: program, stdin: connection, stdout: connection, stderr: process.stderr })
      connection.end()
      return
    }
    void copyInput(process, connection)
    for (let data = await connection.read(); data !== null; data = await connection.read()) await process.stdout.write(data)
  } finally {
    process.signal.removeEventListener('abort', stop)
    connection.close()
  }
}

async function copyInput(process: Process, connection: Connection): Promise<void> {
  for (let data = await process.stdin.read(); data !== null; data = await process.stdin.read()) await connection.write(data)
  connection.end()
}

async function listen(process: Process, { flags, values, operands }: Options, program: string[]): Promise<number> {
  const port = Number(values.get('p') ?? operands.at(-1) ?? 0)
  const { network } = process.machine
  if (flags.has('u')) return answerDatagrams(process, port)
  do {
    const limit = deadline(process, Number(values.get('w') ?? 0))
    const connection = await accept({ ...process, signal: limit.signal }, port)
    limit.clear()
    if (connection === 'taken') {
      complain(process, 'bind: Address already in use')
      return 1
    }
    if (!connection && limit.hasPassed()) throw new WordError('timed out')
    if (!connection) return 143
    if (!flags.has('k')) network.unlisten(port)
    if (flags.has('v'))
      await process.stderr.write(`connect to [::]:${port} from ${connection.from} ([${connection.from}]:40000)\n`)
    await exchange(process, connection, program)
  } while (flags.has('k') && !process.signal.aborted)
  network.unlisten(port)
  return 0
}

/** The next connection; undefined where the process ends before. */
function accept({ machine, signal }: Process, port: number): Promise<Connection | undefined | 'taken'> {
  return new Promise((resolve) => {
    const end = () => {
      machine.network.unlisten(port)
      resolve(undefined)
    }
    let isOpen = true
    const stream = (connection: Connection) => {
      if (!isOpen) return connection.close()
      isOpen = false
      signal.removeEventListener('abort', end)
      machine.network.unlisten(port)
      resolve(connection)
    }
    if (signal.aborted) return resolve(undefined)
    if (!machine.network.listen(port, { stream, program: 'nc' })) return resolve('taken')
    signal.addEventListener('abort', end, { once: true })
  })
}

async function answerDatagrams(process: Process, port: number): Promise<number> {
  const { network } = process.machine
  const isFree = network.bind(
    port,
    async (data) => {
      await process.stdout.write(data)
      return undefined
    },
    'nc',
  )
  if (!isFree) {
    complain(process, 'bind: Address already in use')
    return 1
  }
  if (!process.signal.aborted)
    await new Promise<void>((resolve) => process.signal.addEventListener('abort', () => resolve(), { once: true }))
  network.unbind(port)
  return 143
}

async function datagram(process: Process, { flags, values, operands }: Options): Promise<number> {
  const [host = '', port = ''] = operands
  const limit = deadline(process, Number(values.get('w') ?? 0) || 1)
  try {
    const address = await addressOf(process.machine, host, limit.signal)
    const data = flags.has('z') ? '' : await readAll(process.stdin)
    if (flags.has('v')) await process.stderr.write(`${host} (${address}:${port}) open\n`)
    await process.stdout.write(await process.machine.network.datagram({ address, port: wholeNumber(port) }, data, limit.signal))
    return 0
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
    if (error.kind === 'unresolved') complain(process, `bad address '${host}'`)
    // Nobody hears of a datagram that is lost.
    return error.kind === 'unresolved' || error.kind === 'refused' ? 1 : 0
  } finally {
    limit.clear()
  }
}

/** `telnet HOST PORT`: says whether it got through, and speaks as nc does. */
export const telnet = applet('HOST [PORT]', async (process, { operands: [host = '', port = '23'] }) => {
  const limit = deadline(process, CONNECT_SECONDS)
  try {
    const address = await addressOf(process.machine, host, limit.signal)
    const connection = await process.machine.network.connect({ address, port: wholeNumber(port) }, limit.signal)
    await process.stdout.write(`\nConnected to ${host}\n\nEntering character mode\nEscape character is '^]'.\n\n`)
    await exchange(process, connection, [])
    await process.stderr.write('Connection closed by foreign host\n')
    return 1
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
    if (error.kind === 'unresolved') complain(process, `bad address '${host}'`)
    else
      complain(
        process,
        `can't connect to remote host (${error.host}): ${error.kind === 'refused' ? 'Connection refused' : 'Connection timed out'}`,
      )
    return 1
  } finally {
    limit.clear()
  }
})
