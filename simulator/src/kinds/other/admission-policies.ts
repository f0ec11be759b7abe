/** ValidatingAdmissionPolicy, MutatingAdmissionPolicy and their bindings. Models pkg/apis/admissionregistration. */
import { compile, PolicyExpressions, patchResult, patchText } from '../../admission/policies/expressions.js'
import type { FieldErrors } from '../../objects/field-errors.js'
import { dnsSubdomain, qualifiedName } from '../../objects/names.js'
import { formatSelector } from '../../objects/selector.js'
import type {
  AuditAnnotation,
  MatchResources,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  Mutation,
  ParamKind,
  ParamRef,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  Validation,
  Variable,
} from '../../schema/kubernetes.generated.js'
import { column, columns, integerColumn } from '../columns.js'
import { defineKind, type KindDefinition } from '../define.js'
import {
  defaultMatch,
  FAILURE_POLICIES,
  oneOf,
  REINVOCATION,
  reportExpression,
  validateConditions,
  validateMatch,
  validateParamKind,
  validateParamRef,
} from './admission-rules.js'

const GROUP = 'admissionregistration.k8s.io'
const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge']
const ACTIONS = ['Audit', 'Deny', 'Warn']
const MUTABLE = ['*', 'CONNECT', 'CREATE', 'UPDATE']
const PATCH_TYPES = ['ApplyConfiguration', 'JSONPatch']
const MOST_ANNOTATIONS = 20
const LONGEST_ANNOTATION = 5 * 1024
const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/
const RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
)

interface AnyPolicySpec {
  failurePolicy?: string | undefined
  paramKind?: ParamKind | undefined
  matchConstraints?: MatchResources | undefined
  matchConditions?: { name: string; expression: string }[] | undefined
  variables?: Variable[] | undefined
}

/** What both kinds of policy have. @returns the expressions, for those that follow */
function validatePolicy(spec: AnyPolicySpec, errors: FieldErrors, betweenMatchAndConditions = () => {}): PolicyExpressions {
  const path = 'spec'
  const hasParams = spec.paramKind !== undefined
  if (spec.failurePolicy === undefined) errors.required(`${path}.failurePolicy`)
  else oneOf(spec.failurePolicy, FAILURE_POLICIES, `${path}.failurePolicy`, errors)
  if (spec.paramKind) validateParamKind(spec.paramKind, `${path}.paramKind`, errors)
  if (!spec.matchConstraints) errors.required(`${path}.matchConstraints`)
  else {
    validateMatch(spec.matchConstraints, `${path}.matchConstraints`, errors)
    if (!spec.matchConstraints.resourceRules?.length) errors.required(`${path}.matchConstraints.resourceRules`)
  }
  betweenMatchAndConditions()
  validateConditions(spec.matchConditions ?? [], hasParams, { path: `${path}.matchConditions`, errors })
  const expressions = new PolicyExpressions({ hasParams, variables: spec.variables ?? [] })
  for (const [index, variable] of (spec.variables ?? []).entries())
    validateVariable(variable, expressions, { path: `${path}.variables[${index}]`, errors })
  return expressions
}

interface At {
  path: string
  errors: FieldErrors
}

function validateVariable({ name, expression }: Variable, expressions: PolicyExpressions, { path, errors }: At): void {
  if (!name?.trim()) errors.required(`${path}.name`, 'name is not specified')
  else if (!IDENTIFIER.test(name) || RESERVED.has(name)) errors.invalid(`${path}.name`, name, 'must be a valid CEL identifier')
  if (!expression?.trim()) errors.required(`${path}.expression`, 'expression is not specified')
  else reportExpression(expressions.variables.get(name) ?? { problem: '' }, expression, `${path}.expression`, errors)
}

const hasBreaks = (text: string): boolean => /[\n\r]/.test(text)

function validateValidation(validation: Validation, expressions: PolicyExpressions, { path, errors }: At): void {
  const { expression, message, messageExpression, reason } = validation
  if (!expression?.trim()) errors.required(`${path}.expression`, 'expression is not specified')
  else {
    const compiled = compile(expressions.environment({ authorizer: true }), expression, ['bool'])
    reportExpression(compiled, expression, `${path}.expression`, errors)
  }
  if (messageExpression && !messageExpression.trim())
    errors.invalid(`${path}.messageExpression`, messageExpression, 'must be non-empty if specified')
  else if (messageExpression) {
    const compiled = compile(expressions.environment({}), messageExpression, ['string'])
    reportExpression(compiled, messageExpression, `${path}.messageExpression`, errors)
  }
  if (message && !message.trim()) errors.invalid(`${path}.message`, message, 'must be non-empty if specified')
  else if (message && hasBreaks(message.trim())) errors.invalid(`${path}.message`, message, 'must not contain line breaks')
  oneOf(reason, REASONS, `${path}.reason`, errors)
}

