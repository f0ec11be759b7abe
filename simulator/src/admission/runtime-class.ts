/** What a RuntimeClass adds to its Pods: overhead and scheduling. @see plugin/pkg/admission/runtimeclass */
import { sameJson } from '../objects/object.js'
import { canonicalQuantity } from '../objects/quantity.js'
import { asResourceList } from '../objects/resource-list.js'
import { failure } from '../objects/status.js'
import type { Pod, RuntimeClass, Toleration } from '../schema/kubernetes.generated.js'
import type { AdmissionPlugin, AdmissionReview } from './admission.js'

const CLASSES = 'node.k8s.io/runtimeclasses'

const isNewPod = ({ request, operation }: AdmissionReview): boolean =>
  operation === 'CREATE' && request.resource.storage === 'pods' && !request.subresource

const refuse = ({ request, object }: AdmissionReview, why: string) =>
  failure.forbidden(request.resource, object.metadata.name, why)

/** @throws ApiError 403 where the Pod names one that is not there */
function classOf(review: AdmissionReview, pod: Pod): RuntimeClass | undefined {
  const name = pod.spec.runtimeClassName
  if (name === undefined) return undefined
  const found = review.context.store.get(CLASSES, name) as RuntimeClass | undefined
  if (!found) throw refuse(review, `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`)
  return found
}

const amounts = (list: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(asResourceList(list)).map(([name, amount]) => [name, canonicalQuantity(amount)]))

const MISMATCH = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"

function addScheduling(review: AdmissionReview, pod: Pod, { scheduling }: RuntimeClass): void {
  if (!scheduling) return
  const own = pod.spec.nodeSelector ?? {}
  for (const [key, value] of Object.entries(scheduling.nodeSelector ?? {}))
    if (own[key] !== undefined && own[key] !== value)
      throw refuse(
        review,
        `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own[key]}`,
      )
  if (scheduling.nodeSelector) pod.spec.nodeSelector = { ...own, ...scheduling.nodeSelector }
  const known = pod.spec.tolerations ?? []
  const more = ((scheduling.tolerations ?? []) as Toleration[]).filter((each) => !known.some((other) => sameJson(each, other)))
  if (more.length) pod.spec.tolerations = [...known, ...more]
}

export const runtimeClassAdmission: AdmissionPlugin = {
  name: 'RuntimeClass',
  mutate(review) {
    if (!isNewPod(review)) return
    const pod = review.object as Pod
    const found = classOf(review, pod)
    if (!found) return
    const fixed = found.overhead?.podFixed
    if (fixed) {
      const own = pod.spec.overhead
      if (own && Object.keys(own).length > 0 && !sameJson(amounts(own), amounts(fixed))) throw refuse(review, MISMATCH)
      pod.spec.overhead = fixed
    }
    addScheduling(review, pod, found)
  },
  validate(review) {
    if (!isNewPod(review)) return
    const pod = review.object as Pod
    const fixed = classOf(review, pod)?.overhead?.podFixed
    if (fixed && !sameJson(amounts(pod.spec.overhead), amounts(fixed))) throw refuse(review, MISMATCH)
    if (!fixed && pod.spec.overhead !== undefined)
      throw refuse(review, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead')
  },
}
