/** Runs the tree of a script, with streams: what a loop prints is read while it runs. */
import { FileError } from '../containers/file-system.js'
import { exitCodeOf, type Program } from '../containers/process.js'
import { spawn } from '../containers/process-table.js'
import { empty, encode, Pipe, type Sink } from '../containers/stream.js'
import type { Runner } from './builtins/index.js'
import { expandPattern, expandText, expandWords, type Substitute } from './expand.js'
import { invoke } from './invoke.js'
import { matchesPattern } from './pattern.js'
import { redirect } from './redirect.js'
import { type Io, Leave, MOST_LETTERS, type Shell } from './shell.js'
import { type Command, isPlain, type Pipeline, type Script, ShellSyntaxError, type Statement, type Word } from './syntax.js'

const runner: Runner = {
  runScript: (shell, script, io) => runScript(shell, script, io),
  runCommand: (shell, command, io) => runCommand(shell, command, io),
  invoke: (shell, invocation, io) => invoke(shell, invocation, { io, runner }),
}

export async function runScript(shell: Shell, script: Script, io: Io): Promise<number> {
  for (const statement of script) await runStatement(shell, statement, io)
  return shell.lastStatus
}

async function runStatement(shell: Shell, statement: Statement, io: Io): Promise<void> {
  await shell.family.pace.step()
  if (shell.signal.aborted) throw new Leave('exit', exitCodeOf(shell.signal))
  if (statement.background) {
    startJob(shell, statement, { ...io, stdin: empty })
    shell.lastStatus = 0
    return
  }
  await runChain(shell, statement, io)
}

/** With what a shell ends that an error of its own ends. */
const SHELL_ERROR = 2
const NO_FORK = "can't fork: Resource temporarily unavailable"

/** A process that goes on beside the shell; a program alone takes its place. */
function startJob(shell: Shell, statement: Statement, io: Io): void {
  const { family } = shell
  if (!family.enter()) throw new Leave('error', complain(shell, io, new Error(NO_FORK)))
  const { stdin, stdout, stderr, terminal } = io
  const process = { stdin, stdout, stderr, terminal, argv: [shell.name], env: shell.environment(), cwd: shell.cwd }
  const isAlone = statement.rest.length === 0 && statement.first.commands.length === 1
  let id = 0
  const job: Program = ({ running, signal }) => {
    id = shell.machine.processes.pidOf(running)
    const child = shell.fork({ signal, running, becomes: isAlone })
    return inSubshell(child, () => runChain(child, { ...statement, background: false }, io))
  }
  const spawned = spawn(job, { ...process, machine: shell.machine, signal: shell.signal, running: shell.running })
  // Nobody may wait for it: what it fails of is told here.
  const done = spawned.catch((error) => complain(shell, io, error)).finally(() => family.leave())
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
    const [before, after] = [pipes[index - 1], pipes[index]]
    const own = { ...io, stdin: before ?? io.stdin, stdout: after ?? io.stdout }
    // Who reads a pipe is not typed to.
    if (before) own.terminal = undefined
    try {
      return await forked(shell, own, (child) => runCommand(child, command, own))
    } finally {
      before?.break()
      after?.end()
    }
  })
  const statuses = await Promise.all(runs)
  const last = statuses.at(-1) ?? 0
  return shell.options.pipefail ? (statuses.findLast((status) => status !== 0) ?? 0) : last
}

/** A subshell, of which there are not too many at a time. */
async function forked(shell: Shell, io: Io, run: (child: Shell) => Promise<number>): Promise<number> {
  const { family } = shell
  // A function that forks itself takes its turns with everybody else.
  await family.pace.step()
  if (!family.enter()) return complain(shell, io, new Error(NO_FORK))
  try {
    const child = shell.fork()
    return await inSubshell(child, () => run(child))
  } finally {
    family.leave()
  }
}

/** What leaves a subshell does not leave the shell. */
async function inSubshell(_shell: Shell, run: () => Promise<number>): Promise<number> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof Leave) return error.status
    throw error
  }
}

