/** Topology spread: no domain may hold too many more Pods than another. @see pkg/scheduler/framework/plugins/podtopologyspread */
import { type LabelMatcher, selectorOf } from '../../objects/selector.js'
import type { Node, Pod, TopologySpreadConstraint } from '../../schema/kubernetes.generated.js'
import { type Cycle, finalMisfit, type Misfit, misfit, type NodeInfo, type SchedulingPlugin } from '../framework.js'
import { nodeAffinityFits, untolerated } from '../node-matching.js'

const MISMATCH = "node(s) didn't match pod topology spread constraints"

const domainOf = (node: Node, key: string): string | undefined => node.metadata.labels?.[key]

/** The Pods that a constraint counts: its selector, and the Pod's own values of some labels. */
function matcherOf({ labelSelector, matchLabelKeys = [] }: TopologySpreadConstraint, pod: Pod): LabelMatcher {
  const selects = selectorOf(labelSelector)
  const own = matchLabelKeys.filter((key) => pod.metadata.labels?.[key] !== undefined)
  return (labels) => selects(labels) && own.every((key) => labels?.[key] === pod.metadata.labels?.[key])
}

/** Whether the node is one of those among which the Pods are spread. */
function takesPart(constraint: TopologySpreadConstraint, pod: Pod, node: Node): boolean {
  if ((constraint.nodeAffinityPolicy ?? 'Honor') === 'Honor' && !nodeAffinityFits(pod, node)) return false
  const { tolerations } = pod.spec
  return constraint.nodeTaintsPolicy !== 'Honor' || !untolerated(tolerations, node.spec.taints, ['NoSchedule', 'NoExecute'])
}

/** Matching Pods by domain; nodes that lack a key of the constraints count for none. */
function countsOf(cycle: Cycle, constraint: TopologySpreadConstraint, all: TopologySpreadConstraint[]): Map<string, number> {
  const { pod } = cycle
  const selects = matcherOf(constraint, pod)
  const counts = new Map<string, number>()
  for (const { node, pods } of cycle.nodes) {
    const domain = domainOf(node, constraint.topologyKey)
    const hasAll = all.every((each) => domainOf(node, each.topologyKey) !== undefined)
    if (domain === undefined || !hasAll || !takesPart(constraint, pod, node)) continue
    const own = pods.filter(
      (other) =>
        other.metadata.namespace === pod.metadata.namespace &&
        !other.metadata.deletionTimestamp &&
        selects(other.metadata.labels),
    )
    counts.set(domain, (counts.get(domain) ?? 0) + own.length)
  }
  return counts
}

const constraintsOf = (pod: Pod, whenUnsatisfiable: string): TopologySpreadConstraint[] =>
  (pod.spec.topologySpreadConstraints ?? []).filter((each) => each.whenUnsatisfiable === whenUnsatisfiable)

function unevenness(cycle: Cycle, constraint: TopologySpreadConstraint, node: Node): Misfit | undefined {
  const domain = domainOf(node, constraint.topologyKey)
  if (domain === undefined) return finalMisfit(`${MISMATCH} (missing required label)`)
  const counts = countsOf(cycle, constraint, constraintsOf(cycle.pod, 'DoNotSchedule'))
  const self = matcherOf(constraint, cycle.pod)(cycle.pod.metadata.labels) ? 1 : 0
  const least = counts.size < (constraint.minDomains ?? 1) ? 0 : Math.min(...counts.values())
  return (counts.get(domain) ?? 0) + self - least > constraint.maxSkew ? misfit(MISMATCH) : undefined
}

/** 100 where no Pod that counts is near, less the more there are. */
function evenness(cycle: Cycle, constraints: TopologySpreadConstraint[], node: Node): number {
  const scores = constraints.map((constraint) => {
    const counts = countsOf(cycle, constraint, constraints)
    const most = Math.max(1, ...counts.values())
    const domain = domainOf(node, constraint.topologyKey)
    return domain === undefined ? 0 : 100 * (1 - (counts.get(domain) ?? 0) / most)
  })
  return scores.reduce((sum, score) => sum + score, 0) / scores.length
}

export const podTopologySpread: SchedulingPlugin = {
  name: 'PodTopologySpread',
  weight: 2,
  filter(cycle, { node }) {
    for (const constraint of constraintsOf(cycle.pod, 'DoNotSchedule')) {
      const found = unevenness(cycle, constraint, node)
      if (found) return found
    }
    return undefined
  },
  score(cycle, info: NodeInfo) {
    const wished = constraintsOf(cycle.pod, 'ScheduleAnyway')
    if (wished.length > 0) return evenness(cycle, wished, info.node)
    // Without wishes: Pods of one owner spread over the nodes.
    const owner = cycle.pod.metadata.ownerReferences?.[0]?.uid
    if (!owner) return 0
    return 100 / (1 + info.pods.filter((other) => other.metadata.ownerReferences?.[0]?.uid === owner).length)
  },
}
