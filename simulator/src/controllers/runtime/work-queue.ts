/** Keys to reconcile: each at most once in the queue, never two at a time, with back-off for those that fail. */
import type { Clock } from '../../time/clock.js'
import { nextTurn } from '../../time/steps.js'

const FIRST_BACKOFF_MS = 5
const LONGEST_BACKOFF_MS = 1_000_000

export class WorkQueue {
  readonly #waiting = new Set<string>()
  readonly #failures = new Map<string, number>()
  readonly #timers = new Map<string, { at: number; cancel: () => void }>()
  #running = false
  #stopped = false

  constructor(
    readonly clock: Clock,
    readonly work: (key: string) => Promise<void>,
    /** Which of those that wait comes next; by default the one that has waited longest. */
    readonly pick: (keys: Iterable<string>) => string | undefined = ([first]) => first,
  ) {}

  add(key: string): void {
    if (this.#stopped) return
    this.#waiting.add(key)
    if (!this.#running) void this.#drain()
  }

  /** Of several delays for a key the shortest counts. */
  addAfter(key: string, delayMs: number): void {
    if (this.#stopped) return
    if (delayMs <= 0) {
      this.add(key)
      return
    }
    const at = this.clock.now() + delayMs
    const present = this.#timers.get(key)
    if (present && present.at <= at) return
    present?.cancel()
    const cancel = this.clock.after(delayMs, () => {
      this.#timers.delete(key)
      this.add(key)
    })
    this.#timers.set(key, { at, cancel })
  }

  /** Tries again, later each time. */
  retry(key: string): void {
    const failures = this.#failures.get(key) ?? 0
    this.#failures.set(key, failures + 1)
    this.addAfter(key, Math.min(FIRST_BACKOFF_MS * 2 ** failures, LONGEST_BACKOFF_MS))
  }
  succeed(key: string): void {
    this.#failures.delete(key)
  }

  stop(): void {
    this.#stopped = true
    this.#waiting.clear()
    for (const { cancel } of this.#timers.values()) cancel()
    this.#timers.clear()
  }

  /** One key a turn of the event loop, so that requests and other clusters are served in between. */
  async #drain(): Promise<void> {
    this.#running = true
    while (!this.#stopped) {
      await nextTurn()
      if (this.#waiting.size === 0) break
      const next = this.pick(this.#waiting)
      if (next === undefined) break
      this.#waiting.delete(next)
      await this.work(next)
    }
    this.#running = false
  }
}
