/** What a shell does itself. */
import { normalize } from '../containers/file-system.js'
import { exitCodeOf, findProgram } from '../containers/process.js'
import { decode, encode } from '../containers/stream.js'
import { evaluate } from './arithmetic.js'
import { parseScript } from './parser.js'
import { type Io, Leave, type Shell } from './shell.js'
import type { Script } from './syntax.js'
import { evaluateTest } from './test-expression.js'

/** The interpreter, for the builtins that run more. */
export interface Runner {
  runScript(shell: Shell, script: Script, io: Io): Promise<number>
  invoke(shell: Shell, invocation: { name: string; rest: string[]; assigned: [string, string][] }, io: Io): Promise<number>
}

export type Builtin = (shell: Shell, args: string[], io: Io, runner: Runner) => Promise<number> | number

const number = (text: string | undefined, fallback: number): number =>
  text === undefined ? fallback : Number.parseInt(text, 10) & 255

async function cd(shell: Shell, [target = shell.get('HOME') ?? '/']: string[], io: Io): Promise<number> {
  const path = normalize(target === '-' ? (shell.get('OLDPWD') ?? '/') : target, shell.cwd)
  const node = shell.machine.fs.stat(path)
  if (node?.type !== 'directory') {
    await io.stderr.write(
      encode(`${shell.name}: cd: can't cd to ${target}: ${node ? 'Not a directory' : 'No such file or directory'}\n`),
    )
    return 2
  }
  shell.set('OLDPWD', shell.cwd)
  shell.cwd = path
  shell.set('PWD', path)
  if (target === '-') await io.stdout.write(`${path}\n`)
  return 0
}

async function printFolder(shell: Shell, _args: string[], io: Io): Promise<number> {
  await io.stdout.write(`${shell.cwd}\n`)
  return 0
}

async function exportNames(shell: Shell, args: string[], io: Io): Promise<number> {
  const names = args.filter((arg) => arg !== '-p')
  if (names.length === 0)
    for (const name of [...shell.exported].sort()) await io.stdout.write(`export ${name}='${shell.get(name) ?? ''}'\n`)
  for (const arg of names) {
    const [name = '', ...value] = arg.split('=')
    shell.export(name, arg.includes('=') ? value.join('=') : undefined)
  }
  return 0
}

const LETTERS: Record<string, keyof Shell['options']> = { e: 'errexit', u: 'nounset', x: 'xtrace', f: 'noglob' }

function setOptions(shell: Shell, args: string[]): number {
  const rest = [...args]
  while (rest[0] && /^[-+]./.test(rest[0]) && rest[0] !== '--') {
    const flag = rest.shift() ?? ''
    const on = flag.startsWith('-')
    for (const letter of flag.slice(1)) {
      const name = letter === 'o' ? (rest.shift() as keyof Shell['options'] | undefined) : LETTERS[letter]
      if (name && name in shell.options) shell.options[name] = on
    }
  }
  const hasMarker = rest[0] === '--'
  if (hasMarker) rest.shift()
  if (rest.length > 0 || hasMarker) shell.arguments = rest
  return 0
}

async function read(shell: Shell, args: string[], io: Io): Promise<number> {
  const { prompt, isRaw, names } = readArguments(args)
  if (prompt) await io.stderr.write(encode(prompt))
  const line = await shell.linesOf(io.stdin).next()
  const text = isRaw || line === null ? line : line.replace(/\\(.)/g, '$1')
  const targets = names.length > 0 ? names : ['REPLY']
  const values = fieldsFor(text ?? '', shell.get('IFS') ?? ' \t\n', targets.length)
  for (const [index, name] of targets.entries()) shell.set(name, values[index] ?? '')
  return line === null ? 1 : 0
}

function readArguments(args: string[]): { prompt: string; isRaw: boolean; names: string[] } {
  const result = { prompt: '', isRaw: false, names: [] as string[] }
  const rest = [...args]
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (!arg.startsWith('-')) result.names.push(arg)
    else if (/^-r?p$/.test(arg)) result.prompt = rest.shift() ?? ''
    else if (/^-[tnd]$/.test(arg)) rest.shift()
    if (/^-\w*r/.test(arg)) result.isRaw = true
  }
  return result
}

/** As many fields as there are names; the last has all that is left. */
function fieldsFor(line: string, separators: string, count: number): string[] {
  const isBlank = (letter: string | undefined) => letter !== undefined && ' \t\n'.includes(letter) && separators.includes(letter)
  const isMark = (letter: string | undefined) => letter !== undefined && letter !== '' && separators.includes(letter)
  let rest = line
  const trimStart = () => {
    while (isBlank(rest[0])) rest = rest.slice(1)
  }
  const fields: string[] = []
  trimStart()
  while (fields.length < count - 1 && rest !== '') {
    let end = 0
    while (end < rest.length && !isMark(rest[end])) end++
    fields.push(rest.slice(0, end))
    rest = rest.slice(end)
    trimStart()
    if (isMark(rest[0]) && !isBlank(rest[0])) rest = rest.slice(1)
    trimStart()
  }
  while (isBlank(rest.at(-1))) rest = rest.slice(0, -1)
  return [...fields, rest]
}

/** `type`: what a name stands for. */
async function type(shell: Shell, names: string[], io: Io): Promise<number> {
  let status = 0
  for (const name of names) {
    if (shell.functions.has(name)) await io.stdout.write(`${name} is a function\n`)
    else if (builtins.has(name)) await io.stdout.write(`${name} is a shell builtin\n`)
    else if (findProgram(shell.machine, name)) await io.stdout.write(`${name} is ${name.includes('/') ? name : `/bin/${name}`}\n`)
    else {
      await io.stderr.write(encode(`${name}: not found\n`))
      status = 127
    }
  }
  return status
}

