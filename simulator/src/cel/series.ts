/** Evaluations one after the other. */
import type { Checked } from './checker.js'
import { Evaluation, type Result, type Variables } from './evaluate.js'
import type { Evaluating } from './pieces.js'

/** A request that begins anew finds those that are done, and the one that rests. */
export class Series implements Evaluating {
  readonly #evaluations: Evaluation[] = []
  #next = 0
  rewind(): void {
    this.#next = 0
  }
  /** How many there were before the next. */
  get place(): number {
    return this.#next
  }

  /** @throws EvaluationError, CostLimitError, and Rest where the piece is over */
  evaluate(checked: Checked, variables: Variables): Result {
    const index = this.#next++
    let evaluation = this.#evaluations[index]
    if (evaluation?.checked !== checked) {
      evaluation = new Evaluation(checked, variables)
      this.#evaluations.length = index
      this.#evaluations.push(evaluation)
    }
    return evaluation.run()
  }
}
