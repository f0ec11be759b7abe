/** What a program of a simulated container sees of its world. */
import type { Clock } from '../time/clock.js'
import type { Random } from '../time/random.js'
import type { ClusterAccess } from './cluster-access.js'
import type { FileSystem } from './file-system.js'
import type { KernelView } from './kernel-view.js'
import type { ContainerNetwork } from './network.js'
import type { ProcessTable, Running } from './process-table.js'
import type { Data, Sink, Source } from './stream.js'
import type { TerminalView } from './terminal.js'

/** One running program. Its result is its exit code. */
export interface Process {
  argv: string[]
  env: Map<string, string>
  cwd: string
  stdin: Source
  stdout: Sink
  stderr: Sink
  machine: Machine
  /** Aborted when the program must end; the reason is the signal, such as `SIGTERM`. */
  signal: AbortSignal
  terminal?: TerminalView | undefined
  /** Itself in the table of processes. */
  running?: Running | undefined
}

export type Program = (process: Process) => Promise<number>

export interface Load {
  cpuMilli: number
  memoryBytes: number
}

/** The container as its programs see it. */
export interface Machine {
  hostname: string
  fs: FileSystem
  network: ContainerNetwork
  clock: Clock
  random: Random
  /** By name, as found on PATH. */
  programs: ReadonlyMap<string, Program>
  user: { uid: number; gid: number; name: string; groups?: number[] }
  /** What its programs may do. */
  kernel: KernelView
  /** The processes that its programs see. */
  processes: ProcessTable
  /** The main program. Where it is process 1 a signal comes through only where it has said that it listens to it. */
  main: { argv: string[]; handlesTerm: boolean; reload?: () => void; running?: Running }
  /** What its programs take of the node, for `kubectl top` and the memory limit. */
  load: Load
  /** Takes more, or gives back. */
  take(more: Load): void
  /** Only for the cluster's own images, such as a name server or an Ingress controller. */
  cluster?: ClusterAccess | undefined
  /** Where the main program writes: what `kubectl logs` shows. */
  log: Sink
}

/** Exit codes by which a shell tells how a program ended. */
export const EXIT = { notFound: 127, notExecutable: 126, sigint: 130, sigkill: 137, sigpipe: 141, sigterm: 143 } as const

export const exitCodeOf = (signal: AbortSignal): number =>
  signal.reason === 'SIGINT' ? EXIT.sigint : signal.reason === 'SIGTERM' ? EXIT.sigterm : EXIT.sigkill

/** A line of text on a stream. */
export const say = (sink: Sink, text: Data): void | Promise<void> => sink.write(`${text}\n`)

/** The program that a name, or a whole path such as `/app/serve`, stands for; undefined where there is none. */
export function findProgram(machine: Machine, name: string): Program | undefined {
  const program = machine.programs.get(name)
  if (program || !name.includes('/')) return program
  const slash = name.lastIndexOf('/')
  const folder = name.slice(0, slash)
  const isSystem = ['/bin', '/usr/bin', '/sbin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', ''].includes(folder)
  return isSystem ? machine.programs.get(name.slice(slash + 1)) : undefined
}
