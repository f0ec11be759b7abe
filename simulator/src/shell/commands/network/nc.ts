/** nc as BusyBox has it. @see busybox/networking/nc_bloaty.c */
import { ConnectError, type Connection, isAddress } from '../../../containers/network.js'
import type { Process } from '../../../containers/process.js'
import { addressOf } from '../../../containers/resolver.js'
import { applet, command, complain, readOptions, UsageError, WordError, wholeNumber } from '../command.js'
import { CONNECT_SECONDS, deadline } from './deadline.js'
import { type Count, carry, endOf, type NcOptions, receive, Silence, send } from './nc-carry.js'
import { probeDatagrams, sendDatagrams, takeDatagrams } from './nc-datagrams.js'
import { listen } from './nc-listen.js'

const USAGE = '[-lknuvz] [-w SEC] [-p PORT] [HOST] [PORT]'

export const nc = command(
  async (process, args) => {
    const { words, program } = splitProgram(args)
    const { flags, values, given, operands } = readOptions(words, USAGE)
    const options: NcOptions = {
      verbosity: given.filter(([name]) => name === 'v').length,
      waitMs: wholeNumber(values.get('w') ?? '0') * 1000,
      isPersistent: flags.has('k'),
      port: portOf(values.get('p') ?? operands.at(-1) ?? '0'),
      program,
    }
    if (flags.has('l')) return flags.has('u') ? takeDatagrams(process, options) : listen(process, options)
    const [host = '', port] = operands
    if (port === undefined) throw new UsageError('')
    if (flags.has('n') && !isAddress(host)) throw new WordError(`bad address '${host}'`)
    return connect(process, { host, port: portOf(port), isScan: flags.has('z'), isUdp: flags.has('u') }, options)
  },
  { usage: '[-lknuvz] [-w SEC] [-p PORT] [-e PROG] HOST PORT | -l -p PORT' },
)

/** @throws WordError */
function portOf(text: string): number {
  if (!/^\d+$/.test(text)) throw new WordError(`bad port '${text}'`)
  return Number(text)
}

/** `-e PROG ARGS` takes all that follows; it may end a word of flags. */
function splitProgram(args: string[]): { words: string[]; program: string[] } {
  const index = args.findIndex((arg) => /^-[nuvlkz]*e$/.test(arg))
  if (index < 0) return { words: args, program: [] }
  const flags = (args[index] ?? '').slice(0, -1)
  return { words: [...args.slice(0, index), ...(flags === '-' ? [] : [flags])], program: args.slice(index + 1) }
}

interface Peer {
  host: string
  port: number
  /** `-z`: whether it answers is all that is asked. */
  isScan: boolean
  isUdp: boolean
}

async function connect(process: Process, { host, port, isScan, isUdp }: Peer, options: NcOptions): Promise<number> {
  const { verbosity, waitMs } = options
  const limit = deadline(process, waitMs / 1000 || CONNECT_SECONDS)
  const count: Count = { sent: 0, received: 0 }
  try {
    const address = await addressOf(process.machine, host, limit.signal)
    const target = { address, port }
    const connection = isUdp ? undefined : await process.machine.network.connect(target, limit.signal)
    limit.clear()
    if (isUdp && isScan) await probeDatagrams(process, target, waitMs)
    if (verbosity > 0) await process.stderr.write(`${host} (${address}:${port}) open\n`)
    if (isScan) connection?.close()
    else if (connection) await carry(process, { connection, count }, options)
    else await sendDatagrams(process, { target, count }, options)
    if (verbosity > 1) await process.stderr.write(`sent ${count.sent}, rcvd ${count.received}\n`)
    return endOf(process)
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
    return failed(process, error, { host, port, verbosity })
  } finally {
    limit.clear()
  }
}

function failed(
  process: Process,
  { kind, host: address }: ConnectError,
  { host, port, verbosity }: { host: string; port: number; verbosity: number },
): number {
  if (kind === 'unresolved') {
    complain(process, `bad address '${host}'`)
    return 1
  }
  const why = kind === 'refused' ? 'Connection refused' : kind === 'unreachable' ? 'No route to host' : 'Connection timed out'
  // One -v tells of no refusal, as of the many ports that a scan finds closed.
  if (verbosity > (kind === 'refused' ? 1 : 0)) complain(process, `${host} (${address}:${port}): ${why}`)
  if (verbosity > 1) void process.stderr.write('sent 0, rcvd 0\n')
  return 1
}

/** Ends when the other side does, whatever input there may be. */
async function converse(process: Process, connection: Connection): Promise<void> {
  const talk = { connection, count: { sent: 0, received: 0 }, silence: new Silence(process, 0, () => {}) }
  const close = () => connection.close()
  process.signal.addEventListener('abort', close, { once: true })
  void send(process, talk)
  await receive(process, talk)
  process.signal.removeEventListener('abort', close)
  close()
}

/** `telnet HOST PORT`: says whether it got through, and speaks as nc does. */
export const telnet = applet('HOST [PORT]', async (process, { operands: [host = '', port = '23'] }) => {
  const limit = deadline(process, CONNECT_SECONDS)
  try {
    const address = await addressOf(process.machine, host, limit.signal)
    const connection = await process.machine.network.connect({ address, port: wholeNumber(port) }, limit.signal)
    limit.clear()
    await process.stdout.write(`\nConnected to ${host}\n\nEntering character mode\nEscape character is '^]'.\n\n`)
    await converse(process, connection)
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
