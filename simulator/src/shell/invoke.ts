/** One command by its name: a function, a builtin, a program or a script. */
import { normalize } from '../containers/file-system.js'
import { EXIT, findProgram, type Program } from '../containers/process.js'
import { spawn } from '../containers/process-table.js'
import { type Builtin, builtins, type Invocation, type Runner } from './builtins/index.js'
import { type Io, Leave, type Shell } from './shell.js'
import type { Command } from './syntax.js'

/** Builtins before which an assignment stays. @see POSIX, special built-in utilities */
const SPECIAL = ['.', ':', 'eval', 'exec', 'exit', 'export', 'readonly', 'return', 'set', 'shift', 'trap', 'unset']
/** A function that calls itself for ever ends here, as one does for which the stack is too small. */
const DEEPEST = 400
const SEGMENTATION_FAULT = 139

/** An assignment before a command holds while that runs. */
async function withAssigned(shell: Shell, assigned: [string, string][], work: () => Promise<number> | number): Promise<number> {
  const before = assigned.map(([key]) => [key, shell.variables.get(key)] as const)
  for (const [key, value] of assigned) shell.set(key, value)
  try {
    return await work()
  } finally {
    shell.restore(before)
  }
}

export async function invoke(shell: Shell, invocation: Invocation, { io, runner }: { io: Io; runner: Runner }): Promise<number> {
  const { name, assigned } = invocation
  const body = shell.functions.get(name)
  if (body) return withAssigned(shell, assigned, () => callFunction(shell, { body, rest: invocation.rest }, { io, runner }))
  const builtin = builtins.get(name)
  if (builtin) return callBuiltin(shell, builtin, { invocation, io, runner })
  const program = findProgram(shell.machine, name)
  if (program) return run(shell, program, { argv: [name, ...invocation.rest], assigned, io })
  return runFile(shell, invocation, io)
}

async function callBuiltin(
  shell: Shell,
  builtin: Builtin,
  { invocation: { name, rest, assigned }, io, runner }: { invocation: Invocation; io: Io; runner: Runner },
): Promise<number> {
  const call = () => builtin(shell, rest, io, runner)
  if (!SPECIAL.includes(name)) return withAssigned(shell, assigned, call)
  for (const [key, value] of assigned) shell.set(key, value)
  return call()
}

function run(
  shell: Shell,
  program: Program,
  { argv, assigned, io }: { argv: string[]; assigned: [string, string][]; io: Io },
): Promise<number> {
  const { machine, cwd, signal, running } = shell
  const { stdin, stdout, stderr, terminal } = io
  const process = { argv, env: shell.environment(assigned), cwd, stdin, stdout, stderr, terminal, machine, signal, running }
  if (!shell.becomes || !running) return spawn(program, process)
  running.argv = argv
  return program(process)
}

/** A script by its path; or nothing of that name. */
async function runFile(shell: Shell, { name, rest, assigned }: Invocation, io: Io): Promise<number> {
  const node = name.includes('/') ? shell.machine.fs.stat(normalize(name, shell.cwd)) : undefined
  const sh = findProgram(shell.machine, 'sh')
  if (node?.type === 'directory' || (node?.type === 'file' && (node.mode & 0o111) === 0)) {
    void io.stderr.write(`${shell.name}: ${name}: Permission denied\n`)
    return EXIT.notExecutable
  }
  if (node?.type === 'file' && sh) return run(shell, sh, { argv: ['sh', name, ...rest], assigned, io })
  void io.stderr.write(`${shell.name}: ${name}: not found\n`)
  return EXIT.notFound
}

async function callFunction(
  shell: Shell,
  { body, rest }: { body: Command; rest: string[] },
  { io, runner }: { io: Io; runner: Runner },
): Promise<number> {
  if (shell.depth >= DEEPEST) {
    await io.stderr.write('Segmentation fault\n')
    throw new Leave('exit', SEGMENTATION_FAULT)
  }
  const { arguments: before, locals } = shell
  shell.arguments = rest
  shell.locals = new Map()
  shell.depth++
  try {
    return await runner.runCommand(shell, body, io)
  } catch (error) {
    if (error instanceof Leave && error.kind === 'return') return error.status
    throw error
  } finally {
    shell.depth--
    shell.restore(shell.locals)
    shell.locals = locals
    shell.arguments = before
  }
}