/** `let`: arithmetic; it fails where the last value is 0. */
function calculate(shell: Shell, args: string[]): number {
  let value = 0
  for (const arg of args) value = evaluate(arg, shell)
  return value === 0 ? 1 : 0
}

const LIMITS: Record<string, string> = { n: '1048576', u: 'unlimited', c: 'unlimited', s: '8192', v: 'unlimited', f: 'unlimited' }

async function limit(_shell: Shell, args: string[], io: Io): Promise<number> {
  const [flag = '-f', value] = args.filter((arg) => arg !== '-S' && arg !== '-H')
  if (value === undefined) await io.stdout.write(`${LIMITS[flag.slice(1)] ?? 'unlimited'}\n`)
  return 0
}

async function wait(shell: Shell, [id]: string[]): Promise<number> {
  const jobs = id ? shell.jobs.filter((job) => String(job.id) === id) : shell.jobs
  const stopped = new Promise<number>((resolve) =>
    shell.signal.addEventListener('abort', () => resolve(exitCodeOf(shell.signal)), { once: true }),
  )
  let status = 0
  for (const job of jobs) status = await Promise.race([job.done, stopped])
  return id ? status : shell.signal.aborted ? status : 0
}

async function source(shell: Shell, [path = '', ...rest]: string[], io: Io, runner: Runner): Promise<number> {
  const before = shell.arguments
  if (rest.length > 0) shell.arguments = rest
  try {
    return await runner.runScript(shell, parseScript(decode(shell.machine.fs.read(normalize(path, shell.cwd)))), io)
  } finally {
    shell.arguments = before
  }
}

async function command(shell: Shell, args: string[], io: Io, runner: Runner): Promise<number> {
  const [flag, ...names] = args
  if (flag === '-v' || flag === '-V') {
    let status = 0
    for (const name of names) {
      if (builtins.has(name) || shell.functions.has(name)) await io.stdout.write(`${name}\n`)
      else if (findProgram(shell.machine, name)) await io.stdout.write(name.includes('/') ? `${name}\n` : `/bin/${name}\n`)
      else status = 127
    }
    return status
  }
  const [name = '', ...rest] = args
  return name ? runner.invoke(shell, { name, rest, assigned: [] }, io) : 0
}

/** `exec`: the shell becomes the program, so nothing follows it. */
async function exec(shell: Shell, args: string[], io: Io, runner: Runner): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined) return 0
  throw new Leave('exit', await runner.invoke(shell, { name, rest, assigned: [] }, io))
}

export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [':', () => 0],
  ['true', () => 0],
  ['false', () => 1],
  ['cd', cd],
  ['pwd', printFolder],
  [
    'exit',
    (shell, [status]) => {
      throw new Leave('exit', number(status, shell.lastStatus))
    },
  ],
  [
    'return',
    (shell, [status]) => {
      throw new Leave('return', number(status, shell.lastStatus))
    },
  ],
  [
    'break',
    (_shell, [levels]) => {
      throw new Leave('break', 0, number(levels, 1))
    },
  ],
  [
    'continue',
    (_shell, [levels]) => {
      throw new Leave('continue', 0, number(levels, 1))
    },
  ],
  ['export', exportNames],
  ['readonly', exportNames],
  [
    'local',
    (shell, args) => {
      for (const arg of args) {
        const [name = '', ...value] = arg.split('=')
        // The first `local` of a name keeps what it was.
        if (shell.locals && !shell.locals.has(name)) shell.locals.set(name, shell.variables.get(name))
        shell.set(name, value.join('='))
      }
      return 0
    },
  ],
  [
    'unset',
    (shell, args) => {
      for (const name of args.filter((arg) => !arg.startsWith('-'))) {
        shell.variables.delete(name)
        shell.exported.delete(name)
        shell.functions.delete(name)
      }
      return 0
    },
  ],
  [
    'set',
    async (shell, args, io) => {
      if (args.length > 0) return setOptions(shell, args)
      for (const [name, value] of [...shell.variables].sort()) await io.stdout.write(`${name}='${value}'\n`)
      return 0
    },
  ],
  [
    'shift',
    (shell, [count]) => {
      shell.arguments = shell.arguments.slice(number(count, 1))
      return 0
    },
  ],
  ['read', read],
  ['wait', wait],
  ['.', source],
  ['source', source],
  ['eval', (shell, args, io, runner) => runner.runScript(shell, parseScript(args.join(' ')), io)],
  ['exec', exec],
  ['command', command],
  ['type', type],
  ['let', calculate],
  ['hash', () => 0],
  [
    'trap',
    (shell, [action = '', ...signals]) => {
      const names = signals.map((name) => name.replace(/^SIG/, ''))
      for (const name of names) action === '-' ? shell.traps.delete(name) : shell.traps.set(name, action)
      // An empty action is none: the signal passes by.
      if (names.includes('TERM')) shell.machine.main.handlesTerm = Boolean(shell.traps.get('TERM'))
      return 0
    },
  ],
  [
    'umask',
    async (_shell, [mode], io) => {
      if (mode === undefined) await io.stdout.write('0022\n')
      return 0
    },
  ],
  ['ulimit', limit],
  ['test', (shell, args, io) => evaluateTest(shell, args, io)],
  ['[', (shell, args, io) => evaluateTest(shell, args.at(-1) === ']' ? args.slice(0, -1) : args, io)],
  ['[[', (shell, args, io) => evaluateTest(shell, args.at(-1) === ']]' ? args.slice(0, -1) : args, io)],
])
