/** What viewers typed and the shell has not taken yet, so that a cut channel loses none of it. */

export interface Typed {
  writer: number
  sequence: number
  bytes: Uint8Array
}

/** A viewer sends at most its window unanswered; this bounds what all of them together may leave here. */
const MOST_BYTES = 1024 * 1024

export class TypedInput {
  #waiting: Typed[] = []
  #bytes = 0

  /** False where there is no room: whoever typed it has it still and will send it again. */
  add(typed: Typed): boolean {
    if (this.#bytes + typed.bytes.length > MOST_BYTES) return false
    this.#waiting.push(typed)
    this.#bytes += typed.bytes.length
    return true
  }

  /** The shell has taken everything of `writer` before `sequence`. */
  accepted(writer: number, sequence: number): void {
    this.#waiting = this.#waiting.filter((typed) => typed.writer !== writer || typed.sequence + typed.bytes.length > sequence)
    this.#bytes = this.#waiting.reduce((sum, typed) => sum + typed.bytes.length, 0)
  }

  /** In the order of typing. */
  all(): readonly Typed[] {
    return this.#waiting
  }

  /** The shell that it was meant for is gone. */
  clear(): void {
    this.#waiting = []
    this.#bytes = 0
  }
}
