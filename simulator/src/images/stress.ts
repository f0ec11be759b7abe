/** stress and stress-ng: they take processor time and memory, which the kubelet counts. */
import { exitCodeOf, type Process, type Program } from '../containers/process.js'
import { encode } from '../containers/stream.js'
import { applet, WordError, wholeNumber } from '../shell/commands/command.js'
import { busyboxPrograms } from '../shell/commands/index.js'
import { sleep } from '../time/clock.js'
import type { Image } from './image.js'
import { ended } from './serving.js'

const UNITS: Record<string, number> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }
const CORE_MILLI = 1000
/** Of a worker that says no size. @see stress(1) */
const DEFAULT_BYTES = 256 * 1024 ** 2
const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 }

function bytesOf(textual: string | undefined): number {
  if (textual === undefined) return DEFAULT_BYTES
  const [, number, unit = 'b'] = /^(\d+)([bkmg]?)$/i.exec(textual) ?? []
  if (number === undefined) throw new WordError(`unrecognized suffix: ${textual}`)
  return Number(number) * (UNITS[(unit || 'b').toLowerCase()] ?? 1)
}

function secondsOf(textual: string | undefined): number | undefined {
  if (textual === undefined) return undefined
  const [, number, unit = 's'] = /^(\d+)([smhd]?)$/.exec(textual) ?? []
  if (number === undefined) throw new WordError(`unrecognized suffix: ${textual}`)
  return Number(number) * (SECONDS[unit || 's'] ?? 1)
}

async function load(
  process: Process,
  { cores, bytes, seconds }: { cores: number; bytes: number; seconds: number | undefined },
): Promise<number> {
  const { machine, signal } = process
  const taken = { cpuMilli: cores * CORE_MILLI, memoryBytes: bytes }
  machine.take(taken)
  if (seconds === undefined) await ended(process)
  else await sleep(machine.clock, seconds * 1000, signal)
  machine.take({ cpuMilli: -taken.cpuMilli, memoryBytes: -taken.memoryBytes })
  return signal.aborted ? exitCodeOf(signal) : 0
}

const USAGE = '[-c N] [-m N] [-t SECS] [--vm-bytes B] [--vm-hang N] [--vm-keep] [--cpu-load P]'
const LONG = { cpu: 'c', vm: 'm', timeout: 't' }

/** Workers that hang with their memory (`--vm-hang`) take no processor. */
const stress: Program = applet(
  USAGE,
  async (process, { values }) => {
    const cpu = wholeNumber(values.get('c') ?? '0')
    const vm = wholeNumber(values.get('m') ?? '0')
    const say = (line: string) => process.stdout.write(encode(`stress: info: [1] ${line}\n`))
    await say(`dispatching hogs: ${cpu} cpu, 0 io, ${vm} vm, 0 hdd`)
    const seconds = secondsOf(values.get('t'))
    const cores = cpu * (wholeNumber(values.get('cpu-load') ?? '100') / 100) + (values.has('vm-hang') ? 0 : vm)
    const code = await load(process, { cores, bytes: vm * bytesOf(values.get('vm-bytes')), seconds })
    if (code === 0) await say(`successful run completed in ${seconds}s`)
    return code
  },
  { long: LONG, isOwn: true },
)

/** vish/stress: `-cpus 2`, `-mem-total 150Mi` with `-mem-alloc-size` and `-mem-alloc-sleep`. */
const vish: Program = async (process) => {
  const value = (name: string) => process.argv[process.argv.indexOf(`-${name}`) + 1]
  const has = (name: string) => process.argv.includes(`-${name}`)
  const [, number = '0', unit = ''] = /^(\d+)([KMG]?)i?$/.exec(has('mem-total') ? (value('mem-total') ?? '0') : '0') ?? []
  const bytes = Number(number) * (UNITS[unit.toLowerCase() || 'b'] ?? 1)
  const cpu = has('cpus') ? Number(value('cpus')) : 0
  await process.stderr.write(encode(`I0101 00:00:00.000000       1 main.go:26] Allocating "${number}${unit}i" memory\n`))
  return load(process, { cores: cpu + (bytes > 0 ? 1 : 0), bytes, seconds: undefined })
}

const programs = { ...busyboxPrograms, bash: busyboxPrograms.sh as Program, stress, 'stress-ng': stress }
export const stressImages: Image[] = [
  { repository: 'docker.io/polinux/stress', command: ['stress', '--help'], programs, sizeBytes: 4_000_000 },
  { repository: 'docker.io/polinux/stress-ng', command: ['stress-ng', '--help'], programs, sizeBytes: 9_000_000 },
  {
    repository: 'docker.io/vish/stress',
    entrypoint: ['/stress'],
    command: [],
    programs: { '/stress': vish },
    sizeBytes: 1_500_000,
  },
]
