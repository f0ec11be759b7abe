/** What rules, match conditions, params and expressions have in common. Models pkg/apis/admissionregistration/validation/validation.go. */

import { environmentFor } from '../../admission/policies/environment.js'
import type { Compiled } from '../../admission/policies/expressions.js'
import { compile } from '../../admission/policies/expressions.js'
import type { FieldErrors } from '../../objects/field-errors.js'
import { dns1035Label, dnsSubdomain, pathSegment, qualifiedName } from '../../objects/names.js'
import type {
  MatchCondition,
  MatchResources,
  NamedRuleWithOperations,
  ParamKind,
  ParamRef,
  RuleWithOperations,
} from '../../schema/kubernetes.generated.js'
import { validateSelector } from '../label-selector.js'

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const SCOPES = ['*', 'Cluster', 'Namespaced']
export const FAILURE_POLICIES = ['Fail', 'Ignore']
const MATCH_POLICIES = ['Equivalent', 'Exact']
export const REINVOCATION = ['IfNeeded', 'Never']
const MOST_CONDITIONS = 64

export function oneOf(value: string | undefined, allowed: readonly string[], path: string, errors: FieldErrors): void {
  if (value !== undefined && !allowed.includes(value)) errors.notSupported(path, value, allowed)
}

function validateResources(resources: string[], path: string, errors: FieldErrors): void {
  if (resources.length === 0) errors.required(path)
  const wholes = new Set<string>()
  const subs = new Set<string>()
  for (const [index, each] of resources.entries()) {
    const at = `${path}[${index}]`
    const [resource = '', ...rest] = each.split('/')
    if (each === '') errors.required(at)
    if (each === '' || rest.length === 0) continue
    const sub = rest.join('/')
    if (wholes.has(resource)) errors.invalid(at, each, `if '${resource}/*' is present, must not specify ${each}`)
    if (subs.has(sub)) errors.invalid(at, each, `if '*/${sub}' is present, must not specify ${each}`)
    if (sub === '*') wholes.add(resource)
    if (resource === '*') subs.add(sub)
  }
  if (resources.length > 1 && resources.includes('*/*'))
    errors.invalid(path, resources, "if '*/*' is present, must not specify other resources")
  const plain = resources.filter((each) => !each.includes('/'))
  if (resources.includes('*') && plain.length > 0 && plain.at(-1) !== '*')
    errors.invalid(path, resources, "if '*' is present, must not specify other resources without subresources")
}

export function validateRule(rule: RuleWithOperations, path: string, errors: FieldErrors): void {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule
  if (operations.length === 0) errors.required(`${path}.operations`)
  if (operations.length > 1 && operations.includes('*'))
    errors.invalid(`${path}.operations`, operations, "if '*' is present, must not specify other operations")
  for (const [index, each] of operations.entries()) oneOf(each, OPERATIONS, `${path}.operations[${index}]`, errors)
  if (apiGroups.length === 0) errors.required(`${path}.apiGroups`)
  if (apiGroups.length > 1 && apiGroups.includes('*'))
    errors.invalid(`${path}.apiGroups`, apiGroups, "if '*' is present, must not specify other API groups")
  if (apiVersions.length === 0) errors.required(`${path}.apiVersions`)
  if (apiVersions.length > 1 && apiVersions.includes('*'))
    errors.invalid(`${path}.apiVersions`, apiVersions, "if '*' is present, must not specify other API versions")
  for (const [index, each] of apiVersions.entries()) if (each === '') errors.required(`${path}.apiVersions[${index}]`)
  validateResources(resources, `${path}.resources`, errors)
  oneOf(scope, SCOPES, `${path}.scope`, errors)
}

function validateNamedRule(rule: NamedRuleWithOperations, path: string, errors: FieldErrors): void {
  const seen = new Set<string>()
  for (const [index, name] of (rule.resourceNames ?? []).entries()) {
    for (const problem of pathSegment(name)) errors.invalid(`${path}.resourceNames[${index}]`, name, problem)
    if (seen.has(name)) errors.duplicate(`${path}.resourceNames[${index}]`, name)
    seen.add(name)
  }
  validateRule(rule as RuleWithOperations, path, errors)
}

