/** The state of one shell: variables, functions, options; copied for a subshell. */
import { FileError } from '../containers/file-system.js'
import type { Machine, Process } from '../containers/process.js'
import type { Running } from '../containers/process-table.js'
import { LineReader, type Sink, type Source } from '../containers/stream.js'
import type { TerminalView } from '../containers/terminal.js'
import { Pace } from '../time/steps.js'
import type { Command } from './syntax.js'

export interface Io {
  stdin: Source
  stdout: Sink
  stderr: Sink
  terminal?: TerminalView | undefined
  /** Descriptors from 3 on. */
  more?: ReadonlyMap<number, Descriptor>
}

export interface Descriptor {
  source?: Source
  sink?: Sink
}

/** Letters that a variable or a substitution may have, and words that a command may. */
export const MOST_LETTERS = 1024 * 1024
export const MOST_WORDS = 20_000

/** More subshells at a time than any script of an exercise has. */
const MOST_FORKS = 200

/** A shell with its subshells: they share their turns, and there are only so many at a time. */
export class Family {
  readonly pace = new Pace({ every: 1 })
  #forks = 0
  /** @returns false where there are too many */
  enter(): boolean {
    if (this.#forks >= MOST_FORKS) return false
    this.#forks++
    return true
  }
  leave(): void {
    this.#forks--
  }
}

/** The options of `set` that have a letter. */
export const LETTERS: [string, keyof Shell['options']][] = [
  ['a', 'allexport'],
  ['e', 'errexit'],
  ['f', 'noglob'],
  ['u', 'nounset'],
  ['x', 'xtrace'],
]

export class Shell {
  readonly variables = new Map<string, string>()
  readonly exported = new Set<string>()
  readonly functions = new Map<string, Command>()
  readonly options = { errexit: false, nounset: false, xtrace: false, noglob: false, pipefail: false, allexport: false }
  readonly readonly = new Set<string>()
  family = new Family()
  /** Functions that have not returned, and loops that go round. */
  depth = 0
  loops = 0
  /** Where `getopts` stands inside a word such as `-abc`. */
  optionAt = 0
  readonly traps = new Map<string, string>()
  /** What the names that a function calls local were before; absent outside of functions. */
  locals: Map<string, string | undefined> | undefined
  jobs: { id: number; done: Promise<number> }[] = []
  arguments: string[] = []
  name = 'sh'
  lastStatus = 0
  lastJob = 0
  /** Lines that were typed at its terminal. */
  history: readonly string[] = []
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
        return LETTERS.flatMap(([letter, option]) => (this.options[option] ? letter : [])).join('')
      case 'RANDOM':
        return String(this.machine.random.below(32768))
    }
    if (/^\d+$/.test(name)) return this.arguments[Number(name) - 1]
    return this.variables.get(name)
  }
  /** @throws Error with the shell's words */
  set(name: string, value: string): void {
    if (this.readonly.has(name)) throw new Error(`${name}: is read only`)
    if (value.length > MOST_LETTERS) throw new FileError('ENOMEM', '-')
    this.variables.set(name, value)
    if (this.options.allexport) this.exported.add(name)
  }
  /** Gives variables back what they were, or takes them away. */
  restore(before: Iterable<readonly [string, string | undefined]>): void {
    for (const [name, value] of before) {
      if (value === undefined) this.variables.delete(name)
      else this.variables.set(name, value)
    }
  }
  export(name: string, value?: string): void {
    if (value !== undefined) this.set(name, value)
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
    for (const name of this.readonly) copy.readonly.add(name)
    Object.assign(copy.options, this.options)
    copy.family = this.family
    copy.depth = this.depth
    copy.arguments = [...this.arguments]
    copy.name = this.name
    copy.lastStatus = this.lastStatus
    copy.tolerant = this.tolerant
    copy.history = this.history
    return copy
  }
}

/**
 * `exit`, `return`, `break` and `continue` leave the tree of commands by being thrown, and so does an error of the shell itself: a script
 * ends with it, a line that was typed is over.
 */
export class Leave extends Error {
  constructor(
    readonly kind: 'exit' | 'error' | 'return' | 'break' | 'continue',
    readonly status: number,
    public levels = 1,
  ) {
    super(kind)
  }
}
