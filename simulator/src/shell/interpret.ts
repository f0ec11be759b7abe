/** Runs the tree of a script, with streams: what a loop prints is read while it runs. */
import { FileError, normalize } from '../containers/file-system.js'
import { EXIT, exitCodeOf, findProgram, type Program } from '../containers/process.js'
import { spawn } from '../containers/process-table.js'
import { empty, encode, nowhere, Pipe, type Sink, TextSource } from '../containers/stream.js'
import { nextTurn } from '../time/steps.js'
import { builtins } from './builtins.js'
import { expandPattern, expandText, expandWords, type Substitute } from './expand.js'
import { matchesPattern } from './pattern.js'
import { type Io, Leave, type Shell } from './shell.js'
import { type Command, type Pipeline, type Redirection, type Script, ShellSyntaxError, type Statement } from './syntax.js'

/** Rounds of a loop before other work gets a turn. */
const ROUNDS_A_TURN = 64

export async function runScript(shell: Shell, script: Script, io: Io): Promise<number> {
  for (const statement of script) await runStatement(shell, statement, io)
  return shell.lastStatus
}

async function runStatement(shell: Shell, statement: Statement, io: Io): Promise<void> {
  if (shell.signal.aborted) throw new Leave('exit', exitCodeOf(shell.signal))
  if (statement.background) {
    startJob(shell, statement, { ...io, stdin: empty })
    shell.lastStatus = 0
    return
  }
  await runChain(shell, statement, io)
}

/** A process that goes on beside the shell; a program alone takes its place. */
function startJob(shell: Shell, statement: Statement, io: Io): void {
  const process = { ...io, argv: [shell.name], env: shell.environment(), cwd: shell.cwd }
  const isAlone = statement.rest.length === 0 && statement.first.commands.length === 1
  let id = 0
  const job: Program = ({ running, signal }) => {
    id = shell.machine.processes.pidOf(running)
    const child = shell.fork({ signal, running, becomes: isAlone })
    return inSubshell(child, () => runChain(child, { ...statement, background: false }, io))
  }
  const done = spawn(job, { ...process, machine: shell.machine, signal: shell.signal, running: shell.running })
  shell.jobs.push({ id, done })
  shell.lastJob = id
}

async function runChain(shell: Shell, { first, rest }: Statement, io: Io): Promise<number> {
  const isLast = (index: number) => index === rest.length
  const run = async (pipeline: Pipeline, index: number) => {
    const tolerated = !isLast(index) || pipeline.negated
    if (tolerated) shell.tolerant++
    try {
      shell.lastStatus = await runPipeline(shell, pipeline, io)
    } finally {
      if (tolerated) shell.tolerant--
    }
    if (shell.lastStatus !== 0 && !tolerated && shell.options.errexit && shell.tolerant === 0)
      throw new Leave('exit', shell.lastStatus)
  }
  await run(first, 0)
  for (const [index, { operator, pipeline }] of rest.entries()) {
    if ((operator === '&&') === (shell.lastStatus === 0)) await run(pipeline, index + 1)
  }
  return shell.lastStatus
}

async function runPipeline(shell: Shell, { commands, negated }: Pipeline, io: Io): Promise<number> {
  const [only] = commands
  const status = commands.length === 1 && only ? await runCommand(shell, only, io) : await runPiped(shell, commands, io)
  return negated ? Number(status === 0) : status
}

async function runPiped(shell: Shell, commands: Command[], io: Io): Promise<number> {
  const pipes = commands.slice(1).map(() => new Pipe())
  const runs = commands.map(async (command, index) => {
    const child = shell.fork()
    const [before, after] = [pipes[index - 1], pipes[index]]
    try {
      return await inSubshell(child, () =>
        runCommand(child, command, { stdin: before ?? io.stdin, stdout: after ?? io.stdout, stderr: io.stderr }),
      )
    } finally {
      before?.break()
      after?.end()
    }
  })
  const statuses = await Promise.all(runs)
  return statuses.at(-1) ?? 0
}

/** What leaves a subshell does not leave the shell. */
async function inSubshell(shell: Shell, run: () => Promise<number>): Promise<number> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof Leave) return error.status
    throw error
  } finally {
    void shell
  }
}

async function runCommand(shell: Shell, command: Command, io: Io): Promise<number> {
  if (command.type === 'function') {
    shell.functions.set(command.name, command.body)
    return 0
  }
  let inner: Io
  try {
    inner = command.redirections.length > 0 ? await redirect(shell, command.redirections, io) : io
  } catch (error) {
    return complain(shell, io, error)
  }
  return runInner(shell, command, inner)
}

