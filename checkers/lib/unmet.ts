/**
 * What ends an attempt early without being a fault of ours: the learner's object is not there, a Pod that should be asked does not
 * run, the API server is silent. Anything else that is thrown is a fault of ours and becomes `error`.
 */
import type { Evidence } from '@wheelhouse/protocol'
import type { Read } from './run/attempt.js'

export type UnmetKind =
  /** An object that does not exist. `not-yet`, or `failed` in a guard. */
  | 'absent'
  /** There, and wrong. `failed` once it has settled. */
  | 'wrong'
  /** On its way. `not-yet` at the deadline. */
  | 'progressing'

export class Unmet extends Error {
  override readonly name = 'Unmet'
  constructor(
    readonly kind: UnmetKind,
    readonly evidence: Evidence,
    /** Nothing but the learner makes such a thing, so there is no use in waiting for it. */
    readonly sure = false,
  ) {
    super(`${kind}: ${JSON.stringify(evidence.subject)}`)
  }
}

/** A live run only reads: the check has to wait for the button or the slow timer. */
export class Refused extends Error {
  override readonly name = 'Refused'
  /** What had been read before; live grading watches it. */
  reads: Read[] = []
  constructor(readonly what: 'probe' | 'machine') {
    super(`a live run uses no ${what}`)
  }
}
