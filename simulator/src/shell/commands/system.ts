import { EXIT, exitCodeOf, findProgram, type Process, type Program } from '../../containers/process.js'
import { spawn } from '../../containers/process-table.js'
import { encode } from '../../containers/stream.js'
import { sleep as sleepOn } from '../../time/clock.js'
import { nextTurn } from '../../time/steps.js'
import { Shell } from '../shell.js'
import { evaluateTest } from '../test-expression.js'
import { applet, command, complain, UsageError, WordError, wholeNumber } from './command.js'
import { date } from './date.js'
import { idle } from './ends.js'
import { unescaped } from './escapes.js'
import { expr } from './expr.js'
import { identityCommands } from './identity.js'
import { printf } from './printf.js'
import { isSignal, signalName } from './processes.js'
import { seq } from './seq.js'

const echo: Program = async ({ argv, stdout }) => {
  const args = argv.slice(1)
  let newline = true
  let escapes = false
  while (/^-[neE]+$/.test(args[0] ?? '')) {
    const flag = args.shift() ?? ''
    if (flag.includes('n')) newline = false
    if (flag.includes('e')) escapes = true
  }
  const text = args.join(' ')
  await stdout.write(`${escapes ? unescaped(text) : text}${newline ? '\n' : ''}`)
  return 0
}

const env: Program = applet(
  '[-i0] [-u NAME]... [-] [NAME=VALUE]... [PROG ARGS]',
  async (process, { flags, given, operands }) => {
    const isBare = flags.has('i') || operands[0] === '-'
    const args = operands[0] === '-' ? operands.slice(1) : operands
    const variables = new Map(isBare ? [] : process.env)
    for (const [option, name = ''] of given) if (option === 'u') variables.delete(name)
    while (args[0]?.includes('=')) {
      const [name = '', ...value] = (args.shift() ?? '').split('=')
      variables.set(name, value.join('='))
    }
    if (args.length > 0) return start({ ...process, env: variables }, args, (program, own) => program(own))
    for (const [key, value] of variables) await process.stdout.write(`${key}=${value}${flags.has('0') ? '\0' : '\n'}`)
    return 0
  },
  { long: { 'ignore-environment': 'i', unset: 'u', null: '0' } },
)

/** Another program by its name. */
async function start(process: Process, argv: string[], run = spawn): Promise<number> {
  const program = findProgram(process.machine, argv[0] ?? '')
  if (program) return run(program, { ...process, argv })
  complain(process, `can't execute '${argv[0] ?? ''}': No such file or directory`)
  return EXIT.notFound
}

const printenv: Program = async (process) => {
  const names = process.argv.slice(1)
  if (names.length === 0) return env({ ...process, argv: ['env'] })
  const values = names.map((name) => process.env.get(name))
  for (const value of values) if (value !== undefined) await process.stdout.write(`${value}\n`)
  return values.includes(undefined) ? 1 : 0
}

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86400 }

const sleep: Program = async (process) => {
  const args = process.argv.slice(1)
  let seconds = 0
  for (const arg of args) {
    if (arg === 'infinity' || arg === 'inf') seconds = Number.POSITIVE_INFINITY
    const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(arg)
    if (match) seconds += Number(match[1]) * (UNITS[match[2] || 's'] ?? 1)
    else if (!/^inf/.test(arg)) {
      complain(process, `invalid number '${arg}'`)
      return 1
    }
  }
  if (seconds === Number.POSITIVE_INFINITY) await idle(process)
  else await sleepOn(process.machine.clock, seconds * 1000, process.signal)
  return process.signal.aborted ? exitCodeOf(process.signal) : 0
}

const YES_LINES_AT_ONCE = 256
/** Where nobody reads and holds it up, as in a log, this keeps it from taking a whole core. */
const YES_PAUSE_MS = 10

const yes: Program = async (process) => {
  const { stdout, signal, machine } = process
  const text = `${process.argv.slice(1).join(' ') || 'y'}\n`.repeat(YES_LINES_AT_ONCE)
  while (!signal.aborted && !stdout.broken) {
    await stdout.write(text)
    if (stdout.broken === undefined) await sleepOn(machine.clock, YES_PAUSE_MS, signal)
    else await nextTurn()
  }
  return signal.aborted ? exitCodeOf(signal) : EXIT.sigpipe
}

const clear: Program = async ({ stdout }) => {
  await stdout.write('\x1b[H\x1b[2J')
  return 0
}

/** `30`, `0.5`, `2m`, in seconds; undefined where it is no duration. */
function durationOf(text: string): number | undefined {
  const [, number, unit = 's'] = /^(\d+(?:\.\d*)?|\.\d+)([smhd]?)$/.exec(text) ?? []
  return number === undefined ? undefined : Number(number) * (UNITS[unit || 's'] ?? 1)
}

