/** Small programs that tell of the system, or do one thing. */
import { FileError } from '../../containers/file-system.js'
import { findProgram, type Program, say } from '../../containers/process.js'
import { spawn } from '../../containers/process-table.js'
import { sleep } from '../../time/clock.js'
import { applet, command, resolve, WordError, wholeNumber } from './command.js'

/** What a simulated node has, in KiB. */
const MEMORY = { total: 8_388_608, used: 1_048_576, free: 6_291_456, shared: 1024, cache: 1_048_576, available: 7_340_032 }

const UNITS: Record<string, number> = { b: 1 / 1024, k: 1, m: 1024, g: 1024 ** 2 }

const free = applet('[-bkmgh]', async (process, { flags }) => {
  const unit = Object.entries(UNITS).find(([letter]) => flags.has(letter))?.[1] ?? 1
  const shown = (kib: number): string => {
    if (!flags.has('h')) return String(Math.floor(kib / unit))
    if (kib === 0) return '0'
    return kib >= 1024 ** 2 ? `${(kib / 1024 ** 2).toFixed(1)}G` : `${(kib / 1024).toFixed(1)}M`
  }
  const row = (values: number[]) => values.map((kib) => shown(kib).padStart(12)).join('')
  const { total, used, free: unused, shared, cache, available } = MEMORY
  await process.stdout.write(
    `              total        used        free      shared  buff/cache   available\nMem:   ${row([total, used, unused, shared, cache, available])}\nSwap:  ${row([0, 0, 0])}\n`,
  )
  return 0
})

const uptime: Program = applet('', async ({ machine, stdout }) => {
  const time = new Date(machine.clock.now()).toISOString().slice(11, 19)
  await say(stdout, ` ${time} up 1 day,  0 users,  load average: 0.00, 0.00, 0.00`)
  return 0
})

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP'

const mktemp = applet('[-dqtu] [-p DIR] [TEMPLATE]', async (process, { flags, operands, values }) => {
  const { machine, env } = process
  const template = operands[0] ?? 'tmp.XXXXXX'
  if (!template.endsWith('XXXXXX')) throw new WordError(`${template}: Invalid argument`)
  const isBased = operands.length === 0 || flags.has('t') || values.has('p')
  const folder = isBased ? `${values.get('p') ?? env.get('TMPDIR') ?? '/tmp'}/` : ''
  const path =
    folder + template.replace(/X{6}$/, (marks) => [...marks].map(() => LETTERS[machine.random.below(LETTERS.length)]).join(''))
  try {
    if (flags.has('d')) machine.fs.makeDirectory(resolve(process, path), false)
    else if (!flags.has('u')) machine.fs.write(resolve(process, path), '', { mode: 0o600 })
  } catch (error) {
    if (error instanceof FileError && flags.has('q')) return 1
    throw error
  }
  await say(process.stdout, path)
  return 0
})

const tty: Program = applet(
  '[-s]',
  async ({ terminal, stdout }, { flags }) => {
    if (!flags.has('s')) await say(stdout, terminal ? '/dev/pts/0' : 'not a tty')
    return terminal ? 0 : 1
  },
  { status: 2 },
)

const usleep: Program = command(async ({ argv: [, text = ''], machine, signal }) => {
  await sleep(machine.clock, wholeNumber(text) / 1000, signal)
  return 0
})

/** `busybox NAME ARGS`; alone it tells which programs it has. */
const busybox: Program = async (process) => {
  const [, ...argv] = process.argv
  if (argv.length > 0 && argv[0] !== '--list') {
    const program = findProgram(process.machine, argv[0] ?? '')
    if (program) return spawn(program, { ...process, argv })
    await process.stderr.write(`${argv[0]}: applet not found\n`)
    return 127
  }
  const names = [...process.machine.programs.keys()].filter((name) => !name.includes('/')).sort()
  if (argv[0] === '--list') await process.stdout.write(names.map((name) => `${name}\n`).join(''))
  else
    await process.stdout.write(
      `BusyBox v1.37.0 multi-call binary.\n\nUsage: busybox [function [arguments]...]\n   or: busybox --list\n\nCurrently defined functions:\n\t${names.join(', ')}\n`,
    )
  return 0
}

export const smallCommands: Record<string, Program> = {
  free,
  uptime,
  mktemp,
  tty,
  usleep,
  busybox,
  sync: applet('[-df] [FILE]...', () => 0),
}
