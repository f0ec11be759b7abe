import type { FieldErrors } from '../../objects/field-errors.js'
import { dnsLabel } from '../../objects/names.js'
import { clone, sameJson } from '../../objects/object.js'
import type { StatefulSet } from '../../schema/kubernetes.generated.js'
import { follow, nonNegative } from '../checks.js'
import { column, columns } from '../columns.js'
import { defaultPodSpec } from '../core/pod-spec-defaults.js'
import { validateClaimSpec } from '../core/volume-checks.js'
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

type Strategy = NonNullable<StatefulSet['spec']['updateStrategy']>

function validateStrategy(strategy: Strategy, errors: FieldErrors): void {
  const path = 'spec.updateStrategy'
  const { type, rollingUpdate } = strategy
  if (!type) {
    errors.required(path)
    return
  }
  if (type === 'OnDelete' && rollingUpdate) {
    errors.invalid(`${path}.rollingUpdate`, rollingUpdate, "only allowed for updateStrategy 'RollingUpdate'")
    return
  }
  if (type !== 'RollingUpdate' && type !== 'OnDelete') {
    errors.invalid(path, { Type: type, RollingUpdate: null }, "must be 'RollingUpdate' or 'OnDelete'")
    return
  }
  if (!rollingUpdate) return
  nonNegative(rollingUpdate.partition, `${path}.rollingUpdate.partition`, errors)
  // maxUnavailable is looked at with its feature gate alone.
}

/** The template as its Pods will be: the volumes of the claims are there. */
function completed(object: StatefulSet): StatefulSet {
  const copy = clone(object)
  const { spec } = copy.spec.template ?? {}
  if (!spec) return copy
  delete spec.hostname
  delete spec.subdomain
  const claims = (copy.spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata?.name ?? '')
  const others = (spec.volumes ?? []).filter(({ name }) => !claims.includes(name))
  const volumes = [...claims.map((name) => ({ name, persistentVolumeClaim: { claimName: name } })), ...others]
  if (volumes.length) spec.volumes = volumes
  return copy
}

const RETENTION = ['Retain', 'Delete']

function validate(object: StatefulSet, errors: FieldErrors): void {
  const { podManagementPolicy, updateStrategy, persistentVolumeClaimRetentionPolicy, ordinals, serviceName } = object.spec
  if (!['OrderedReady', 'Parallel'].includes(podManagementPolicy ?? ''))
    errors.invalid('spec.podManagementPolicy', podManagementPolicy, "must be 'OrderedReady' or 'Parallel'")
  validateStrategy(updateStrategy ?? {}, errors)
  for (const [name, policy] of Object.entries(persistentVolumeClaimRetentionPolicy ?? {}))
    if (!RETENTION.includes(policy as string))
      errors.notSupported(`spec.persistentVolumeClaimRetentionPolicy.${name}`, policy, RETENTION)
  for (const [index, claim] of (object.spec.volumeClaimTemplates ?? []).entries())
    validateClaimSpec(claim.spec, `spec.volumeClaimTemplates[${index}].spec`, errors)
  nonNegative(ordinals?.start, 'spec.ordinals.start', errors)
  if (serviceName) follow(dnsLabel, serviceName, 'spec.serviceName', errors)
  validateWorkload(completed(object), errors, { kind: 'statefulset' })
}

export const statefulSet = defineKind<StatefulSet>('apps', 'StatefulSet', {
  counted: true,
  nameRule: dnsLabel,
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
  validate,
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
