/**
 * Where an engine's commands run: this computer, a remote Docker engine, a Pod on a Kubernetes cluster.
 *
 * An engine reaches the outside world through this contract alone. It assumes no shared file system (files are put and got), no
 * shared loopback (ports are opened) and no address of its own.
 */
import type { Writable } from 'node:stream'

export interface HostCommand {
  /** Program and arguments; no shell interprets them. */
  argv: readonly [string, ...string[]]
  env?: Record<string, string>
  stdin?: string | Uint8Array
  /** After this the whole process group is killed and the promise rejects with `CommandTimeout`. Absent means no limit. */
  timeoutMs?: number
  /** Before that kill the group is asked to end (SIGTERM), and has so long. Absent means at once. */
  graceMs?: number | undefined
  signal?: AbortSignal
  /** Both streams as they come, for progress and logs. */
  onOutput?: (text: string, stream: 'stdout' | 'stderr') => void
}

export interface CommandResult {
  /** 128 + signal number where a signal ended it, as a shell reports it. */
  exitCode: number
  stdout: string
  stderr: string
}

/** A running program whose standard streams are pipes. Byte-exact in both directions, with back-pressure. */
export interface HostProcess {
  readonly stdin: Writable
  readonly stdout: NodeJS.ReadableStream
  readonly stderr: NodeJS.ReadableStream
  /** Resolves when the program has ended and its streams are closed. */
  readonly ended: Promise<{ exitCode: number }>
  kill(): void
}

export interface TerminalSize {
  columns: number
  rows: number
}

/** A running program with a pseudo-terminal. */
export interface HostTerminal {
  write(data: string | Uint8Array): void
  resize(size: TerminalSize): void
  pause(): void
  resume(): void
  onData(listener: (data: Uint8Array) => void): () => void
  readonly ended: Promise<{ exitCode: number }>
  kill(): void
}

/** A port of the host, reachable from the server at `host:port` until it is closed. */
export interface OpenedPort {
  readonly host: string
  readonly port: number
  close(): Promise<void>
}

export interface ExecutionHost {
  /** For messages: "this computer", "ssh://build-7". */
  readonly name: string
  /** A folder on the host that belongs to this installation alone; exists, mode 0700. */
  readonly directory: string
  /** The value of `process.platform` and `process.arch` there. */
  platform(): Promise<{ platform: string; arch: string }>
  /** Path of a program on the host's PATH, or null. */
  which(program: string): Promise<string | null>
  /** Resolves whatever the exit code. Rejects only where the command did not run to its end: not found, timed out, aborted. */
  run(command: HostCommand): Promise<CommandResult>
  spawn(command: Omit<HostCommand, 'stdin' | 'timeoutMs' | 'onOutput'>): HostProcess
  pty(command: Pick<HostCommand, 'argv' | 'env'>, size: TerminalSize): HostTerminal
  /** Writes by rename, so that a reader sees the old or the new file; makes missing folders. */
  putFile(path: string, content: string | Uint8Array, mode?: number): Promise<void>
  /** @throws where there is no such file */
  getFile(path: string): Promise<Buffer>
  removeFile(path: string): Promise<void>
  /** Makes `port` of the host's loopback reachable from the server. On this computer it is that port itself. */
  openPort(port: number): Promise<OpenedPort>
}

/** The command was killed at its limit; what it had printed is kept. */
export class CommandTimeout extends Error {
  override readonly name = 'CommandTimeout'
  constructor(
    readonly argv: readonly string[],
    readonly timeoutMs: number,
    readonly output: string,
  ) {
    super(`${argv.join(' ')} did not end within ${timeoutMs} ms`)
  }
}
