/** Where the Pods of a DaemonSet belong, and what they are like there. Models pkg/controller/daemon/{daemon_controller,util} (v1.36). */
import { clone } from '../../objects/object.js'
import { nodeAffinityFits, untolerated } from '../../scheduler/node-matching.js'
import type { DaemonSet, Node, Pod, Toleration } from '../../schema/kubernetes.generated.js'
import { podFrom } from '../pods.js'

/** Stands for the template of a Pod. */
export const HASH = 'controller-revision-hash'
const CONDITIONS = ['not-ready', 'unreachable', 'disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map(
  (name) => `node.kubernetes.io/${name}`,
)

/** Daemons stay where other Pods may not. @see pkg/controller/daemon/util: AddOrUpdateDaemonPodTolerations */
function daemonTolerations(daemonSet: DaemonSet): Toleration[] {
  const own = daemonSet.spec.template.spec?.tolerations ?? []
  const added: Toleration[] = CONDITIONS.map((key) => ({
    key,
    operator: 'Exists',
    effect: key.endsWith('not-ready') || key.endsWith('unreachable') ? 'NoExecute' : 'NoSchedule',
  }))
  if (daemonSet.spec.template.spec?.hostNetwork)
    added.push({ key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' })
  return [
    ...own,
    ...added.filter(
      (toleration) =>
        !own.some((each) => each.key === toleration.key && each.effect === toleration.effect && each.operator === 'Exists'),
    ),
  ]
}

export function podFor(daemonSet: DaemonSet, node: Node, hash: string) {
  const draft = podFrom(clone(daemonSet.spec.template), daemonSet)
  draft.metadata.labels = {
    ...draft.metadata.labels,
    [HASH]: hash,
    'pod-template-generation': daemonSet.metadata.annotations?.['deprecated.daemonset.template.generation'] ?? '1',
  }
  const { nodeAffinity, ...otherAffinity } = draft.spec.affinity ?? {}
  const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node.metadata.name] }] }
  draft.spec = {
    ...draft.spec,
    tolerations: daemonTolerations(daemonSet),
    affinity: {
      ...otherAffinity,
      nodeAffinity: { ...nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } },
    },
  }
  return draft
}

/** Whether a daemon belongs on the node, and whether one that is there may stay. */
export function belongs(daemonSet: DaemonSet, node: Node): { run: boolean; stay: boolean } {
  const pod = { metadata: {}, spec: { ...daemonSet.spec.template.spec, tolerations: daemonTolerations(daemonSet) } } as Pod
  const isWanted = nodeAffinityFits(pod, node) && [undefined, '', node.metadata.name].includes(pod.spec.nodeName)
  const blocks = untolerated(pod.spec.tolerations, node.spec.taints, ['NoSchedule', 'NoExecute'])
  const expels = untolerated(pod.spec.tolerations, node.spec.taints, ['NoExecute'])
  return { run: isWanted && !blocks, stay: isWanted && !expels }
}

/** The node that a Pod is on, or is meant for. */
export const nodeOf = (pod: Pod): string =>
  pod.spec.nodeName ||
  pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms[0]?.matchFields?.[0]
    ?.values?.[0] ||
  ''
