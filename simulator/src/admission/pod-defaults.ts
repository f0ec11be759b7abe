/** Small plugins that complete a new Pod: tolerations of lost nodes, and the priority of its class. */
import { failure } from '../objects/status.js'
import type { Pod, PriorityClass, Toleration } from '../schema/kubernetes.generated.js'
import type { AdmissionPlugin, AdmissionReview } from './admission.js'

const newPod = ({ operation, request, object }: AdmissionReview): Pod | undefined =>
  operation === 'CREATE' && request.resource.storage === 'pods' && !request.subresource ? (object as Pod) : undefined

const LOST_NODE = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
const LOST_NODE_SECONDS = 300

const covers = (toleration: Toleration, key: string): boolean =>
  (toleration.key === key || !toleration.key) && (!toleration.effect || toleration.effect === 'NoExecute')

export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  mutate(review) {
    const { operation, request } = review
    if (operation === 'DELETE' || request.resource.storage !== 'pods' || request.subresource) return
    const pod = review.object as Pod
    for (const key of LOST_NODE) {
      if (pod.spec.tolerations?.some((toleration) => covers(toleration, key))) continue
      const toleration = { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: LOST_NODE_SECONDS }
      pod.spec.tolerations = [...(pod.spec.tolerations ?? []), toleration]
    }
  },
}

const CLASSES = 'scheduling.k8s.io/priorityclasses'

/** Priority and policy of the class must be those that the Pod says itself, where it does. */
function priorityOf(review: AdmissionReview, pod: Pod): void {
  const { store } = review.context
  const name = pod.spec.priorityClassName
  const classes = store.list(CLASSES) as PriorityClass[]
  const found = name ? classes.find((each) => each.metadata.name === name) : lowestDefault(classes)
  const refuse = (why: string) => failure.forbidden(review.request.resource, pod.metadata.name, why)
  if (name && !found) throw refuse(`no PriorityClass with name ${name} was found`)
  const value = found?.value ?? 0
  const policy = found?.preemptionPolicy ?? 'PreemptLowerPriority'
  const must = (what: string, own: unknown, computed: unknown) =>
    `the ${what} (${own}) must not be provided in pod spec; priority admission controller computed ${computed} from the given PriorityClass name`
  if (pod.spec.priority !== undefined && pod.spec.priority !== value)
    throw refuse(must('integer value of priority', pod.spec.priority, value))
  if (pod.spec.preemptionPolicy !== undefined && pod.spec.preemptionPolicy !== policy)
    throw refuse(must('string value of PreemptionPolicy', pod.spec.preemptionPolicy, policy))
  if (found) pod.spec.priorityClassName = found.metadata.name
  pod.spec.priority = value
  pod.spec.preemptionPolicy = policy
}

const lowestDefault = (classes: PriorityClass[]): PriorityClass | undefined =>
  classes.filter((each) => each.globalDefault).sort((left, right) => (left.value ?? 0) - (right.value ?? 0))[0]

export const priority: AdmissionPlugin = {
  name: 'Priority',
  mutate(review) {
    const pod = newPod(review)
    if (pod) return priorityOf(review, pod)
    const { operation, request, object, old } = review
    if (operation !== 'UPDATE' || request.resource.storage !== 'pods' || request.subresource) return
    // An update that leaves them out keeps them.
    const { spec } = object as Pod
    spec.priority ??= (old as Pod).spec.priority
    spec.preemptionPolicy ??= (old as Pod).spec.preemptionPolicy
  },
  validate({ context, request, operation, object }) {
    if (operation === 'DELETE' || request.resource.storage !== CLASSES || !(object as PriorityClass).globalDefault) return
    const { name } = object.metadata
    const other = (context.store.list(CLASSES) as PriorityClass[]).find(
      (each) => each.globalDefault && each.metadata.name !== name,
    )
    if (other)
      throw failure.forbidden(
        request.resource,
        name,
        `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`,
      )
  },
}
