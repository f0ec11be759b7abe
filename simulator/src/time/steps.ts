/**
 * Steps of what runs beside the API server (controllers, kubelets, shells of containers): whoever has done one waits for its next turn.
 * They are served in the order in which they came, a few milliseconds of them, and then sockets and timers have their turn: forty
 * controllers that all have work make a request wait for one of their steps, not for forty.
 */

/** So much is done between two looks at sockets and timers. */
const SLICE_MS = 4

export class Steps {
  #waiting: (() => void)[] = []
  #isMarked = false

  /** Resolves when everybody who asked before has had a step. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#mark()
    })
  }

  /** Sockets and timers come before what is called by `setImmediate`. */
  #mark(): void {
    if (this.#isMarked) return
    this.#isMarked = true
    setImmediate(() => {
      this.#isMarked = false
      this.#serve(this.#waiting, performance.now())
    })
  }

  /** Who asks during a round waits for the next one. */
  #serve(round: (() => void)[], startedAt: number, index = 0): void {
    if (index === 0) this.#waiting = []
    const isOver = index === round.length
    if (isOver || (index > 0 && performance.now() - startedAt > SLICE_MS)) {
      if (!isOver) this.#waiting = [...round.slice(index), ...this.#waiting]
      if (this.#waiting.length > 0) this.#mark()
      return
    }
    round[index]?.()
    // A tick that a microtask asks for comes when all microtasks are done: the step, up to its next wait, lies in between.
    queueMicrotask(() => process.nextTick(() => this.#serve(round, startedAt, index + 1)))
  }
}

/** All clusters of a process share its event loop. */
const processSteps = new Steps()

/** Lets requests, timers and other clusters have a turn. */
export const nextTurn = (): Promise<void> => processSteps.next()

/** Of work whose pieces are mostly small: so many are done before anybody looks at how long they took. */
const PIECES_A_LOOK = 16
/** And so long, in milliseconds, before others have a turn. */
const LONGEST_STEP_MS = 3

export interface PaceOptions {
  /** Milliseconds from any moment on. */
  now?: () => number
  turn?: () => Promise<void>
  /** Pieces before anybody looks at the time; 1 where each may be long. */
  every?: number
}

/** What goes through many lines or items calls `step` after each: it waits for a turn where the work has taken long enough. */
export class Pace {
  readonly #now: () => number
  readonly #turn: () => Promise<void>
  readonly #every: number
  #pieces = 0
  #since: number
  constructor({ now = () => performance.now(), turn = nextTurn, every = PIECES_A_LOOK }: PaceOptions = {}) {
    this.#every = every
    this.#now = now
    this.#turn = turn
    this.#since = now()
  }

  /** @returns what to wait for; undefined where the next piece may be done at once */
  step(): Promise<void> | undefined {
    if (++this.#pieces < this.#every) return undefined
    this.#pieces = 0
    if (this.#now() - this.#since < LONGEST_STEP_MS) return undefined
    return this.#turn().then(() => {
      this.#since = this.#now()
    })
  }
}
