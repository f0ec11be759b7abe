/** ping and traceroute as BusyBox prints them. */
import { ConnectError } from '../../../containers/network.js'
import { exitCodeOf, type Process } from '../../../containers/process.js'
import { addressOf } from '../../../containers/resolver.js'
import { sleep } from '../../../time/clock.js'
import { command, complain, readOptions } from '../command.js'

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

export const ping = command(async (process, args) => {
  const { flags, values, operands } = readOptions(args, ['c', 'W', 'w', 'i', 's', 'I'])
  const [host = ''] = operands
  const address = await find(process, host)
  if (!address) return 1
  const { machine, signal } = process
  const say = (text: string) => process.stdout.write(`${text}\n`)
  const count = Number(values.get('c') ?? MOST_ECHOES)
  const intervalMs = Number(values.get('i') ?? 1) * 1000
  const endMs = values.has('w') ? machine.clock.now() + Number(values.get('w')) * 1000 : Number.POSITIVE_INFINITY
  await say(`PING ${host} (${address}): 56 data bytes`)
  const times: number[] = []
  let sent = 0
  while (sent < count && !signal.aborted && machine.clock.now() < endMs) {
    if (machine.network.echo(address)) {
      times.push(0.05 + machine.random.below(90) / 1000)
      if (!flags.has('q'))
        await say(
          `64 bytes from ${address}: seq=${sent} ttl=${address === machine.network.address ? 64 : 62} time=${times.at(-1)?.toFixed(3)} ms`,
        )
    }
    sent++
    if (sent < count || !machine.network.echo(address)) await sleep(machine.clock, intervalMs, signal)
  }
  const lost = sent === 0 ? 0 : Math.round((100 * (sent - times.length)) / sent)
  await say(`\n--- ${host} ping statistics ---`)
  await say(`${sent} packets transmitted, ${times.length} packets received, ${lost}% packet loss`)
  if (times.length > 0) {
    const mean = times.reduce((sum, time) => sum + time, 0) / times.length
    await say(
      `round-trip min/avg/max = ${[Math.min(...times), mean, Math.max(...times)].map((time) => time.toFixed(3)).join('/')} ms`,
    )
  }
  if (signal.aborted && times.length === 0) return exitCodeOf(signal)
  return times.length > 0 ? 0 : 1
})

const MOST_HOPS = 30

export const traceroute = command(async (process, args) => {
  const { values, operands } = readOptions(args, ['m', 'q', 'w', 'p', 'f', 'i', 's'])
  const [host = ''] = operands
  const address = await find(process, host)
  if (!address) return 1
  const { machine } = process
  const most = Number(values.get('m') ?? MOST_HOPS)
  const hops = machine.network.echo(address) ? hopsTo(process, address) : []
  await process.stdout.write(`traceroute to ${host} (${address}), ${most} hops max, 46 byte packets\n`)
  const probe = () => `${(0.005 + machine.random.below(20) / 1000).toFixed(3)} ms`
  for (const [index, hop] of hops.entries())
    await process.stdout.write(`${String(index + 1).padStart(2)}  ${hop} (${hop})  ${probe()}  ${probe()}  ${probe()}\n`)
  for (let hop = hops.length; hops.length === 0 && hop < most && !process.signal.aborted; hop++) {
    await process.stdout.write(`${String(hop + 1).padStart(2)}  *`)
    for (const star of ['  *', '  *\n']) {
      await sleep(machine.clock, 5000, process.signal)
      await process.stdout.write(star)
    }
    await sleep(machine.clock, 5000, process.signal)
  }
  return 0
})

/** The Pod's router, the other node where the address is there, the address. */
function hopsTo({ machine }: Process, address: string): string[] {
  const { gateway, address: own } = machine.network
  if (address === own || address === gateway) return [address]
  return [gateway, address]
}
