/** Whether a node is one that a Pod asks for, and whether a Pod tolerates its taints. Shared with the DaemonSet controller. */
import type { Node, NodeSelectorTerm, Pod, Taint, Toleration } from '../schema/kubernetes.generated.js'

type Requirement = { key: string; operator: string; values?: string[] | undefined }

function meets({ key, operator, values = [] }: Requirement, read: (key: string) => string | undefined): boolean {
  const value = read(key)
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0])
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0])
    default:
      return false
  }
}

export function matchesTerm(term: NodeSelectorTerm, node: Node): boolean {
  const { matchExpressions = [], matchFields = [] } = term
  if (matchExpressions.length === 0 && matchFields.length === 0) return false
  const label = (key: string) => node.metadata.labels?.[key]
  const field = (key: string) => (key === 'metadata.name' ? node.metadata.name : undefined)
  return matchExpressions.every((each) => meets(each, label)) && matchFields.every((each) => meets(each, field))
}

/** `nodeSelector` and the required part of node affinity. */
export function nodeAffinityFits(pod: Pod, node: Node): boolean {
  for (const [key, value] of Object.entries(pod.spec.nodeSelector ?? {})) if (node.metadata.labels?.[key] !== value) return false
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return !required || required.nodeSelectorTerms.some((term) => matchesTerm(term, node))
}

export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (toleration.key && toleration.key !== taint.key) return false
  if (toleration.operator === 'Exists') return true
  return Boolean(toleration.key) && (toleration.value ?? '') === (taint.value ?? '')
}

/** The first taint with one of the effects that the Pod does not tolerate. */
export function untolerated(
  tolerations: Toleration[] | undefined,
  taints: Taint[] | undefined,
  effects: string[],
): Taint | undefined {
  return taints?.find(
    (taint) => effects.includes(taint.effect) && !tolerations?.some((toleration) => tolerates(toleration, taint)),
  )
}
