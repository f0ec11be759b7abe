/** Work of many parts that a request needs as a whole: a piece of it is done in each turn, and the request begins anew with what it came to. */
import { type Evaluating, evaluating, inPiece, isOver, mayRest, Rest, work } from './pieces.js'

/** Yields after each part the units of cost that it took. */
export type Parts<T> = Generator<number, T, void>

class Gradual<T> implements Evaluating {
  #end: { value: T } | undefined
  constructor(readonly parts: Parts<T>) {}

  rewind(): void {}

  /** @returns whether it is done */
  #goOn(): boolean {
    while (!this.#end && !isOver()) {
      const part = this.parts.next()
      if (part.done) this.#end = { value: part.value }
      else work(part.value)
    }
    return this.#end !== undefined
  }

  /** @throws Rest where the piece is over */
  result(): T {
    this.#goOn()
    if (!this.#end) throw new Rest(() => inPiece(undefined, () => this.#goOn()))
    return this.#end.value
  }
}

/** @param inputs all that the result depends on @throws Rest where the request may rest and has worked off its piece */
export const gradually = <T>(inputs: () => readonly unknown[], begin: () => Parts<T>): T =>
  mayRest() ? evaluating(inputs, () => new Gradual(begin())).result() : atOnce(begin())

/** Does all parts at once. */
export function atOnce<T>(parts: Parts<T>): T {
  for (;;) {
    const part = parts.next()
    if (part.done) return part.value
  }
}
