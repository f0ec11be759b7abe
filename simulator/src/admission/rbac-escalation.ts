/** Nobody grants what they do not hold. @see pkg/registry/rbac/validation/rule.go */
import { ruleAllows, rulesFor, SHELVES } from '../access/rbac.js'
import type { Attributes } from '../api/context.js'
import { failure } from '../objects/status.js'
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding } from '../schema/kubernetes.generated.js'
import type { AdmissionPlugin, AdmissionReview } from './admission.js'

/** One right of a rule: one verb on one resource, or on one path. */
function rightsOf(rule: PolicyRule): PolicyRule[] {
  if (rule.nonResourceURLs?.length)
    return rule.nonResourceURLs.flatMap((path) => (rule.verbs ?? []).map((verb) => ({ verbs: [verb], nonResourceURLs: [path] })))
  const names = rule.resourceNames?.length ? rule.resourceNames.map((name) => ({ resourceNames: [name] })) : [{}]
  return (rule.apiGroups ?? []).flatMap((group) =>
    (rule.resources ?? []).flatMap((resource) =>
      names.flatMap((name) =>
        (rule.verbs ?? []).map((verb) => ({ verbs: [verb], apiGroups: [group], resources: [resource], ...name })),
      ),
    ),
  )
}

function attributesFor(review: AdmissionReview, right: PolicyRule): Attributes {
  const [resource = '', subresource = ''] = (right.resources?.[0] ?? '').split('/')
  const { user, namespace } = review.request
  const path = right.nonResourceURLs?.[0]
  return {
    user,
    namespace,
    verb: right.verbs[0] ?? '',
    group: right.apiGroups?.[0] ?? '',
    resource,
    subresource,
    name: right.resourceNames?.[0] ?? '',
    ...(path === undefined ? {} : { path }),
  }
}

/** `{APIGroups:[""], Resources:["pods"], Verbs:["get"]}` */
function describe(rule: PolicyRule): string {
  const list = (items: string[]) => `[${items.map((item) => JSON.stringify(item)).join(' ')}]`
  const parts: string[] = []
  if (rule.apiGroups?.length) parts.push(`APIGroups:${list(rule.apiGroups)}`)
  if (rule.resources?.length) parts.push(`Resources:${list(rule.resources)}`)
  if (rule.resourceNames?.length) parts.push(`ResourceNames:${list(rule.resourceNames)}`)
  if (rule.nonResourceURLs?.length) parts.push(`NonResourceURLs:${list(rule.nonResourceURLs)}`)
  return `{${[...parts, `Verbs:${list(rule.verbs)}`].join(', ')}}`
}

function checkRules(review: AdmissionReview, rules: PolicyRule[]): void {
  const { user, resource, namespace } = review.request
  const held = rulesFor(review.context.store, user, namespace)
  const missing = rules
    .flatMap(rightsOf)
    .filter((right) => !held.some(({ rule }) => ruleAllows(rule, attributesFor(review, right))))
  if (missing.length === 0) return
  const who = `user ${JSON.stringify(user.name)} (groups=[${user.groups.map((group) => JSON.stringify(group)).join(' ')}])`
  throw failure.forbidden(
    resource,
    review.object.metadata.name,
    `${who} is attempting to grant RBAC permissions not currently held:\n${compact(missing).map(describe).sort().join('\n')}`,
  )
}

/** Rights on the same resource in one line. */
function compact(rights: PolicyRule[]): PolicyRule[] {
  const merged = new Map<string, PolicyRule>()
  for (const right of rights) {
    const key = JSON.stringify({ ...right, verbs: [] })
    const present = merged.get(key)
    if (present) present.verbs = [...present.verbs, ...right.verbs]
    else merged.set(key, { ...right })
  }
  return [...merged.values()]
}

export const rbacEscalation: AdmissionPlugin = {
  name: 'RbacEscalation',
  // Before validation: upstream's storage asks first.
  mutate(review) {
    const { context, request, operation, object } = review
    const { storage } = request.resource
    if (
      operation === 'DELETE' ||
      !storage.startsWith('rbac.authorization.k8s.io/') ||
      request.user.groups.includes('system:masters')
    )
      return
    const may = (verb: string, resource: string, name: string) =>
      context.authorizer.refuse({
        user: request.user,
        verb,
        group: 'rbac.authorization.k8s.io',
        resource,
        subresource: '',
        namespace: request.namespace,
        name,
      }) === undefined
    if (storage === SHELVES.roles || storage === SHELVES.clusterRoles) {
      if (!may('escalate', request.resource.resource, object.metadata.name))
        checkRules(review, (object as Role | ClusterRole).rules ?? [])
      return
    }
    const { roleRef } = object as RoleBinding | ClusterRoleBinding
    if (roleRef.kind !== 'Role' && roleRef.kind !== 'ClusterRole')
      throw failure.unknown(`unsupported role reference kind: ${JSON.stringify(roleRef.kind)}`)
    const isCluster = roleRef.kind === 'ClusterRole'
    if (may('bind', isCluster ? 'clusterroles' : 'roles', roleRef.name)) return
    const role = isCluster
      ? context.store.get(SHELVES.clusterRoles, roleRef.name)
      : context.store.get(SHELVES.roles, `${request.namespace}/${roleRef.name}`)
    // Upstream names the resource of the request.
    if (!role) throw failure.notFound(request.resource, roleRef.name)
    checkRules(review, (role as Role).rules ?? [])
  },
}
