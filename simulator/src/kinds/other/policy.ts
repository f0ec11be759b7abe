import type { PodDisruptionBudget } from '../../schema/kubernetes.generated.js'
import { column, columns, integerColumn } from '../columns.js'
import { defineKind } from '../define.js'

const either = (value: number | string | undefined) => (value === undefined ? 'N/A' : String(value))

export const podDisruptionBudget = defineKind<PodDisruptionBudget>('policy', 'PodDisruptionBudget', {
  counted: true,
  validate(object, errors) {
    if (object.spec?.minAvailable !== undefined && object.spec.maxUnavailable !== undefined)
      errors.invalid('spec', object.spec, 'minAvailable and maxUnavailable cannot be both set')
  },
  columns: columns<PodDisruptionBudget>(
    column('Min Available', (object) => either(object.spec?.minAvailable)),
    column('Max Unavailable', (object) => either(object.spec?.maxUnavailable)),
    integerColumn('Allowed Disruptions', (object) => object.status?.disruptionsAllowed),
  ),
})
