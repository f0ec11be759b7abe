/** Affinity and anti-affinity between Pods. @see pkg/scheduler/framework/plugins/interpodaffinity */
import { selectorOf } from '../../objects/selector.js'
import type { Node, Pod, PodAffinityTerm } from '../../schema/kubernetes.generated.js'
import { type Cycle, finalMisfit, misfit, type SchedulingPlugin } from '../framework.js'

const domainOf = (node: Node, key: string): string | undefined => node.metadata.labels?.[key]

/** Whether `other` is one of the Pods that a term of `pod` is about. */
function isMeant(term: PodAffinityTerm, pod: Pod, other: Pod, cycle: Cycle): boolean {
  if (!selectorOf(term.labelSelector)(other.metadata.labels)) return false
  if (term.namespaceSelector) {
    const namespace = cycle.informers.get('Namespace', other.metadata.namespace ?? '')
    if (selectorOf(term.namespaceSelector)(namespace?.metadata.labels)) return true
  }
  const named = term.namespaces?.length ? term.namespaces : term.namespaceSelector ? [] : [pod.metadata.namespace]
  return named.includes(other.metadata.namespace ?? '')
}

const inDomain = (cycle: Cycle, key: string, value: string | undefined): Pod[] =>
  value === undefined ? [] : cycle.nodes.filter((info) => domainOf(info.node, key) === value).flatMap((info) => info.pods)

function affinityHolds(cycle: Cycle, node: Node): boolean {
  const { pod } = cycle
  const terms = pod.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  return terms.every((term) => {
    const domain = domainOf(node, term.topologyKey)
    if (domain === undefined) return false
    if (inDomain(cycle, term.topologyKey, domain).some((other) => isMeant(term, pod, other, cycle))) return true
    // The first of a group that wants its own company may start it.
    const anywhere = cycle.nodes.some((info) => info.pods.some((other) => isMeant(term, pod, other, cycle)))
    return !anywhere && isMeant(term, pod, pod, cycle)
  })
}

function antiAffinityHolds(cycle: Cycle, node: Node): boolean {
  const { pod } = cycle
  const terms = pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  return terms.every(
    (term) =>
      !inDomain(cycle, term.topologyKey, domainOf(node, term.topologyKey)).some((other) => isMeant(term, pod, other, cycle)),
  )
}

/** Pods that are there already may not want this one near. */
function isWelcome(cycle: Cycle, node: Node): boolean {
  return cycle.nodes.every((info) =>
    info.pods.every((other) =>
      (other.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).every((term) => {
        const domain = domainOf(node, term.topologyKey)
        return domain === undefined || domainOf(info.node, term.topologyKey) !== domain || !isMeant(term, other, cycle.pod, cycle)
      }),
    ),
  )
}

export const interPodAffinity: SchedulingPlugin = {
  name: 'InterPodAffinity',
  weight: 2,
  filter(cycle, { node }) {
    if (!affinityHolds(cycle, node)) return finalMisfit("node(s) didn't match pod affinity rules")
    if (!antiAffinityHolds(cycle, node)) return misfit("node(s) didn't match pod anti-affinity rules")
    return isWelcome(cycle, node) ? undefined : misfit("node(s) didn't satisfy existing pods anti-affinity rules")
  },
  score(cycle, { node }) {
    const { podAffinity, podAntiAffinity } = cycle.pod.spec.affinity ?? {}
    const sum = (terms: { weight: number; podAffinityTerm: PodAffinityTerm }[] | undefined): number =>
      (terms ?? []).reduce((total, { weight, podAffinityTerm: term }) => {
        const near = inDomain(cycle, term.topologyKey, domainOf(node, term.topologyKey)).filter((other) =>
          isMeant(term, cycle.pod, other, cycle),
        )
        return total + weight * near.length
      }, 0)
    const value =
      sum(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution) -
      sum(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution)
    return Math.max(0, Math.min(100, 50 + value / 2))
  },
}
