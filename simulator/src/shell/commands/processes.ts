/** ps, kill and their kin: the processes that a container sees, its own or those of its Pod or node. */
import { EXIT, findProgram, type Process, type Program } from '../../containers/process.js'
import { type Running, userName } from '../../containers/process-table.js'
import { encode } from '../../containers/stream.js'
import { applet, command, complain, type Options, readOptions, UsageError, WordError, wholeNumber } from './command.js'
import { expressionOf } from './text/expression.js'

export interface Row {
  pid: number
  ppid: number
  user: string
  args: string
  running: Running
}

/** What runs, as this container would name it. */
export function rowsOf({ machine }: Process): Row[] {
  const { processes, user, fs } = machine
  return processes.list().map(({ pid, running }) => ({
    pid,
    ppid: processes.pidOf(running.parent),
    user: running.user.uid === user.uid && user.name ? user.name : userName(fs, running.user.uid),
    args: running.argv.join(' '),
    running,
  }))
}

const nameOf = ({ running }: Row): string => running.argv[0]?.replace(/:$/, '').split('/').at(-1) ?? ''
const WIDTHS: Record<string, number> = { pid: 5, ppid: 5, user: 8, time: 5, comm: 16 }
const HEADS: Record<string, string> = { args: 'COMMAND', cmd: 'COMMAND', comm: 'COMMAND' }

function fieldOf(row: Row, column: string): string {
  if (column === 'args' || column === 'cmd') return row.args
  if (column === 'comm') return nameOf(row)
  if (column === 'time') return '0:00'
  return String(row[column as 'pid' | 'ppid' | 'user'])
}

const isColumn = (name: string): boolean => name in WIDTHS || name in HEADS
const wide = (text: string, column: string): string =>
  column === 'pid' || column === 'ppid' ? text.padStart(WIDTHS[column] ?? 0) : text.padEnd(WIDTHS[column] ?? 0)

/** `pid,args=COMMAND LINE`: the last may bear a title of its own. */
function columnsOf(texts: string[]): { name: string; head: string }[] {
  return texts
    .flatMap((text) => text.split(','))
    .map((text) => {
      const [name = '', ...title] = text.trim().split('=')
      if (!isColumn(name)) throw new WordError(`bad -o argument '${name}', supported arguments: user,comm,args,pid,ppid,time`)
      return { name, head: title.length > 0 ? title.join('=') : (HEADS[name] ?? name.toUpperCase()) }
    })
}

const LETTERS = 'abcdefghijklmnpqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** `ps [-o COLUMN,...]`; BusyBox shows everything and everybody whatever the other letters, and words such as `aux`. */
const ps: Program = command(
  async (process, args) => {
    const { given } = readOptions(args, `[-${LETTERS}] [-o COL]`)
    const rows = rowsOf(process)
    const columns = columnsOf(given.flatMap(([name, value = '']) => (name === 'o' ? [value] : [])))
    const lineOf = (texts: (column: { name: string; head: string }) => string) =>
      columns
        .map((each) => wide(texts(each), each.name))
        .join(' ')
        .trimEnd()
    const lines =
      columns.length > 0
        ? [lineOf(({ head }) => head), ...rows.map((row) => lineOf(({ name }) => fieldOf(row, name)))]
        : [
            'PID   USER     TIME  COMMAND',
            ...rows.map(({ pid, user, args }) => `${String(pid).padStart(5)} ${user.slice(0, 8).padEnd(8)}  0:00 ${args}`),
          ]
    await process.stdout.write(encode(`${lines.join('\n')}\n`))
    return 0
  },
  { usage: '[-o COL1,COL2=HEADER]' },
)

const SIGNALS: Record<string, string> = {
  1: 'HUP',
  2: 'INT',
  3: 'QUIT',
  6: 'ABRT',
  9: 'KILL',
  10: 'USR1',
  11: 'SEGV',
  12: 'USR2',
  13: 'PIPE',
  14: 'ALRM',
  15: 'TERM',
  17: 'CHLD',
  18: 'CONT',
  19: 'STOP',
  20: 'TSTP',
  23: 'URG',
  28: 'WINCH',
}
export const isSignal = (name: string): boolean => name === '0' || Object.values(SIGNALS).includes(name)
const HARMLESS = ['0', 'CHLD', 'CONT', 'URG', 'WINCH']

/** @returns why it could not be */
function signalTo({ machine }: Process, running: Running | undefined, signal: string): string | undefined {
  if (!running) return 'No such process'
  if (machine.user.uid !== 0 && machine.user.uid !== running.user.uid) return 'Operation not permitted'
  if (HARMLESS.includes(signal)) return undefined
  if (signal === 'STOP' || signal === 'TSTP')
    return running.pids.length === 1 && running.pids[0] === 1
      ? undefined
      : 'the processes of a simulated container cannot be stopped'
  if (!running.end) return 'it is a part of the simulated node and never ends'
  running.end(signal, machine.processes.isInner(running))
  return undefined
}

/** `9`, `KILL`, `SIGKILL` -> `KILL` */
export const signalName = (text: string): string => (SIGNALS[text] ?? text).replace(/^SIG/i, '').toUpperCase()

