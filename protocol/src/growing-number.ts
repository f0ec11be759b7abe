export interface GrowingNumberOptions {
  /** Growth that is told at once. */
  step: number
  tell: (value: number) => void
  /** Does the work a moment later, unless what it returns is called before. */
  later: (work: () => void) => () => void
}

/** A number that only grows, told at once when it has grown much and else a moment later: many small steps share one message. */
export class GrowingNumber {
  readonly #options: GrowingNumberOptions
  #told = 0
  #value = 0
  #cancel: (() => void) | null = null

  constructor(options: GrowingNumberOptions) {
    this.#options = options
  }

  grow(value: number): void {
    this.#value = Math.max(this.#value, value)
    if (this.#value - this.#told >= this.#options.step) this.#tell()
    else if (this.#value > this.#told) this.#cancel ??= this.#options.later(() => this.#tell())
  }

  /** Whoever listens knows it up to `value`, and counts from there. */
  startAt(value: number): void {
    this.stop()
    this.#told = value
    this.#value = value
  }

  /** What was not told so far stays untold. */
  stop(): void {
    this.#cancel?.()
    this.#cancel = null
  }

  #tell(): void {
    this.stop()
    this.#told = this.#value
    this.#options.tell(this.#value)
  }
}
