import { clone, sameJson } from '../../objects/object.js'
import type { StatefulSet } from '../../schema/kubernetes.generated.js'
import { column, columns } from '../columns.js'
import { defaultPodSpec } from '../core/pod-spec-defaults.js'
import { defineKind } from '../define.js'
import { containerColumns, validateWorkload } from './workload.js'

const MUTABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const
const FORBIDDEN =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"

export const statefulSet = defineKind<StatefulSet>('apps', 'StatefulSet', {
  counted: true,
  defaults({ spec }) {
    spec.replicas ??= 1
    spec.revisionHistoryLimit ??= 10
    spec.podManagementPolicy ??= 'OrderedReady'
    spec.updateStrategy ??= {}
    spec.updateStrategy.type ??= 'RollingUpdate'
    if (spec.updateStrategy.type === 'RollingUpdate') {
      spec.updateStrategy.rollingUpdate ??= {}
      spec.updateStrategy.rollingUpdate.partition ??= 0
    }
    spec.persistentVolumeClaimRetentionPolicy ??= {}
    spec.persistentVolumeClaimRetentionPolicy.whenDeleted ??= 'Retain'
    spec.persistentVolumeClaimRetentionPolicy.whenScaled ??= 'Retain'
    if (spec.template?.spec) defaultPodSpec(spec.template.spec)
    for (const claim of spec.volumeClaimTemplates ?? []) {
      claim.apiVersion ??= 'v1'
      claim.kind ??= 'PersistentVolumeClaim'
      claim.spec.volumeMode ??= 'Filesystem'
      claim.status = { phase: 'Pending' }
    }
  },
  validate(object, errors) {
    validateWorkload(object, errors)
    if (!['OrderedReady', 'Parallel'].includes(object.spec.podManagementPolicy ?? ''))
      errors.invalid('spec.podManagementPolicy', object.spec.podManagementPolicy, "must be 'OrderedReady' or 'Parallel'")
  },
  validateUpdate(object, old, errors) {
    const now = clone(object.spec) as unknown as Record<string, unknown>
    for (const field of MUTABLE) now[field] = old.spec[field]
    if (!sameJson(now, old.spec)) errors.forbidden('spec', FORBIDDEN)
  },
  columns: columns<StatefulSet>(
    column('Ready', (object) => `${object.status?.readyReplicas ?? 0}/${object.spec.replicas ?? 0}`),
    ...containerColumns<StatefulSet>(),
  ),
})
