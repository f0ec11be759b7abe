/** Holds Pods to the Pod Security Standard that their namespace asks for. @see pod-security-admission/admission/admission.go */
import { controllerOf, fieldsOf, isObject, type JsonObject, type KubeObject } from '../../objects/object.js'
import { failure } from '../../objects/status.js'
import type { Namespace, Pod, PodSpec } from '../../schema/kubernetes.generated.js'
import type { AdmissionPlugin, AdmissionReview } from '../admission.js'
import { detailsOf, reasonsOf, violationsOf } from './checks.js'
import { isStricter, type LevelVersion, levelText, policyOf } from './policy.js'

/** Subresources of a Pod through which its spec does not change. */
const IGNORED = new Set(['exec', 'attach', 'binding', 'eviction', 'log', 'portforward', 'proxy', 'status'])
/** Existing Pods looked at when a namespace becomes stricter. */
const MOST_PODS = 3000

const TEMPLATES = new Set([
  'podtemplates',
  'replicationcontrollers',
  'apps/replicasets',
  'apps/deployments',
  'apps/statefulsets',
  'apps/daemonsets',
  'batch/jobs',
  'batch/cronjobs',
])

interface Template {
  metadata?: { annotations?: Record<string, string> | undefined } | undefined
  spec?: PodSpec | undefined
}

function templateOf(object: KubeObject): Template | undefined {
  const fields = fieldsOf(object)
  const spec = isObject(fields.spec) ? fields.spec : {}
  const job = isObject(spec.jobTemplate) && isObject(spec.jobTemplate.spec) ? spec.jobTemplate.spec : spec
  return (job.template ?? fields.template) as JsonObject | undefined as Template | undefined
}

const imagesOf = ({ spec }: Pod): string =>
  JSON.stringify(
    [spec.initContainers ?? [], spec.containers, spec.ephemeralContainers ?? []].map((list) =>
      list.map(({ name, image }) => [name, image]),
    ),
  )

const namespaceOf = ({ context, request }: AdmissionReview) =>
  context.store.get('namespaces', request.namespace) as Namespace | undefined

/** Adds a warning where a Pod or template is less safe than the namespace likes. */
function warn({ request }: AdmissionReview, level: LevelVersion, { spec, metadata }: Template): void {
  const violations = spec ? violationsOf(level, spec, metadata?.annotations) : []
  if (violations.length) request.warnings.push(`would violate PodSecurity "${levelText(level)}": ${detailsOf(violations)}`)
}

function checkPod(review: AdmissionReview): void {
  const { request, operation, object, old } = review
  if (IGNORED.has(request.subresource) || operation === 'DELETE') return
  const pod = object as Pod
  if (operation === 'UPDATE' && imagesOf(pod) === imagesOf(old as Pod)) return
  const { policy } = policyOf(namespaceOf(review)?.metadata.labels)
  const violations = violationsOf(policy.enforce, pod.spec, pod.metadata.annotations)
  if (violations.length)
    throw failure.forbidden(
      request.resource,
      pod.metadata.name,
      `violates PodSecurity "${levelText(policy.enforce)}": ${detailsOf(violations)}`,
    )
  warn(review, policy.warn, pod)
}

/** `web (and 2 other pods): hostPort`, a line for each set of reasons. */
function existingViolations({ context }: AdmissionReview, namespace: string, level: LevelVersion): string[] {
  const pods = (context.store.list('pods', namespace) as Pod[]).slice(0, MOST_PODS)
  const found = new Map<string, string[]>()
  const judged = new Map<string, string>()
  for (const pod of pods) {
    const owner = controllerOf(pod)?.uid
    const reasons = (owner && judged.get(owner)) ?? reasonsOf(violationsOf(level, pod.spec, pod.metadata.annotations))
    if (owner) judged.set(owner, reasons)
    if (reasons) found.set(reasons, [...(found.get(reasons) ?? []), pod.metadata.name].sort())
  }
  if (found.size === 0) return []
  const head = `existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${levelText(level)}"`
  const others = (count: number) => (count === 0 ? '' : count === 1 ? ' (and 1 other pod)' : ` (and ${count} other pods)`)
  return [head, ...[...found].map(([reasons, names]) => `${names[0]}${others(names.length - 1)}: ${reasons}`).sort()]
}

function checkNamespace(review: AdmissionReview): void {
  const { request, operation, object, old } = review
  if (request.subresource || operation === 'DELETE') return
  const { policy, errors } = policyOf(object.metadata.labels)
  const before = old ? policyOf(old.metadata.labels) : undefined
  const isNews = JSON.stringify(errors.list) !== JSON.stringify(before?.errors.list ?? [])
  if (errors.any && isNews) throw errors.toError('', 'Namespace', object.metadata.name)
  if (!before) return
  const { level, version } = policy.enforce
  const was = before.policy.enforce
  if (level === 'privileged' || levelText(policy.enforce) === levelText(was)) return
  if (version === was.version && !isStricter(level, was.level)) return
  request.warnings.push(...existingViolations(review, object.metadata.name, policy.enforce))
}

export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',
  validate(review) {
    const { storage } = review.request.resource
    if (storage === 'pods') checkPod(review)
    else if (storage === 'namespaces') checkNamespace(review)
    else if (TEMPLATES.has(storage) && review.operation !== 'DELETE' && !review.request.subresource) {
      const template = templateOf(review.object)
      if (template) warn(review, policyOf(namespaceOf(review)?.metadata.labels).policy.warn, template)
    }
  },
}
