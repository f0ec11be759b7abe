/** One run of a container: its main program, its output, and what is executed beside it. */
import { type Image, ROOT, treeOf } from '../images/image.js'
import type { Clock } from '../time/clock.js'
import type { Random } from '../time/random.js'
import type { ClusterAccess } from './cluster-access.js'
import { FileError, FileSystem, type Mount } from './file-system.js'
import type { LogBuffer } from './log-buffer.js'
import type { ContainerNetwork } from './network.js'
import { EXIT, findProgram, type Machine, type Process, type Program } from './process.js'
import { empty, type Sink, type Source } from './stream.js'

export interface ContainerOptions {
  image: Image
  argv: string[]
  env: Map<string, string>
  workingDirectory: string
  hostname: string
  mounts: Mount[]
  readOnlyRoot: boolean
  user: Machine['user'] | undefined
  network: ContainerNetwork
  cluster?: ClusterAccess | undefined
  clock: Clock
  random: Random
  log: LogBuffer
}

/** What stands between a program's name and its start. */
export class StartError extends Error {}

export interface Streams {
  stdin: Source
  stdout: Sink
  stderr: Sink
  terminal?: { columns: number; rows: number } | undefined
}

export class Container {
  readonly machine: Machine
  readonly #ended = new AbortController()
  readonly #programs: ReadonlyMap<string, Program>
  /** Resolves with the exit code of the main program. */
  readonly exited: Promise<number>

  /** @throws StartError where the main program is not in the image */
  constructor(readonly options: ContainerOptions) {
    const { image, clock, log } = options
    this.#programs = new Map(Object.entries(image.programs))
    const fs = new FileSystem({
      image: treeOf(image),
      mounts: options.mounts,
      readOnlyRoot: options.readOnlyRoot,
      now: () => clock.now(),
    })
    this.machine = {
      hostname: options.hostname,
      fs,
      network: options.network,
      clock,
      random: options.random,
      programs: this.#programs,
      user: options.user ?? image.user ?? ROOT,
      main: { argv: options.argv, handlesTerm: false },
      cluster: options.cluster,
      log: { write: (data) => log.write(data, clock.now()) },
    }
    const program = this.#find(options.argv[0] ?? '')
    if (!program)
      throw new StartError(`exec: ${JSON.stringify(options.argv[0] ?? '')}: ${this.#whyMissing(options.argv[0] ?? '')}`)
    this.exited = this.#run(
      program,
      options.argv,
      { stdin: empty, stdout: this.machine.log, stderr: this.machine.log },
      this.#ended.signal,
    )
  }

  #find(name: string): Program | undefined {
    return this.#programs.get(name) ?? findProgram(this.machine, name)
  }
  #whyMissing(name: string): string {
    return name.includes('/') ? `stat ${name}: no such file or directory` : 'executable file not found in $PATH'
  }

  async #run(program: Program, argv: string[], streams: Streams, signal: AbortSignal): Promise<number> {
    const process: Process = {
      argv,
      env: new Map(this.options.env),
      cwd: this.options.workingDirectory || this.options.image.workingDirectory || '/',
      ...streams,
      machine: this.machine,
      signal,
    }
    try {
      return await program(process)
    } catch (error) {
      if (!(error instanceof FileError))
        await streams.stderr.write(`${argv[0]}: ${error instanceof Error ? error.message : error}\n`)
      return error instanceof FileError ? 1 : 2
    }
  }

  /** Runs a program beside the main one. @throws StartError where it is not in the image */
  exec(argv: string[], streams: Streams, signal: AbortSignal): Promise<number> {
    const program = this.#find(argv[0] ?? '')
    if (!program) throw new StartError(this.#whyMissing(argv[0] ?? ''))
    const ended = AbortSignal.any([signal, this.#ended.signal])
    return this.#run(program, argv, streams, ended)
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined
  }

  /** Asks the main program to end: it does only if it listens, as process 1 of a real container. */
  terminate(): void {
    if (this.machine.main.handlesTerm) this.#ended.abort('SIGTERM')
  }
  kill(): void {
    this.#ended.abort('SIGKILL')
  }
  get killedCode(): number {
    return EXIT.sigkill
  }
}
