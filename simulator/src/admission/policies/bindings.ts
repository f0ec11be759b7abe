/** Which policies and bindings are about a request, and with which params. Models apiserver/pkg/admission/plugin/policy/generic. */
import { type Resource, splitApiVersion } from '../../kinds/resource.js'
import { fieldsOf, type JsonObject, type KubeObject } from '../../objects/object.js'
import { selectorOf } from '../../objects/selector.js'
import type { MatchResources, ParamKind, ParamRef } from '../../schema/kubernetes.generated.js'
import type { AdmissionReview } from '../admission.js'
import { isExempt, matchRules, selectorsMatch } from '../rules.js'

export interface Policy extends KubeObject {
  spec: { matchConstraints?: MatchResources | undefined; paramKind?: ParamKind | undefined; failurePolicy?: string | undefined }
}
export interface Binding extends KubeObject {
  spec?:
    | { policyName?: string | undefined; paramRef?: ParamRef | undefined; matchResources?: MatchResources | undefined }
    | undefined
}

/** A fault of the configuration: what a policy or a binding asks for cannot be done. */
export class ConfigurationError extends Error {}

/** A binding without rules of its own takes what the policy takes. */
function matches(review: AdmissionReview, match: MatchResources | undefined, isBinding: boolean): Resource | undefined {
  if (!match) return review.request.resource
  if (!selectorsMatch(review, match)) return undefined
  const { excludeResourceRules = [], resourceRules = [], matchPolicy } = match
  if (excludeResourceRules.length && matchRules(review, excludeResourceRules, matchPolicy)) return undefined
  if (isBinding && resourceRules.length === 0) return review.request.resource
  return matchRules(review, resourceRules, matchPolicy)
}

export interface Matched<P, B> {
  policy: P
  bindings: B[]
  as: Resource
}

/** The policies about a request, in the order of their names, each with its bindings. */
export function matchPolicies<P extends Policy, B extends Binding>(
  review: AdmissionReview,
  shelves: { policies: string; bindings: string },
): Matched<P, B>[] {
  const { store } = review.context
  const policies = store.list(shelves.policies) as P[]
  if (policies.length === 0 || isExempt(review)) return []
  const bindings = store.list(shelves.bindings) as B[]
  return policies.flatMap((policy) => {
    const own = bindings.filter(({ spec }) => spec?.policyName === policy.metadata.name)
    const as = own.length ? matches(review, policy.spec.matchConstraints, false) : undefined
    if (!as) return []
    const fitting = own.filter(({ spec }) => matches(review, spec?.matchResources, true))
    return fitting.length ? [{ policy, bindings: fitting, as }] : []
  })
}

export function resourceOfParams({ context }: AdmissionReview, { apiVersion = '', kind = '' }: ParamKind): Resource | undefined {
  const { group, version } = splitApiVersion(apiVersion)
  return context.resources.byKind(group, kind, version)
}

/** Each param to judge with; undefined stands for none. @throws ConfigurationError */
export function collectParams(review: AdmissionReview, policy: Policy, binding: Binding): (JsonObject | undefined)[] {
  const { paramKind } = policy.spec
  const paramRef = binding.spec?.paramRef
  if (!paramKind) return [undefined]
  const resource = resourceOfParams(review, paramKind)
  if (!resource)
    throw new ConfigurationError(
      `failed to find resource referenced by paramKind: '${splitApiVersion(paramKind.apiVersion ?? '').group ? `${paramKind.apiVersion}` : `/${paramKind.apiVersion}`}, Kind=${paramKind.kind}'`,
    )
  if (!paramRef) return [undefined]
  const found = findParams(review, resource, paramRef)
  if (found.length === 0 && paramRef.parameterNotFoundAction === 'Deny')
    throw new ConfigurationError('no params found for policy binding with `Deny` parameterNotFoundAction')
  return found.map((each) => fieldsOf({ ...each, apiVersion: paramKind.apiVersion, kind: paramKind.kind }))
}

function findParams({ context, request }: AdmissionReview, resource: Resource, reference: ParamRef): KubeObject[] {
  if (reference.namespace && !resource.namespaced)
    throw new ConfigurationError('paramRef.namespace must not be provided for a cluster-scoped `paramKind`')
  const namespace = resource.namespaced ? reference.namespace || request.namespace : ''
  if (resource.namespaced && !namespace)
    throw new ConfigurationError('cannot use namespaced paramRef in policy binding that matches cluster-scoped resources')
  if (reference.name) {
    const found = context.store.get(resource.storage, namespace ? `${namespace}/${reference.name}` : reference.name)
    return found ? [found] : []
  }
  const all = namespace ? context.store.list(resource.storage, namespace) : context.store.list(resource.storage)
  return all.filter((each) => selectorOf(reference.selector)(each.metadata.labels))
}
