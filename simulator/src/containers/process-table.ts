/**
 * Which processes there are, and who sees which: pid_namespaces(7). A container has a table of its own, or its Pod's, or its node's; what
 * runs in an inner one has a number in the outer one too.
 */
import type { FileSystem } from './file-system.js'
import type { Machine, Process, Program } from './process.js'

export interface Running {
  /** What it shows itself as. */
  argv: string[]
  /** Its number in the table that it was started in, then in each further out. */
  readonly pids: readonly number[]
  readonly parent: Running | undefined
  readonly user: { uid: number; gid: number; name: string }
  readonly startedAtMs: number
  /** Where it runs in a container. */
  readonly machine?: Machine | undefined
  readonly env?: ReadonlyMap<string, string> | undefined
  /** Does what a signal such as `TERM` does to it; absent: it is a part of the node. @param isOuter it comes from a table further out */
  readonly end?: (signal: string, isOuter: boolean) => void
}

export type Started = Omit<Running, 'pids'>

export class ProcessTable {
  readonly #running = new Map<number, Running>()
  readonly #depth: number
  #last = 0
  constructor(readonly outer?: ProcessTable) {
    this.#depth = outer ? outer.#depth + 1 : 0
  }

  add(started: Started): Running {
    const pids: number[] = []
    const running: Running = { ...started, pids }
    this.#enter(running, pids)
    return running
  }

  #enter(running: Running, pids: number[]): void {
    this.#running.set(++this.#last, running)
    pids.push(this.#last)
    if (this.outer) this.outer.#enter(running, pids)
  }

  remove({ pids }: Pick<Running, 'pids'>): void {
    const [own = 0, ...further] = pids
    this.#running.delete(own)
    if (further.length > 0) this.outer?.remove({ pids: further })
  }

  get size(): number {
    return this.#running.size
  }

  get(pid: number): Running | undefined {
    return this.#running.get(pid)
  }

  /** The number of a process here; 0 where it is not seen, as for a parent outside. */
  pidOf(running: Running | undefined): number {
    return running ? (running.pids[running.pids.length - 1 - this.#depth] ?? 0) : 0
  }

  /** Whether the process was started further in. */
  isInner(running: Running): boolean {
    return running.pids.length - 1 > this.#depth
  }

  /** By number. */
  list(): { pid: number; running: Running }[] {
    return [...this.#running].map(([pid, running]) => ({ pid, running }))
  }
}

/** A process that does nothing, such as those of a node's system. */
export const still = (argv: string[], user = { uid: 0, gid: 0, name: 'root' }): Started => ({
  argv,
  user,
  parent: undefined,
  startedAtMs: 0,
})

/** More than any exercise runs at a time; what starts itself again and again ends here. */
const MOST_PROCESSES = 2000

/** Runs a program as a process of its own, which others see and may end. */
export async function spawn(program: Program, process: Process): Promise<number> {
  const { machine, argv, env, signal } = process
  if (machine.processes.size >= MOST_PROCESSES) {
    await process.stderr.write("sh: can't fork: Resource temporarily unavailable\n")
    return 1
  }
  const own = new AbortController()
  const stop = () => own.abort(signal.reason)
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  const running = machine.processes.add({
    argv,
    env,
    machine,
    user: machine.user,
    parent: process.running,
    startedAtMs: machine.clock.now(),
    end: (name) => own.abort(`SIG${name}`),
  })
  try {
    return await program({ ...process, running, signal: own.signal })
  } finally {
    signal.removeEventListener('abort', stop)
    machine.processes.remove(running)
  }
}

/** The name of a user as the files of a container have it; its number where they have none. */
export function userName(fs: FileSystem, uid: number): string {
  const node = fs.stat('/etc/passwd')
  const lines = node?.type === 'file' ? node.data.split('\n') : []
  const line = lines.map((each) => each.split(':')).find(([, , number]) => number === String(uid))
  return line?.[0] ?? String(uid)
}
