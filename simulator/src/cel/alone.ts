/**
 * Work that cannot be cut, such as to validate an object of thousands of values, in a turn of its own: the request is given up before it,
 * and begins anew when it is done. What it worked on belongs to the request that was given up, so nobody changes it any more.
 */
import { type Evaluating, evaluating, isKnownLong, mayRest, noteLong, Rest } from './pieces.js'

class Alone<T> implements Evaluating {
  #end: { value: T } | { error: unknown } | undefined
  rewind(): void {}

  #do(make: () => T): true {
    try {
      this.#end = { value: make() }
    } catch (error) {
      this.#end = { error }
    }
    return true
  }

  /** @throws Rest where it has not been done, and what `make` throws */
  result(make: () => T): T {
    if (!this.#end) throw new Rest(() => this.#do(make))
    if ('error' in this.#end) throw this.#end.error
    return this.#end.value
  }
}

/** @param inputs all that the result depends on. The result is shared by all attempts of the request: copy before you change it */
export function alone<T>(inputs: () => readonly unknown[], make: () => T): T {
  if (!mayRest()) return make()
  noteLong()
  return evaluating(inputs, () => new Alone<T>()).result(make)
}

/** So many values are worked on within a slice. */
const MANY_VALUES = 5_000

/** Counts values up to a limit. @returns what is left of it */
function countDown(value: unknown, left: number): number {
  if (typeof value !== 'object' || value === null) return left - 1
  let rest = left - 1
  for (const name in value) {
    if (rest <= 0) return rest
    rest = countDown((value as Record<string, unknown>)[name], rest)
  }
  return rest
}

/** Whether a value is so long that each look at all of it is worth a turn of its own. */
const isLong = (value: unknown): boolean => countDown(value, MANY_VALUES) <= 0

/** As `alone` where the first of the inputs is long, at once otherwise. To count values costs as much as to copy them: it is done once. */
export const aloneIfLong = <T>(inputs: readonly [unknown, ...unknown[]], make: () => T): T =>
  mayRest() && (isKnownLong() || isLong(inputs[0])) ? alone(() => inputs, make) : make()
