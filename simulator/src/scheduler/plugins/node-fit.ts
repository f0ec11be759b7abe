/** Plugins that look at one node: its taints, labels, room and ports. @see pkg/scheduler/framework/plugins */

import type { Pod } from '../../schema/kubernetes.generated.js'
import { finalMisfit, misfit, type SchedulingPlugin } from '../framework.js'
import { matchesTerm, nodeAffinityFits, untolerated } from '../node-matching.js'
import { add, allocatableOf, podRequests } from '../resources.js'

export const nodeUnschedulable: SchedulingPlugin = {
  name: 'NodeUnschedulable',
  filter({ pod }, { node }) {
    const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }
    return node.spec.unschedulable && untolerated(pod.spec.tolerations, [taint], ['NoSchedule'])
      ? finalMisfit('node(s) were unschedulable')
      : undefined
  },
}

export const nodeName: SchedulingPlugin = {
  name: 'NodeName',
  filter: ({ pod }, { node }) =>
    pod.spec.nodeName && pod.spec.nodeName !== node.metadata.name
      ? finalMisfit("node(s) didn't match the requested node name")
      : undefined,
}

export const taintToleration: SchedulingPlugin = {
  name: 'TaintToleration',
  weight: 3,
  filter({ pod }, { node }) {
    const taint = untolerated(pod.spec.tolerations, node.spec.taints, ['NoSchedule', 'NoExecute'])
    return taint ? finalMisfit(`node(s) had untolerated taint(s)`) : undefined
  },
  score: ({ pod }, { node }) =>
    100 -
    10 * (node.spec.taints ?? []).filter((taint) => untolerated(pod.spec.tolerations, [taint], ['PreferNoSchedule'])).length,
}

/** The nodes that required terms name, where each of them names some; others are not even looked at. */
function namedNodes({ spec }: Pod): Set<string> | undefined {
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  const names = terms.map(({ matchFields = [] }) => {
    const lists = matchFields
      .filter(({ key, operator }) => key === 'metadata.name' && operator === 'In')
      .map((each) => each.values ?? [])
    return lists.length > 0 ? (lists[0] ?? []).filter((name) => lists.every((list) => list.includes(name))) : undefined
  })
  return names.length > 0 && names.every((each) => each !== undefined) ? new Set(names.flat()) : undefined
}

/** What NodeAffinity says before all other plugins. @see plugins/nodeaffinity: PreFilter, and schedule_one.go on nodes left out */
export const namedNode: SchedulingPlugin = {
  name: 'NodeAffinity',
  preFilter: ({ pod }) => (namedNodes(pod)?.size === 0 ? finalMisfit('pod affinity terms conflict') : undefined),
  filter: ({ pod }, { node }) =>
    namedNodes(pod)?.has(node.metadata.name) === false
      ? finalMisfit("node(s) didn't satisfy plugin(s) [NodeAffinity]")
      : undefined,
}

export const nodeAffinity: SchedulingPlugin = {
  name: 'NodeAffinity',
  weight: 2,
  filter: ({ pod }, { node }) =>
    nodeAffinityFits(pod, node) ? undefined : finalMisfit("node(s) didn't match Pod's node affinity/selector"),
  score({ pod }, { node }) {
    const preferred = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
    const most = preferred.reduce((sum, term) => sum + term.weight, 0)
    const own = preferred.filter((term) => matchesTerm(term.preference, node)).reduce((sum, term) => sum + term.weight, 0)
    return most === 0 ? 0 : (100 * own) / most
  },
}

interface HostPort {
  port: string
  /** Empty: every address of the node. */
  address: string
}

const portsOf = ({ spec }: Pod): HostPort[] =>
  [...spec.containers, ...(spec.initContainers ?? []).filter((each) => each.restartPolicy === 'Always')].flatMap((container) =>
    (container.ports ?? []).flatMap(({ hostPort, hostIP, protocol = 'TCP' }) =>
      hostPort ? [{ port: `${protocol}/${hostPort}`, address: hostIP === '0.0.0.0' ? '' : (hostIP ?? '') }] : [],
    ),
  )

const collides = (a: HostPort, b: HostPort): boolean =>
  a.port === b.port && (a.address === '' || b.address === '' || a.address === b.address)

/** Whether no other Pod of the node has a port of the node that this one wants. */
export function portsAreFree(pod: Pod, others: Pod[]): boolean {
  const wanted = portsOf(pod)
  if (wanted.length === 0) return true
  const taken = others.flatMap(portsOf)
  return !wanted.some((port) => taken.some((other) => collides(port, other)))
}

export const nodePorts: SchedulingPlugin = {
  name: 'NodePorts',
  filter: ({ pod }, { pods }) =>
    portsAreFree(pod, pods) ? undefined : misfit("node(s) didn't have free ports for the requested pod ports"),
}

export const nodeResourcesFit: SchedulingPlugin = {
  name: 'NodeResourcesFit',
  weight: 1,
  filter({ pod }, { node, pods }) {
    const allocatable = allocatableOf(node)
    const used = pods.map(podRequests).reduce(add, {})
    const reasons: string[] = []
    let beyond = false
    if (pods.length + 1 > (allocatable.pods ?? Number.POSITIVE_INFINITY)) reasons.push('Too many pods')
    for (const [name, wanted] of Object.entries(podRequests(pod))) {
      const room = allocatable[name] ?? 0
      if (wanted === 0 || wanted + (used[name] ?? 0) <= room) continue
      reasons.push(`Insufficient ${name}`)
      if (wanted > room) beyond = true
    }
    return reasons.length > 0 ? { reasons, final: beyond } : undefined
  },
  /** Least allocated: spreads the load. */
  score({ pod }, { node, pods }) {
    const allocatable = allocatableOf(node)
    const used = [...pods, pod].map(podRequests).reduce(add, {})
    const free = ['cpu', 'memory'].map((name) => Math.max(0, 1 - (used[name] ?? 0) / (allocatable[name] || 1)))
    return (100 * free.reduce((sum, share) => sum + share, 0)) / free.length - pods.length * 0.1
  },
}