function validateAnnotation(
  annotation: AuditAnnotation,
  expressions: PolicyExpressions,
  { path, errors, name }: At & { name: string },
): void {
  const { key, valueExpression } = annotation
  if (!name) errors.invalid(`${path}.key`, key, 'requires metadata.name be non-empty')
  else for (const problem of qualifiedName(`${name}/${key}`)) errors.invalid(`${path}.key`, `${name}/${key}`, problem)
  const text = valueExpression?.trim() ?? ''
  if (!text) errors.required(`${path}.valueExpression`, 'valueExpression is not specified')
  else if (text.length > LONGEST_ANNOTATION)
    errors.required(`${path}.valueExpression`, `must not exceed ${LONGEST_ANNOTATION} bytes in length`)
  else {
    const compiled = compile(expressions.environment({ authorizer: true }), text, ['string', 'null_type'])
    reportExpression(compiled, valueExpression, `${path}.valueExpression`, errors)
  }
}

function validateValidating({ spec, metadata }: ValidatingAdmissionPolicy, errors: FieldErrors): void {
  const expressions = validatePolicy(spec, errors)
  const { validations = [], auditAnnotations = [] } = spec
  const nothing = 'validations or auditAnnotations must contain at least one item'
  if (validations.length + auditAnnotations.length === 0) {
    errors.required('spec.validations', nothing)
    errors.required('spec.auditAnnotations', nothing)
  }
  for (const [index, each] of validations.entries())
    validateValidation(each, expressions, { path: `spec.validations[${index}]`, errors })
  if (auditAnnotations.length > MOST_ANNOTATIONS)
    errors.invalid('spec.auditAnnotations', auditAnnotations, `must not have more than ${MOST_ANNOTATIONS} auditAnnotations`)
  const keys = new Set<string>()
  for (const [index, each] of auditAnnotations.entries()) {
    const path = `spec.auditAnnotations[${index}]`
    validateAnnotation(each, expressions, { path, errors, name: metadata.name })
    if (keys.has(each.key)) errors.duplicate(`${path}.key`, each.key)
    keys.add(each.key)
  }
}

function validateMutation(mutation: Mutation, expressions: PolicyExpressions, { path, errors }: At): void {
  const { patchType, jsonPatch, applyConfiguration } = mutation
  if (!patchType) {
    errors.required(`${path}.patchType`)
    return
  }
  if (!PATCH_TYPES.includes(patchType)) {
    errors.notSupported(`${path}.patchType`, patchType, PATCH_TYPES)
    return
  }
  const [own, other] = patchType === 'JSONPatch' ? ['jsonPatch', 'applyConfiguration'] : ['applyConfiguration', 'jsonPatch']
  const [present, extra] = patchType === 'JSONPatch' ? [jsonPatch, applyConfiguration] : [applyConfiguration, jsonPatch]
  const text = patchText(mutation)
  if (!present) errors.required(`${path}.${own}`, `must be specified when patchType is ${patchType}`)
  else if (!text) errors.required(`${path}.${own}.expression`)
  else {
    const compiled = compile(expressions.environment({ authorizer: true, patches: true }), text, patchResult(mutation))
    reportExpression(compiled, text, `${path}.${own}.expression`, errors)
  }
  if (extra) errors.invalid(`${path}.${other}`, `{${other}}`, `must not be specified when patchType is ${patchType}`)
}

function validateMutable(match: MatchResources | undefined, path: string, errors: FieldErrors): void {
  for (const { operations = [] } of match?.resourceRules ?? [])
    for (const each of operations) oneOf(each, MUTABLE, `${path}.resourceRules.operations`, errors)
}

function validateMutating({ spec }: MutatingAdmissionPolicy, errors: FieldErrors): void {
  const expressions = validatePolicy(spec, errors, () => validateMutable(spec.matchConstraints, 'spec.matchConstraints', errors))
  if (!spec.mutations?.length) errors.required('spec.mutations', 'mutations must contain at least one item')
  for (const [index, each] of (spec.mutations ?? []).entries())
    validateMutation(each, expressions, { path: `spec.mutations[${index}]`, errors })
  if (!spec.reinvocationPolicy) errors.required('spec.reinvocationPolicy')
  else oneOf(spec.reinvocationPolicy, REINVOCATION, 'spec.reinvocationPolicy', errors)
}

