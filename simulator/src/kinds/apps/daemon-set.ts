import type { DaemonSet } from '../../schema/kubernetes.generated.js'
import { column, columns, formatMap, integerColumn } from '../columns.js'
import { defaultPodSpec } from '../core/pod-spec-defaults.js'
import { defineKind } from '../define.js'
import { immutable } from '../metadata.js'
import { containerColumns, selectorColumn, validateWorkload } from './workload.js'

export const daemonSet = defineKind<DaemonSet>('apps', 'DaemonSet', {
  counted: true,
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
    validateWorkload(object, errors)
    const type = object.spec.updateStrategy?.type
    if (!['RollingUpdate', 'OnDelete'].includes(type ?? ''))
      errors.notSupported('spec.updateStrategy.type', type, ['RollingUpdate', 'OnDelete'])
  },
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
