/** Asks the cluster's own authorizer. Nothing is stored by the question, so live runs may ask it. */

import { builtInPlural, type Resource } from '../api/kinds.js'
import { answer } from '../expect/answer.js'
import type { Reader } from '../read/reader.js'
import { currentAttempt } from '../run/attempt.js'
import { message } from '../words.js'

export type Who = { user: string; groups?: string[] } | { serviceAccount: string } | { group: string }

export interface Permission {
  verb: string
  /** `pods`, `pods/log`, `deployments.apps`; a common resource needs no group. */
  resource: string
  /** Absent: in the whole cluster. */
  namespace?: string
  /** One object by name. */
  name?: string
}

export interface CanAnswer {
  allowed: boolean
  reason: string
}

const REVIEW: Resource = {
  kind: 'SubjectAccessReview',
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'subjectaccessreviews',
  namespaced: false,
}
const RBAC = ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'] as const

/** @param who a ServiceAccount is `namespace/name` */
export async function can(reader: Reader, who: Who, permission: Permission): Promise<CanAnswer> {
  const [plural = '', subresource] = permission.resource.split('/')
  const [resource = '', ...group] = plural.split('.')
  const attributes = {
    verb: permission.verb,
    resource,
    group: group.length > 0 ? group.join('.') : (builtInPlural(resource)?.group ?? ''),
    ...(subresource ? { subresource } : {}),
    ...(permission.namespace ? { namespace: permission.namespace } : {}),
    ...(permission.name ? { name: permission.name } : {}),
  }
  const spec = { ...subjectOf(who), resourceAttributes: attributes }
  const review = await reader.client.create<{ status?: { allowed?: boolean; reason?: string } }>(REVIEW, undefined, { spec })
  await watchRules(reader, permission.namespace)
  return spoken({ allowed: review.status?.allowed === true, reason: review.status?.reason ?? '' }, who, permission)
}

export function subjectOf(who: Who): { user: string; groups: string[] } {
  if ('user' in who) return { user: who.user, groups: [...(who.groups ?? []), 'system:authenticated'] }
  if ('group' in who) return { user: 'somebody', groups: [who.group, 'system:authenticated'] }
  const [namespace = '', name = ''] = who.serviceAccount.split('/')
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated']
  return { user: `system:serviceaccount:${namespace}:${name}`, groups }
}

/** How kubectl asks in somebody's name. */
export function asFlags(who: Who): string[] {
  const { user, groups } = subjectOf(who)
  const named = 'group' in who || ('user' in who && who.groups) ? groups.filter((group) => group !== 'system:authenticated') : []
  return [`--as ${user}`, ...named.map((group) => `--as-group ${group}`)]
}

/** The answer follows from the rules, so a change to any of them is a reason to ask again. */
export async function watchRules(reader: Reader, namespace: string | undefined): Promise<void> {
  const attempt = currentAttempt()
  for (const kind of RBAC) {
    const resource = await reader.client.resource(kind)
    attempt.saw(resource, { namespace: resource.namespaced ? namespace : undefined }, [])
  }
}

function spoken(result: CanAnswer, who: Who, permission: Permission): CanAnswer {
  const { user } = subjectOf(who)
  const [resource = '', subresource] = permission.resource.split('/')
  const flags = [
    // `pods/log` would be a Pod of the name "log" for this command.
    ...(subresource ? [`--subresource=${subresource}`] : []),
    ...(permission.namespace ? [`-n ${permission.namespace}`] : []),
    ...asFlags(who),
  ]
  const { verb, name, namespace } = permission
  const what = name ? `${permission.resource} ${name}` : permission.resource
  const subject = namespace
    ? message('subject.can', { who: user, verb, what, where: namespace })
    : message('subject.can-anywhere', { who: user, verb, what })
  const seeWith = `kubectl auth can-i ${verb} ${name ? `${resource}/${name}` : resource} ${flags.join(' ')}`
  return answer(result, { primary: 'allowed', subjects: { allowed: subject }, seeWith })
}
