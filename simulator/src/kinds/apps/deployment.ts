import type { FieldErrors } from '../../objects/field-errors.js'
import type { Deployment } from '../../schema/kubernetes.generated.js'
import { column, columns, integerColumn } from '../columns.js'
import { defaultPodSpec } from '../core/pod-spec-defaults.js'
import { defineKind } from '../define.js'
import { immutable } from '../metadata.js'
import { containerColumns, selectorColumn, validateWorkload } from './workload.js'

const isPercent = (value: unknown): boolean => typeof value === 'string' && /^\d+%$/.test(value)
const isZero = (value: unknown): boolean => value === 0 || value === '0%' || value === undefined

/** A whole number or a percentage. */
export function validateIntOrPercent(value: number | string | undefined, path: string, errors: FieldErrors): void {
  if (value === undefined) return
  if (typeof value === 'number' && value < 0) errors.invalid(path, value, 'must be greater than or equal to 0')
  if (typeof value === 'string' && !isPercent(value))
    errors.invalid(
      path,
      value,
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    )
}

export const deployment = defineKind<Deployment>('apps', 'Deployment', {
  counted: true,
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
    validateWorkload(object, errors)
    const { strategy, revisionHistoryLimit, progressDeadlineSeconds, minReadySeconds } = object.spec
    if (!['RollingUpdate', 'Recreate'].includes(strategy?.type ?? ''))
      errors.notSupported('spec.strategy.type', strategy?.type, ['Recreate', 'RollingUpdate'])
    if (strategy?.type === 'Recreate' && strategy.rollingUpdate)
      errors.forbidden('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")
    const rolling = strategy?.rollingUpdate
    if (strategy?.type === 'RollingUpdate' && rolling) {
      validateIntOrPercent(rolling.maxUnavailable, 'spec.strategy.rollingUpdate.maxUnavailable', errors)
      validateIntOrPercent(rolling.maxSurge, 'spec.strategy.rollingUpdate.maxSurge', errors)
      if (isZero(rolling.maxUnavailable) && isZero(rolling.maxSurge))
        errors.invalid('spec.strategy.rollingUpdate.maxUnavailable', rolling.maxUnavailable, 'may not be 0 when `maxSurge` is 0')
    }
    if ((revisionHistoryLimit ?? 0) < 0)
      errors.invalid('spec.revisionHistoryLimit', revisionHistoryLimit, 'must be greater than or equal to 0')
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
