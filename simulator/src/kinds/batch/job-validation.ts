/** Validation of a Job's spec, in Jobs and in templates of CronJobs alike. @see pkg/apis/batch/validation/validation.go */
import type { FieldErrors } from '../../objects/field-errors.js'
import { dnsLabel, qualifiedName } from '../../objects/names.js'
import { clone, sameJson } from '../../objects/object.js'
import { selectorOf } from '../../objects/selector.js'
import type { Job, JobSpec, PodFailurePolicyRule, PodTemplateSpec } from '../../schema/kubernetes.generated.js'
import { domainPrefixed, follow, nonNegative } from '../checks.js'
import { validatePodTemplate } from '../core/pod-spec-validation.js'
import { validateSelector } from '../label-selector.js'
import { immutable } from '../metadata.js'
import { validateSuccessPolicy } from './job-success-policy.js'

const MOST_INDEXED = 100_000
const MOST_AT_ONCE_OF_MANY = 10_000
const MOST_RULES = 20
const MOST_EXIT_CODES = 255
const LONGEST_MANAGED_BY = 63

const list = (values: string[]): string => `valid values: [${values.map((value) => JSON.stringify(value)).join(' ')}]`

function required(value: string | undefined, supported: string[], path: string, errors: FieldErrors): boolean {
  if (!value) errors.required(path, list(supported))
  else if (!supported.includes(value)) errors.notSupported(path, value, supported)
  else return true
  return false
}

function validateExitCodes(codes: NonNullable<PodFailurePolicyRule['onExitCodes']>, path: string, context: RuleContext): void {
  const { errors, containers } = context
  const { operator, containerName, values = [] } = codes
  required(operator, ['In', 'NotIn'], `${path}.operator`, errors)
  if (containerName !== undefined && !containers.includes(containerName))
    errors.invalid(
      `${path}.containerName`,
      containerName,
      'must be one of the container or initContainer names in the pod template',
    )
  if (values.length === 0) errors.invalid(`${path}.values`, values, 'at least one value is required')
  else if (values.length > MOST_EXIT_CODES) errors.tooMany(`${path}.values`, values.length, MOST_EXIT_CODES)
  for (const [index, value] of values.entries()) {
    if (operator === 'In' && value === 0) errors.invalid(`${path}.values[${index}]`, value, 'must not be 0 for the In operator')
    if (values.indexOf(value) < index) errors.duplicate(`${path}.values[${index}]`, value)
  }
  if (values.some((value, index) => (values[index - 1] ?? value) > value))
    errors.invalid(`${path}.values`, values, 'must be ordered')
}

const STATUSES = ['False', 'True', 'Unknown']

interface RuleContext {
  errors: FieldErrors
  containers: string[]
  spec: JobSpec
}

function validateRule(rule: PodFailurePolicyRule, path: string, context: RuleContext): void {
  const { errors, spec } = context
  const { onExitCodes, onPodConditions = [] } = rule
  const known = required(rule.action, ['Count', 'FailIndex', 'FailJob', 'Ignore'], `${path}.action`, errors)
  if (known && rule.action === 'FailIndex' && spec.backoffLimitPerIndex === undefined)
    errors.invalid(`${path}.action`, rule.action, 'requires the backoffLimitPerIndex to be set')
  if (onExitCodes) validateExitCodes(onExitCodes, `${path}.onExitCodes`, context)
  if (onPodConditions.length > MOST_RULES) errors.tooMany(`${path}.onPodConditions`, onPodConditions.length, MOST_RULES)
  for (const [index, { type, status }] of onPodConditions.entries()) {
    follow(qualifiedName, type, `${path}.onPodConditions[${index}].type`, errors)
    required(status, STATUSES, `${path}.onPodConditions[${index}].status`, errors)
  }
  if (onExitCodes && onPodConditions.length > 0)
    errors.invalidWithoutValue(path, 'specifying both OnExitCodes and OnPodConditions is not supported')
  if (!onExitCodes && onPodConditions.length === 0)
    errors.invalidWithoutValue(path, 'specifying one of OnExitCodes and OnPodConditions is required')
}

