/** Role-based access control. @see plugin/pkg/auth/authorizer/rbac */
import type { Attributes, Authorizer } from '../api/context.js'
import type { User } from '../api/request.js'
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, Subject } from '../schema/kubernetes.generated.js'
import type { Store } from '../storage/store.js'
import { NodeAuthorizer, nodeOf } from './node-authorizer.js'
import { ruleAllows } from './rules.js'

export { ruleAllows } from './rules.js'

const RBAC = 'rbac.authorization.k8s.io'
export const SHELVES = {
  roles: `${RBAC}/roles`,
  roleBindings: `${RBAC}/rolebindings`,
  clusterRoles: `${RBAC}/clusterroles`,
  clusterRoleBindings: `${RBAC}/clusterrolebindings`,
}
export const MASTERS = 'system:masters'

/** A rule that holds for a user, with what gives it: for the reason of a decision. */
export interface GrantedRule {
  rule: PolicyRule
  /** Empty where it holds in every namespace. */
  namespace: string
  /** `RoleBinding "robot/shop" of ClusterRole "view" to ServiceAccount "robot/shop"` */
  source: string
}

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/

function isSubject(subject: Subject, user: User, bindingNamespace: string): boolean {
  if (subject.kind === 'User') return subject.name === user.name
  if (subject.kind === 'Group') return user.groups.includes(subject.name)
  if (subject.kind !== 'ServiceAccount') return false
  const match = SERVICE_ACCOUNT.exec(user.name)
  return match?.[1] === (subject.namespace || bindingNamespace) && match?.[2] === subject.name
}

/** The rules of the role that a binding refers to; none where it is not there. */
function rulesOf(store: Store, roleRef: { kind: string; name: string }, namespace: string): PolicyRule[] {
  const role =
    roleRef.kind === 'ClusterRole'
      ? store.get(SHELVES.clusterRoles, roleRef.name)
      : store.get(SHELVES.roles, `${namespace}/${roleRef.name}`)
  return (role as Role | ClusterRole | undefined)?.rules ?? []
}

/** The rules that one binding gives to the user. */
function grantedBy(store: Store, binding: ClusterRoleBinding | RoleBinding, user: User): GrantedRule[] {
  const { name, namespace = '' } = binding.metadata
  const subject = binding.subjects?.find((each) => isSubject(each, user, namespace))
  if (!subject) return []
  const home = subject.namespace || namespace
  const who = subject.kind === 'ServiceAccount' && home ? `${subject.name}/${home}` : subject.name
  const what = namespace ? `RoleBinding ${JSON.stringify(`${name}/${namespace}`)}` : `ClusterRoleBinding ${JSON.stringify(name)}`
  const { roleRef } = binding
  const source = `${what} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${subject.kind} ${JSON.stringify(who)}`
  return rulesOf(store, roleRef, namespace).map((rule) => ({ rule, namespace, source }))
}

/** Every rule that holds for the user, in a namespace and cluster-wide. */
export function rulesFor(store: Store, user: User, namespace: string): GrantedRule[] {
  const everywhere = store.list(SHELVES.clusterRoleBindings) as ClusterRoleBinding[]
  const here = namespace ? (store.list(SHELVES.roleBindings, namespace) as RoleBinding[]) : []
  return [...everywhere, ...here].flatMap((binding) => grantedBy(store, binding, user))
}

/** `User "ann" cannot get resource "pods" in API group "" in the namespace "shop"`. @see apiserver/pkg/endpoints/handlers/responsewriters */
export function refusal({ user, verb, group, resource, subresource, namespace, path }: Attributes): string {
  const who = `User ${JSON.stringify(user.name)}`
  if (path !== undefined) return `${who} cannot ${verb} path ${JSON.stringify(path)}`
  const what = subresource ? `${resource}/${subresource}` : resource
  const where = namespace ? ` in the namespace ${JSON.stringify(namespace)}` : ' at the cluster scope'
  return `${who} cannot ${verb} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)}${where}`
}

/** Rules of a user are kept until any role or binding changes. */
const MOST_CACHED = 200

export class RbacAuthorizer implements Authorizer {
  #rules = new Map<string, GrantedRule[]>()
  readonly #nodes: NodeAuthorizer
  constructor(readonly store: Store) {
    this.#nodes = new NodeAuthorizer(store)
    const forget = () => this.#rules.clear()
    const follow = () => {
      forget()
      for (const shelf of Object.values(SHELVES))
        store.watch(shelf, { since: store.revision, listener: forget, onReset: () => follow() })
    }
    follow()
  }

  refuse(attributes: Attributes): string | undefined {
    const { user } = attributes
    if (user.groups.includes(MASTERS)) return undefined
    const node = nodeOf(user)
    const reason = node === undefined ? '' : this.#nodes.refuse(node, attributes)
    if (reason === undefined) return undefined
    for (const { rule } of this.#rulesOf(user, attributes.namespace)) if (ruleAllows(rule, attributes)) return undefined
    return reason ? `${refusal(attributes)}: ${reason}` : refusal(attributes)
  }

  reasonFor(attributes: Attributes): string {
    if (attributes.user.groups.includes(MASTERS)) return ''
    const found = this.#rulesOf(attributes.user, attributes.namespace).find(({ rule }) => ruleAllows(rule, attributes))
    return found ? `RBAC: allowed by ${found.source}` : ''
  }

  #rulesOf(user: User, namespace: string): GrantedRule[] {
    const key = JSON.stringify([user.name, user.groups, namespace])
    const known = this.#rules.get(key)
    if (known) return known
    const rules = rulesFor(this.store, user, namespace)
    if (this.#rules.size >= MOST_CACHED) this.#rules.clear()
    this.#rules.set(key, rules)
    return rules
  }
}
