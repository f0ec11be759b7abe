/** ps, kill and their kin: the processes that a container sees, its own or those of its Pod or node. */
import { findProgram, type Process, type Program } from '../../containers/process.js'
import { type Running, userName } from '../../containers/process-table.js'
import { encode } from '../../containers/stream.js'
import { complain, readOptions } from './command.js'
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

/** `ps [-o COLUMN,...]`; BusyBox shows everything and everybody whatever the other options. */
const ps: Program = async (process) => {
  const { values } = readOptions(process.argv.slice(1), ['o'])
  const rows = rowsOf(process)
  const columns = values.get('o')?.split(',')
  const unknown = columns?.find((each) => !isColumn(each))
  if (unknown !== undefined) {
    complain(process, `bad -o argument '${unknown}', supported arguments: user,comm,args,pid,ppid,time`)
    return 1
  }
  const lineOf = (texts: (column: string) => string) => `${columns?.map((each) => wide(texts(each), each)).join(' ')}`.trimEnd()
  const lines = columns
    ? [lineOf((column) => HEADS[column] ?? column.toUpperCase()), ...rows.map((row) => lineOf((column) => fieldOf(row, column)))]
    : [
        'PID   USER     TIME  COMMAND',
        ...rows.map(({ pid, user, args }) => `${String(pid).padStart(5)} ${user.slice(0, 8).padEnd(8)}  0:00 ${args}`),
      ]
  await process.stdout.write(encode(`${lines.join('\n')}\n`))
  return 0
}

const SIGNALS: Record<string, string> = { 1: 'HUP', 2: 'INT', 3: 'QUIT', 9: 'KILL', 10: 'USR1', 12: 'USR2', 15: 'TERM' }
const HARMLESS = ['0', 'CHLD', 'CONT', 'STOP', 'URG', 'WINCH']

/** @returns why it could not be */
function signalTo({ machine }: Process, running: Running | undefined, signal: string): string | undefined {
  if (!running) return 'No such process'
  if (machine.user.uid !== 0 && machine.user.uid !== running.user.uid) return 'Operation not permitted'
  if (HARMLESS.includes(signal)) return undefined
  if (!running.end) return 'it is a part of the simulated node and never ends'
  running.end(signal, machine.processes.isInner(running))
  return undefined
}

/** `9`, `KILL`, `SIGKILL` -> `KILL` */
export const signalName = (text: string): string => (SIGNALS[text] ?? text).replace(/^SIG/i, '').toUpperCase()

/** `-9`, `-KILL`, `-s TERM`, `-SIGHUP`: taken from the words. */
function takeSignal(args: string[]): string {
  let name = 'TERM'
  if (args[0] === '-s') [, name = ''] = args.splice(0, 2)
  else if (args[0]?.startsWith('-')) name = args.shift()?.slice(1) ?? ''
  return signalName(name)
}

const kill: Program = async (process) => {
  const args = process.argv.slice(1)
  if (args[0] === '-l') {
    await process.stdout.write(`${Object.values(SIGNALS).join('\n')}\n`)
    return 0
  }
  const signal = takeSignal(args)
  let status = 0
  for (const target of args) {
    const fault = signalTo(process, process.machine.processes.get(Number(target)), signal)
    if (fault === undefined) continue
    complain(process, `can't kill pid ${target}: ${fault}`)
    status = 1
  }
  return status
}

/** Whatever its name or, with `-f`, its whole line has the pattern; never the program that asks. */
function matching(process: Process, pattern: string, { whole, exact }: { whole: boolean; exact: boolean }): Row[] {
  const expression = expressionOf(pattern, { extended: true, bounds: exact ? 'line' : undefined })
  const found = rowsOf(process).filter(
    (row) => row.running !== process.running && expression.test(whole ? row.args : nameOf(row)),
  )
  return found
}

const pgrep: Program = async (process) => {
  const { flags, operands } = readOptions(process.argv.slice(1))
  const found = matching(process, operands[0] ?? '', { whole: flags.has('f'), exact: flags.has('x') })
  for (const row of found) await process.stdout.write(`${row.pid}${flags.has('l') || flags.has('a') ? ` ${row.args}` : ''}\n`)
  return found.length > 0 ? 0 : 1
}

const pkill: Program = async (process) => {
  const args = process.argv.slice(1)
  const signal = args[0] && /^-([A-Z]+|\d+)$/.test(args[0]) ? takeSignal(args) : 'TERM'
  const { flags, operands } = readOptions(args)
  const found = matching(process, operands[0] ?? '', { whole: flags.has('f'), exact: flags.has('x') })
  return signalAll(process, found, signal)
}

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

const pidof: Program = async (process) => {
  const found = process.argv.slice(1).flatMap((name) => named(process, name))
  if (found.length === 0) return 1
  await process.stdout.write(`${found.map(({ pid }) => pid).join(' ')}\n`)
  return 0
}

const killall: Program = async (process) => {
  const args = process.argv.slice(1)
  const signal = args[0]?.startsWith('-') ? takeSignal(args) : 'TERM'
  let status = 0
  for (const name of args) {
    const found = named(process, name)
    if (found.length === 0) complain(process, `${name}: no process killed`)
    status = signalAll(process, found, signal) || status
  }
  return status
}

const nohup: Program = async (process) => {
  const [, name = '', ...rest] = process.argv
  const program = findProgram(process.machine, name)
  if (program) return program({ ...process, argv: [name, ...rest] })
  complain(process, `can't execute '${name}': No such file or directory`)
  return 127
}

export const processCommands: Record<string, Program> = { ps, kill, pgrep, pkill, pidof, killall, nohup }