async function runInner(shell: Shell, command: Exclude<Command, { type: 'function' }>, io: Io): Promise<number> {
  switch (command.type) {
    case 'simple':
      return runSimple(shell, command, io)
    case 'group': {
      if (!command.subshell) return runScript(shell, command.body, io)
      const child = shell.fork()
      return inSubshell(child, () => runScript(child, command.body, io))
    }
    case 'if':
      for (const { test, body } of command.branches)
        if ((await tolerate(shell, test, io)) === 0) return runScript(shell, body, io)
      shell.lastStatus = 0
      return command.otherwise ? runScript(shell, command.otherwise, io) : 0
    case 'loop':
      return rounds(shell, async () => {
        if (((await tolerate(shell, command.test, io)) === 0) === command.until) return false
        await runScript(shell, command.body, io)
        return true
      })
    case 'for': {
      const values = command.words ? await expandWords(shell, command.words, substitute(shell, io)) : shell.arguments
      const left = [...values]
      return rounds(shell, async () => {
        const value = left.shift()
        if (value === undefined) return false
        shell.set(command.name, value)
        await runScript(shell, command.body, io)
        return true
      })
    }
    case 'case':
      return runCase(shell, command, io)
  }
}

async function tolerate(shell: Shell, script: Script, io: Io): Promise<number> {
  shell.tolerant++
  try {
    return await runScript(shell, script, io)
  } finally {
    shell.tolerant--
  }
}

/** Repeats until `round` says no, minding `break`, `continue` and the rest of the world. */
async function rounds(shell: Shell, round: () => Promise<boolean>): Promise<number> {
  let status = 0
  for (let count = 1; ; count++) {
    if (count % ROUNDS_A_TURN === 0) await nextTurn()
    if (shell.signal.aborted) throw new Leave('exit', exitCodeOf(shell.signal))
    try {
      if (!(await round())) return status
      status = shell.lastStatus
    } catch (error) {
      if (!(error instanceof Leave) || (error.kind !== 'break' && error.kind !== 'continue')) throw error
      if (error.levels > 1) throw new Leave(error.kind, 0, error.levels - 1)
      if (error.kind === 'break') return 0
    }
  }
}

async function runCase(shell: Shell, command: Extract<Command, { type: 'case' }>, io: Io): Promise<number> {
  const value = await expandText(shell, command.word, substitute(shell, io))
  for (const { patterns, body } of command.clauses) {
    for (const pattern of patterns) {
      if (!matchesPattern(await expandPattern(shell, pattern, substitute(shell, io)), value)) continue
      shell.lastStatus = 0
      return runScript(shell, body, io)
    }
  }
  return 0
}

/** Letters that `$(...)` may stand for. */
const MOST_SUBSTITUTED = 4 * 1024 * 1024

const substitute =
  (shell: Shell, io: Io): Substitute =>
  async (script) => {
    let text = ''
    const collector: Sink = {
      write: (data) => {
        text += data
        if (text.length > MOST_SUBSTITUTED) throw new FileError('ENOMEM', '-')
      },
    }
    const child = shell.fork()
    shell.lastStatus = await inSubshell(child, () => runScript(child, script, { ...io, stdout: collector }))
    return text
  }

function complain(shell: Shell, io: Io, error: unknown): number {
  if (error instanceof Leave) throw error
  const text =
    error instanceof FileError
      ? `can't open '${error.path}': ${error.message}`
      : error instanceof Error
        ? error.message
        : String(error)
  void io.stderr.write(encode(`${shell.name}: ${text}\n`))
  return error instanceof ShellSyntaxError ? 2 : 1
}

async function runSimple(shell: Shell, command: Extract<Command, { type: 'simple' }>, io: Io): Promise<number> {
  const run = substitute(shell, io)
  let argv: string[]
  const assigned: [string, string][] = []
  try {
    argv = await expandWords(shell, command.words, run)
    for (const { name, value } of command.assignments) assigned.push([name, await expandText(shell, value, run)])
  } catch (error) {
    const status = complain(shell, io, error)
    throw new Leave('exit', status)
  }
  const [name, ...rest] = argv
  if (name === undefined) {
    for (const [key, value] of assigned) shell.set(key, value)
    // The status of the last substitution, where there was one.
    const substituted = command.assignments.some(({ value }) => value.some((piece) => piece.type === 'command'))
    return substituted ? shell.lastStatus : 0
  }
  if (shell.options.xtrace) void io.stderr.write(`+ ${argv.join(' ')}\n`)
  return invoke(shell, { name, rest, assigned }, io)
}

interface Invocation {
  name: string
  rest: string[]
  assigned: [string, string][]
}

