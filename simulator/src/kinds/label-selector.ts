/** LabelSelector objects. @see apimachinery/pkg/apis/meta/v1/validation */
import type { FieldErrors } from '../objects/field-errors.js'
import { labelValue, qualifiedName } from '../objects/names.js'
import type { LabelSelector } from '../schema/kubernetes.generated.js'
import { follow } from './checks.js'
import { validateLabels } from './metadata.js'

export function validateSelector(selector: LabelSelector | undefined, path: string, errors: FieldErrors): void {
  if (!selector) {
    errors.required(path)
    return
  }
  validateLabels(selector.matchLabels, `${path}.matchLabels`, errors)
  for (const [index, { key, operator, values }] of (selector.matchExpressions ?? []).entries()) {
    const at = `${path}.matchExpressions[${index}]`
    const takesValues = operator === 'In' || operator === 'NotIn'
    if (takesValues && !values?.length) errors.required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'")
    else if (!takesValues && !['Exists', 'DoesNotExist'].includes(operator))
      errors.invalid(`${at}.operator`, operator, 'not a valid selector operator')
    else if (!takesValues && values?.length)
      errors.forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
    follow(qualifiedName, key, `${at}.key`, errors)
    for (const [position, value] of (values ?? []).entries()) follow(labelValue, value, `${at}.values[${position}]`, errors)
  }
}
