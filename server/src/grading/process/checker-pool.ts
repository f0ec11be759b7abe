/** Keeps a spare process warm, so that a verdict costs no start of Node, and bounds how many run at once. */
import { CheckerProcess } from './checker-process.js'

/** Checkers mostly wait for API servers, so several fit on a core. */
const MOST_AT_ONCE = 8

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

  /** @param work is given a process that nobody has used, and the next spare is started when it is over */
  async use<T>(work: (process: CheckerProcess) => Promise<T>): Promise<T> {
    while (this.#running >= MOST_AT_ONCE) await new Promise<void>((resolve) => this.#queue.push(resolve))
    this.#running += 1
    const process = this.#take()
    try {
      return await work(process)
    } finally {
      process.kill()
      this.#running -= 1
      this.#queue.shift()?.()
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
