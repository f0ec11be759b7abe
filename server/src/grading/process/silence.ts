/**
 * Whether a process that says nothing turns in an endless loop. The measure is what it has worked meanwhile, not what the clock on the
 * wall says: on a computer that is too busy a process may wait for seconds until it is let in, and that is no loop.
 */
export class Silence {
  #heardAtMs: number

  /**
   * @param limitMs  of work without a word
   * @param workedMs what the process has worked since it began
   */
  constructor(
    private readonly limitMs: number,
    private readonly workedMs: () => number,
  ) {
    this.#heardAtMs = workedMs()
  }

  heard(): void {
    this.#heardAtMs = this.workedMs()
  }

  get isTooLong(): boolean {
    return this.workedMs() - this.#heardAtMs > this.limitMs
  }
}
