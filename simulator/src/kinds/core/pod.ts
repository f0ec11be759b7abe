import type { FieldErrors } from '../../objects/field-errors.js'
import { clone, sameJson } from '../../objects/object.js'
import { parseQuantity } from '../../objects/quantity.js'
import type { NodeSelectorTerm, Pod, PodSpec } from '../../schema/kubernetes.generated.js'
import { timestamp } from '../../time/clock.js'
import { column, columns, wide } from '../columns.js'
import { defineKind } from '../define.js'
import { validateImages } from './pod-spec/containers.js'
import { mergeLabelKeys } from './pod-spec/label-keys.js'
import { defaultPodResources, defaultPodSpec } from './pod-spec-defaults.js'
import { validatePodSpec } from './pod-spec-validation.js'
import { podRestarts, podSummary } from './pod-summary.js'

/** Guaranteed, Burstable or BestEffort. @see pkg/apis/core/v1/helper/qos */
export function qosClass(spec: PodSpec): string {
  const isSetForPod = Object.keys({ ...spec.resources?.requests, ...spec.resources?.limits }).length > 0
  const containers = isSetForPod ? [{ resources: spec.resources }] : [...spec.containers, ...(spec.initContainers ?? [])]
  const counted = (list: Record<string, string> | undefined, name: string) => {
    const value = parseQuantity(list?.[name])
    return value && value.nanos > 0n ? list?.[name] : undefined
  }
  let any = false
  let guaranteed = true
  for (const { resources } of containers) {
    for (const name of ['cpu', 'memory']) {
      const limit = counted(resources?.limits as Record<string, string>, name)
      const request = counted(resources?.requests as Record<string, string>, name)
      if (limit || request) any = true
      if (!limit || (request && request !== limit)) guaranteed = false
    }
  }
  if (!any) return 'BestEffort'
  return guaranteed ? 'Guaranteed' : 'Burstable'
}

const podCount = (pod: Pod, type: string): number =>
  (pod.status?.conditions ?? []).filter((condition) => condition.type === type && condition.status === 'True').length

function readinessGates(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? []
  return gates.length === 0 ? '<none>' : `${gates.filter((gate) => podCount(pod, gate.conditionType) > 0).length}/${gates.length}`
}

const FORBIDDEN_UPDATE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

/** It may be set and become shorter. @returns whether nothing else is to be looked at */
function validateDeadline(now: number | undefined, before: number | undefined, errors: FieldErrors): boolean {
  const path = 'spec.activeDeadlineSeconds'
  if (now === undefined) {
    if (before !== undefined) errors.invalid(path, null, 'must not update from a positive integer to nil value')
    return false
  }
  if (now < 0 || now > 2 ** 31 - 1) {
    errors.invalid(path, now, `must be between 0 and ${2 ** 31 - 1}, inclusive`)
    return true
  }
  if (before === undefined || now <= before) return false
  errors.invalid(path, now, 'must be less than or equal to previous value')
  return true
}

