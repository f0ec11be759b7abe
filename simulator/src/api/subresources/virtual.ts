/** Resources that are asked and not stored: access reviews, token reviews, and the old Binding. */
import { rulesFor } from '../../access/rbac.js'
import { isObject, type JsonObject } from '../../objects/object.js'
import { failure } from '../../objects/status.js'
import type { ApiContext, Attributes } from '../context.js'
import type { ApiRequest, User } from '../request.js'
import { binding } from './binding.js'

type Virtual = (context: ApiContext, request: ApiRequest) => JsonObject

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

function attributesFrom(spec: JsonObject, user: User, namespace: string): Attributes {
  const path = isObject(spec.nonResourceAttributes) ? spec.nonResourceAttributes : undefined
  const wanted = isObject(spec.resourceAttributes) ? spec.resourceAttributes : {}
  return {
    user,
    verb: text(path?.verb ?? wanted.verb),
    group: text(wanted.group),
    resource: text(wanted.resource),
    subresource: text(wanted.subresource),
    namespace: namespace || text(wanted.namespace),
    name: text(wanted.name),
    ...(path ? { path: text(path.path) } : {}),
  }
}

function review(context: ApiContext, request: ApiRequest, user: User): JsonObject {
  const spec = isObject(request.body?.spec) ? request.body.spec : {}
  const refusal = context.authorizer.refuse(attributesFrom(spec, user, request.namespace))
  return {
    ...request.body,
    metadata: {},
    spec,
    status: refusal ? { allowed: false } : { allowed: true, reason: '' },
  } as JsonObject
}

function subjectOf(request: ApiRequest): User {
  const spec = isObject(request.body?.spec) ? request.body.spec : {}
  const groups = Array.isArray(spec.groups) ? (spec.groups as string[]) : []
  if (!spec.user && groups.length === 0)
    throw failure.unprocessable(
      'SubjectAccessReview.authorization.k8s.io "" is invalid: spec.user: Invalid value: "": at least one of user or group must be specified',
    )
  return { name: text(spec.user), groups }
}

function selfRules(context: ApiContext, request: ApiRequest): JsonObject {
  const spec = isObject(request.body?.spec) ? request.body.spec : {}
  const resourceRules: JsonObject[] = []
  const nonResourceRules: JsonObject[] = []
  if (request.user.groups.includes('system:masters')) {
    resourceRules.push({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] })
    nonResourceRules.push({ verbs: ['*'], nonResourceURLs: ['*'] })
  }
  if (!text(spec.namespace)) throw failure.badRequest('no namespace on request')
  for (const { rule } of rulesFor(context.store, request.user, text(spec.namespace))) {
    const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = rule
    if (nonResourceURLs?.length) nonResourceRules.push({ verbs, nonResourceURLs })
    else resourceRules.push({ verbs, apiGroups, resources, ...(resourceNames?.length ? { resourceNames } : {}) } as JsonObject)
  }
  return {
    ...request.body,
    metadata: {},
    spec,
    status: { resourceRules, nonResourceRules, ...nodeCaveat(request.user) },
  } as JsonObject
}

/** What a node may do hangs on its Pods: no list says it. */
const nodeCaveat = ({ groups }: User): JsonObject =>
  groups.includes('system:nodes')
    ? { incomplete: true, evaluationError: 'node authorizer does not support user rule resolution' }
    : { incomplete: false }

function whoAmI(_context: ApiContext, request: ApiRequest): JsonObject {
  const { name, uid, groups, extra } = request.user
  const userInfo = { username: name, ...(uid ? { uid } : {}), groups, ...(extra ? { extra } : {}) }
  return { ...request.body, metadata: {}, status: { userInfo } } as JsonObject
}

function tokenReview(context: ApiContext, request: ApiRequest): JsonObject {
  const spec = isObject(request.body?.spec) ? request.body.spec : {}
  const audiences = Array.isArray(spec.audiences) ? (spec.audiences as string[]) : []
  const found = context.facts.reviewToken?.(text(spec.token), audiences)
  const status = found
    ? {
        authenticated: true,
        user: { username: found.user.name, uid: found.user.uid, groups: found.user.groups },
        audiences: found.audiences,
      }
    : { user: {}, error: '[invalid bearer token, token lookup failed]' }
  return { ...request.body, metadata: {}, spec, status } as JsonObject
}

/** By shelf. */
export const virtualResources: ReadonlyMap<string, Virtual> = new Map<string, Virtual>([
  ['authorization.k8s.io/selfsubjectaccessreviews', (context, request) => review(context, request, request.user)],
  ['authorization.k8s.io/subjectaccessreviews', (context, request) => review(context, request, subjectOf(request))],
  ['authorization.k8s.io/localsubjectaccessreviews', (context, request) => review(context, request, subjectOf(request))],
  ['authorization.k8s.io/selfsubjectrulesreviews', selfRules],
  ['authentication.k8s.io/selfsubjectreviews', whoAmI],
  ['authentication.k8s.io/tokenreviews', tokenReview],
  [
    'bindings',
    (context, request) => {
      const pods = context.resources.find('', 'v1', 'pods')
      const metadata = isObject(request.body?.metadata) ? request.body.metadata : {}
      if (!pods || !binding.create) throw failure.pathNotFound()
      return binding.create(context, { ...request, resource: pods, name: text(metadata.name) }) as JsonObject
    },
  ],
])
