/** How many requests go to and from each address lately: what a Pod's load is worked out from. */
import type { Clock } from '../time/clock.js'

/** As long as the window of a metrics server. */
export const TRAFFIC_WINDOW_MS = 15_000

interface Counter {
  /** Number of the window that `current` counts. */
  window: number
  current: number
  previous: number
}

export class Traffic {
  readonly #counters = new Map<string, Counter>()
  constructor(readonly clock: Clock) {}

  #now(): number {
    return Math.floor(this.clock.now() / TRAFFIC_WINDOW_MS)
  }

  #turn(counter: Counter): Counter {
    const window = this.#now()
    if (window === counter.window) return counter
    counter.previous = window === counter.window + 1 ? counter.current : 0
    counter.current = 0
    counter.window = window
    return counter
  }

  count(address: string): void {
    let counter = this.#counters.get(address)
    if (!counter) {
      counter = { window: this.#now(), current: 0, previous: 0 }
      this.#counters.set(address, counter)
    }
    this.#turn(counter).current++
  }

  /** Requests a second in the last whole window. */
  rate(address: string): number {
    const counter = this.#counters.get(address)
    return counter ? this.#turn(counter).previous / (TRAFFIC_WINDOW_MS / 1000) : 0
  }

  forget(address: string): void {
    this.#counters.delete(address)
  }
}
