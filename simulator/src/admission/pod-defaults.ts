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
    const pod = newPod(review)
    if (!pod) return
    for (const key of LOST_NODE) {
      if (pod.spec.tolerations?.some((toleration) => covers(toleration, key))) continue
      const toleration = { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: LOST_NODE_SECONDS }
      pod.spec.tolerations = [...(pod.spec.tolerations ?? []), toleration]
    }
  },
}

const CLASSES = 'scheduling.k8s.io/priorityclasses'

export const priority: AdmissionPlugin = {
  name: 'Priority',
  mutate(review) {
    const pod = newPod(review)
    if (!pod) return
    const { store } = review.context
    const name = pod.spec.priorityClassName
    const classes = store.list(CLASSES) as PriorityClass[]
    const found = name ? classes.find((each) => each.metadata.name === name) : classes.find((each) => each.globalDefault)
    if (name && !found)
      throw failure.forbidden(review.request.resource, pod.metadata.name, `no PriorityClass with name ${name} was found`)
    if (found) pod.spec.priorityClassName = found.metadata.name
    pod.spec.priority = found?.value ?? 0
    pod.spec.preemptionPolicy ??= found?.preemptionPolicy ?? 'PreemptLowerPriority'
  },
}
