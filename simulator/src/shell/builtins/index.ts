/** What a shell does itself. */
import { normalize } from '../../containers/file-system.js'
import { decode, encode } from '../../containers/stream.js'
import { evaluate } from '../arithmetic.js'
import { parseScript } from '../parser.js'
import { type Io, Leave, type Shell } from '../shell.js'
import { evaluateTest } from '../test-expression.js'
import { type Builtin, complain, fail, numberOf, type Runner } from './builtin.js'
import { listJobs, trap, ulimit, wait } from './jobs.js'
import { command, exportNames, local, readonlyNames, tell, unset } from './names.js'
import { getopts, set, shift } from './options.js'
import { read } from './read.js'

export type { Builtin, Invocation, Runner } from './builtin.js'

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

async function refuse(shell: Shell, io: Io, text: string): Promise<number> {
  await complain(shell, io, text)
  return 1
}

const ENDS_SCRIPTS = ['export', 'readonly', 'unset']

/** Takes the options that a builtin has from the front of its words, and refuses others; `kept` are its own to read. */
function options(
  name: string,
  letters: string,
  { builtin, kept = false }: { builtin: Builtin; kept?: boolean },
): [string, Builtin] {
  return [
    name,
    async (shell, args, io, runner) => {
      const rest = [...args]
      while (/^-./.test(rest[0] ?? '') && rest[0] !== '--') {
        const unknown = [...(rest[0] ?? '').slice(1)].find((letter) => !letters.includes(letter))
        if (unknown && ENDS_SCRIPTS.includes(name)) await fail(shell, io, `${name}: illegal option -${unknown}`)
        if (unknown) {
          await complain(shell, io, `${name}: illegal option -${unknown}`)
          return 2
        }
        rest.shift()
      }
      if (rest[0] === '--') rest.shift()
      return builtin(shell, kept ? args : rest, io, runner)
    },
  ]
}

async function printFolder(shell: Shell, _args: string[], io: Io): Promise<number> {
  await io.stdout.write(`${shell.cwd}\n`)
  return 0
}

/** `let`: arithmetic; it fails where the last value is 0. */
function calculate(shell: Shell, args: string[]): number {
  let value = 0n
  for (const arg of args) value = evaluate(arg, shell)
  return value === 0n ? 1 : 0
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

/** `exec`: the shell becomes the program, so nothing follows it. */
async function exec(shell: Shell, args: string[], io: Io, runner: Runner): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined) return 0
  throw new Leave('exit', await runner.invoke(shell, { name, rest, assigned: [] }, io))
}

/** `exit` and `return`: with the status that is given, else the last one. */
const leave =
  (kind: 'exit' | 'return'): Builtin =>
  async (shell, [text], io) => {
    const status = text === undefined ? shell.lastStatus : (await numberOf(shell, io, { name: kind, text })) & 255
    throw new Leave(kind, status)
  }

/** `break` and `continue`: outside of loops they do nothing. */
const skip =
  (kind: 'break' | 'continue'): Builtin =>
  async (shell, [text = '1'], io) => {
    const levels = Math.min(await numberOf(shell, io, { name: kind, text }), shell.loops)
    if (levels === 0) return 0
    throw new Leave(kind, 0, levels)
  }

const test =
  (name: string): Builtin =>
  (shell, args, io) =>
    evaluateTest(shell, args, { name, io })

export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [':', () => 0],
  ['true', () => 0],
  ['false', () => 1],
  options('cd', 'LP', { builtin: cd }),
  options('pwd', 'LP', { builtin: printFolder }),
  ['exit', leave('exit')],
  ['return', leave('return')],
  ['break', skip('break')],
  ['continue', skip('continue')],
  options('export', 'pn', { builtin: exportNames, kept: true }),
  options('readonly', 'p', { builtin: readonlyNames, kept: true }),
  ['local', local],
  options('unset', 'fv', { builtin: unset, kept: true }),
  ['set', set],
  ['shift', shift],
  ['getopts', getopts],
  ['read', read],
  options('wait', '', { builtin: wait }),
  ['.', source],
  ['source', source],
  ['eval', (shell, args, io, runner) => runner.runScript(shell, parseScript(args.join(' ')), io)],
  ['exec', exec],
  ['command', (shell, args, io, runner) => command(shell, args, { io, runner, builtins })],
  ['type', (shell, args, io) => tell(shell, args, { io, isBare: false, builtins })],
  ['let', calculate],
  [
    'history',
    async (shell, _args, io) => {
      for (const [index, line] of shell.history.entries()) await io.stdout.write(`${String(index).padStart(4)} ${line}\n`)
      return 0
    },
  ],
  ...(['fg', 'bg'] as const).map((name): [string, Builtin] => [
    name,
    (shell, _args, io) => refuse(shell, io, `${name}: a simulated container has no job control`),
  ]),
  ['jobs', listJobs],
  options('hash', 'r', { builtin: () => 0 }),
  ['trap', trap],
  [
    'umask',
    async (shell, [mode], io) => {
      if (mode !== undefined && Number.parseInt(mode, 8) !== 0o022)
        return refuse(shell, io, 'umask: the mask of a simulated container cannot be changed')
      if (mode === undefined) await io.stdout.write('0022\n')
      return 0
    },
  ],
  ['ulimit', ulimit],
  ['test', test('test')],
  ['[', test('[')],
  ['[[', test('[[')],
])
