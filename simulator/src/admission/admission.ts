import type { ApiContext } from '../api/context.js'
import type { ApiRequest } from '../api/request.js'
import type { KubeObject } from '../objects/object.js'

export interface AdmissionReview {
  context: ApiContext
  request: ApiRequest
  operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'
  /** The object to be; a mutating plugin changes it in place. For a deletion, the object as it is. */
  object: KubeObject
  old?: KubeObject
  /** The object is of a kind of its subresource's own, such as a Scale or the PodExecOptions of an exec, and not of the resource's. */
  isPart?: boolean
  /** Set where a policy or a webhook has changed the object: everybody may look at it once more. */
  wantsReinvocation?: boolean
  /** The second round is under way. */
  isReinvoked?: boolean
}

/**
 * One admission plugin. It is synchronous: what needs time (a webhook inside the simulated network) is asked before the write begins.
 * A refusal is a thrown ApiError.
 */
export interface AdmissionPlugin {
  readonly name: string
  /** It is shown objects of a subresource's own kind too: see `isPart`. */
  readonly seesParts?: boolean
  mutate?(review: AdmissionReview): void
  validate?(review: AdmissionReview): void
}

const pluginsFor = ({ context, isPart }: AdmissionReview): AdmissionPlugin[] =>
  isPart ? context.admission.filter(({ seesParts }) => seesParts) : context.admission

/** Lets every plugin change the object; twice where one of the last has changed it, as upstream's reinvocation does. */
export function runMutations(review: AdmissionReview): void {
  const plugins = pluginsFor(review)
  for (const plugin of plugins) plugin.mutate?.(review)
  if (!review.wantsReinvocation) return
  review.isReinvoked = true
  for (const plugin of plugins) plugin.mutate?.(review)
}

export function runValidations(review: AdmissionReview): void {
  for (const plugin of pluginsFor(review)) plugin.validate?.(review)
}

/** Admission of an object of a subresource's own kind. It may be changed in place. @throws ApiError */
export function admitPart(review: Omit<AdmissionReview, 'isPart'>): void {
  const whole: AdmissionReview = { ...review, isPart: true }
  runMutations(whole)
  runValidations(whole)
}
