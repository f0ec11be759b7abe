import type { Evidence } from '@wheelhouse/protocol'

/** What one expectation came to. It has already been counted for its check: returning it is not needed. */
export interface Outcome {
  readonly holds: boolean
  /** The thing itself is not there, rather than wrong. */
  readonly absent: boolean
  readonly evidence: Evidence
}
