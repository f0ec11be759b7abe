/**
 * Long evaluations in pieces. A request is one synchronous step, and rules may run for a second: one that has worked off its piece rests
 * between two turns of a loop, and is given up (`Rest`). Whoever performed it goes on with the evaluation alone, a piece a turn, and then
 * performs the request anew: what has been evaluated on the same values is not evaluated again.
 */
import { sameJson } from '../objects/object.js'

/** Units of cost of one piece: some milliseconds. */
const PIECE = 50_000
/** Elements that comparisons and copies touch, in the time of one unit. */
const EFFORT_A_UNIT = 5

/** What is left of the piece that is worked off now. */
let left = Number.POSITIVE_INFINITY

export const work = (units: number): void => {
  left -= units
}
export const workElements = (elements: number): void => {
  left -= elements / EFFORT_A_UNIT
}
export const isOver = (): boolean => left < 0

/** Thrown through the request that has to rest. No failure. */
export class Rest extends Error {
  constructor(
    /** Does one piece more of the evaluation. @returns whether it is done */
    readonly goOn: () => boolean,
  ) {
    super('the evaluation goes on in another turn')
  }
}

/** What one thing of a request evaluates, such as the rules of its object, in order. */
export interface Evaluating {
  /** The request has begun anew, and asks for the same again. */
  rewind(): void
}

/** Attempts of a request that found something changed, such as by other writes. */
const MOST_CHANGES = 20

/** What has been evaluated for one request. */
export class Evaluations {
  #done: { inputs: readonly unknown[]; evaluating: Evaluating }[] = []
  #next = 0
  isLong = false
  #changes = 0
  /** What it evaluates is another thing in each attempt: it has to come to its end without a rest. */
  get isRestless(): boolean {
    return this.#changes > MOST_CHANGES
  }
  rewind(): void {
    this.#next = 0
  }

  /** The next in order: the same as in the attempt before where that was of the same values, else a new one. */
  take<T extends Evaluating>(inputs: readonly unknown[], make: () => T): T {
    const index = this.#next++
    const known = this.#done[index]
    if (known && known.inputs.length === inputs.length && known.inputs.every((each, at) => isSame(each, inputs[at]))) {
      known.evaluating.rewind()
      return known.evaluating as T
    }
    if (known) this.#changes++
    const evaluating = make()
    this.#done.length = index
    this.#done.push({ inputs, evaluating })
    return evaluating
  }
}

const isSame = (one: unknown, other: unknown): boolean => one === other || sameJson(one as never, other as never)

let current: Evaluations | undefined

/** @param inputs all that the evaluations depend on @returns what is kept for a further attempt of the request where that may rest */
export const evaluating = <T extends Evaluating>(inputs: () => readonly unknown[], make: () => T): T =>
  current ? current.take(inputs(), make) : make()

/** Of the request that is performed now: whether what it is about is long, which is known once something of it had a turn of its own. */
export const isKnownLong = (): boolean => current?.isLong === true
export function noteLong(): void {
  if (current) current.isLong = true
}

/** Whether the request that is performed now may rest. */
export const mayRest = (): boolean => left < Number.POSITIVE_INFINITY && current?.isRestless !== true

/** Does one piece of work. @param kept what an earlier attempt of the same request has evaluated; without it nothing is kept */
export function inPiece<T>(kept: Evaluations | undefined, perform: () => T): T {
  const before = { left, current }
  left = PIECE
  current = kept
  kept?.rewind()
  try {
    return perform()
  } finally {
    left = before.left
    current = before.current
  }
}
