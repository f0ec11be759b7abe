/** Which requests the rules of a webhook or of a policy are about. @see apiserver/pkg/admission/plugin/webhook/predicates */
import { type Resource, shownAs } from '../kinds/resource.js'
import { fieldsOf, type KubeObject } from '../objects/object.js'
import { type Labels, selectorOf } from '../objects/selector.js'
import { failure } from '../objects/status.js'
import type { LabelSelector, NamedRuleWithOperations } from '../schema/kubernetes.generated.js'
import type { AdmissionReview } from './admission.js'

const GROUP = 'admissionregistration.k8s.io'

/** What decides about admission is not itself decided about, or nobody could mend it. */
export const isExempt = ({ request }: AdmissionReview): boolean => request.resource.group === GROUP

const holds = (list: readonly string[] | undefined, value: string): boolean =>
  list?.some((each) => each === '*' || each === value) === true

function resourceMatches(list: readonly string[] | undefined, resource: string, subresource: string): boolean {
  return (
    list?.some((each) => {
      const [wanted = '', wantedSub = ''] = each.split('/')
      return (wanted === '*' || wanted === resource) && (wantedSub === '*' || wantedSub === subresource)
    }) === true
  )
}

function scopeMatches(scope: string | undefined, { request }: AdmissionReview): boolean {
  if (scope === undefined || scope === '*') return true
  return scope === (request.resource.namespaced ? 'Namespaced' : 'Cluster')
}

function ruleMatches(rule: NamedRuleWithOperations, review: AdmissionReview, as: Resource): boolean {
  const { request, operation } = review
  return (
    scopeMatches(rule.scope, review) &&
    holds(rule.operations, operation) &&
    holds(rule.apiGroups, as.group) &&
    holds(rule.apiVersions, as.version) &&
    resourceMatches(rule.resources, as.resource, request.subresource) &&
    (!rule.resourceNames?.length || rule.resourceNames.includes(request.name || review.object.metadata.name))
  )
}

/** The same objects under other versions. */
const equivalents = ({ context, request: { resource } }: AdmissionReview): Resource[] =>
  context.resources.all().filter((each) => each.storage === resource.storage && each !== resource)

/** As what the rules know the request: as itself, or as an equivalent. Undefined where they do not. */
export function matchRules(
  review: AdmissionReview,
  rules: readonly NamedRuleWithOperations[],
  matchPolicy = 'Equivalent',
): Resource | undefined {
  const fits = (as: Resource) => rules.some((rule) => ruleMatches(rule, review, as))
  if (fits(review.request.resource)) return review.request.resource
  return matchPolicy === 'Exact' ? undefined : equivalents(review).find(fits)
}

/** The labels of the namespace that the request is in; of a Namespace itself its own. */
function namespaceLabels({ context, request, operation, object }: AdmissionReview): Labels | 'none' {
  if (request.resource.storage === 'namespaces')
    return operation === 'DELETE' ? context.store.get('namespaces', request.name)?.metadata.labels : object.metadata.labels
  if (!request.resource.namespaced) return 'none'
  const found = context.store.get('namespaces', request.namespace)
  if (!found) throw failure.notFound({ group: '', resource: 'namespaces' }, request.namespace)
  return found.metadata.labels
}

const isEmpty = (selector: LabelSelector | undefined): boolean =>
  !selector || (!Object.keys(selector.matchLabels ?? {}).length && !selector.matchExpressions?.length)

/** @throws ApiError where the namespace of the request is gone */
export function selectorsMatch(
  review: AdmissionReview,
  {
    namespaceSelector,
    objectSelector,
  }: { namespaceSelector?: LabelSelector | undefined; objectSelector?: LabelSelector | undefined },
): boolean {
  if (!isEmpty(namespaceSelector)) {
    const labels = namespaceLabels(review)
    if (labels !== 'none' && !selectorOf(namespaceSelector)(labels)) return false
  }
  if (isEmpty(objectSelector)) return true
  const matches = selectorOf(objectSelector)
  const { operation, object, old } = review
  // What has no metadata, such as the options of a connection, is never chosen by its labels.
  const fits = (each: KubeObject | undefined) => each?.metadata !== undefined && matches(each.metadata.labels)
  return (operation !== 'DELETE' && fits(object)) || fits(old)
}

/** The object under review as a client of that version sees it; null for one that goes. */
export function shownObjects(review: AdmissionReview, as: Resource): { object: KubeObject | null; old: KubeObject | null } {
  const { operation, object, old, request, isPart } = review
  const show = (each: KubeObject) => {
    if (isPart) return each
    const shown = shownAs(request.resource, each)
    const apiVersion = as.group ? `${as.group}/${as.version}` : as.version
    return shown.apiVersion === apiVersion ? shown : ({ ...fieldsOf(shown), apiVersion } as unknown as KubeObject)
  }
  if (operation === 'DELETE') return { object: null, old: show(object) }
  return { object: show(object), old: old ? show(old) : null }
}
