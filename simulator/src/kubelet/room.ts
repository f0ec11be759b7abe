/** What a node has left, and whether it takes a Pod that no scheduler has placed. Models pkg/kubelet/lifecycle/predicate.go (v1.36). */
import { conditionOf, isOver } from '../controllers/pods.js'
import { nodeAffinityFits, untolerated } from '../scheduler/node-matching.js'
import { portsAreFree } from '../scheduler/plugins/node-fit.js'
import { add, allocatableOf, podRequests } from '../scheduler/resources.js'
import type { Container, Pod } from '../schema/kubernetes.generated.js'
import type { Kubelet } from './kubelet.js'
import type { Refusal } from './node-health.js'
import { MIRROR } from './pod-host.js'

/** In the order in which the first that lacks is told. */
const COUNTED = ['cpu', 'memory', 'ephemeral-storage']

/** The Pod with the sizes that its containers were given, where it wants others. */
function allocated(kubelet: Kubelet, pod: Pod): Pod {
  const worker = kubelet.worker(pod)
  if (!worker) return pod
  const given = (container: Container) => ({ ...container, resources: worker.slot(container.name)?.spec.resources })
  const { containers, initContainers } = pod.spec
  const resources = worker.podSizes.given
  const spec = { ...pod.spec, resources, containers: containers.map(given), initContainers: initContainers?.map(given) }
  return { ...pod, spec } as Pod
}

const othersOf = ({ informers, node }: Kubelet, pod: Pod): Pod[] =>
  informers
    .list('Pod')
    .filter((each) => each.spec.nodeName === node.name && each.metadata.uid !== pod.metadata.uid && !isOver(each))

/** Of what other Pods leave too little. @see InsufficientResourceError */
export function lackOf(kubelet: Kubelet, pod: Pod): Refusal | undefined {
  const node = kubelet.informers.get('Node', kubelet.node.name)
  if (!node) return undefined
  const capacity = allocatableOf(node)
  const others = othersOf(kubelet, pod)
  const used = others.map((each) => podRequests(allocated(kubelet, each))).reduce(add, {})
  const requested = podRequests(pod)
  const lack = (name: string, wants: number, taken: number): Refusal | undefined => {
    const room = capacity[name] ?? 0
    if (wants === 0 || wants + taken <= room) return undefined
    const amounts = `requested: ${wants}, used: ${taken}, capacity: ${room}`
    return { reason: `OutOf${name}`, message: `Node didn't have enough resource: ${name}, ${amounts}` }
  }
  const lacks = COUNTED.map((name) => lack(name, requested[name] ?? 0, used[name] ?? 0))
  return [lack('pods', 1, others.length), ...lacks].find((each) => each !== undefined)
}

const failed = (predicate: string, why: string): Refusal => ({
  reason: predicate,
  message: `Predicate ${predicate} failed: ${why}`,
})

/** Why the node does not take a Pod whose maker has named it: the scheduler has judged every other. */
export function misfitOf(kubelet: Kubelet, pod: Pod): Refusal | undefined {
  if (conditionOf(pod, 'PodScheduled') || pod.metadata.annotations?.[MIRROR] !== undefined) return undefined
  const node = kubelet.informers.get('Node', kubelet.node.name)
  if (!node) return undefined
  const lack = lackOf(kubelet, pod)
  if (lack) return lack
  if (!nodeAffinityFits(pod, node)) return failed('NodeAffinity', "node(s) didn't match Pod's node affinity/selector")
  if (!portsAreFree(pod, othersOf(kubelet, pod)))
    return failed('NodePorts', "node(s) didn't have free ports for the requested pod ports")
  return untolerated(pod.spec.tolerations, node.spec.taints, ['NoExecute'])
    ? failed('TaintToleration', "node(s) had taints that the pod didn't tolerate")
    : undefined
}
