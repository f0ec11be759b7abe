import type { PodDisruptionBudget } from '../../schema/kubernetes.generated.js'
import { atMostAll, intOrPercent } from '../checks.js'
import { column, columns, integerColumn } from '../columns.js'
import { defineKind } from '../define.js'
import { validateSelector } from '../label-selector.js'

const either = (value: number | string | undefined) => (value === undefined ? 'N/A' : String(value))
const EVICTION_POLICIES = ['AlwaysAllow', 'IfHealthyBudget']

/** As Go writes its own type of it. */
const inGo = (spec: PodDisruptionBudget['spec']) => ({
  MinAvailable: spec?.minAvailable ?? null,
  Selector: spec?.selector ?? null,
  MaxUnavailable: spec?.maxUnavailable ?? null,
  UnhealthyPodEvictionPolicy: spec?.unhealthyPodEvictionPolicy ?? null,
})

export const podDisruptionBudget = defineKind<PodDisruptionBudget>('policy', 'PodDisruptionBudget', {
  counted: true,
  validate({ spec }, errors) {
    const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec ?? {}
    if (minAvailable !== undefined && maxUnavailable !== undefined)
      errors.invalid('spec', inGo(spec), 'minAvailable and maxUnavailable cannot be both set')
    for (const [name, value] of Object.entries({ minAvailable, maxUnavailable })) {
      intOrPercent(value, `spec.${name}`, errors)
      atMostAll(value, `spec.${name}`, errors)
    }
    if (selector) validateSelector(selector, 'spec.selector', errors)
    if (policy !== undefined && !EVICTION_POLICIES.includes(policy))
      errors.notSupported('spec.unhealthyPodEvictionPolicy', policy, EVICTION_POLICIES)
  },
  columns: columns<PodDisruptionBudget>(
    column('Min Available', (object) => either(object.spec?.minAvailable)),
    column('Max Unavailable', (object) => either(object.spec?.maxUnavailable)),
    integerColumn('Allowed Disruptions', (object) => object.status?.disruptionsAllowed),
  ),
})