/** Every program here ends at the first signal, so that `-k` finds nothing left to kill. */
const timeout = applet(
  '[-s SIG] [-k KILL_SECS] SECS PROG ARGS',
  async (process, { values, operands: [limit = '', ...argv] }) => {
    const [seconds, patience] = [durationOf(limit), durationOf(values.get('k') ?? '0')]
    if (seconds === undefined || patience === undefined)
      throw new WordError(`invalid number '${seconds === undefined ? limit : values.get('k')}'`)
    const ended = new AbortController()
    const stop = () => ended.abort(process.signal.reason)
    process.signal.addEventListener('abort', stop, { once: true })
    const name = signalName(values.get('s') ?? 'TERM')
    if (!isSignal(name)) throw new WordError(`invalid signal '${values.get('s')}'`)
    let timedOut = false
    const cancel = process.machine.clock.after(seconds * 1000, () => {
      timedOut = true
      ended.abort(`SIG${name}`)
    })
    const status = await start({ ...process, signal: ended.signal }, argv)
    cancel()
    process.signal.removeEventListener('abort', stop)
    return timedOut ? exitCodeOf(ended.signal) : status
  },
  { least: 2 },
)

/** By the clock of the cluster; nothing here takes time of a processor. */
const time: Program = applet(
  '[-p] PROG ARGS',
  async (process, { flags, operands }) => {
    const startMs = process.machine.clock.now()
    const status = await start(process, operands)
    const seconds = (process.machine.clock.now() - startMs) / 1000
    await process.stderr.write(
      flags.has('p')
        ? `real ${seconds.toFixed(2)}\nuser 0.00\nsys 0.00\n`
        : `real\t${Math.floor(seconds / 60)}m ${(seconds % 60).toFixed(2)}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n`,
    )
    return status
  },
  { least: 1 },
)

const UNAME = {
  s: () => 'Linux',
  n: ({ machine }: Process) => machine.hostname,
  r: () => '6.18.0',
  v: () => '#1 SMP',
  m: () => 'x86_64',
  p: () => 'unknown',
  i: () => 'unknown',
  o: () => 'GNU/Linux',
}

const uname: Program = applet(
  '[-amnrspvio]',
  async (process, { flags }) => {
    const wanted = Object.entries(UNAME).filter(([letter]) => (flags.has('a') ? !'pi'.includes(letter) : flags.has(letter)))
    const texts = (wanted.length > 0 ? wanted : [['s', UNAME.s] as const]).map(([, text]) => text(process))
    await process.stdout.write(encode(`${texts.join(' ')}\n`))
    return 0
  },
  {
    long: {
      all: 'a',
      'kernel-name': 's',
      nodename: 'n',
      'kernel-release': 'r',
      'kernel-version': 'v',
      machine: 'm',
      'operating-system': 'o',
    },
  },
)

const CORES = 2
const nproc = applet('[--all] [--ignore=N]', async (process, { values }) => {
  await process.stdout.write(`${Math.max(1, CORES - wholeNumber(values.get('ignore') ?? '0'))}\n`)
  return 0
})

const basename = applet('[-a] [-s SUFFIX] FILE [SUFFIX]', async (process, { flags, values, operands }) => {
  const isMany = flags.has('a') || values.has('s')
  if (!isMany && operands.length > 2) throw new UsageError('')
  const suffix = values.get('s') ?? (isMany ? '' : (operands[1] ?? ''))
  for (const path of isMany ? operands : operands.slice(0, 1)) {
    const name = path === '/' ? '/' : (path.replace(/\/+$/, '').split('/').at(-1) ?? '')
    await process.stdout.write(`${suffix && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name}\n`)
  }
  return 0
})

/** Takes `-x` for a file, as BusyBox does. */
const dirname = command(
  async (process, [path]) => {
    if (path === undefined) throw new UsageError('')
    await process.stdout.write(`${path.includes('/') ? path.replace(/\/+$/, '').replace(/\/*[^/]*$/, '') || '/' : '.'}\n`)
    return 0
  },
  { usage: 'FILENAME' },
)

const which = applet('[-a] COMMAND...', async (process, { operands }) => {
  const found = operands.filter((name) => findProgram(process.machine, name))
  for (const name of found) await process.stdout.write(name.includes('/') ? `${name}\n` : `/bin/${name}\n`)
  return found.length < operands.length ? 1 : 0
})

const pwd = applet('[-LP]', async ({ cwd, stdout }) => {
  await stdout.write(encode(`${cwd}\n`))
  return 0
})

export const systemCommands: Record<string, Program> = {
  echo,
  printf,
  env,
  printenv,
  sleep,
  yes,
  date,
  seq,
  timeout,
  time,
  true: async () => 0,
  false: async () => 1,
  uname,
  pwd,
  nproc,
  basename,
  dirname,
  clear,
  expr,
  which,
  ...identityCommands,
  test: (process) => evaluateTest(Shell.of(process), process.argv.slice(1), { name: 'test', io: process }),
  '[': (process) => evaluateTest(Shell.of(process), process.argv.slice(1), { name: '[', io: process }),
}
