import type { FieldErrors } from '../../objects/field-errors.js'
import { sameJson } from '../../objects/object.js'
import type { DaemonSet } from '../../schema/kubernetes.generated.js'
import { atMostAll, intOrPercent, nonNegative, numberOf } from '../checks.js'
import { column, columns, formatMap, integerColumn } from '../columns.js'
import { defaultPodSpec } from '../core/pod-spec-defaults.js'
import { defineKind } from '../define.js'
import { immutable } from '../metadata.js'
import { containerColumns, selectorColumn, validateWorkload } from './workload.js'

const GENERATION = 'deprecated.daemonset.template.generation'
const STRATEGIES = ['RollingUpdate', 'OnDelete']

function validateStrategy(strategy: NonNullable<DaemonSet['spec']['updateStrategy']>, errors: FieldErrors): void {
  const path = 'spec.updateStrategy'
  if (!STRATEGIES.includes(strategy.type ?? '')) {
    errors.notSupported(path, strategy, STRATEGIES)
    return
  }
  if (strategy.type !== 'RollingUpdate') return
  const { maxUnavailable, maxSurge } = strategy.rollingUpdate ?? {}
  const parts = Object.entries({ maxUnavailable, maxSurge })
  for (const [name, value] of parts) intOrPercent(value, `${path}.rollingUpdate.${name}`, errors)
  for (const [name, value] of parts) atMostAll(value, `${path}.rollingUpdate.${name}`, errors)
  const [unavailable, surge] = [numberOf(maxUnavailable) !== 0, numberOf(maxSurge) !== 0]
  if (unavailable && surge)
    errors.invalid(`${path}.rollingUpdate.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero')
  else if (!unavailable && !surge) errors.required(`${path}.rollingUpdate.maxUnavailable`, 'cannot be 0 when maxSurge is 0')
}

export const daemonSet = defineKind<DaemonSet>('apps', 'DaemonSet', {
  counted: true,
  // Kept since extensions/v1beta1. @see pkg/apis/apps/v1/conversion.go
  prepareForCreate: ({ metadata }) => {
    metadata.annotations = { ...metadata.annotations, [GENERATION]: '1' }
  },
  prepareForUpdate(object, old) {
    const before = Number(old.metadata.annotations?.[GENERATION] ?? 1)
    const count = sameJson(object.spec.template, old.spec.template) ? before : before + 1
    object.metadata.annotations = { ...object.metadata.annotations, [GENERATION]: String(count) }
  },
  defaults({ spec }) {
    spec.revisionHistoryLimit ??= 10
    spec.updateStrategy ??= {}
    spec.updateStrategy.type ??= 'RollingUpdate'
    if (spec.updateStrategy.type === 'RollingUpdate') {
      spec.updateStrategy.rollingUpdate ??= {}
      spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1
      spec.updateStrategy.rollingUpdate.maxSurge ??= 0
    }
    if (spec.template?.spec) defaultPodSpec(spec.template.spec)
  },
  validate(object, errors) {
    validateWorkload(object, errors, { kind: 'daemonset', laterReadiness: true })
    nonNegative(object.spec.minReadySeconds, 'spec.minReadySeconds', errors)
    validateStrategy(object.spec.updateStrategy ?? {}, errors)
    nonNegative(object.spec.revisionHistoryLimit, 'spec.revisionHistoryLimit', errors)
  },
  changesFirst: true,
  validateUpdate: (object, old, errors) => immutable(object.spec.selector, old.spec.selector, 'spec.selector', errors),
  columns: columns<DaemonSet>(
    integerColumn('Desired', (object) => object.status?.desiredNumberScheduled),
    integerColumn('Current', (object) => object.status?.currentNumberScheduled),
    integerColumn('Ready', (object) => object.status?.numberReady),
    integerColumn('Up-to-date', (object) => object.status?.updatedNumberScheduled),
    integerColumn('Available', (object) => object.status?.numberAvailable),
    column('Node Selector', (object) => formatMap(object.spec.template?.spec?.nodeSelector)),
    ...containerColumns<DaemonSet>(),
    selectorColumn<DaemonSet>(),
  ),
})
