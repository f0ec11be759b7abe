/** Keeps a spare process warm, so that a verdict costs no start of Node, and bounds how many run at once. */
import { CheckerProcess } from './checker-process.js'

/** Checkers mostly wait for API servers, so several fit on a core. */
const MOST_AT_ONCE = 8
/** Somebody waits for the button; live grading leaves room for it. */
const MOST_LIVE_AT_ONCE = 4

export class CheckerPool {
  #spare: CheckerProcess | undefined
  #running = 0
  #closed = false
  readonly #queue: (() => void)[] = []

  /** Starts the spare before it is first needed. */
  warm(): void {
    if (this.#closed || this.#spare?.alive) return
    this.#spare = new CheckerProcess()
    this.#spare.rest()
  }

  /** Resolves when a spare process waits for its order, or cannot. */
  async ready(): Promise<void> {
    this.warm()
    await this.#spare?.comesUp()
  }

  /** @param work is given a process that nobody has used, and the next spare is started when it is over */
  async use<T>(work: (process: CheckerProcess) => Promise<T>, { live = false } = {}): Promise<T> {
    const most = live ? MOST_LIVE_AT_ONCE : MOST_AT_ONCE
    while (this.#running >= most) await new Promise<void>((resolve) => this.#queue.push(resolve))
    this.#running += 1
    const process = this.#take()
    try {
      return await work(process)
    } finally {
      process.kill()
      this.#running -= 1
      // All are woken: who may go on differs between the button and live runs.
      for (const wake of this.#queue.splice(0)) wake()
      this.warm()
    }
  }

  close(): void {
    this.#closed = true
    this.#spare?.kill()
    this.#spare = undefined
  }

  #take(): CheckerProcess {
    const spare = this.#spare
    this.#spare = undefined
    return spare?.alive ? spare : new CheckerProcess()
  }
}