/** Builtins before which an assignment stays. @see POSIX, special built-in utilities */
const SPECIAL = ['.', ':', 'eval', 'exec', 'exit', 'export', 'readonly', 'return', 'set', 'shift', 'trap', 'unset']

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

/** A function, a builtin or a program. */
export async function invoke(shell: Shell, { name, rest, assigned }: Invocation, io: Io): Promise<number> {
  const body = shell.functions.get(name)
  if (body) return withAssigned(shell, assigned, () => callFunction(shell, { body, rest }, io))
  const builtin = builtins.get(name)
  if (builtin) {
    const call = () => builtin(shell, rest, io, { runScript, invoke })
    if (!SPECIAL.includes(name)) return withAssigned(shell, assigned, call)
    for (const [key, value] of assigned) shell.set(key, value)
    return call()
  }
  const program = findProgram(shell.machine, name)
  if (program) return run(shell, program, { argv: [name, ...rest], assigned }, io)
  return runFile(shell, { name, rest, assigned }, io)
}

function run(
  shell: Shell,
  program: Program,
  { argv, assigned }: { argv: string[]; assigned: [string, string][] },
  io: Io,
): Promise<number> {
  const { machine, cwd, signal, running } = shell
  const process = { argv, env: shell.environment(assigned), cwd, ...io, machine, signal, running }
  if (!shell.becomes || !running) return spawn(program, process)
  running.argv = argv
  return program(process)
}

/** A script by its path; or nothing of that name. */
async function runFile(shell: Shell, { name, rest, assigned }: Invocation, io: Io): Promise<number> {
  const node = name.includes('/') ? shell.machine.fs.stat(normalize(name, shell.cwd)) : undefined
  const sh = findProgram(shell.machine, 'sh')
  if (node?.type === 'file' && sh) {
    if ((node.mode & 0o111) === 0) {
      void io.stderr.write(`${shell.name}: ${name}: Permission denied\n`)
      return EXIT.notExecutable
    }
    return run(shell, sh, { argv: ['sh', name, ...rest], assigned }, io)
  }
  void io.stderr.write(`${shell.name}: ${name}: not found\n`)
  return EXIT.notFound
}

async function callFunction(shell: Shell, { body, rest }: { body: Command; rest: string[] }, io: Io): Promise<number> {
  const { arguments: before, locals } = shell
  shell.arguments = rest
  shell.locals = new Map()
  try {
    return await runCommand(shell, body, io)
  } catch (error) {
    if (error instanceof Leave && error.kind === 'return') return error.status
    throw error
  } finally {
    shell.restore(shell.locals)
    shell.locals = locals
    shell.arguments = before
  }
}

/** @throws FileError */
async function redirect(shell: Shell, redirections: Redirection[], io: Io): Promise<Io> {
  const result: Io = { ...io }
  const { fs } = shell.machine
  const set = (descriptor: number, sink: Sink) => {
    if (descriptor === 2) result.stderr = sink
    else result.stdout = sink
  }
  for (const { descriptor, operator, target } of redirections) {
    const text = await expandText(shell, target, substitute(shell, io))
    if (operator === '<<' || operator === '<<<') result.stdin = new TextSource(operator === '<<<' ? `${text}\n` : text)
    else if (operator === '<')
      result.stdin =
        text === '/dev/null' ? empty : new TextSource(worded('open', text, () => fs.read(normalize(text, shell.cwd))))
    else if (operator === '>&' && /^\d$/.test(text)) set(descriptor ?? 1, text === '2' ? result.stderr : result.stdout)
    else if (operator === '<&') continue
    else {
      const sink = worded('create', text, () => fileSink(shell, text, operator === '>>'))
      if (operator === '&>' || operator === '>&') {
        set(1, sink)
        set(2, sink)
      } else set(descriptor ?? 1, sink)
    }
  }
  // Who reads a file is not typed to.
  if (result.stdin !== io.stdin) result.terminal = undefined
  return result
}

/** As BusyBox' shell complains, which has words of its own for what is not there. */
function worded<T>(verb: 'open' | 'create', path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    const missing = verb === 'open' ? 'no such file' : 'nonexistent directory'
    throw new Error(`can't ${verb} ${path}: ${error.code === 'ENOENT' ? missing : error.message}`)
  }
}

function fileSink(shell: Shell, path: string, append: boolean): Sink {
  const { fs, log } = shell.machine
  const full = normalize(path, shell.cwd)
  if (full === '/dev/null') return nowhere
  if (['/dev/stdout', '/dev/stderr', '/proc/1/fd/1', '/proc/1/fd/2'].includes(full)) return log
  if (!append || !fs.exists(full)) fs.write(full, '')
  return { write: (data) => fs.write(full, data, { append: true }) }
}
