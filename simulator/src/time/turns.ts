/**
 * Shares one event loop between the clusters of a process. Work comes in pieces that are done in one go; between two of them sockets are
 * read and timers run. Whoever has used least goes first, so that a cluster with a thousand pieces in line makes another one wait for
 * one of them at most.
 */
import { pause } from './clock.js'

/** So much is done before sockets and timers have their turn: a fraction of what a learner feels. */
const SLICE_MS = 5
/** A piece that takes longer keeps everybody waiting, however fair the order. */
const LONG_MS = 15
/** Whoever overran rests so many times as long: one moment in a hundred at most is then lost to pieces that are too long. */
const REST_FACTOR = 100
/** Milliseconds that may be overrun before anybody rests: definitions of a dozen kinds are applied without a pause. */
const CREDIT_MS = 100
const LONGEST_REST_MS = 10_000

export interface TurnsOptions {
  /** Milliseconds from any moment on. */
  now?: () => number
  /** Milliseconds of a core that the process has used. */
  used?: () => number
  pause?: (ms: number) => Promise<void>
}

function usedByProcess(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** What a cluster has overrun, paid back by time. */
interface Debt {
  overrunMs: number
  at: number
}

const noop = (): void => undefined

interface Line {
  /** Milliseconds used, as if it had always taken part. */
  spent: number
  waiting: (() => void)[]
}

export class Turns {
  /** Lines of those who wait now. */
  readonly #lines = new Map<object, Line>()
  readonly #spent = new WeakMap<object, number>()
  readonly #debts = new WeakMap<object, Debt>()
  /** The last of those that wait until their cluster has rested. */
  readonly #resting = new WeakMap<object, Promise<void>>()
  readonly #now: () => number
  readonly #used: () => number
  readonly #pause: (ms: number) => Promise<void>
  /** What the last one served had used: who comes anew begins there and has no credit from before. */
  #floor = 0
  /** Used since sockets were last read. */
  #sinceIo = 0
  #isMarked = false
  /** What the process had used when that was last asked. */
  #asked = { at: Number.NEGATIVE_INFINITY, used: 0 }

  constructor({ now = () => performance.now(), used = usedByProcess, pause: wait = pause }: TurnsOptions = {}) {
    this.#now = now
    this.#used = used
    this.#pause = wait
  }

  /** Does `work` in one go when it is the turn of `who`, at once where nobody waits. Rejects with what it throws. */
  run<T>(who: object, work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const piece = () => {
        try {
          resolve(work())
        } catch (error) {
          reject(error)
        }
      }
      if (this.#lines.size === 0 && this.#sinceIo < SLICE_MS) this.#do(who, piece)
      else this.#line(who).waiting.push(piece)
    })
  }

  /** As `run`, for what may take long: a cluster that has overrun more than its credit rests first, and then does one after the other. */
  async runLong<T>(who: object, work: () => T): Promise<T> {
    const before = this.#resting.get(who)
    if (!before && this.#restMs(who) <= 0) return this.#measured(who, work)
    const done = (before ?? Promise.resolve()).then(async () => {
      for (let rest = this.#restMs(who); rest > 0; rest = this.#restMs(who)) await this.#pause(rest)
      return this.#measured(who, work)
    })
    const settled = done.then(noop, noop).finally(() => {
      if (this.#resting.get(who) === settled) this.#resting.delete(who)
    })
    this.#resting.set(who, settled)
    return done
  }

  /** As `run`, for what goes on with work that has begun: what it overruns is owed, and nobody rests in the midst of it. */
  runOn<T>(who: object, work: () => T): Promise<T> {
    return this.#measured(who, work)
  }

  /** Time of a core counts, where that is less: a computer that is busy with something else is nobody's overrun. */
  #measured<T>(who: object, work: () => T): Promise<T> {
    return this.run(who, () => {
      const startedAt = this.#now()
      const usedBefore = this.#usedBefore(startedAt)
      try {
        return work()
      } finally {
        const byClockMs = this.#now() - startedAt
        const tookMs = byClockMs > LONG_MS ? Math.min(byClockMs, this.#used() - usedBefore) : byClockMs
        if (tookMs > LONG_MS) this.#overran(who, tookMs - LONG_MS)
      }
    })
  }

  /** To ask for the time of a core costs a good part of a small request: an answer serves for a slice, so an overrun is told by one too much. */
  #usedBefore(now: number): number {
    if (now - this.#asked.at >= SLICE_MS) this.#asked = { at: now, used: this.#used() }
    return this.#asked.used
  }

  #overran(who: object, ms: number): void {
    const most = CREDIT_MS + LONGEST_REST_MS / REST_FACTOR
    this.#debts.set(who, { overrunMs: Math.min(most, this.#owed(who) + ms), at: this.#now() })
  }

  #owed(who: object): number {
    const debt = this.#debts.get(who)
    return debt ? Math.max(0, debt.overrunMs - (this.#now() - debt.at) / REST_FACTOR) : 0
  }

  #restMs = (who: object): number => Math.ceil((this.#owed(who) - CREDIT_MS) * REST_FACTOR)

  #line(who: object): Line {
    const line = this.#lines.get(who) ?? { spent: Math.max(this.#floor, this.#spent.get(who) ?? 0), waiting: [] }
    this.#lines.set(who, line)
    this.#mark()
    return line
  }

  #do(who: object, piece: () => void): void {
    const startedAt = this.#now()
    const before = Math.max(this.#floor, this.#spent.get(who) ?? 0)
    this.#floor = before
    piece()
    const tookMs = this.#now() - startedAt
    this.#spent.set(who, before + tookMs)
    this.#sinceIo += tookMs
    this.#mark()
  }

  /** Sockets and timers come before what is called by `setImmediate`. */
  #mark(): void {
    if (this.#isMarked) return
    this.#isMarked = true
    setImmediate(() => this.#serve())
  }

  #serve(): void {
    this.#isMarked = false
    this.#sinceIo = 0
    while (this.#lines.size > 0 && this.#sinceIo < SLICE_MS) {
      const [who, line] = this.#next()
      const piece = line.waiting.shift()
      if (line.waiting.length === 0) this.#lines.delete(who)
      if (piece) this.#do(who, piece)
      line.spent = this.#spent.get(who) ?? 0
    }
    if (this.#lines.size > 0) this.#mark()
  }

  #next(): [object, Line] {
    let least: [object, Line] | undefined
    for (const entry of this.#lines) if (!least || entry[1].spent < least[1].spent) least = entry
    if (!least) throw new Error('nobody waits')
    return least
  }
}

/** All clusters of a process share its event loop, and so its turns. */
export const processTurns = new Turns()
