import { keyOf } from '../objects/object.js'
import { isNotFound } from '../objects/status.js'
import { tolerates } from '../scheduler/node-matching.js'
import type { Pod, PodCondition, Taint } from '../schema/kubernetes.generated.js'
import { timestamp } from '../time/clock.js'
import { conditionOf } from './pods.js'
import { type Controller, defineController, done, type ReconcileContext, requeueAfter } from './runtime/controller.js'

const EVICTED: Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'> = {
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'DeletionByTaintManager',
  message: 'Taint manager: deleting due to NoExecute taint',
}

/**
 * Drives Pods off nodes with a `NoExecute` taint that they do not tolerate, or tolerate for `tolerationSeconds` only.
 * Models pkg/controller/tainteviction (v1.36). One for each cluster: it remembers when the time of a Pod runs out, and that time stays
 * as it was first set until the Pod's last taint goes.
 */
export function taintEvictionController(): Controller {
  const endsMs = new Map<string, number>()
  return defineController({
    // It acts under the account of the node controller, as upstream's does.
    name: 'node-controller',
    eventSource: 'taint-eviction-controller',
    reconciles: 'Pod',
    watches: {
      Node: ({ object }, informers) =>
        informers
          .list('Pod')
          .filter((pod) => pod.spec.nodeName === object.metadata.name)
          .map(keyOf),
    },
    async reconcile(context, key) {
      const { informers, clock } = context
      const pod = informers.get('Pod', key)
      const node = pod?.spec.nodeName ? informers.get('Node', pod.spec.nodeName) : undefined
      const stays = staysMs(pod, node?.spec.taints ?? [])
      if (!pod || stays === Number.POSITIVE_INFINITY) {
        if (endsMs.delete(key)) tell(context, key, 'Cancelling deletion of Pod')
        return done
      }
      if (pod.metadata.deletionTimestamp) return done
      const end = stays === 0 ? clock.now() : (endsMs.get(key) ?? clock.now() + stays)
      if (end > clock.now()) {
        endsMs.set(key, end)
        return requeueAfter(end - clock.now())
      }
      endsMs.delete(key)
      tell(context, key, 'Marking for deletion Pod')
      await evict(context, pod)
      return done
    },
  })
}

/** How long the Pod may stay with these taints, in ms: 0 where one is not tolerated, infinite where none drives it out. */
function staysMs(pod: Pod | undefined, taints: readonly Taint[]): number {
  const driving = taints.filter(({ effect }) => effect === 'NoExecute')
  const tolerations = pod?.spec.tolerations ?? []
  const used = driving.map((taint) => tolerations.find((toleration) => tolerates(toleration, taint)))
  const seconds = used.map((toleration) => (toleration ? (toleration.tolerationSeconds ?? Number.POSITIVE_INFINITY) : 0))
  return Math.max(0, Math.min(Number.POSITIVE_INFINITY, ...seconds)) * 1000
}

/** The reference bears no uid, as upstream's. */
function tell({ events }: ReconcileContext, key: string, what: string): void {
  const [namespace = '', name = ''] = key.split('/')
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name } }
  events.record(object as never, { type: 'Normal', reason: 'TaintManagerEviction', message: `${what} ${key}` })
}

async function evict({ client, clock }: ReconcileContext, pod: Pod): Promise<void> {
  const key = keyOf(pod)
  try {
    if (conditionOf(pod, EVICTED.type)?.status !== 'True') {
      const kept = (pod.status?.conditions ?? []).filter(({ type }) => type !== EVICTED.type)
      const condition = { ...EVICTED, lastTransitionTime: timestamp(clock.now()) }
      await client.patch('Pod', key, { status: { conditions: [...kept, condition] } }, { subresource: 'status' })
    }
    await client.delete('Pod', key)
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}
