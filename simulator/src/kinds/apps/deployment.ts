import type { Deployment } from '../../schema/kubernetes.generated.js'
import { atMostAll, intOrPercent, nonNegative, numberOf } from '../checks.js'
import { column, columns, integerColumn } from '../columns.js'
import { defaultPodSpec } from '../core/pod-spec-defaults.js'
import { defineKind } from '../define.js'
import { immutable } from '../metadata.js'
import { containerColumns, selectorColumn, validateWorkload } from './workload.js'

export const deployment = defineKind<Deployment>('apps', 'Deployment', {
  counted: 'with-annotations',
  defaults({ spec }) {
    spec.replicas ??= 1
    spec.revisionHistoryLimit ??= 10
    spec.progressDeadlineSeconds ??= 600
    spec.strategy ??= {}
    spec.strategy.type ??= 'RollingUpdate'
    if (spec.strategy.type === 'RollingUpdate') {
      spec.strategy.rollingUpdate ??= {}
      spec.strategy.rollingUpdate.maxUnavailable ??= '25%'
      spec.strategy.rollingUpdate.maxSurge ??= '25%'
    }
    if (spec.template?.spec) defaultPodSpec(spec.template.spec)
  },
  validate(object, errors) {
    validateWorkload(object, errors, { kind: 'deployment', laterReadiness: true })
    const { strategy, revisionHistoryLimit, progressDeadlineSeconds, minReadySeconds } = object.spec
    if (!['RollingUpdate', 'Recreate'].includes(strategy?.type ?? ''))
      errors.notSupported('spec.strategy', { Type: strategy?.type ?? '', RollingUpdate: null }, ['Recreate', 'RollingUpdate'])
    if (strategy?.type === 'Recreate' && strategy.rollingUpdate)
      errors.forbidden('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")
    const rolling = strategy?.rollingUpdate
    if (strategy?.type === 'RollingUpdate' && rolling) {
      const at = 'spec.strategy.rollingUpdate'
      intOrPercent(rolling.maxUnavailable, `${at}.maxUnavailable`, errors)
      intOrPercent(rolling.maxSurge, `${at}.maxSurge`, errors)
      if (numberOf(rolling.maxUnavailable) === 0 && numberOf(rolling.maxSurge) === 0)
        errors.invalid(`${at}.maxUnavailable`, rolling.maxUnavailable, 'may not be 0 when `maxSurge` is 0')
      atMostAll(rolling.maxUnavailable, `${at}.maxUnavailable`, errors)
    }
    nonNegative(minReadySeconds, 'spec.minReadySeconds', errors)
    nonNegative(revisionHistoryLimit, 'spec.revisionHistoryLimit', errors)
    nonNegative(progressDeadlineSeconds, 'spec.progressDeadlineSeconds', errors)
    if ((progressDeadlineSeconds ?? 600) <= (minReadySeconds ?? 0))
      errors.invalid('spec.progressDeadlineSeconds', progressDeadlineSeconds, 'must be greater than minReadySeconds')
  },
  validateUpdate: (object, old, errors) => immutable(object.spec.selector, old.spec.selector, 'spec.selector', errors),
  columns: columns<Deployment>(
    column('Ready', (object) => `${object.status?.readyReplicas ?? 0}/${object.spec.replicas ?? 0}`),
    integerColumn('Up-to-date', (object) => object.status?.updatedReplicas),
    integerColumn('Available', (object) => object.status?.availableReplicas),
    ...containerColumns<Deployment>(),
    selectorColumn<Deployment>(),
  ),
})
