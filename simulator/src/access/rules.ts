/** Whether one rule of a role is about a request. @see plugin/pkg/auth/authorizer/rbac */
import type { Attributes } from '../api/context.js'
import type { PolicyRule } from '../schema/kubernetes.generated.js'

const holds = (list: string[] | undefined, value: string): boolean =>
  list?.includes('*') === true || list?.includes(value) === true

export function ruleAllows(rule: PolicyRule, attributes: Attributes): boolean {
  if (attributes.path !== undefined)
    return holds(rule.verbs, attributes.verb) && pathAllowed(rule.nonResourceURLs, attributes.path)
  if (!holds(rule.verbs, attributes.verb) || !holds(rule.apiGroups, attributes.group)) return false
  if (!resourceAllowed(rule.resources, attributes)) return false
  return !rule.resourceNames?.length || rule.resourceNames.includes(attributes.name)
}

function resourceAllowed(resources: string[] | undefined, { resource, subresource }: Attributes): boolean {
  const combined = subresource ? `${resource}/${subresource}` : resource
  return (
    resources?.some((each) => each === '*' || each === combined || (Boolean(subresource) && each === `*/${subresource}`)) ?? false
  )
}

const pathAllowed = (paths: string[] | undefined, path: string): boolean =>
  paths?.some((each) => each === '*' || each === path || (each.endsWith('*') && path.startsWith(each.slice(0, -1)))) ?? false
