/** Where a Pod may run. @see pkg/apis/core/validation/validation.go: validateAffinity, ValidateTolerations, ... */
import type { FieldErrors } from '../../../objects/field-errors.js'
import { labelValue, qualifiedName } from '../../../objects/names.js'
import type {
  Affinity,
  NodeSelectorTerm,
  PodAffinityTerm,
  PodSpec,
  Toleration,
  TopologySpreadConstraint,
} from '../../../schema/kubernetes.generated.js'
import { follow } from '../../checks.js'
import { validateSelector } from '../../label-selector.js'
import { validateLabelKeys } from './label-keys.js'

type Requirement = NonNullable<NodeSelectorTerm['matchExpressions']>[number]
const HARD = 'requiredDuringSchedulingIgnoredDuringExecution'
const SOFT = 'preferredDuringSchedulingIgnoredDuringExecution'
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

function validateRequirement({ key, operator, values = [] }: Requirement, path: string, errors: FieldErrors): void {
  if (operator === 'In' || operator === 'NotIn') {
    if (!values.length) errors.required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length) errors.forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
  } else if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1) errors.required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'")
  } else errors.invalid(`${path}.operator`, operator, 'not a valid selector operator')
  follow(qualifiedName, key, `${path}.key`, errors)
  for (const [index, value] of values.entries()) follow(labelValue, value, `${path}.values[${index}]`, errors)
}

