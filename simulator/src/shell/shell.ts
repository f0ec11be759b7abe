/** The state of one shell: variables, functions, options; copied for a subshell. */
import type { Machine, Process } from '../containers/process.js'
import type { Running } from '../containers/process-table.js'
import { LineReader, type Sink, type Source } from '../containers/stream.js'
import type { TerminalView } from '../containers/terminal.js'
import type { Command } from './syntax.js'

export interface Io {
  stdin: Source
  stdout: Sink
  stderr: Sink
  terminal?: TerminalView | undefined
}

export class Shell {
  readonly variables = new Map<string, string>()
  readonly exported = new Set<string>()
  readonly functions = new Map<string, Command>()
  readonly options = { errexit: false, nounset: false, xtrace: false, noglob: false }
  readonly traps = new Map<string, string>()
  /** What the names that a function calls local were before; absent outside of functions. */
  locals: Map<string, string | undefined> | undefined
  jobs: { id: number; done: Promise<number> }[] = []
  arguments: string[] = []
  name = 'sh'
  lastStatus = 0
  lastJob = 0
  cwd: string
  /** Inside `if`, `&&`, `!`: a failure is an answer there and no reason to leave. */
  tolerant = 0
  /** Its own process. */
  running: Running | undefined
  /** The next program takes its place, as of one that runs alone in the background. */
  becomes = false
  readonly #readers = new WeakMap<Source, LineReader>()

  constructor(
    readonly machine: Machine,
    readonly signal: AbortSignal,
    cwd: string,
  ) {
    this.cwd = cwd
  }

  static of(process: Process): Shell {
    const shell = new Shell(process.machine, process.signal, process.cwd)
    shell.running = process.running
    for (const [name, value] of process.env) shell.export(name, value)
    shell.variables.set('PWD', process.cwd)
    return shell
  }

  /** What `read` left of a stream's last piece stays for the next `read`. */
  linesOf(source: Source): LineReader {
    let reader = this.#readers.get(source)
    if (!reader) {
      reader = new LineReader(source)
      this.#readers.set(source, reader)
    }
    return reader
  }

  get(name: string): string | undefined {
    switch (name) {
      case '?':
        return String(this.lastStatus)
      case '$':
        return String(this.machine.processes.pidOf(this.running))
      case '!':
        return this.lastJob ? String(this.lastJob) : undefined
      case '#':
        return String(this.arguments.length)
      case '0':
        return this.name
      case '@':
      case '*':
        return this.arguments.join(' ')
      case '-':
        return this.options.errexit ? 'e' : ''
      case 'RANDOM':
        return String(this.machine.random.below(32768))
    }
    if (/^\d+$/.test(name)) return this.arguments[Number(name) - 1]
    return this.variables.get(name)
  }
  set(name: string, value: string): void {
    this.variables.set(name, value)
  }
  /** Gives variables back what they were, or takes them away. */
  restore(before: Iterable<readonly [string, string | undefined]>): void {
    for (const [name, value] of before) {
      if (value === undefined) this.variables.delete(name)
      else this.variables.set(name, value)
    }
  }
  export(name: string, value?: string): void {
    if (value !== undefined) this.variables.set(name, value)
    this.exported.add(name)
  }
  environment(extra: Iterable<[string, string]> = []): Map<string, string> {
    const env = new Map<string, string>()
    for (const name of this.exported) {
      const value = this.variables.get(name)
      if (value !== undefined) env.set(name, value)
    }
    for (const [name, value] of extra) env.set(name, value)
    return env
  }

  /** A subshell: changes stay inside. */
  fork(own: Partial<Pick<Shell, 'signal' | 'running' | 'becomes'>> = {}): Shell {
    const copy = new Shell(this.machine, own.signal ?? this.signal, this.cwd)
    copy.running = own.running ?? this.running
    copy.becomes = own.becomes ?? false
    for (const [name, value] of this.variables) copy.variables.set(name, value)
    for (const name of this.exported) copy.exported.add(name)
    for (const [name, body] of this.functions) copy.functions.set(name, body)
    Object.assign(copy.options, this.options)
    copy.arguments = [...this.arguments]
    copy.name = this.name
    copy.lastStatus = this.lastStatus
    copy.tolerant = this.tolerant
    return copy
  }
}

/** `exit`, `return`, `break` and `continue` leave the tree of commands by being thrown. */
export class Leave extends Error {
  constructor(
    readonly kind: 'exit' | 'return' | 'break' | 'continue',
    readonly status: number,
    public levels = 1,
  ) {
    super(kind)
  }
}