type BindingSpec = {
  policyName?: string | undefined
  paramRef?: ParamRef | undefined
  matchResources?: MatchResources | undefined
}

function validateBinding(spec: BindingSpec, errors: FieldErrors): void {
  if (!spec.policyName) errors.required('spec.policyName')
  else for (const problem of dnsSubdomain(spec.policyName)) errors.invalid('spec.policyName', spec.policyName, problem)
  validateParamRef(spec.paramRef, 'spec.paramRef', errors)
  validateMatch(spec.matchResources, 'spec.matchResources', errors)
}

function validateActions(actions: string[], errors: FieldErrors): void {
  const path = 'spec.validationActions'
  for (const [index, each] of actions.entries()) {
    oneOf(each, ACTIONS, `${path}[${index}]`, errors)
    if (actions.indexOf(each) < index) errors.duplicate(`${path}[${index}]`, each)
  }
  if (actions.includes('Deny') && actions.includes('Warn'))
    errors.invalid(
      path,
      actions,
      'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
    )
  if (actions.length === 0) errors.required(path, 'at least one validation action is required')
}

const NO_LOG = 'has no effect: no audit log is kept in the simulated cluster'

const paramKind = (spec: { paramKind?: ParamKind | undefined } | undefined): string =>
  spec?.paramKind ? `${spec.paramKind.apiVersion}/${spec.paramKind.kind}` : '<unset>'

function paramRef(reference: ParamRef | undefined): string {
  if (reference?.name) return `${reference.namespace || '*'}/${reference.name}`
  return reference?.selector ? formatSelector(reference.selector) : '<unset>'
}

export const admissionPolicyKinds: KindDefinition[] = [
  defineKind<ValidatingAdmissionPolicy>(GROUP, 'ValidatingAdmissionPolicy', {
    counted: true,
    defaults({ spec }) {
      if (!spec) return
      spec.failurePolicy ??= 'Fail'
      defaultMatch(spec.matchConstraints)
    },
    validate: validateValidating,
    warnings: ({ spec }) => (spec.auditAnnotations?.length ? [`spec.auditAnnotations ${NO_LOG}`] : []),
    columns: columns<ValidatingAdmissionPolicy>(
      integerColumn('Validations', ({ spec }) => spec?.validations?.length),
      { name: 'ParamKind', value: ({ spec }) => paramKind(spec) },
    ),
  }),
  defineKind<ValidatingAdmissionPolicyBinding>(GROUP, 'ValidatingAdmissionPolicyBinding', {
    counted: true,
    defaults: ({ spec }) => defaultMatch(spec?.matchResources),
    validate({ spec }, errors) {
      validateBinding(spec ?? {}, errors)
      validateActions(spec?.validationActions ?? [], errors)
    },
    warnings: ({ spec }) => (spec?.validationActions?.includes('Audit') ? [`spec.validationActions: Audit ${NO_LOG}`] : []),
    columns: columns<ValidatingAdmissionPolicyBinding>(
      column('PolicyName', ({ spec }) => spec?.policyName, ''),
      { name: 'ParamRef', value: ({ spec }) => paramRef(spec?.paramRef) },
    ),
  }),
  defineKind<MutatingAdmissionPolicy>(GROUP, 'MutatingAdmissionPolicy', {
    counted: true,
    defaults({ spec }) {
      if (!spec) return
      spec.failurePolicy ??= 'Fail'
      defaultMatch(spec.matchConstraints)
    },
    validate: validateMutating,
    columns: columns<MutatingAdmissionPolicy>(
      integerColumn('Mutations', ({ spec }) => spec?.mutations?.length),
      { name: 'ParamKind', value: ({ spec }) => paramKind(spec) },
    ),
  }),
  defineKind<MutatingAdmissionPolicyBinding>(GROUP, 'MutatingAdmissionPolicyBinding', {
    counted: true,
    defaults: ({ spec }) => defaultMatch(spec?.matchResources),
    validate({ spec }, errors) {
      validateBinding(spec ?? {}, errors)
      validateMutable(spec?.matchResources, 'spec.matchResources', errors)
    },
    columns: columns<MutatingAdmissionPolicyBinding>(
      column('PolicyName', ({ spec }) => spec?.policyName, ''),
      { name: 'ParamRef', value: ({ spec }) => paramRef(spec?.paramRef) },
    ),
  }),
]