function validateIndexed(spec: JobSpec, path: string, errors: FieldErrors): void {
  const { completions, parallelism = 0, maxFailedIndexes, backoffLimitPerIndex } = spec
  const failedAt = `${path}.maxFailedIndexes`
  if (completions === undefined) errors.required(`${path}.completions`, 'when completion mode is Indexed')
  if (parallelism > MOST_INDEXED)
    errors.invalid(
      `${path}.parallelism`,
      parallelism,
      `must be less than or equal to ${MOST_INDEXED} when completion mode is Indexed`,
    )
  if (maxFailedIndexes !== undefined && maxFailedIndexes > (completions ?? maxFailedIndexes))
    errors.invalid(failedAt, maxFailedIndexes, 'must be less than or equal to completions')
  if ((maxFailedIndexes ?? 0) > MOST_INDEXED)
    errors.invalid(failedAt, maxFailedIndexes, `must be less than or equal to ${MOST_INDEXED}`)
  if ((completions ?? 0) <= MOST_INDEXED || backoffLimitPerIndex === undefined) return
  const many = `must be less than or equal to ${MOST_AT_ONCE_OF_MANY} when completions are above ${MOST_INDEXED} and used with backoff limit per index`
  if (maxFailedIndexes === undefined) errors.required(failedAt, `must be specified when completions is above ${MOST_INDEXED}`)
  if (parallelism > MOST_AT_ONCE_OF_MANY) errors.invalid(`${path}.parallelism`, parallelism, many)
  if ((maxFailedIndexes ?? 0) > MOST_AT_ONCE_OF_MANY) errors.invalid(failedAt, maxFailedIndexes, many)
}

function validateMode(spec: JobSpec, path: string, errors: FieldErrors): void {
  const modes = ['NonIndexed', 'Indexed']
  if (spec.completionMode !== undefined && !modes.includes(spec.completionMode))
    errors.notSupported(`${path}.completionMode`, spec.completionMode, modes)
  if (spec.completionMode === 'Indexed') validateIndexed(spec, path, errors)
  else if (spec.completionMode === undefined || spec.completionMode === 'NonIndexed')
    for (const name of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const)
      if (spec[name] !== undefined) errors.invalid(`${path}.${name}`, spec[name], 'requires indexed completion mode')
}

function validatePolicies(spec: JobSpec, path: string, errors: FieldErrors): void {
  const { podFailurePolicy, successPolicy, podReplacementPolicy } = spec
  const containers = [...(spec.template.spec?.containers ?? []), ...(spec.template.spec?.initContainers ?? [])].map(
    ({ name }) => name,
  )
  const rules = podFailurePolicy?.rules ?? []
  if (rules.length > MOST_RULES) errors.tooMany(`${path}.podFailurePolicy.rules`, rules.length, MOST_RULES)
  for (const [index, rule] of rules.entries())
    validateRule(rule, `${path}.podFailurePolicy.rules[${index}]`, { errors, containers, spec })
  if (successPolicy && spec.completionMode !== 'Indexed')
    errors.invalid(`${path}.successPolicy`, successPolicy, 'requires indexed completion mode')
  else if (successPolicy) validateSuccessPolicy(spec, `${path}.successPolicy`, errors)
  const allowed = podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed']
  if (podReplacementPolicy !== undefined && !allowed.includes(podReplacementPolicy))
    errors.notSupported(`${path}.podReplacementPolicy`, podReplacementPolicy, allowed)
}

function validateRestart(spec: JobSpec, path: string, errors: FieldErrors): void {
  const policy = spec.template.spec?.restartPolicy
  const where = `${path}.template.spec.restartPolicy`
  if (!policy || policy === 'Always') errors.required(where, 'valid values: "OnFailure", "Never"')
  else if (policy !== 'OnFailure' && policy !== 'Never') errors.notSupported(where, policy, ['OnFailure', 'Never'])
  else if (spec.podFailurePolicy && policy !== 'Never')
    errors.invalid(where, policy, 'only "Never" is supported when podFailurePolicy is specified')
}

const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const

