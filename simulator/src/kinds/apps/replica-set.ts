import type { ReplicaSet } from '../../schema/kubernetes.generated.js'
import { columns, integerColumn } from '../columns.js'
import { defaultPodSpec } from '../core/pod-spec-defaults.js'
import { defineKind } from '../define.js'
import { immutable } from '../metadata.js'
import { containerColumns, selectorColumn, validateWorkload, type Workload } from './workload.js'

type Full = ReplicaSet & Workload

export const replicaSet = defineKind<Full>('apps', 'ReplicaSet', {
  counted: true,
  defaults({ spec }) {
    spec.replicas ??= 1
    if (spec.template?.spec) defaultPodSpec(spec.template.spec)
  },
  // Upstream says deployment here too.
  validate: (object, errors) => validateWorkload(object, errors, { kind: 'deployment' }),
  validateUpdate: (object, old, errors) => immutable(object.spec.selector, old.spec.selector, 'spec.selector', errors),
  fields: { 'status.replicas': (object) => String(object.status?.replicas ?? 0) },
  columns: columns<Full>(
    integerColumn('Desired', (object) => object.spec.replicas),
    integerColumn('Current', (object) => object.status?.replicas),
    integerColumn('Ready', (object) => object.status?.readyReplicas),
    ...containerColumns<Full>(),
    selectorColumn<Full>(),
  ),
})
