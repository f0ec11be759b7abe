/** One run of a container: its main program, its output, and what is executed beside it. */
import { type Image, ROOT, treeOf } from '../images/image.js'
import type { Clock } from '../time/clock.js'
import type { Random } from '../time/random.js'
import type { ClusterAccess } from './cluster-access.js'
import { FileError, FileSystem, type Mount } from './file-system.js'
import { type KernelView, plainKernel } from './kernel-view.js'
import type { LogBuffer } from './log-buffer.js'
import type { ContainerNetwork } from './network.js'
import { systemMounts } from './proc-files.js'
import { EXIT, findProgram, type Load, type Machine, type Process, type Program } from './process.js'
import { ProcessTable, type Running, spawn } from './process-table.js'
import { type Data, empty, Pipe, type Sink, type Source } from './stream.js'
import { Terminal } from './terminal.js'

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
  /** The main program reads what an attached client sends. */
  stdin?: boolean
  /** It does so at a terminal. */
  tty?: boolean
  /** The processes that it sees and is seen by; absent: its own alone. */
  processes?: ProcessTable | undefined
  /** What it may do; absent: what any container may. */
  kernel?: KernelView | undefined
  /** Bytes that are free on the disk of its node. */
  freeBytes?: (() => number) | undefined
}

/** What stands between a program's name and its start. */
export class StartError extends Error {}

export interface Streams {
  stdin: Source
  stdout: Sink
  stderr: Sink
  terminal?: Terminal | undefined
}

export class Container {
  readonly machine: Machine
  readonly #ended = new AbortController()
  readonly #main: Running
  #killed = () => {}
  /** Resolves with the exit code of the main program. */
  readonly exited: Promise<number>
  /** What the main program reads, where it reads anything. */
  readonly stdin: Pipe | undefined
  readonly terminal: Terminal | undefined
  /** Called when its programs take more or give back, such as more memory than they may have. */
  onLoad: (load: Load) => void = () => {}
  readonly #watchers = new Set<(data: Data) => void | Promise<void>>()

  /** @throws StartError where the main program is not in the image */
  constructor(readonly options: ContainerOptions) {
    const { image, clock, log } = options
    const fs = new FileSystem({
      image: treeOf(image),
      mounts: [...options.mounts, ...systemMounts(() => this.machine)],
      readOnlyRoot: options.readOnlyRoot,
      now: () => clock.now(),
      freeBytes: options.freeBytes,
    })
    const load = { cpuMilli: 0, memoryBytes: 0 }
    this.machine = {
      hostname: options.hostname,
      fs,
      network: options.network,
      clock,
      random: options.random,
      programs: new Map(Object.entries(image.programs)),
      user: options.user ?? image.user ?? ROOT,
      kernel: options.kernel ?? plainKernel,
      processes: options.processes ?? new ProcessTable(),
      main: { argv: options.argv, handlesTerm: false },
      cluster: options.cluster,
      load,
      take: (more) => {
        load.cpuMilli += more.cpuMilli
        load.memoryBytes += more.memoryBytes
        this.onLoad(load)
      },
      log: { write: (data) => log.write(data, clock.now()) },
    }
    const program = this.#find(options.argv[0] ?? '')
    if (!program)
      throw new StartError(`exec: ${JSON.stringify(options.argv[0] ?? '')}: ${this.#whyMissing(options.argv[0] ?? '')}`)
    const interrupted = new AbortController()
    const screen: Sink = { write: (data) => this.#print(data) }
    this.terminal = options.tty ? new Terminal(screen, () => interrupted.abort('SIGINT')) : undefined
    this.stdin = options.stdin ? (this.terminal?.input ?? new Pipe()) : undefined
    const output = this.terminal?.output ?? screen
    const streams = { stdin: this.stdin ?? empty, stdout: output, stderr: output, terminal: this.terminal }
    this.#main = this.#introduce()
    this.machine.main.running = this.#main
    this.exited = this.#runMain(program, streams, AbortSignal.any([this.#ended.signal, interrupted.signal]))
  }

  #introduce(): Running {
    const { processes, user, clock } = this.machine
    return processes.add({
      argv: this.options.argv,
      env: this.options.env,
      machine: this.machine,
      user,
      parent: undefined,
      startedAtMs: clock.now(),
      end: (signal, isOuter) => this.#hear(signal, isOuter),
    })
  }

  /** Its end is the end of everything in the container; killed, it has no say in how. */
  async #runMain(program: Program, streams: Streams, signal: AbortSignal): Promise<number> {
    const process = this.#process(this.options.argv, streams, signal)
    const killed = new Promise<number>((resolve) => (this.#killed = () => resolve(EXIT.sigkill)))
    try {
      return await Promise.race([guarded(program, { ...process, running: this.#main }), killed])
    } finally {
      this.machine.processes.remove(this.#main)
      this.#ended.abort('SIGKILL')
    }
  }

  /** What the main program writes goes to the log and to whoever is attached. */
  async #print(data: Data): Promise<void> {
    await this.machine.log.write(data)
    await Promise.all([...this.#watchers].map((watcher) => watcher(data)))
  }

  /** Hears of everything that the main program writes from now on. @returns what ends it */
  watch(watcher: (data: Data) => void | Promise<void>): () => void {
    this.#watchers.add(watcher)
    return () => void this.#watchers.delete(watcher)
  }

  #find(name: string): Program | undefined {
    return findProgram(this.machine, name)
  }
  #whyMissing(name: string): string {
    return name.includes('/') ? `stat ${name}: no such file or directory` : 'executable file not found in $PATH'
  }

  #process(argv: string[], streams: Streams, signal: AbortSignal): Process {
    return {
      argv,
      env: new Map(this.options.env),
      cwd: this.options.workingDirectory || this.options.image.workingDirectory || '/',
      ...streams,
      machine: this.machine,
      signal,
    }
  }

  /** Runs a program beside the main one. @throws StartError where it is not in the image */
  exec(argv: string[], streams: Streams, signal: AbortSignal): Promise<number> {
    const program = this.#find(argv[0] ?? '')
    if (!program) throw new StartError(this.#whyMissing(argv[0] ?? ''))
    const ended = AbortSignal.any([signal, this.#ended.signal])
    return spawn((process) => guarded(program, process), this.#process(argv, streams, ended))
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined
  }

  /** Asks the main program to end: as process 1 it does only if it listens. */
  terminate(): void {
    this.#hear('TERM', true)
  }

  /** @see pid_namespaces(7): what process 1 has no handler for passes it by, and KILL too unless it comes from outside */
  #hear(signal: string, isOuter: boolean): void {
    const { main } = this.machine
    const isFirst = this.#main.pids[0] === 1
    if (signal === 'HUP' && main.reload) main.reload()
    else if (signal === 'KILL') {
      if (isOuter || !isFirst) this.kill()
    } else if (main.handlesTerm || !isFirst) this.#ended.abort('SIGTERM')
  }
  kill(): void {
    this.#ended.abort('SIGKILL')
    this.#killed()
  }
  get killedCode(): number {
    return EXIT.sigkill
  }
}

/** What a program throws is its own failure. */
async function guarded(program: Program, process: Process): Promise<number> {
  try {
    return await program(process)
  } catch (error) {
    if (error instanceof FileError) return 1
    await process.stderr.write(`${process.argv[0]}: ${error instanceof Error ? error.message : error}\n`)
    return 2
  }
}
