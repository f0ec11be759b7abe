/**
 * Holds sandboxes to their memory and their number of processes, where the system itself holds each process alone: `ulimit` bounds one
 * process, this the sum. Cgroups would do it sooner, but are an ordinary account's on few systems.
 */
import { formatBytes } from '../../format.js'
import { processesOf, type SandboxProcess, tell } from './sandbox-processes.js'

export interface SandboxBounds {
  /** What all processes of one sandbox may hold together. */
  memoryBytes: number
  processes: number
}

/** What is watched: a running sandbox. */
export interface Watched {
  pid(): Promise<number | null>
  /** Ends processes inside; -1 means all of them. */
  kill(pid: number): Promise<void>
}

/** A greedy program takes a gigabyte in less; each process is bounded besides. */
const LOOK_MS = 1000

export class SandboxWatch {
  readonly #watched = new Set<Watched>()
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> = Promise.resolve()

  constructor(
    readonly bounds: SandboxBounds,
    readonly onEnded: (what: string, error?: unknown) => void,
  ) {}

  add(sandbox: Watched): void {
    this.#watched.add(sandbox)
    this.#timer ??= setInterval(() => void this.look(), LOOK_MS).unref()
  }

  remove(sandbox: Watched): void {
    this.#watched.delete(sandbox)
    if (this.#watched.size === 0) this.close()
  }

  /** Looks at every sandbox once; a look that is under way is waited for, not doubled. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(async () => {
      for (const sandbox of this.#watched)
        await this.#hold(sandbox).catch((error: unknown) => this.onEnded('a look at a sandbox', error))
    })
    return this.#looking
  }

  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  async #hold(sandbox: Watched): Promise<void> {
    const holder = await sandbox.pid()
    if (holder === null) return
    const processes = await processesOf(holder)
    const { memoryBytes, processes: most } = this.bounds
    if (processes.length > most) {
      const why = `more than ${most} processes: all of them were ended`
      await Promise.all(processes.slice(0, most).map(({ pid }) => tell(holder, pid, `wheelhouse: ${why}`)))
      this.onEnded(why)
      await sandbox.kill(-1)
      return
    }
    const sum = processes.reduce((total, process) => total + process.memoryBytes, 0)
    const largest = largestOf(processes)
    if (sum <= memoryBytes || !largest) return
    const why = `${largest.name} held ${formatBytes(largest.memoryBytes)} and was ended: all programs together may hold ${formatBytes(memoryBytes)}`
    await tell(holder, largest.pid, `wheelhouse: ${why}`)
    this.onEnded(why)
    await sandbox.kill(largest.pid)
  }
}

const largestOf = (processes: SandboxProcess[]): SandboxProcess | undefined =>
  processes.reduce<SandboxProcess | undefined>(
    (largest, process) => (largest && largest.memoryBytes >= process.memoryBytes ? largest : process),
    undefined,
  )
