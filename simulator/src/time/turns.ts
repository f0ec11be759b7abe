/**
 * Shares one event loop between the clusters of a process. Work comes in pieces that are done in one go; between two of them sockets are
 * read and timers run. Whoever has used least goes first, so that a cluster with a thousand pieces in line makes another one wait for
 * one of them at most.
 */

/** So much is done before sockets and timers have their turn: a fraction of what a learner feels. */
const SLICE_MS = 5
/** A piece that takes longer keeps everybody waiting, however fair the order. */
const LONG_MS = 25
/** Whoever overran rests so many times as long: less than one moment in fifty is then lost to pieces that are too long. */
const REST_FACTOR = 50
const LONGEST_REST_MS = 10_000

interface Line {
  /** Milliseconds used, as if it had always taken part. */
  spent: number
  waiting: (() => void)[]
}

export class Turns {
  /** Lines of those who wait now. */
  readonly #lines = new Map<object, Line>()
  readonly #spent = new WeakMap<object, number>()
  readonly #restUntil = new WeakMap<object, number>()
  /** What the last one served had used: who comes anew begins there and has no credit from before. */
  #floor = 0
  /** Used since sockets were last read. */
  #sinceIo = 0
  #isMarked = false

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

  /** As `run`, for what may take long: who overran before waits until it has rested. */
  async runLong<T>(who: object, work: () => T): Promise<T> {
    for (let rest = this.#rest(who); rest > 0; rest = this.#rest(who)) await new Promise((resolve) => setTimeout(resolve, rest))
    return this.run(who, () => {
      const startedAt = performance.now()
      try {
        return work()
      } finally {
        const tookMs = performance.now() - startedAt
        const restMs = Math.min(LONGEST_REST_MS, (tookMs - LONG_MS) * REST_FACTOR)
        if (restMs > 0) this.#restUntil.set(who, performance.now() + restMs)
      }
    })
  }

  #rest = (who: object): number => (this.#restUntil.get(who) ?? 0) - performance.now()

  #line(who: object): Line {
    const line = this.#lines.get(who) ?? { spent: Math.max(this.#floor, this.#spent.get(who) ?? 0), waiting: [] }
    this.#lines.set(who, line)
    this.#mark()
    return line
  }

  #do(who: object, piece: () => void): void {
    const startedAt = performance.now()
    const before = Math.max(this.#floor, this.#spent.get(who) ?? 0)
    this.#floor = before
    piece()
    const tookMs = performance.now() - startedAt
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
