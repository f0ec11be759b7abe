import { holds } from '../../containers/kernel-view.js'
import { EXIT, exitCodeOf, findProgram, type Process, type Program } from '../../containers/process.js'
import { spawn } from '../../containers/process-table.js'
import { encode } from '../../containers/stream.js'
import { sleep as sleepOn } from '../../time/clock.js'
import { nextTurn, Pace } from '../../time/steps.js'
import { Shell } from '../shell.js'
import { evaluateTest } from '../test-expression.js'
import { command, complain, readOptions, UsageError } from './command.js'
import { idle } from './ends.js'
import { unescaped } from './escapes.js'
import { expr } from './expr.js'
import { printf } from './printf.js'
import { signalName } from './processes.js'

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

/** `env [-i] [NAME=VALUE]... [PROGRAM ...]` */
const env: Program = async (process) => {
  const args = process.argv.slice(1)
  const variables = new Map(args[0] === '-i' ? [] : process.env)
  if (args[0] === '-i') args.shift()
  while (args[0]?.includes('=')) {
    const [name = '', ...value] = (args.shift() ?? '').split('=')
    variables.set(name, value.join('='))
  }
  const [name] = args
  if (name !== undefined) {
    const program = findProgram(process.machine, name)
    if (program) return program({ ...process, argv: args, env: variables })
    complain(process, `can't execute '${name}': No such file or directory`)
    return 127
  }
  for (const [key, value] of variables) await process.stdout.write(`${key}=${value}\n`)
  return 0
}

