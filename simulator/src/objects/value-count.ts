/** How many values an object may hold. What cannot be cut into pieces, such as to validate it, takes some microseconds for each of them. */
import { failure } from './status.js'

/** Objects, lists and plain values together. The longest definitions of custom resources in use hold a quarter of it. */
export const MOST_VALUES = 40_000

export const tooManyValues = () => failure.requestTooLarge(`limit is ${MOST_VALUES} values`)

/** An object under many names counts under each: unfolded it may be endless. @throws what `refusal` makes */
export function refuseManyNodes(value: unknown, refusal: () => Error, budget = { left: MOST_VALUES }): void {
  if (--budget.left < 0) throw refusal()
  if (typeof value !== 'object' || value === null) return
  for (const child of Object.values(value)) refuseManyNodes(child, refusal, budget)
}