export function validateMatch(match: MatchResources | undefined, path: string, errors: FieldErrors): void {
  if (!match) return
  oneOf(match.matchPolicy, MATCH_POLICIES, `${path}.matchPolicy`, errors)
  validateSelector(match.namespaceSelector ?? {}, `${path}.namespaceSelector`, errors)
  validateSelector(match.objectSelector ?? {}, `${path}.objectSelector`, errors)
  for (const [index, rule] of (match.resourceRules ?? []).entries())
    validateNamedRule(rule, `${path}.resourceRules[${index}]`, errors)
  for (const [index, rule] of (match.excludeResourceRules ?? []).entries())
    validateNamedRule(rule, `${path}.excludeResourceRules[${index}]`, errors)
}

/** What is wrong with an expression, told at its place. */
export function reportExpression(compiled: Compiled, text: string, path: string, errors: FieldErrors): void {
  if ('problem' in compiled) errors.invalid(path, text, compiled.problem)
}

export function validateConditions(
  conditions: MatchCondition[],
  hasParams: boolean,
  { path, errors }: { path: string; errors: FieldErrors },
): void {
  if (conditions.length === 0) return
  if (conditions.length > MOST_CONDITIONS) errors.tooMany(path, conditions.length, MOST_CONDITIONS)
  const environment = environmentFor({ params: hasParams, authorizer: true })
  const seen = new Set<string>()
  for (const [index, { name, expression }] of conditions.entries()) {
    const at = `${path}[${index}]`
    const text = expression?.trim() ?? ''
    if (!text) errors.required(`${at}.expression`)
    else reportExpression(compile(environment, text, ['bool']), text, `${at}.expression`, errors)
    if (!name) errors.required(`${at}.name`)
    else for (const problem of qualifiedName(name)) errors.invalid(`${at}.name`, name, problem)
    if (name && seen.has(name)) errors.duplicate(`${at}.name`, name)
    seen.add(name)
  }
}

export function validateParamKind({ apiVersion = '', kind = '' }: ParamKind, path: string, errors: FieldErrors): void {
  const parts = apiVersion.split('/')
  const [group = '', version = ''] = parts.length === 1 ? ['', parts[0]] : parts
  if (!apiVersion) errors.required(`${path}.apiVersion`)
  else if (parts.length > 2) errors.invalid(`${path}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)
  else {
    const problems = group ? dnsSubdomain(group) : []
    if (problems.length) errors.invalid(`${path}.apiVersion`, group, problems.join(','))
    if (!version) errors.invalid(`${path}.apiVersion`, apiVersion, 'version must be specified')
    else if (dns1035Label(version).length) errors.invalid(`${path}.apiVersion`, version, dns1035Label(version).join(','))
  }
  const problems = dns1035Label(kind.toLowerCase())
  if (!kind) errors.required(`${path}.kind`)
  else if (problems.length)
    errors.invalid(`${path}.kind`, kind, `may have mixed case, but should otherwise match: ${problems.join(',')}`)
}

export function validateParamRef(reference: ParamRef | undefined, path: string, errors: FieldErrors): void {
  if (!reference) return
  const { name, selector, parameterNotFoundAction } = reference
  if (name) for (const problem of pathSegment(name)) errors.invalid(`${path}.name`, name, problem)
  if (name && selector) errors.forbidden(`${path}.name`, 'name and selector are mutually exclusive')
  if (selector) validateSelector(selector, `${path}.selector`, errors)
  if (name && selector) errors.forbidden(`${path}.selector`, 'name and selector are mutually exclusive')
  if (!name && !selector) errors.required(path, 'one of name or selector must be specified')
  if (!parameterNotFoundAction) errors.required(`${path}.parameterNotFoundAction`)
  else oneOf(parameterNotFoundAction, ['Deny', 'Allow'], `${path}.parameterNotFoundAction`, errors)
}

/** Fills in what every match has. */
export function defaultMatch(match: MatchResources | undefined): void {
  if (!match) return
  match.matchPolicy ??= 'Equivalent'
  match.namespaceSelector ??= {}
  match.objectSelector ??= {}
  for (const rule of [...(match.resourceRules ?? []), ...(match.excludeResourceRules ?? [])]) rule.scope ??= '*'
}
