/** Builtins about names: what is exported, never changed, local, what a name stands for. */
import { findProgram } from '../../containers/process.js'
import { encode } from '../../containers/stream.js'
import type { Io, Shell } from '../shell.js'
import { type Builtin, complain, fail, type Runner } from './builtin.js'

const NAME = /^[A-Za-z_]\w*$/

interface Assigned {
  name: string
  value: string | undefined
}

const assignmentOf = (arg: string): Assigned => {
  const equals = arg.indexOf('=')
  return equals < 0 ? { name: arg, value: undefined } : { name: arg.slice(0, equals), value: arg.slice(equals + 1) }
}

async function show(io: Io, word: string, names: Iterable<string>, shell: Shell): Promise<number> {
  for (const name of [...names].sort()) {
    const value = shell.variables.get(name)
    await io.stdout.write(`${word} ${name}${value === undefined ? '' : `='${value.replaceAll("'", `'"'"'`)}'`}\n`)
  }
  return 0
}

export async function exportNames(shell: Shell, args: string[], io: Io): Promise<number> {
  const isBack = args[0] === '-n'
  const words = args.filter((arg) => arg !== '-p' && arg !== '-n')
  if (words.length === 0) return show(io, 'export', shell.exported, shell)
  for (const { name, value } of words.map(assignmentOf)) {
    if (!NAME.test(name)) return fail(shell, io, `export: ${name}: bad variable name`)
    if (isBack) shell.exported.delete(name)
    else shell.export(name, value)
  }
  return 0
}

export async function readonlyNames(shell: Shell, args: string[], io: Io): Promise<number> {
  const words = args.filter((arg) => arg !== '-p')
  if (words.length === 0) return show(io, 'readonly', shell.readonly, shell)
  for (const { name, value } of words.map(assignmentOf)) {
    if (!NAME.test(name)) return fail(shell, io, `readonly: ${name}: bad variable name`)
    if (value !== undefined) shell.set(name, value)
    shell.readonly.add(name)
  }
  return 0
}

export async function local(shell: Shell, args: string[], io: Io): Promise<number> {
  if (!shell.locals) return fail(shell, io, 'local: not in a function')
  for (const { name, value } of args.map(assignmentOf)) {
    // The first `local` of a name keeps what it was.
    if (!shell.locals.has(name)) shell.locals.set(name, shell.variables.get(name))
    shell.set(name, value ?? '')
  }
  return 0
}

export async function unset(shell: Shell, args: string[], io: Io): Promise<number> {
  const [kind] = args[0] === '-f' || args[0] === '-v' ? args : ['']
  for (const name of kind ? args.slice(1) : args) {
    if (kind !== '-f' && shell.readonly.has(name)) return fail(shell, io, `unset: ${name}: is read only`)
    const isVariable = shell.variables.has(name)
    if (kind !== '-f') {
      shell.variables.delete(name)
      shell.exported.delete(name)
    }
    if (kind === '-f' || (kind === '' && !isVariable)) shell.functions.delete(name)
  }
  return 0
}

const KEYWORDS = ['if', 'then', 'else', 'elif', 'fi', 'for', 'while', 'until', 'do', 'done', 'case', 'esac', '{', '}', '!', '[[']

/** BusyBox' shell brings these itself; ours finds them among the programs. */
const SHELL_PROGRAMS = ['echo', 'printf', 'kill']

/** What a name stands for, in words and as `command -v` has it; undefined for nothing. */
function meaningOf(
  shell: Shell,
  name: string,
  builtins: ReadonlyMap<string, Builtin>,
): { words: string; bare: string } | undefined {
  if (KEYWORDS.includes(name)) return { words: 'is a shell keyword', bare: name }
  if (shell.functions.has(name)) return { words: 'is a function', bare: name }
  if (builtins.has(name) || SHELL_PROGRAMS.includes(name)) return { words: 'is a shell builtin', bare: name }
  if (!findProgram(shell.machine, name)) return undefined
  const path = name.includes('/') ? name : `/bin/${name}`
  return { words: `is ${path}`, bare: path }
}

/** `type`, `command -v`, `command -V` */
export async function tell(
  shell: Shell,
  names: string[],
  { io, isBare, builtins }: { io: Io; isBare: boolean; builtins: ReadonlyMap<string, Builtin> },
): Promise<number> {
  let status = 0
  for (const name of names) {
    const meaning = meaningOf(shell, name, builtins)
    if (meaning) await io.stdout.write(`${isBare ? meaning.bare : `${name} ${meaning.words}`}\n`)
    else status = 127
    if (!meaning && !isBare) await io.stderr.write(encode(`${name}: not found\n`))
  }
  return status
}

/** Runs a program or a builtin past the functions. */
export async function command(
  shell: Shell,
  args: string[],
  { io, runner, builtins }: { io: Io; runner: Runner; builtins: ReadonlyMap<string, Builtin> },
): Promise<number> {
  const rest = args[0] === '-p' ? args.slice(1) : args
  const [flag = '', ...names] = rest
  if (flag === '-v' || flag === '-V') return tell(shell, names, { io, isBare: flag === '-v', builtins })
  if (/^-./.test(flag) && flag !== '--') {
    await complain(shell, io, `command: illegal option ${flag}`)
    return 2
  }
  const [name, ...more] = flag === '--' ? names : rest
  if (name === undefined) return 0
  const body = shell.functions.get(name)
  shell.functions.delete(name)
  try {
    return await runner.invoke(shell, { name, rest: more, assigned: [] }, io)
  } finally {
    if (body && !shell.functions.has(name)) shell.functions.set(name, body)
  }
}
