import type { ApiContext } from '../api/context.js'
import type { ApiRequest } from '../api/request.js'
import type { KubeObject } from '../objects/object.js'

export interface AdmissionReview {
  context: ApiContext
  request: ApiRequest
  operation: 'CREATE' | 'UPDATE' | 'DELETE'
  /** The object to be; a mutating plugin changes it in place. For a deletion, the object as it is. */
  object: KubeObject
  old?: KubeObject
}

/**
 * One admission plugin. It is synchronous: what needs time (a webhook inside the simulated network) is asked before the write begins.
 * A refusal is a thrown ApiError.
 */
export interface AdmissionPlugin {
  readonly name: string
  mutate?(review: AdmissionReview): void
  validate?(review: AdmissionReview): void
}
