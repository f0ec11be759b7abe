/** What one evaluation may cost. */
import { CostLimitError } from './effort.js'
import { work } from './pieces.js'

/** Upstream's limit of one expression. @see k8s.io/apiserver/pkg/apis/cel/config.go: PerCallLimit */
export const PER_CALL_LIMIT = 1_000_000

/** Counts in upstream's units. */
export class Meter {
  cost = 0
  constructor(readonly limit: number) {}

  /** @throws CostLimitError */
  spend(cost: number): void {
    this.cost += cost
    work(cost)
    if (this.cost > this.limit) throw new CostLimitError()
  }
}