async function runCommand(shell: Shell, command: Command, io: Io): Promise<number> {
  if (command.type === 'function') {
    shell.functions.set(command.name, command.body)
    return 0
  }
  let inner: Io
  try {
    inner =
      command.redirections.length > 0
        ? await redirect(shell, command.redirections, { io, substitute: substitute(shell, io) })
        : io
  } catch (error) {
    return complain(shell, io, error)
  }
  if (command.type === 'simple' && command.words.length === 1 && isPlain(command.words[0], 'exec')) {
    // Without a program `exec` redirects the shell itself.
    Object.assign(io, inner)
    return 0
  }
  return runInner(shell, command, inner)
}

async function runInner(shell: Shell, command: Exclude<Command, { type: 'function' }>, io: Io): Promise<number> {
  switch (command.type) {
    case 'simple':
      return runSimple(shell, command, io)
    case 'group':
      if (!command.subshell) return runScript(shell, command.body, io)
      return forked(shell, io, (child) => runScript(child, command.body, { ...io }))
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
    case 'for':
      return runFor(shell, command, io)
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

async function runFor(shell: Shell, command: Extract<Command, { type: 'for' }>, io: Io): Promise<number> {
  const values = command.words ? await expandWords(shell, command.words, substitute(shell, io)) : shell.arguments
  let next = 0
  return rounds(shell, async () => {
    const value = values[next++]
    if (value === undefined) return false
    shell.set(command.name, value)
    await runScript(shell, command.body, io)
    return true
  })
}

/** Repeats until `round` says no, minding `break`, `continue` and the rest of the world. */
async function rounds(shell: Shell, round: () => Promise<boolean>): Promise<number> {
  let status = 0
  shell.loops++
  try {
    for (;;) {
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
  } finally {
    shell.loops--
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

const substitute =
  (shell: Shell, io: Io): Substitute =>
  async (script) => {
    const pieces: string[] = []
    let size = 0
    const collector: Sink = {
      write: (data) => {
        size += data.length
        if (size > MOST_LETTERS) throw new FileError('ENOMEM', '-')
        pieces.push(data)
      },
    }
    shell.lastStatus = await forked(shell, io, (child) => runScript(child, script, { ...io, stdout: collector }))
    return pieces.join('')
  }

function complain(shell: Shell, io: Io, error: unknown): number {
  if (error instanceof Leave) throw error
  void io.stderr.write(encode(`${shell.name}: ${problemOf(error)}\n`))
  return error instanceof ShellSyntaxError ? 2 : 1
}

function problemOf(error: unknown): string {
  if (error instanceof FileError && error.code === 'ENOMEM') return 'out of memory'
  if (error instanceof FileError) return `can't open '${error.path}': ${error.message}`
  return error instanceof Error ? error.message : String(error)
}

async function runSimple(shell: Shell, command: Extract<Command, { type: 'simple' }>, io: Io): Promise<number> {
  const run = substitute(shell, io)
  try {
    const isTest = isPlain(command.words[0], '[[')
    const [name, ...rest] = isTest ? await testWords(shell, command.words, run) : await expandWords(shell, command.words, run)
    const assigned: [string, string][] = []
    for (const { name: key, value } of command.assignments) assigned.push([key, await expandText(shell, value, run)])
    const traced = [...assigned.map(([key, value]) => `${key}=${value}`), ...(name === undefined ? [] : [name, ...rest])]
    if (shell.options.xtrace) void io.stderr.write(`+ ${traced.join(' ')}\n`)
    if (name !== undefined) return await invoke(shell, { name, rest, assigned }, { io, runner })
    for (const [key, value] of assigned) shell.set(key, value)
  } catch (error) {
    complain(shell, io, error)
    throw new Leave('error', SHELL_ERROR)
  }
  // The status of the last substitution, where there was one.
  const substituted = command.assignments.some(({ value }) => value.some((piece) => piece.type === 'command'))
  return substituted ? shell.lastStatus : 0
}

/** Words between double brackets are neither split nor names of files; what stands right of `=` is a pattern. */
async function testWords(shell: Shell, words: Word[], run: Substitute): Promise<string[]> {
  const texts: string[] = []
  for (const word of words) {
    const isPattern = ['=', '==', '!='].includes(texts.at(-1) ?? '')
    texts.push(await (isPattern ? expandPattern : expandText)(shell, word, run))
  }
  return texts
}
