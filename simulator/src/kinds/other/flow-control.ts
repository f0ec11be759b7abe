/** Priority and fairness. @see pkg/apis/flowcontrol/validation/validation.go */
import type { FieldErrors } from '../../objects/field-errors.js'
import type { KubeObject } from '../../objects/object.js'

interface ResourceRule {
  verbs?: string[]
  apiGroups?: string[]
  resources?: string[]
  namespaces?: string[]
  clusterScope?: boolean
}
interface Rule {
  subjects?: { kind: string }[]
  resourceRules?: ResourceRule[]
  nonResourceRules?: object[]
}
export interface FlowSchema extends KubeObject {
  spec?: {
    priorityLevelConfiguration: { name: string }
    matchingPrecedence?: number
    distinguisherMethod?: { type: string }
    rules?: Rule[]
  }
  status?: { conditions?: { type: string; status: string; reason?: string; message?: string; lastTransitionTime?: string }[] }
}
interface Share {
  nominalConcurrencyShares?: number
  lendablePercent?: number
}
export interface PriorityLevelConfiguration extends KubeObject {
  spec?: {
    type: string
    exempt?: Share
    limited?: Share & {
      limitResponse?: { queuing?: { queues?: number; handSize?: number; queueLengthLimit?: number } }
    }
  }
}
const MOST_PRECEDENCE = 10_000
const SUBJECTS = ['Group', 'ServiceAccount', 'User']
const METHODS = ['ByNamespace', 'ByUser']

function validateResourceRule(rule: ResourceRule, path: string, errors: FieldErrors): void {
  if (!rule.verbs?.length) errors.required(`${path}.verbs`, 'verbs must contain at least one value')
  if (!rule.apiGroups?.length) errors.required(`${path}.apiGroups`, 'resource rules must supply at least one api group')
  if (!rule.resources?.length) errors.required(`${path}.resources`, 'resource rules must supply at least one resource')
  if (!rule.namespaces?.length && !rule.clusterScope)
    errors.required(`${path}.namespaces`, 'resource rules that are not cluster scoped must supply at least one namespace')
}

function validateRule({ subjects, resourceRules, nonResourceRules }: Rule, path: string, errors: FieldErrors): void {
  if (!subjects?.length) errors.required(`${path}.subjects`, 'subjects must contain at least one value')
  for (const [index, { kind }] of (subjects ?? []).entries())
    if (!SUBJECTS.includes(kind)) errors.notSupported(`${path}.subjects[${index}].kind`, kind, SUBJECTS)
  if (!resourceRules?.length && !nonResourceRules?.length)
    errors.required(path, 'at least one of resourceRules and nonResourceRules has to be non-empty')
  for (const [index, rule] of (resourceRules ?? []).entries())
    validateResourceRule(rule, `${path}.resourceRules[${index}]`, errors)
}

export function validateFlowSchema({ spec }: FlowSchema, errors: FieldErrors): void {
  const {
    matchingPrecedence = 0,
    distinguisherMethod,
    priorityLevelConfiguration,
    rules,
  }: Partial<NonNullable<FlowSchema['spec']>> = spec ?? {}
  if (matchingPrecedence <= 0) errors.invalid('spec.matchingPrecedence', matchingPrecedence, 'must be a positive value')
  if (matchingPrecedence > MOST_PRECEDENCE)
    errors.invalid('spec.matchingPrecedence', matchingPrecedence, `must not be greater than ${MOST_PRECEDENCE}`)
  if (distinguisherMethod && !METHODS.includes(distinguisherMethod.type))
    errors.notSupported('spec.distinguisherMethod.type', { Type: distinguisherMethod.type }, METHODS)
  if (!priorityLevelConfiguration?.name)
    errors.required('spec.priorityLevelConfiguration.name', 'must reference a priority level')
  for (const [index, rule] of (rules ?? []).entries()) validateRule(rule, `spec.rules[${index}]`, errors)
}

/** @see pkg/apis/flowcontrol/v1/defaults.go */
export function defaultPriorityLevel({ spec }: PriorityLevelConfiguration): void {
  if (spec?.limited) {
    spec.limited.nominalConcurrencyShares ??= 30
    spec.limited.lendablePercent ??= 0
    const queuing = spec.limited.limitResponse?.queuing
    if (queuing) {
      queuing.handSize ||= 8
      queuing.queues ||= 64
      queuing.queueLengthLimit ||= 50
    }
  }
  if (spec?.exempt) {
    spec.exempt.nominalConcurrencyShares ??= 0
    spec.exempt.lendablePercent ??= 0
  }
}

const TYPES = ['Exempt', 'Limited']

export function validatePriorityLevel({ spec }: PriorityLevelConfiguration, errors: FieldErrors): void {
  if (!TYPES.includes(spec?.type ?? '')) errors.notSupported('spec.type', spec?.type ?? '', TYPES)
  if (spec?.type !== 'Limited') return
  const { nominalConcurrencyShares = 0, lendablePercent = 0, limitResponse } = spec.limited ?? {}
  if (nominalConcurrencyShares < 0)
    errors.invalid('spec.limited.nominalConcurrencyShares', nominalConcurrencyShares, 'must be a non-negative integer')
  const queuing = limitResponse?.queuing
  if (queuing && (queuing.handSize ?? 0) > (queuing.queues ?? 0))
    errors.invalid(
      'spec.limited.limitResponse.queuing.handSize',
      queuing.handSize,
      `should not be greater than queues (${queuing.queues})`,
    )
  if (lendablePercent < 0 || lendablePercent > 100)
    errors.invalid('spec.limited.lendablePercent', lendablePercent, 'must be between 0 and 100, inclusive')
}
