/** The time, injected wherever something waits or is dated, so that tests step it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls `work` once after `ms`; the returned function cancels it. Does not keep the process alive. */
  after(ms: number, work: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, work) {
    const timer = setTimeout(work, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #timers: { at: number; work: () => void }[] = []
  constructor(private time = 1_800_000_000_000) {}

  now(): number {
    return this.time
  }

  after(ms: number, work: () => void): () => void {
    const timer = { at: this.time + ms, work }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** Moves on, calling what falls due in order of time. */
  advance(ms: number): void {
    const end = this.time + ms
    for (;;) {
      const next = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.#timers = this.#timers.filter((timer) => timer !== next)
      this.time = Math.max(this.time, next.at)
      next.work()
    }
    this.time = end
  }
}
