/** What the DaemonSet controller sees of one DaemonSet, and what it asks of its Pods. @see pkg/controller/daemon */
import type { DaemonSet, Pod } from '../../schema/kubernetes.generated.js'
import { parseTime } from '../../time/clock.js'
import { isAvailable, isOver } from '../pods.js'
import type { ReconcileContext } from '../runtime/controller.js'
import { HASH, nodeOf } from './placement.js'

export interface Look {
  context: ReconcileContext
  daemonSet: DaemonSet
  pods: Pod[]
  /** Stands for the present template. */
  hash: string
}

export const isNew = (pod: Pod, hash: string): boolean => pod.metadata.labels?.[HASH] === hash
export const isUp = ({ context, daemonSet }: Look, pod: Pod): boolean =>
  isAvailable(pod, daemonSet.spec.minReadySeconds ?? 0, context.clock.now())

/** Whether a new Pod may stand beside the old one of its node. */
export const mayStandBeside = ({ daemonSet }: Look): boolean => {
  const { type, rollingUpdate } = daemonSet.spec.updateStrategy ?? {}
  return type === 'RollingUpdate' && ![undefined, 0, '0', '0%'].includes(rollingUpdate?.maxSurge as number | string | undefined)
}

/** By the node that they are on or meant for, the oldest first. One that is on its way out counts until it has ended. */
export function podsByNode({ pods }: Pick<Look, 'pods'>): Map<string, Pod[]> {
  const byNode = new Map<string, Pod[]>()
  for (const pod of [...pods].sort(byAge)) {
    if (isOver(pod) && pod.metadata.deletionTimestamp) continue
    const node = nodeOf(pod)
    byNode.set(node, [...(byNode.get(node) ?? []), pod])
  }
  return byNode
}

const byAge = (a: Pod, b: Pod): number =>
  Number(!a.spec.nodeName) - Number(!b.spec.nodeName) ||
  parseTime(a.metadata.creationTimestamp) - parseTime(b.metadata.creationTimestamp) ||
  a.metadata.name.localeCompare(b.metadata.name)