const printenv: Program = async (process) => {
  const [name] = process.argv.slice(1)
  if (name === undefined) return env({ ...process, argv: ['env'] })
  const value = process.env.get(name)
  if (value === undefined) return 1
  await process.stdout.write(`${value}\n`)
  return 0
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

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const LONG_DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const LONG_MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function formatDate(format: string, ms: number): string {
  const time = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  const fields: Record<string, string> = {
    Y: String(time.getUTCFullYear()),
    m: two(time.getUTCMonth() + 1),
    d: two(time.getUTCDate()),
    H: two(time.getUTCHours()),
    M: two(time.getUTCMinutes()),
    S: two(time.getUTCSeconds()),
    s: String(Math.floor(ms / 1000)),
    a: DAYS[time.getUTCDay()] ?? '',
    b: MONTHS[time.getUTCMonth()] ?? '',
    e: String(time.getUTCDate()).padStart(2),
    A: LONG_DAYS[time.getUTCDay()] ?? '',
    B: LONG_MONTHS[time.getUTCMonth()] ?? '',
    h: MONTHS[time.getUTCMonth()] ?? '',
    j: String(Math.floor((ms - Date.UTC(time.getUTCFullYear(), 0)) / 86_400_000) + 1).padStart(3, '0'),
    y: two(time.getUTCFullYear() % 100),
    I: two(time.getUTCHours() % 12 || 12),
    p: time.getUTCHours() < 12 ? 'AM' : 'PM',
    u: String(time.getUTCDay() || 7),
    w: String(time.getUTCDay()),
    n: '\n',
    t: '\t',
    N: `${String(time.getUTCMilliseconds()).padStart(3, '0')}000000`,
    Z: 'UTC',
    z: '+0000',
  }
  const long = format
    .replace(/%T/g, '%H:%M:%S')
    .replace(/%R/g, '%H:%M')
    .replace(/%F/g, '%Y-%m-%d')
    .replace(/%D/g, '%m/%d/%y')
    .replace(/%c/g, '%a %b %e %H:%M:%S %Y')
  return long.replace(/%([a-zA-Z%])/g, (all, letter: string) => (letter === '%' ? '%' : (fields[letter] ?? all)))
}

/** What `-d` is given. */
function givenDate(argv: string[]): string | undefined {
  const index = argv.findIndex((arg) => arg === '-d' || arg === '--date' || arg.startsWith('-d') || arg.startsWith('--date='))
  if (index < 0) return undefined
  const arg = argv[index] ?? ''
  return arg.startsWith('--date=') ? arg.slice(7) : arg.length > 2 && !arg.startsWith('--') ? arg.slice(2) : argv[index + 1]
}

/** `-d @SECONDS`, `-d '2026-01-31 12:30'`, `-d 12:30`; now without it. @returns undefined where it is no date */
function shownTime({ argv, machine }: Process): number | undefined {
  const text = givenDate(argv)
  const now = machine.clock.now()
  if (text === undefined) return now
  if (/^@\d+$/.test(text)) return Number(text.slice(1)) * 1000
  const [, day, hours] = /^(?:(\d{4}-\d\d-\d\d))?[ T]?(\d\d:\d\d(?::\d\d)?)?Z?$/.exec(text) ?? []
  if (!day && !hours) return undefined
  const time = Date.parse(`${day ?? new Date(now).toISOString().slice(0, 10)}T${hours ?? '00:00'}Z`)
  return Number.isNaN(time) ? undefined : time
}

const date: Program = async (process) => {
  if (process.argv.some((arg) => arg === '-s' || arg === '--set')) {
    const why = holds(process.machine.kernel, 'SYS_TIME')
      ? 'the clock of a simulated node cannot be set'
      : 'Operation not permitted'
    complain(process, `can't set date: ${why}`)
    return 1
  }
  const timeMs = shownTime(process)
  if (timeMs === undefined) {
    complain(process, `invalid date '${givenDate(process.argv)}'`)
    return 1
  }
  const format = process.argv.find((arg) => arg.startsWith('+'))?.slice(1)
  const isIso = process.argv.some((arg) => arg.startsWith('-I'))
  await process.stdout.write(`${formatDate(format ?? (isIso ? '%F' : '%a %b %e %T UTC %Y'), timeMs)}\n`)
  return 0
}

const seq = command(async (process, args) => {
  const wide = args.includes('-w')
  const glued = args.find((arg) => /^-s./.test(arg))
  const apart = args.indexOf('-s')
  const separator = glued?.slice(2) ?? (apart >= 0 ? (args[apart + 1] ?? '') : '\n')
  const words = args.filter(
    (arg, index) => arg !== '-w' && arg !== glued && (apart < 0 || (index !== apart && index !== apart + 1)),
  )
  const numbers = words.map(Number)
  const places = Math.max(0, ...words.slice(0, 2).map((word) => word.split('.')[1]?.length ?? 0))
  if (numbers.length === 0 || numbers.some((number) => Number.isNaN(number))) {
    complain(process, `invalid number '${words[numbers.findIndex((number) => Number.isNaN(number))] ?? ''}'`)
    return 1
  }
  const [first, step, last] =
    numbers.length === 1
      ? [1, 1, numbers[0] ?? 0]
      : numbers.length === 2
        ? [numbers[0] ?? 0, 1, numbers[1] ?? 0]
        : [numbers[0] ?? 0, numbers[1] || 1, numbers[2] ?? 0]
  const width = wide ? Math.max(String(first).length, String(last).length) : 0
  const { signal, stdout } = process
  // Sums of fractions come out a little beside the number that is meant.
  const rounded = (value: number) => Number(value.toFixed(Math.min(places + 3, 20)))
  const pace = new Pace()
  for (let count = 0, value = first; step > 0 ? value <= last : value >= last; value = rounded(first + ++count * step)) {
    if (signal.aborted || stdout.broken) return signal.aborted ? exitCodeOf(signal) : EXIT.sigpipe
    const isLast = step > 0 ? rounded(value + step) > last : rounded(value + step) < last
    await stdout.write(`${value.toFixed(places).padStart(width, '0')}${isLast ? '\n' : separator}`)
    await pace.step()
  }
  return 0
})

const id: Program = async (process) => {
  const { uid, gid, name, groups = [gid] } = process.machine.user
  const [flag] = process.argv.slice(1)
  const named = (value: number) => (value === 0 ? '(root)' : name ? `(${name})` : '')
  const text =
    flag === '-G'
      ? groups.join(' ')
      : flag === '-u'
        ? String(uid)
        : flag === '-g'
          ? String(gid)
          : flag === '-un'
            ? name
            : `uid=${uid}${named(uid)} gid=${gid}${named(gid)}${uid === 0 || groups.length > 1 ? ` groups=${groups.map((each) => `${each}${named(each)}`).join(',')}` : ''}`
  await process.stdout.write(`${text}\n`)
  return 0
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

/** `timeout [-s SIGNAL] [-k SECONDS] SECONDS PROGRAM [ARG...]`; every program here ends at the first signal. */
const timeout = command(async (process, all) => {
  const { values, args } = leadingOptions(all, 'sk')
  const [limit = '', name = '', ...rest] = args
  const seconds = durationOf(limit)
  if (seconds === undefined) {
    complain(process, `invalid number '${limit}'`)
    return 1
  }
  const program = findProgram(process.machine, name)
  if (!program) {
    complain(process, `can't execute '${name}': No such file or directory`)
    return EXIT.notFound
  }
  const ended = new AbortController()
  const stop = () => ended.abort(process.signal.reason)
  process.signal.addEventListener('abort', stop, { once: true })
  const signal = `SIG${signalName(values.get('s') ?? 'TERM')}`
  let timedOut = false
  const cancel = process.machine.clock.after(seconds * 1000, () => {
    timedOut = true
    ended.abort(signal)
  })
  const status = await spawn(program, { ...process, argv: [name, ...rest], signal: ended.signal })
  cancel()
  process.signal.removeEventListener('abort', stop)
  return timedOut ? exitCodeOf(ended.signal) : status
})

/** Options before the first word that is none: what follows belongs to another program. */
function leadingOptions(all: string[], valued: string): { values: Map<string, string>; args: string[] } {
  const args = [...all]
  const values = new Map<string, string>()
  while (/^-./.test(args[0] ?? '')) {
    const option = args.shift() ?? ''
    if (option === '--') break
    const letter = option[1] ?? ''
    if (!valued.includes(letter)) throw new UsageError(letter)
    values.set(letter, option.slice(2) || (args.shift() ?? ''))
  }
  return { values, args }
}

const fixed =
  (text: (process: Process) => string): Program =>
  async (process) => {
    await process.stdout.write(encode(`${text(process)}\n`))
    return 0
  }

export const systemCommands: Record<string, Program> = {
  echo,
  printf,
  env,
  printenv,
  sleep,
  yes,
  date,
  seq,
  id,
  timeout,
  true: async () => 0,
  false: async () => 1,
  whoami: fixed(({ machine }) => machine.user.name || String(machine.user.uid)),
  uname: fixed(({ argv, machine }) =>
    argv[1] === '-a'
      ? `Linux ${machine.hostname} 6.18.0 #1 SMP x86_64 GNU/Linux`
      : argv[1] === '-r'
        ? '6.18.0'
        : argv[1] === '-n'
          ? machine.hostname
          : argv[1] === '-m'
            ? 'x86_64'
            : 'Linux',
  ),
  pwd: fixed(({ cwd }) => cwd),
  nproc: fixed(() => '2'),
  basename: fixed(({ argv: [, path = '', suffix = ''] }) => {
    const name = path.replace(/\/+$/, '').split('/').at(-1) ?? ''
    return suffix && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name
  }),
  dirname: fixed(({ argv }) => (argv[1]?.includes('/') ? argv[1].replace(/\/[^/]*$/, '') || '/' : '.')),
  clear,
  expr,
  which: command(async (process, args) => {
    let status = 0
    for (const name of readOptions(args).operands) {
      if (findProgram(process.machine, name)) await process.stdout.write(`/bin/${name}\n`)
      else status = 1
    }
    return status
  }),
  test: (process) => evaluateTest(Shell.of(process), process.argv.slice(1), { name: 'test', io: process }),
  '[': (process) => evaluateTest(Shell.of(process), process.argv.slice(1), { name: '[', io: process }),
}
