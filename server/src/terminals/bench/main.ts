/**
 * `npm run bench:terminal [-- --json FILE]`: our terminals against `docker exec -it`, in one run, taking turns.
 *
 * The way of ours is the whole one: WebSocket, server, `docker exec`, keeper, shell. Echo is the time until a typed byte is back;
 * throughput is 200 MB of `yes`. What a browser takes to draw is not in it.
 */
import { cpus } from 'node:os'
import { Command } from 'commander'
import { type Figure, table, writeFigures } from '../../bench/figures.js'
import { dockerLine, echo, type Line, makeEcho, untilSaid } from './line.js'
import { BenchMachine } from './machine.js'

const ROUNDS = 300
const FLOOD_BYTES = 200_000_000
const MB = 1_000_000
const figures: Figure[] = []
const say = (text: string) => process.stdout.write(`${text}\n`)

function note(name: string, value: number, unit: string, goal: number | null = null): void {
  figures.push({ name, value: Math.round(value * 1000) / 1000, unit, goal })
  say(`  ${name}: ${value.toFixed(3)} ${unit}`)
}

const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN

/** Both sides in turns, each with as many terminals as `count`, all of them typed into at the same moment. */
async function measureEcho(ours: readonly Line[], theirs: readonly Line[]): Promise<void> {
  const times = { ours: [] as number[], theirs: [] as number[] }
  const rounds = Math.ceil(ROUNDS / ours.length)
  for (let round = 0; round < rounds; round++) {
    times.ours.push(...(await Promise.all(ours.map(echo))))
    times.theirs.push(...(await Promise.all(theirs.map(echo))))
  }
  const at = ours.length
  say(`echo, ${at} terminal${at === 1 ? '' : 's'}, ${times.ours.length} keys each side`)
  for (const [name, share] of [
    ['p50', 0.5],
    ['p95', 0.95],
  ] as const) {
    const [we, they] = [quantile(times.ours, share), quantile(times.theirs, share)]
    note(`echo-${at}-${name}`, we, 'ms')
    note(`echo-${at}-${name}-docker`, they, 'ms')
    note(`echo-${at}-${name}-ratio`, we / they, 'x')
  }
}

const flood = `yes | head -c ${FLOOD_BYTES}; echo flood-o""ver\n`

async function measureFlood(machine: BenchMachine, ours: Line, theirs: Line): Promise<void> {
  say(`${FLOOD_BYTES / MB} MB of output`)
  const before = await machine.serverMemory()
  let most = before
  const watch = setInterval(async () => {
    most = Math.max(most, await machine.serverMemory().catch(() => 0))
  }, 50)
  const we = await untilSaid(ours, flood, 'flood-over')
  clearInterval(watch)
  const they = await untilSaid(theirs, flood, 'flood-over')
  note('flood', FLOOD_BYTES / MB / (we / 1000), 'MB/s')
  note('flood-docker', FLOOD_BYTES / MB / (they / 1000), 'MB/s')
  note('flood-time-ratio', we / they, 'x')
  note('flood-server-growth', (most - before) / 2 ** 20, 'MiB', 32)
}

/** Ctrl+C in the middle of a flood: until the prompt answers. */
async function measureInterrupt(ours: Line): Promise<void> {
  const times: number[] = []
  for (let round = 0; round < 5; round++) {
    await untilSaid(ours, 'yes\n', 'y\r\n'.repeat(50))
    times.push(await untilSaid(ours, '\x03echo st""opped\n', 'stopped'))
  }
  note('interrupt', Math.max(...times), 'ms', 1000)
}

const options = new Command('npm run bench:terminal --')
  .description('Our terminals against docker exec -it, in turns')
  .option('--json <file>', 'write the figures as JSON')
  .parse()
  .opts<{ json?: string }>()
const machine = new BenchMachine()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => void machine.remove().finally(() => process.exit(130)))
try {
  const browser = await machine.start()
  const open = async () => [await browser.openTerminal(), dockerLine(machine.container)] as const
  const [ours, theirs] = await open()
  await Promise.all([makeEcho(ours), makeEcho(theirs)])
  await measureEcho([ours], [theirs])
  const pairs = await Promise.all(Array.from({ length: 19 }, open))
  await Promise.all(pairs.flat().map(makeEcho))
  await measureEcho([ours, ...pairs.map(([we]) => we)], [theirs, ...pairs.map(([, they]) => they)])
  const [flooded, floodedDocker] = await open()
  await measureFlood(machine, flooded, floodedDocker)
  await measureInterrupt(flooded)
} finally {
  await machine.remove()
}
say(`on ${cpus().length} cores of ${cpus()[0]?.model}, Node ${process.version}`)
say(table(figures))
if (options.json) await writeFigures(options.json, figures)
process.exit(0)
