/**
 * The only source of time and chance in the simulated cluster. Everything else receives a `Clock` and a `Random`, so that tests step
 * time and a learner can be spared a five-minute back-off.
 */
import { nextTurn } from './steps.js'

export interface Clock {
  /** Milliseconds since the epoch, as the cluster sees them. */
  now(): number
  /** Runs `work` once after `delayMs`; returns what cancels it. A delay of 0 runs it in a later turn, never at once. */
  after(delayMs: number, work: () => void): () => void
}

/** Resolves after `delayMs`, or early and quietly when `signal` is aborted. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const end = () => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }
    const cancel = clock.after(delayMs, end)
    const stop = () => {
      cancel()
      end()
    }
    signal?.addEventListener('abort', stop, { once: true })
  })
}

/** Of real time, for who makes clusters; the process waits for it. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** The longest delay that a timer of Node can hold. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Real time. Its timers do not keep the process alive: listeners do. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now()
  }
  after(delayMs: number, work: () => void): () => void {
    const timer = setTimeout(work, Math.min(Math.max(0, delayMs), LONGEST_TIMER_MS))
    timer.unref()
    return () => clearTimeout(timer)
  }
}

interface Alarm {
  at: number
  order: number
  work: () => void
}

/** Time that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now: number
  #order = 0
  readonly #alarms = new Set<Alarm>()
  constructor(startMs = Date.parse('2026-01-01T00:00:00Z')) {
    this.#now = startMs
  }
  now(): number {
    return this.#now
  }
  after(delayMs: number, work: () => void): () => void {
    const alarm = { at: this.#now + Math.max(0, delayMs), order: this.#order++, work }
    this.#alarms.add(alarm)
    return () => void this.#alarms.delete(alarm)
  }
  /** Moves time on by `ms`, running what falls due in order, with a few turns for what each starts. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#alarms.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.work()
      await settle()
    }
    this.#now = end
  }
  #next(end: number): Alarm | undefined {
    let first: Alarm | undefined
    for (const alarm of this.#alarms) {
      if (alarm.at > end) continue
      if (!first || alarm.at < first.at || (alarm.at === first.at && alarm.order < first.order)) first = alarm
    }
    return first
  }
}

/** Turns that what an alarm has started may need to reach its next wait: promises chain a few deep. */
const SETTLING_TURNS = 12
async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLING_TURNS; turn++) await nextTurn()
}

/** `2026-11-21T11:09:19Z`: metav1.Time, whole seconds. */
export const timestamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`
/** `2026-11-21T11:09:19.123000Z`: metav1.MicroTime. */
export const microTimestamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 23)}000Z`
/** Milliseconds since the epoch of either form; NaN where it is none. */
export const parseTime = (text: string | undefined | null): number => (text ? Date.parse(text) : Number.NaN)
/** `Fri, 27 Nov 2026 16:10:32 GMT`, as HTTP has it. */
export const httpDate = (ms: number): string => new Date(ms).toUTCString()
