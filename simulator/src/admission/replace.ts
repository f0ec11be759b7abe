import { decodeBody } from '../api/verbs/write.js'
import { apiVersionOf } from '../kinds/resource.js'
import { clone, fieldsOf, type JsonObject } from '../objects/object.js'
import type { AdmissionReview } from './admission.js'

/** Puts the fields of `after` into the object under review. */
export function replaceReviewed(review: AdmissionReview, after: JsonObject): void {
  const { request, object } = review
  const { resource } = request
  const decoded = review.isPart
    ? clone(after)
    : clone(
        decodeBody(
          { ...request, fieldValidation: 'Ignore' },
          { ...after, apiVersion: apiVersionOf(resource), kind: resource.kind },
        ),
      )
  const fields = fieldsOf(object)
  for (const name of Object.keys(fields)) delete fields[name]
  Object.assign(fields, decoded)
}
