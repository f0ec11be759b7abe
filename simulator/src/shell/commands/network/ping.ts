/** ping and traceroute as BusyBox prints them. */
import { ConnectError } from '../../../containers/network.js'
import { exitCodeOf, type Process } from '../../../containers/process.js'
import { addressOf } from '../../../containers/resolver.js'
import { sleep } from '../../../time/clock.js'
import { applet, complain, type Options, WordError, wholeNumber } from '../command.js'

async function find(process: Process, host: string): Promise<string | undefined> {
  try {
    return await addressOf(process.machine, host, process.signal)
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
    complain(process, `bad address '${host}'`)
    return undefined
  }
}

/** Where a ping without `-c` ends, so that nothing runs for ever. */
const MOST_ECHOES = 10_000

interface Pinging {
  address: string
  count: number
  size: number
  intervalMs: number
  /** How long the last answer is waited for. */
  patienceMs: number
  endMs: number
  isQuiet: boolean
}

/** @throws WordError */
function secondsIn(values: Map<string, string>, letter: string, otherwise: number): number {
  const text = values.get(letter)
  const seconds = Number(text ?? otherwise)
  if (!(seconds >= 0) || text === '') throw new WordError(`invalid number '${text}'`)
  return seconds
}

const pingingOf = ({ machine }: Process, { flags, values }: Options, address: string): Pinging => ({
  address,
  count: values.has('c') ? wholeNumber(values.get('c') ?? '') : MOST_ECHOES,
  size: wholeNumber(values.get('s') ?? '56'),
  intervalMs: secondsIn(values, 'i', 1) * 1000,
  patienceMs: secondsIn(values, 'W', 10) * 1000,
  endMs: values.has('w') ? machine.clock.now() + secondsIn(values, 'w', 0) * 1000 : Number.POSITIVE_INFINITY,
  isQuiet: flags.has('q'),
})

/** @returns how many were sent, and how long each answer took in ms */
async function sendAll(process: Process, { address, count, size, intervalMs, patienceMs, endMs, isQuiet }: Pinging) {
  const { machine, signal, stdout } = process
  const ttl = address === machine.network.address ? 64 : 62
  const times: number[] = []
  let sent = 0
  const isOver = () => signal.aborted || stdout.broken || machine.clock.now() >= endMs
  while (sent < count && !isOver()) {
    const isHeard = machine.network.echo(address)
    if (isHeard) times.push(0.05 + machine.random.below(90) / 1000)
    if (isHeard && !isQuiet)
      await stdout.write(`${size + 8} bytes from ${address}: seq=${sent} ttl=${ttl} time=${times.at(-1)?.toFixed(3)} ms\n`)
    sent++
    const leftMs = endMs - machine.clock.now()
    if (sent < count) await sleep(machine.clock, Math.min(intervalMs, leftMs), signal)
    else if (!isHeard) await sleep(machine.clock, Math.min(patienceMs, leftMs), signal)
  }
  return { sent, times }
}

export const ping = applet('[-4q] [-c CNT] [-s SIZE] [-i SECS] [-W SEC] [-w SEC] HOST', async (process, options) => {
  const [host = ''] = options.operands
  const address = await find(process, host)
  if (!address) return 1
  const pinging = pingingOf(process, options, address)
  const say = (text: string) => process.stdout.write(`${text}\n`)
  await say(`PING ${host} (${address}): ${pinging.size} data bytes`)
  const { sent, times } = await sendAll(process, pinging)
  const lost = sent === 0 ? 0 : Math.round((100 * (sent - times.length)) / sent)
  await say(`\n--- ${host} ping statistics ---`)
  await say(`${sent} packets transmitted, ${times.length} packets received, ${lost}% packet loss`)
  if (times.length > 0) {
    const mean = times.reduce((sum, time) => sum + time, 0) / times.length
    await say(
      `round-trip min/avg/max = ${[Math.min(...times), mean, Math.max(...times)].map((time) => time.toFixed(3)).join('/')} ms`,
    )
  }
  if (process.signal.aborted && times.length === 0) return exitCodeOf(process.signal)
  return times.length > 0 ? 0 : 1
})

const MOST_HOPS = 30

export const traceroute = applet(
  '[-4n] [-m MAXTTL] [-q PROBES] [-w WAIT_SEC] HOST [BYTES]',
  async (process, { flags, values, operands }) => {
    const [host = '', bytes = '46'] = operands
    const most = wholeNumber(values.get('m') ?? String(MOST_HOPS))
    const probes = wholeNumber(values.get('q') ?? '3')
    const waitMs = secondsIn(values, 'w', 3) * 1000
    const address = await find(process, host)
    if (!address) return 1
    const { machine, stdout, signal } = process
    const hops = machine.network.echo(address) ? hopsTo(process, address).slice(0, most) : []
    await stdout.write(`traceroute to ${host} (${address}), ${most} hops max, ${wholeNumber(bytes)} byte packets\n`)
    const time = () => `  ${(0.005 + machine.random.below(20) / 1000).toFixed(3)} ms`
    const shown = (hop: string) => (flags.has('n') ? hop : `${hop} (${hop})`)
    for (const [index, hop] of hops.entries())
      await stdout.write(`${String(index + 1).padStart(2)}  ${shown(hop)}${Array.from({ length: probes }, time).join('')}\n`)
    for (let hop = hops.length; hops.length === 0 && hop < most && !signal.aborted; hop++) {
      await stdout.write(String(hop + 1).padStart(2))
      for (let probe = 0; probe < probes && !signal.aborted; probe++) {
        await sleep(machine.clock, waitMs, signal)
        await stdout.write('  *')
      }
      await stdout.write('\n')
    }
    return 0
  },
)

/** The Pod's router, the other node where the address is there, the address. */
function hopsTo({ machine }: Process, address: string): string[] {
  const { gateway, address: own } = machine.network
  if (address === own || address === gateway) return [address]
  return [gateway, address]
}