/** `-9`, `-KILL`, `-s TERM`, `-SIGHUP`: taken from the words. @throws WordError */
function takeSignal(args: string[]): string {
  if (!args[0]?.startsWith('-') || args[0] === '--') return 'TERM'
  const text = args[0] === '-s' ? (args.splice(0, 2)[1] ?? '') : (args.shift()?.slice(1) ?? '')
  const name = signalName(text)
  if (!isSignal(name)) throw new WordError(`bad signal name '${text}'`)
  return name
}

/** `-l` lists the names; `-l 15` tells one. */
async function listSignals({ stdout }: Process, [number]: string[]): Promise<number> {
  if (number !== undefined) await stdout.write(`${SIGNALS[Number(number) % 128] ?? number}\n`)
  else for (const [each, name] of Object.entries(SIGNALS)) await stdout.write(`${each.padStart(2)}) ${name}\n`)
  return 0
}

const NOBODY = 'you need to specify whom to kill'

const kill: Program = command(async (process, args) => {
  if (args[0] === '-l') return listSignals(process, args.slice(1))
  const signal = takeSignal(args)
  const targets = args.filter((arg) => arg !== '--')
  if (targets.length === 0) throw new WordError(NOBODY)
  let status = 0
  for (const target of targets) {
    const isNumber = /^-?\d+$/.test(target)
    const fault = isNumber && signalTo(process, process.machine.processes.get(Number(target)), signal)
    if (fault === undefined) continue
    complain(process, isNumber ? `can't kill pid ${target}: ${fault}` : `invalid number '${target}'`)
    status = 1
  }
  return status
})

const MATCHING = '[-fxnov] [-P PPID]'

/** Whatever its name or, with `-f`, its whole line has the pattern; never the program that asks. */
function matching(process: Process, { flags, values, operands }: Options): Row[] {
  const [pattern] = operands
  if (operands.length > 1 || (pattern === undefined && !values.has('P'))) throw new UsageError('')
  const expression = expressionOf(pattern ?? '', { extended: true, bounds: flags.has('x') ? 'line' : undefined })
  const parent = values.has('P') ? wholeNumber(values.get('P') ?? '') : undefined
  const found = rowsOf(process).filter(
    (row) =>
      row.running !== process.running &&
      (parent === undefined || row.ppid === parent) &&
      expression.test(flags.has('f') ? row.args : nameOf(row)) !== flags.has('v'),
  )
  return flags.has('n') ? found.slice(-1) : flags.has('o') ? found.slice(0, 1) : found
}

const pgrep: Program = applet(`[-la] ${MATCHING} [PATTERN]`, async (process, options) => {
  const found = matching(process, options)
  const after = (row: Row) => (options.flags.has('a') ? ` ${row.args}` : options.flags.has('l') ? ` ${nameOf(row)}` : '')
  for (const row of found) await process.stdout.write(`${row.pid}${after(row)}\n`)
  return found.length > 0 ? 0 : 1
})

const PKILL = `[-l|-SIGNAL] ${MATCHING} [PATTERN]`
const pkill: Program = command(
  async (process, args) => {
    if (args[0] === '-l') return listSignals(process, [])
    const signal = args[0] && /^-(SIG)?([A-Z0-9]{2,}|\d+)$/.test(args[0]) ? takeSignal(args) : 'TERM'
    return signalAll(process, matching(process, readOptions(args, `${MATCHING} [PATTERN]`)), signal)
  },
  { usage: PKILL },
)

function signalAll(process: Process, rows: Row[], signal: string): number {
  let status = rows.length > 0 ? 0 : 1
  for (const { pid, running } of rows) {
    const fault = signalTo(process, running, signal)
    if (fault === undefined) continue
    complain(process, `can't kill pid ${pid}: ${fault}`)
    status = 1
  }
  return status
}

const named = (process: Process, name: string): Row[] =>
  rowsOf(process).filter((row) => row.running !== process.running && nameOf(row) === name)

const pidof: Program = applet('[-s] [-o PID] [NAME]...', async (process, { flags, given, operands }) => {
  const without = given.flatMap(([name, value = '']) => (name === 'o' && value !== '%PPID' ? [wholeNumber(value)] : []))
  const found = operands.flatMap((name) => named(process, name)).filter(({ pid }) => !without.includes(pid))
  if (found.length === 0) return 1
  await process.stdout.write(`${(flags.has('s') ? found.slice(0, 1) : found).map(({ pid }) => pid).join(' ')}\n`)
  return 0
})

const killall: Program = command(async (process, args) => {
  if (args[0] === '-l') return listSignals(process, args.slice(1))
  const isQuiet = args[0] === '-q'
  if (isQuiet) args.shift()
  const signal = takeSignal(args)
  if (args.length === 0) throw new WordError(NOBODY)
  let status = 0
  for (const name of args) {
    const found = named(process, name)
    if (found.length === 0 && !isQuiet) complain(process, `${name}: no process killed`)
    status = signalAll(process, found, signal) || status
  }
  return status
})

const nohup: Program = command(
  async (process, argv) => {
    if (argv.length === 0) throw new UsageError('')
    const program = findProgram(process.machine, argv[0] ?? '')
    if (program) return program({ ...process, argv })
    complain(process, `can't execute '${argv[0]}': No such file or directory`)
    return EXIT.notFound
  },
  { usage: 'PROG ARGS' },
)

export const processCommands: Record<string, Program> = { ps, kill, pgrep, pkill, pidof, killall, nohup }