/** While a Pod is gated, fewer nodes may be made to fit. Puts back what is allowed. @see validateNodeSelectorMutation and its neighbour */
function allowNarrowing(pod: Pod, old: Pod, errors: FieldErrors): void {
  const kept = Object.entries(old.spec.nodeSelector ?? {}).every(([key, value]) => pod.spec.nodeSelector?.[key] === value)
  if (!kept)
    errors.invalid(
      'spec.nodeSelector',
      pod.spec.nodeSelector,
      'only additions to spec.nodeSelector are allowed (no mutations or deletions)',
    )
  pod.spec.nodeSelector = old.spec.nodeSelector
  const path = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms'
  const before = requiredTerms(old)
  const after = requiredTerms(pod)
  if (before.length > 0 && before.length !== after.length)
    errors.invalid(path, after, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed')
  else
    for (const [index, term] of before.entries())
      if (!onlyAdds(after[index] ?? {}, term))
        errors.invalid(`${path}[${index}]`, after[index], 'only additions are allowed (no mutations or deletions)')
  const { nodeAffinity: _new, ...others } = pod.spec.affinity ?? {}
  const nodeAffinity = old.spec.affinity?.nodeAffinity
  const affinity = { ...others, ...(nodeAffinity ? { nodeAffinity } : {}) }
  pod.spec.affinity = old.spec.affinity || Object.keys(affinity).length > 0 ? affinity : undefined
}

const requiredTerms = ({ spec }: Pod): NodeSelectorTerm[] =>
  spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []

const onlyAdds = (after: NodeSelectorTerm, before: NodeSelectorTerm): boolean =>
  (['matchExpressions', 'matchFields'] as const).every((list) => {
    const old = before[list] ?? []
    const isEmpty = !before.matchExpressions?.length && !before.matchFields?.length
    return isEmpty ? !after[list]?.length : sameJson((after[list] ?? []).slice(0, old.length), old)
  })

/** An update of a Pod may change little: everything else must stay as it was. */
function validateUpdate(pod: Pod, old: Pod, errors: FieldErrors): void {
  if (pod.spec.containers?.length !== old.spec.containers.length) {
    errors.forbidden('spec.containers', 'pod updates may not add or remove containers')
    return
  }
  if (validateDeadline(pod.spec.activeDeadlineSeconds, old.spec.activeDeadlineSeconds, errors)) return
  for (const [index, { name }] of (pod.spec.schedulingGates ?? []).entries())
    if (!old.spec.schedulingGates?.some((gate) => gate.name === name))
      errors.forbidden(`spec.schedulingGates[${index}].name`, `only deletion is allowed, but found new scheduling gate '${name}'`)
  if (errors.any) return
  const allowed = clone(pod)
  for (const [index, container] of allowed.spec.containers.entries()) container.image = old.spec.containers[index]?.image
  for (const [index, container] of (allowed.spec.initContainers ?? []).entries())
    container.image = old.spec.initContainers?.[index]?.image
  allowed.spec.activeDeadlineSeconds = old.spec.activeDeadlineSeconds
  if ((old.spec.tolerations ?? []).every((before) => (pod.spec.tolerations ?? []).some((after) => sameJson(before, after))))
    allowed.spec.tolerations = old.spec.tolerations
  allowed.spec.schedulingGates = old.spec.schedulingGates
  if (old.spec.schedulingGates?.length) allowNarrowing(allowed, old, errors)
  if (!sameJson(allowed.spec, old.spec)) errors.forbidden('spec', FORBIDDEN_UPDATE)
}

export const pod = defineKind<Pod>('', 'Pod', {
  counted: true,
  defaults(object) {
    defaultPodSpec(object.spec)
    // What cannot be waited for is not waited for. @see pkg/apis/core/pods/helpers.go
    if ((object.spec.terminationGracePeriodSeconds ?? 0) < 0) object.spec.terminationGracePeriodSeconds = 1
    defaultPodResources(object.spec)
  },
  prepareForCreate(object, { clock }) {
    mergeLabelKeys(object)
    object.status = { phase: 'Pending', qosClass: qosClass(object.spec) }
    if (object.spec.schedulingGates?.length) {
      object.status.conditions = [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'SchedulingGated',
          message: 'Scheduling is blocked due to non-empty scheduling gates',
          lastProbeTime: undefined,
          lastTransitionTime: timestamp(clock.now()),
        },
      ]
    }
  },
  validate(object, errors, { old }) {
    validatePodSpec(object.spec, 'spec', errors)
    validateImages(object.spec, 'spec', errors)
    if (!old && object.spec.ephemeralContainers?.length) errors.forbidden('spec.ephemeralContainers', 'cannot be set on create')
  },
  validateUpdate,
  graceSeconds(object, requested) {
    if (!object.spec.nodeName || object.status?.phase === 'Failed' || object.status?.phase === 'Succeeded') return 0
    return requested ?? object.spec.terminationGracePeriodSeconds ?? 30
  },
  fields: {
    'spec.nodeName': (object) => object.spec.nodeName ?? '',
    'spec.restartPolicy': (object) => object.spec.restartPolicy ?? '',
    'spec.schedulerName': (object) => object.spec.schedulerName ?? '',
    'spec.serviceAccountName': (object) => object.spec.serviceAccountName ?? '',
    'spec.hostNetwork': (object) => String(object.spec.hostNetwork ?? false),
    'status.phase': (object) => object.status?.phase ?? '',
    'status.podIP': (object) => object.status?.podIP ?? '',
    'status.nominatedNodeName': (object) => object.status?.nominatedNodeName ?? '',
  },
  columns: columns<Pod>(
    column('Ready', (object) => podSummary(object).ready),
    column('Status', (object) => podSummary(object).reason),
    column('Restarts', podRestarts),
    wide(column('IP', (object) => object.status?.podIP)),
    wide(column('Node', (object) => object.spec.nodeName)),
    wide(column('Nominated Node', (object) => object.status?.nominatedNodeName)),
    wide(column('Readiness Gates', readinessGates)),
  ),
})