function validateFieldRequirement({ key, operator, values = [] }: Requirement, path: string, errors: FieldErrors): void {
  if (operator !== 'In' && operator !== 'NotIn') errors.invalid(`${path}.operator`, operator, 'not a valid selector operator')
  else if (values.length !== 1)
    errors.required(`${path}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector")
  if (key !== 'metadata.name') errors.invalid(`${path}.key`, key, 'not a valid field selector key')
}

export function validateNodeTerm({ matchExpressions, matchFields }: NodeSelectorTerm, path: string, errors: FieldErrors): void {
  for (const [index, requirement] of (matchExpressions ?? []).entries())
    validateRequirement(requirement, `${path}.matchExpressions[${index}]`, errors)
  for (const [index, requirement] of (matchFields ?? []).entries())
    validateFieldRequirement(requirement, `${path}.matchFields[${index}]`, errors)
}

export function validateNodeTerms(terms: NodeSelectorTerm[], path: string, errors: FieldErrors): void {
  if (terms.length === 0) errors.required(path, 'must have at least one node selector term')
  for (const [index, term] of terms.entries()) validateNodeTerm(term, `${path}[${index}]`, errors)
}

function validateTerm(term: PodAffinityTerm, path: string, errors: FieldErrors): void {
  validateLabelKeys(term, path, errors)
  if (term.labelSelector) validateSelector(term.labelSelector, `${path}.labelSelector`, errors)
  if (term.namespaceSelector) validateSelector(term.namespaceSelector, `${path}.namespaceSelector`, errors)
  if (!term.topologyKey) errors.required(`${path}.topologyKey`, 'can not be empty')
  follow(qualifiedName, term.topologyKey, `${path}.topologyKey`, errors)
}

function validateWeight(weight: number, path: string, errors: FieldErrors): void {
  if (weight <= 0 || weight > 100) errors.invalid(`${path}.weight`, weight, 'must be in the range 1-100')
}

function validateAffinity(affinity: Affinity, path: string, errors: FieldErrors): void {
  const node = affinity.nodeAffinity
  if (node?.[HARD])
    validateNodeTerms(node[HARD].nodeSelectorTerms ?? [], `${path}.nodeAffinity.${HARD}.nodeSelectorTerms`, errors)
  for (const [index, preferred] of (node?.[SOFT] ?? []).entries()) {
    const at = `${path}.nodeAffinity.${SOFT}[${index}]`
    validateWeight(preferred.weight, at, errors)
    validateNodeTerm(preferred.preference, `${at}.preference`, errors)
  }
  for (const name of ['podAffinity', 'podAntiAffinity'] as const) {
    for (const [index, term] of (affinity[name]?.[HARD] ?? []).entries())
      validateTerm(term, `${path}.${name}.${HARD}[${index}]`, errors)
    for (const [index, preferred] of (affinity[name]?.[SOFT] ?? []).entries()) {
      const at = `${path}.${name}.${SOFT}[${index}]`
      validateWeight(preferred.weight, at, errors)
      validateTerm(preferred.podAffinityTerm, `${at}.podAffinityTerm`, errors)
    }
  }
}

export function validateToleration(toleration: Toleration, path: string, errors: FieldErrors): void {
  const { key, operator = '', value = '', effect = '', tolerationSeconds } = toleration
  if (key) follow(qualifiedName, key, `${path}.key`, errors)
  if (!key && operator !== 'Exists')
    errors.invalid(
      `${path}.operator`,
      operator,
      'operator must be Exists when `key` is empty, which means "match all values and all keys"',
    )
  if (tolerationSeconds !== undefined && effect !== 'NoExecute')
    errors.invalid(`${path}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")
  if (operator === 'Equal' || operator === '') {
    const problems = labelValue(value)
    if (problems.length) errors.invalid(`${path}.operator`, value, problems.join(';'))
  } else if (operator === 'Exists') {
    if (value) errors.invalid(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'")
  } else errors.notSupported(`${path}.operator`, operator, ['Equal', 'Exists'])
  if (effect && !EFFECTS.includes(effect)) errors.notSupported(`${path}.effect`, effect, EFFECTS)
}

const WHEN = ['DoNotSchedule', 'ScheduleAnyway']
const INCLUSION = ['Honor', 'Ignore']

function validateSpread(all: TopologySpreadConstraint[], path: string, errors: FieldErrors): void {
  for (const [index, constraint] of all.entries()) {
    const at = `${path}[${index}]`
    const { maxSkew, topologyKey, whenUnsatisfiable, minDomains, labelSelector } = constraint
    if (maxSkew <= 0) errors.invalid(`${at}.maxSkew`, maxSkew, 'must be greater than zero')
    if (!topologyKey) errors.required(`${at}.topologyKey`, 'can not be empty')
    if (!WHEN.includes(whenUnsatisfiable)) errors.notSupported(`${at}.whenUnsatisfiable`, whenUnsatisfiable, WHEN)
    const isRepeated = all
      .slice(index + 1)
      .some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable)
    if (isRepeated) errors.duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`)
    if (minDomains !== undefined && minDomains <= 0) errors.invalid(`${at}.minDomains`, minDomains, 'must be greater than zero')
    if (minDomains !== undefined && whenUnsatisfiable !== 'DoNotSchedule')
      errors.invalid(
        `${at}.minDomains`,
        minDomains,
        `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`,
      )
    for (const name of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const)
      if (constraint[name] !== undefined && !INCLUSION.includes(constraint[name] ?? ''))
        errors.notSupported(`${at}.${name}`, constraint[name], INCLUSION)
    validateLabelKeys(constraint, at, errors)
    if (labelSelector) validateSelector(labelSelector, `${at}.labelSelector`, errors)
  }
}

export function validateAffinityOf(spec: PodSpec, path: string, errors: FieldErrors): void {
  if (spec.affinity) validateAffinity(spec.affinity, `${path}.affinity`, errors)
}

/** Gates and the constraints of topology, in upstream's order after the DNS configuration. */
export function validateGates(spec: PodSpec, path: string, errors: FieldErrors): void {
  for (const [index, { conditionType }] of (spec.readinessGates ?? []).entries())
    follow(qualifiedName, conditionType, `${path}.readinessGates[${index}].conditionType`, errors)
  const seen = new Set<string>()
  for (const [index, { name }] of (spec.schedulingGates ?? []).entries()) {
    const at = `${path}.schedulingGates[${index}]`
    follow(qualifiedName, name, at, errors)
    if (seen.has(name)) errors.duplicate(at, name)
    seen.add(name)
  }
  validateSpread(spec.topologySpreadConstraints ?? [], `${path}.topologySpreadConstraints`, errors)
}
