import type { Kinds } from '../client/client.js'
import { keyOf, sameJson } from '../objects/object.js'
import { selectorOf } from '../objects/selector.js'
import type { Pod, ReplicaSet } from '../schema/kubernetes.generated.js'
import { parseTime, timestamp } from '../time/clock.js'
import { conditionOf, isActive, isAvailable, isReady, podFrom, worstFirst } from './pods.js'
import { defineController, done, type Outcome, type ReconcileContext, requeueAfter } from './runtime/controller.js'

/** Most Pods made or removed before other work gets a turn. Upstream bursts to 500; we share an event loop. */
const BATCH_SIZE = 50

/**
 * Keeps the live Pods of a ReplicaSet at `spec.replicas`.
 * Models pkg/controller/replicaset/replica_set.go (v1.36).
 */
export const replicaSetController = defineController({
  name: 'replicaset-controller',
  reconciles: 'ReplicaSet',
  owns: ['Pod'],
  async reconcile(context, key) {
    const { client, informers, expectations } = context
    const replicaSet = informers.get('ReplicaSet', key)
    if (!replicaSet || expectations.pending(key)) return done
    const live = informers.ownedBy('Pod', replicaSet).filter(isActive)
    const missing = replicaSet.metadata.deletionTimestamp ? 0 : (replicaSet.spec.replicas ?? 1) - live.length
    let failure: unknown
    try {
      await manage(context, { key, replicaSet, live, missing })
    } catch (error) {
      failure = error
    }
    const status = statusOf(replicaSet, live, { nowMs: context.clock.now(), failure, missing })
    if (!sameJson(status, replicaSet.status)) await client.updateStatus('ReplicaSet', { ...replicaSet, status })
    if (failure) throw failure
    return next(context, replicaSet, { live, missing })
  },
})

interface Situation {
  key: string
  replicaSet: ReplicaSet
  live: Pod[]
  missing: number
}

async function manage(
  { client, expectations, events, informers }: ReconcileContext,
  { key, replicaSet, live, missing }: Situation,
): Promise<void> {
  const batch = Math.min(Math.abs(missing), BATCH_SIZE)
  if (missing > 0) {
    await adopt({ client, informers }, replicaSet)
    const drafts = Array.from({ length: batch }, () => podFrom(replicaSet.spec.template ?? {}, replicaSet))
    await expectations.creates(key, drafts, async (draft) => {
      try {
        const pod = await client.create('Pod', draft)
        events.record(replicaSet, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${pod.metadata.name}` })
        return pod
      } catch (error) {
        events.record(replicaSet, {
          type: 'Warning',
          reason: 'FailedCreate',
          message: `Error creating: ${error instanceof Error ? error.message : error}`,
        })
        throw error
      }
    })
  }
  if (missing < 0) {
    await expectations.deletes(key, worstFirst(live).slice(0, batch), async (pod) => {
      await client.delete('Pod', keyOf(pod), { uid: pod.metadata.uid })
      events.record(replicaSet, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}` })
    })
  }
}

/** Takes over matching Pods that nobody controls. */
async function adopt(
  { client, informers }: Pick<ReconcileContext, 'client' | 'informers'>,
  replicaSet: ReplicaSet,
): Promise<void> {
  const matches = selectorOf(replicaSet.spec.selector)
  const orphans = informers
    .list('Pod', replicaSet.metadata.namespace)
    .filter((pod) => isActive(pod) && !pod.metadata.ownerReferences?.length && matches(pod.metadata.labels))
  for (const pod of orphans) {
    const { name, uid } = replicaSet.metadata
    const reference = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid, controller: true, blockOwnerDeletion: true }
    await client.patch('Pod', keyOf(pod), { metadata: { uid: pod.metadata.uid, ownerReferences: [reference] } })
  }
}

function statusOf(
  replicaSet: ReplicaSet,
  live: Pod[],
  { nowMs, failure, missing }: { nowMs: number; failure: unknown; missing: number },
): NonNullable<Kinds['ReplicaSet']['status']> {
  const labels = Object.entries(replicaSet.spec.template?.metadata?.labels ?? {})
  const labelled = live.filter((pod) => labels.every(([key, value]) => pod.metadata.labels?.[key] === value)).length
  const ready = live.filter(isReady).length
  const available = live.filter((pod) => isAvailable(pod, replicaSet.spec.minReadySeconds ?? 0, nowMs)).length
  const others = (replicaSet.status?.conditions ?? []).filter((condition) => condition.type !== 'ReplicaFailure')
  const failed = failure
    ? [
        {
          type: 'ReplicaFailure',
          status: 'True',
          reason: missing > 0 ? 'FailedCreate' : 'FailedDelete',
          message: failure instanceof Error ? failure.message : String(failure),
          lastTransitionTime: timestamp(nowMs),
        },
      ]
    : []
  const conditions = [...others, ...failed]
  return {
    replicas: live.length,
    ...(labelled ? { fullyLabeledReplicas: labelled } : {}),
    ...(ready ? { readyReplicas: ready } : {}),
    ...(available ? { availableReplicas: available } : {}),
    observedGeneration: replicaSet.metadata.generation,
    ...(conditions.length ? { conditions } : {}),
  }
}

/** Again at once for the next batch, or when a ready Pod will have become available. */
function next({ clock }: ReconcileContext, replicaSet: ReplicaSet, { live, missing }: { live: Pod[]; missing: number }): Outcome {
  if (Math.abs(missing) > BATCH_SIZE) return requeueAfter(0)
  const minReadyMs = (replicaSet.spec.minReadySeconds ?? 0) * 1000
  if (minReadyMs === 0) return done
  const waits = live
    .filter(isReady)
    .map((pod) => parseTime(conditionOf(pod, 'Ready')?.lastTransitionTime) + minReadyMs - clock.now())
  const coming = waits.filter((wait) => wait > 0)
  return coming.length ? requeueAfter(Math.min(...coming)) : done
}
