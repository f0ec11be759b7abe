/** The computer that the server runs on, as an execution host. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as sleep } from 'node:timers/promises'
import { LabError } from '@wheelhouse/protocol'
import {
  type CommandResult,
  CommandTimeout,
  type ExecutionHost,
  type HostCommand,
  type HostProcess,
  type HostTerminal,
  type OpenedPort,
  type TerminalSize,
} from './execution-host.js'
import { readFileAt, removeFileAt, whichOn, writeFileByRename } from './local-files.js'
import { startLocalPty } from './local-pty.js'

/** How much of a killed command's output its error keeps: enough for a message, never the memory of the server. */
const KEPT_OUTPUT_CHARS = 64_000
/** Between two looks at a group that was asked to end. */
const GROUP_LOOK_MS = 50

export class ThisComputer implements ExecutionHost {
  readonly name = 'this computer'

  /** @param directory  absolute; must exist with mode 0700 */
  constructor(readonly directory: string) {}

  async platform() {
    return { platform: process.platform, arch: process.arch }
  }

  which(program: string): Promise<string | null> {
    return whichOn(process.env.PATH ?? '', program)
  }

  run(command: HostCommand): Promise<CommandResult> {
    return runToItsEnd(command)
  }

  spawn(command: Omit<HostCommand, 'stdin' | 'timeoutMs' | 'onOutput'>): HostProcess {
    const child = start(command)
    const kill = () => killGroup(child)
    command.signal?.addEventListener('abort', kill, { once: true })
    const ended = new Promise<{ exitCode: number }>((resolve, reject) => {
      child.once('error', (error) => reject(asToolMissing(error, command.argv[0])))
      child.once('close', (code, signal) => resolve({ exitCode: exitCodeOf(code, signal) }))
    })
    void ended.catch(() => {}).finally(() => command.signal?.removeEventListener('abort', kill))
    if (command.signal?.aborted) kill()
    return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, ended, kill }
  }

  pty(command: Pick<HostCommand, 'argv' | 'env'>, size: TerminalSize): HostTerminal {
    return startLocalPty(command, size)
  }

  putFile(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
    return writeFileByRename(path, content, mode)
  }

  getFile(path: string): Promise<Buffer> {
    return readFileAt(path)
  }

  removeFile(path: string): Promise<void> {
    return removeFileAt(path)
  }

  async openPort(port: number): Promise<OpenedPort> {
    return { host: '127.0.0.1', port, close: async () => {} }
  }
}

/** Runs one command in a process group of its own; see `ExecutionHost.run` for what it promises. */
function runToItsEnd(command: HostCommand): Promise<CommandResult> {
  const { promise, resolve, reject } = deferred<CommandResult>()
  if (command.signal?.aborted) return Promise.reject(reasonOf(command.signal))
  const child = start(command)
  const output = collect(child, command.onOutput)
  let killedFor: Error | undefined
  let gone: Promise<void> = Promise.resolve()
  const kill = (why: Error) => {
    if (killedFor) return
    killedFor = why
    gone = endGroup(child, command.graceMs ?? 0)
  }
  const abort = () => kill(reasonOf(command.signal))
  command.signal?.addEventListener('abort', abort, { once: true })
  const timer =
    command.timeoutMs === undefined
      ? undefined
      : setTimeout(() => kill(new CommandTimeout(command.argv, command.timeoutMs ?? 0, output.both())), command.timeoutMs)
  const tidy = () => {
    clearTimeout(timer)
    command.signal?.removeEventListener('abort', abort)
  }
  child.once('error', (error) => {
    tidy()
    reject(asToolMissing(error, command.argv[0]))
  })
  child.once('close', (code, signal) => {
    tidy()
    const why = killedFor
    if (why) void gone.then(() => reject(why))
    else resolve({ exitCode: exitCodeOf(code, signal), stdout: output.stdout(), stderr: output.stderr() })
  })
  // A program may end without reading all of its input; that is its right, and its exit code says the rest.
  child.stdin.on('error', () => {})
  child.stdin.end(command.stdin ?? '')
  return promise
}

/** Resolves when nothing of the group is left but what the system has yet to bury. */
async function endGroup(child: ChildProcessWithoutNullStreams, graceMs: number): Promise<void> {
  const untilMs = performance.now() + graceMs
  for (let signal: 'SIGTERM' | 0 = 'SIGTERM'; performance.now() < untilMs && signalGroup(child, signal); signal = 0)
    await sleep(GROUP_LOOK_MS)
  killGroup(child)
}

/** @returns whether there is such a group */
function signalGroup({ pid }: ChildProcessWithoutNullStreams, signal: NodeJS.Signals | 0): boolean {
  if (pid === undefined) return false
  try {
    return process.kill(process.platform === 'win32' ? pid : -pid, signal)
  } catch {
    return false
  }
}

function start(command: Pick<HostCommand, 'argv' | 'env'>): ChildProcessWithoutNullStreams {
  const [program, ...rest] = command.argv
  return spawn(program, rest, {
    detached: process.platform !== 'win32',
    env: { ...process.env, ...command.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  })
}

/** Kills the command and every child that stayed in its process group, and stops waiting for whoever still holds its pipes. */
function killGroup(child: ChildProcessWithoutNullStreams): void {
  if (child.pid === undefined) return
  signalGroup(child, 'SIGKILL')
  const letGo = () => {
    child.stdout.destroy()
    child.stderr.destroy()
  }
  if (child.exitCode !== null || child.signalCode !== null) letGo()
  else child.once('exit', letGo)
}

function collect(child: ChildProcessWithoutNullStreams, onOutput: HostCommand['onOutput']) {
  const texts = { stdout: '', stderr: '' }
  let both = ''
  for (const name of ['stdout', 'stderr'] as const) {
    const decoder = new StringDecoder('utf8')
    const take = (text: string) => {
      if (!text) return
      texts[name] += text
      both = (both + text).slice(-KEPT_OUTPUT_CHARS)
      onOutput?.(text, name)
    }
    child[name].on('data', (chunk: Buffer) => take(decoder.write(chunk)))
    child[name].on('end', () => take(decoder.end()))
  }
  return { stdout: () => texts.stdout, stderr: () => texts.stderr, both: () => both }
}

const exitCodeOf = (code: number | null, signal: NodeJS.Signals | null) => code ?? 128 + (signal ? constants.signals[signal] : 0)

const reasonOf = (signal: AbortSignal | undefined): Error =>
  signal?.reason instanceof Error ? signal.reason : new DOMException('The command was aborted', 'AbortError')

const asToolMissing = (error: Error, program: string): Error =>
  (error as NodeJS.ErrnoException).code === 'ENOENT' ? new LabError('TOOL_MISSING', { tool: program }, { cause: error }) : error

function deferred<Value>() {
  let resolve!: (value: Value) => void
  let reject!: (error: Error) => void
  const promise = new Promise<Value>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
