import type { Lease } from '../../schema/kubernetes.generated.js'
import { nonNegative } from '../checks.js'
import { column, columns } from '../columns.js'
import { defineKind } from '../define.js'

export const lease = defineKind<Lease>('coordination.k8s.io', 'Lease', {
  validate({ spec }, errors) {
    const { leaseDurationSeconds, leaseTransitions, strategy, preferredHolder } = spec ?? {}
    if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0)
      errors.invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0')
    nonNegative(leaseTransitions, 'spec.leaseTransitions', errors)
    if (preferredHolder && !strategy) errors.forbidden('spec.preferredHolder', 'may only be specified if `strategy` is defined')
  },
  columns: columns<Lease>(column('Holder', (object) => object.spec?.holderIdentity, '')),
})
