/** A new Node takes no Pods until the node controller has seen it ready. @see plugin/pkg/admission/nodetaint */
import type { Node } from '../schema/kubernetes.generated.js'
import type { AdmissionPlugin } from './admission.js'

const NOT_READY = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }

export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  mutate({ request, operation, object }) {
    if (operation !== 'CREATE' || request.resource.storage !== 'nodes' || request.subresource) return
    const node = object as Node
    const taints = node.spec?.taints ?? []
    if (taints.some(({ key, effect }) => key === NOT_READY.key && effect === NOT_READY.effect)) return
    node.spec = { ...node.spec, taints: [...taints, { ...NOT_READY }] }
  },
}
