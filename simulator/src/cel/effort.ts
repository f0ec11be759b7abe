/** What an evaluation does and upstream's units do not count: values that are compared or copied, letters that are looked through. */
import { workElements } from './pieces.js'

/** The evaluation took more than it may; nothing absorbs it. */
export class CostLimitError extends Error {
  constructor() {
    super('operation cancelled: actual cost limit exceeded')
  }
}

/** Elements that one evaluation may touch. A call is not cut into pieces: all of them in one take 50 ms. */
const MOST_EFFORT = 2_000_000
/** Letters that are looked through in the time of one element. */
const LETTERS_AN_ELEMENT = 16
/** Letters. Concatenations cost so much that they end near it; functions that multiply a text have no such price. */
const LONGEST_TEXT = 5_000_000

export const effort = { spent: 0 }

/** Counts elements that are touched, before they are. @throws CostLimitError */
export function touch(elements: number): void {
  effort.spent += elements
  workElements(elements)
  if (effort.spent > MOST_EFFORT) throw new CostLimitError()
}

/** Counts letters that are looked through. @throws CostLimitError */
export const lookThrough = (letters: number): void => touch(letters / LETTERS_AN_ELEMENT)

/** A text of so many letters is made. @throws CostLimitError where it would be too long */
export function makeText(letters: number): void {
  if (letters > LONGEST_TEXT) throw new CostLimitError()
  lookThrough(letters)
}
