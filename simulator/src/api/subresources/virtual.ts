/** Resources that are asked and not stored: access reviews, token reviews, and the old Binding. */
import { rulesFor } from '../../access/rbac.js'
import { FieldErrors } from '../../objects/field-errors.js'
import { asObject, isObject, type JsonObject } from '../../objects/object.js'
import { failure } from '../../objects/status.js'
import { timestamp } from '../../time/clock.js'
import type { ApiContext, Attributes } from '../context.js'
import { trackManagers } from '../managed-fields.js'
import type { ApiRequest, User } from '../request.js'
import { binding } from './binding.js'

export type Virtual = (context: ApiContext, request: ApiRequest) => JsonObject

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

type ReviewKind = 'self' | 'subject' | 'local'

/** The path and verb of a request outside of the API groups, as Go prints its struct. */
const shownPath = ({ path, verb }: JsonObject): JsonObject => ({ Path: text(path), Verb: text(verb) })

/** @see pkg/apis/authorization/validation/validation.go @throws ApiError 422 */
function checkReview(request: ApiRequest, spec: JsonObject, kind: ReviewKind): void {
  const errors = new FieldErrors()
  const path = isObject(spec.nonResourceAttributes) ? spec.nonResourceAttributes : undefined
  const wanted = isObject(spec.resourceAttributes) ? spec.resourceAttributes : undefined
  if (path && wanted)
    errors.invalid('spec.nonResourceAttributes', shownPath(path), 'cannot be specified in combination with resourceAttributes')
  if (!path && !wanted)
    errors.invalid(
      'spec.resourceAttributes',
      null,
      'exactly one of nonResourceAttributes or resourceAttributes must be specified',
    )
  if (kind !== 'self' && !spec.user && !(Array.isArray(spec.groups) && spec.groups.length))
    errors.invalid('spec.user', '', 'at least one of user or group must be specified')
  if (kind === 'local' && wanted && text(wanted.namespace) !== request.namespace)
    errors.invalid('spec.resourceAttributes.namespace', text(wanted.namespace), 'must match metadata.namespace')
  if (kind === 'local' && path)
    errors.invalid('spec.nonResourceAttributes', shownPath(path), 'disallowed on this kind of request')
  if (errors.any) throw errors.toError('authorization.k8s.io', '', '')
}

const review =
  (kind: ReviewKind): Virtual =>
  (context, request) => {
    const spec = isObject(request.body?.spec) ? request.body.spec : {}
    checkReview(request, spec, kind)
    const user = kind === 'self' ? request.user : subjectOf(spec)
    const attributes = attributesFrom(spec, user, kind === 'local' ? request.namespace : '')
    const isRefused = context.authorizer.refuse(attributes) !== undefined
    const reason = isRefused ? undefined : context.authorizer.reasonFor?.(attributes)
    const status = isRefused ? { allowed: false } : { allowed: true, ...(reason ? { reason } : {}) }
    return { ...request.body, metadata: sentMetadata(context, request), spec, status } as JsonObject
  }

/** What was sent comes back, in the namespace of the path and with who sent it. */
function sentMetadata(context: ApiContext, request: ApiRequest): JsonObject {
  const { body, resource, namespace } = request
  const metadata = {
    ...(isObject(body?.metadata) ? body.metadata : {}),
    ...(resource.namespaced ? { namespace } : {}),
  }
  trackManagers({ context, request, object: asObject({ ...body, metadata }) })
  return metadata
}

function subjectOf({ user, uid, groups }: JsonObject): User {
  return { name: text(user), ...(uid ? { uid: text(uid) } : {}), groups: Array.isArray(groups) ? (groups as string[]) : [] }
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
    spec: {},
    status: { resourceRules, nonResourceRules, ...nodeCaveat(request.user) },
  } as JsonObject
}

/** What a node may do hangs on its Pods: no list says it. */
const nodeCaveat = ({ groups }: User): JsonObject =>
  groups.includes('system:nodes')
    ? { incomplete: true, evaluationError: 'node authorizer does not support user rule resolution' }
    : { incomplete: false }

function whoAmI(context: ApiContext, request: ApiRequest): JsonObject {
  const { name, uid, groups, extra } = request.user
  const userInfo = { username: name, ...(uid ? { uid } : {}), groups, ...(extra ? { extra } : {}) }
  const metadata = { creationTimestamp: timestamp(context.clock.now()) }
  return { ...request.body, metadata, status: { userInfo } } as JsonObject
}

function tokenReview(context: ApiContext, request: ApiRequest): JsonObject {
  const spec = isObject(request.body?.spec) ? request.body.spec : {}
  const audiences = Array.isArray(spec.audiences) ? (spec.audiences as string[]) : []
  const found = context.facts.reviewToken?.(text(spec.token), audiences)
  const status = found
    ? {
        authenticated: true,
        user: {
          username: found.user.name,
          uid: found.user.uid,
          groups: found.user.groups,
          ...(found.user.extra ? { extra: found.user.extra } : {}),
        },
        audiences: found.audiences,
      }
    : { user: {}, error: 'invalid bearer token' }
  return { ...request.body, metadata: sentMetadata(context, request), spec, status } as JsonObject
}

/** By shelf. */
export const virtualResources: ReadonlyMap<string, Virtual> = new Map<string, Virtual>([
  ['authorization.k8s.io/selfsubjectaccessreviews', review('self')],
  ['authorization.k8s.io/subjectaccessreviews', review('subject')],
  ['authorization.k8s.io/localsubjectaccessreviews', review('local')],
  ['authorization.k8s.io/selfsubjectrulesreviews', selfRules],
  ['authentication.k8s.io/selfsubjectreviews', whoAmI],
  ['authentication.k8s.io/tokenreviews', tokenReview],
  [
    'bindings',
    (context, request) => {
      const pods = context.resources.find('', 'v1', 'pods')
      const metadata = isObject(request.body?.metadata) ? request.body.metadata : {}
      if (!pods || !binding.create) throw failure.pathNotFound()
      return binding.create(context, {
        ...request,
        resource: pods,
        subresource: 'binding',
        name: text(metadata.name),
      }) as JsonObject
    },
  ],
])