export function validateJobSpec(spec: JobSpec, path: string, errors: FieldErrors): void {
  if (!spec.template) {
    errors.required(`${path}.template`)
    return
  }
  for (const name of COUNTS) nonNegative(spec[name], `${path}.${name}`, errors)
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined)
    errors.required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified')
  if (spec.managedBy !== undefined) {
    domainPrefixed(spec.managedBy, `${path}.managedBy`, errors)
    if (spec.managedBy.length > LONGEST_MANAGED_BY) errors.tooLong(`${path}.managedBy`, LONGEST_MANAGED_BY)
  }
  validateMode(spec, path, errors)
  validatePolicies(spec, path, errors)
  validatePodTemplate(spec.template, `${path}.template`, errors)
  validateRestart(spec, path, errors)
}

/** As Go writes a map. */
const sorted = (labels: Record<string, string> | undefined) =>
  labels ? Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))) : null

function shownSelector({ selector }: JobSpec) {
  const { matchLabels } = selector ?? {}
  return selector ? { ...selector, ...(matchLabels ? { matchLabels: sorted(matchLabels) } : {}) } : null
}

/** A selector that the server made selects the labels that it gave to the template. */
function validateOwnSelector({ spec, metadata }: Pick<Job, 'spec' | 'metadata'>, errors: FieldErrors): void {
  const own = { 'controller-uid': metadata.uid ?? '', 'job-name': metadata.name }
  const expected: Record<string, string> = {
    ...own,
    ...Object.fromEntries(Object.entries(own).map(([name, value]) => [`batch.kubernetes.io/${name}`, value])),
  }
  const labels = spec.template?.metadata?.labels ?? {}
  const path = 'spec.template.metadata.labels'
  for (const [name, value] of Object.entries(expected))
    if (labels[name] === undefined) errors.required(path, `must be '${value}'`)
    else if (labels[name] !== value) errors.invalid(path, sorted(labels), `must be '${value}'`)
  if (!selectorOf(spec.selector)(expected)) errors.invalid('spec.selector', shownSelector(spec), '`selector` not auto-generated')
}

export function validateJob({ spec, metadata }: Job, errors: FieldErrors): void {
  validateJobSpec(spec, 'spec', errors)
  validateSelector(spec.selector, 'spec.selector', errors)
  const labels = spec.template?.metadata?.labels
  if (!spec.manualSelector && spec.selector) validateOwnSelector({ spec, metadata }, errors)
  if (!spec.selector || !selectorOf(spec.selector)(labels))
    errors.invalid('spec.template.metadata.labels', sorted(labels), '`selector` does not match template `labels`')
  if (spec.completionMode !== 'Indexed' || !spec.completions || spec.completions < 0) return
  const longest = `${metadata.name}-${spec.completions - 1}`
  if (dnsLabel(longest).length)
    errors.invalid('metadata.name', metadata.name, `will not able to create pod with invalid DNS label: ${longest}`)
}

/** What a Job that is suspended and has not begun may still change of its template: where its Pods go. */
function withDirectives(old: PodTemplateSpec, now: PodTemplateSpec): PodTemplateSpec {
  const allowed = clone(old)
  if (!allowed.spec || !now.spec) return allowed
  for (const name of ['nodeSelector', 'tolerations', 'schedulingGates'] as const)
    Object.assign(allowed.spec, { [name]: now.spec[name] })
  const affinity = { ...allowed.spec.affinity, nodeAffinity: now.spec.affinity?.nodeAffinity }
  if (Object.values(affinity).some(Boolean)) allowed.spec.affinity = affinity
  else delete allowed.spec.affinity
  if (now.metadata) allowed.metadata = { ...now.metadata }
  return allowed
}

export function validateJobUpdate(object: Job, old: Job, errors: FieldErrors): void {
  const [now, before] = [object.spec, old.spec]
  if (now.completionMode !== 'Indexed') immutable(now.completions, before.completions, 'spec.completions', errors)
  else if (now.completions !== undefined && now.completions !== before.completions && now.completions !== now.parallelism)
    errors.invalid('spec.completions', now.completions, 'can only be modified in tandem with spec.parallelism')
  if (!sameJson(now.selector, before.selector)) errors.invalid('spec.selector', shownSelector(now), 'field is immutable')
  const mayMove = before.suspend === true && old.status?.startTime === undefined
  const template = mayMove ? withDirectives(before.template, now.template) : before.template
  if (!sameJson(now.template, template)) errors.invalid('spec.template', now.template, 'field is immutable')
  for (const name of ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'] as const)
    immutable(now[name], before[name], `spec.${name}`, errors)
}
