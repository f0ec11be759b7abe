import { keyOf } from '../objects/object.js'
import { isNotFound } from '../objects/status.js'
import type { Node, Pod, PodCondition } from '../schema/kubernetes.generated.js'
import { timestamp } from '../time/clock.js'
import { isOver } from './pods.js'
import { type Controller, defineController, done, type ReconcileContext, requeueAfter } from './runtime/controller.js'

/** How long a node may be missing before its Pods go. @see podgc: quarantineTime, and the period in which it looks again */
const QUARANTINE_MS = 40_000
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service'
const NODE_GONE = { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' }

/**
 * Removes Pods that no kubelet ends any more: those of nodes that have gone, and of nodes that are declared out of service those that
 * are on their way out. Models pkg/controller/podgc (v1.36), without the bound of 12,500 ended Pods. One for each cluster: it remembers
 * since when a node is missing.
 */
export function podGarbageCollector(): Controller {
  const missingSinceMs = new Map<string, number>()
  return defineController({
    name: 'pod-garbage-collector',
    reconciles: 'Pod',
    watches: {
      Node: ({ type, object }, informers) => {
        if (type !== 'DELETED') missingSinceMs.delete(object.metadata.name)
        if (type !== 'DELETED' && !isOutOfService(object)) return []
        return informers
          .list('Pod')
          .filter(({ spec }) => spec.nodeName === object.metadata.name)
          .map(keyOf)
      },
    },
    async reconcile(context, key) {
      const { informers, clock } = context
      const pod = informers.get('Pod', key)
      const name = pod?.spec.nodeName
      if (!pod || !name || isForced(pod)) return done
      const node = informers.get('Node', name)
      if (node) {
        if (pod.metadata.deletionTimestamp && isOutOfService(node)) await remove(context, pod)
        return done
      }
      const since = missingSinceMs.get(name) ?? clock.now()
      missingSinceMs.set(name, since)
      const waitMs = since + QUARANTINE_MS - clock.now()
      if (waitMs > 0) return requeueAfter(waitMs)
      await remove(context, pod, NODE_GONE)
      return done
    },
  })
}

/** A finalizer alone keeps it. */
const isForced = ({ metadata }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds === 0

function isOutOfService({ spec, status }: Node): boolean {
  const isReady = status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True'
  return !isReady && spec.taints?.some(({ key }) => key === OUT_OF_SERVICE) === true
}

/** The Pod has failed before it goes, since nobody else will say how it ended. */
async function remove(
  { client, clock }: ReconcileContext,
  pod: Pod,
  why?: Omit<PodCondition, 'lastTransitionTime'>,
): Promise<void> {
  const key = keyOf(pod)
  const { uid, generation } = pod.metadata
  try {
    if (!isOver(pod)) {
      const before = pod.status?.conditions ?? []
      const condition = why && { ...why, lastTransitionTime: timestamp(clock.now()), observedGeneration: generation }
      const conditions = condition ? [...before.filter(({ type }) => type !== why.type), condition] : before
      const status = { phase: 'Failed', observedGeneration: generation, conditions }
      await client.patch('Pod', key, { status }, { subresource: 'status' })
    }
    await client.delete('Pod', key, { uid, graceSeconds: 0 })
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}
