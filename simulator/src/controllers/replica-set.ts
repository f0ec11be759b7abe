import type { Kinds } from '../client/client.js'
import { controllerOf, sameJson } from '../objects/object.js'
import { type LabelMatcher, selectorOf, selectorOfMap } from '../objects/selector.js'
import { messageOf } from '../objects/status.js'
import type { Pod, ReplicaSet, ReplicationController } from '../schema/kubernetes.generated.js'
import { timestamp } from '../time/clock.js'
import { claimPods } from './claim.js'
import { createPod, deletePod } from './pod-control.js'
import { isActive, isAvailable, isOver, isReady, nextAvailable, podFrom, worstFirst } from './pods.js'
import {
  type Controller,
  defineController,
  done,
  type Outcome,
  type ReconcileContext,
  requeueAfter,
} from './runtime/controller.js'

/** Most Pods made or removed before other work gets a turn. Upstream bursts to 500; we share an event loop. */
const BATCH_SIZE = 50

/** What both kinds have in common; only the form of their selectors differs. */
type Replicated = ReplicaSet | ReplicationController
type Status = NonNullable<ReplicaSet['status']>

interface Kind<K extends 'ReplicaSet' | 'ReplicationController'> {
  name: string
  reconciles: K
  matcherOf(owner: Kinds[K]): LabelMatcher
}

/** Keeps the live Pods of its owner at `spec.replicas`. Models pkg/controller/replicaset/replica_set.go (v1.36), for both kinds. */
const replicaController = <K extends 'ReplicaSet' | 'ReplicationController'>({
  name,
  reconciles,
  matcherOf,
}: Kind<K>): Controller =>
  defineController({
    name,
    reconciles,
    owns: ['Pod'],
    async reconcile(context, key) {
      const { client, informers, expectations } = context
      const found = informers.get(reconciles, key)
      if (!found || expectations.pending(key)) return done
      const replicaSet: Replicated = found
      const matches = matcherOf(found)
      const all = await claimPods(context, { owner: replicaSet, matches })
      const live = all.filter(isActive)
      const missing = replicaSet.metadata.deletionTimestamp ? 0 : (replicaSet.spec.replicas ?? 1) - live.length
      let failure: unknown
      try {
        await manage(context, { key, replicaSet, live, missing })
      } catch (error) {
        failure = error
      }
      const going =
        reconciles === 'ReplicaSet' ? all.filter((pod) => pod.metadata.deletionTimestamp && !isOver(pod)).length : undefined
      const status = statusOf(replicaSet, live, { nowMs: context.clock.now(), failure, missing, going })
      if (!sameJson(status, replicaSet.status)) await client.updateStatus<K>(reconciles, { ...found, status } as never)
      if (failure) throw failure
      return next(context, replicaSet, { live, missing })
    },
  })

interface Situation {
  key: string
  replicaSet: Replicated
  live: Pod[]
  missing: number
}

async function manage(context: ReconcileContext, { key, replicaSet, live, missing }: Situation): Promise<void> {
  const { expectations } = context
  const batch = Math.min(Math.abs(missing), BATCH_SIZE)
  if (missing > 0) {
    const drafts = Array.from({ length: batch }, () => podFrom(replicaSet.spec.template ?? {}, replicaSet))
    await expectations.creates(key, drafts, (draft) => createPod(context, replicaSet, draft))
  }
  if (missing >= 0) return
  const worst = worstFirst(live, { related: relatedPods(context, replicaSet), nowMs: context.clock.now() })
  await expectations.deletes(key, worst.slice(0, batch), (pod) => deletePod(context, replicaSet, pod))
}

/** The Pods of all ReplicaSets of its Deployment: while one grows and another shrinks, nodes with many of either lose some. */
function relatedPods({ informers }: ReconcileContext, replicaSet: Replicated): Pod[] {
  const owner = controllerOf(replicaSet)
  if (!owner) return []
  const kin = informers.list('ReplicaSet', replicaSet.metadata.namespace).filter((each) => controllerOf(each)?.uid === owner.uid)
  return kin.flatMap((each) => informers.ownedBy('Pod', each))
}

function statusOf(
  replicaSet: Replicated,
  live: Pod[],
  { nowMs, failure, missing, going }: { nowMs: number; failure: unknown; missing: number; going: number | undefined },
): Status {
  const labels = Object.entries(replicaSet.spec.template?.metadata?.labels ?? {})
  const labelled = live.filter((pod) => labels.every(([key, value]) => pod.metadata.labels?.[key] === value)).length
  const ready = live.filter(isReady).length
  const available = live.filter((pod) => isAvailable(pod, replicaSet.spec.minReadySeconds ?? 0, nowMs)).length
  const before = replicaSet.status?.conditions ?? []
  const others = before.filter((condition) => condition.type !== 'ReplicaFailure')
  // The first failure stays as it is: each has the name of another Pod, and to write it down would call us again at once.
  const known = before.find((condition) => condition.type === 'ReplicaFailure')
  const failed = failure
    ? [
        known ?? {
          type: 'ReplicaFailure',
          status: 'True',
          reason: missing > 0 ? 'FailedCreate' : 'FailedDelete',
          message: messageOf(failure),
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
    ...(going === undefined ? {} : { terminatingReplicas: going }),
    ...(conditions.length ? { conditions } : {}),
  }
}

/** Again at once for the next batch, or when a ready Pod will have become available. */
function next({ clock }: ReconcileContext, { spec }: Replicated, { live, missing }: { live: Pod[]; missing: number }): Outcome {
  if (Math.abs(missing) > BATCH_SIZE) return requeueAfter(0)
  const wait = nextAvailable(live, spec.minReadySeconds ?? 0, clock.now())
  return wait === undefined ? done : requeueAfter(wait)
}

export const replicaSetController = replicaController({
  name: 'replicaset-controller',
  reconciles: 'ReplicaSet',
  matcherOf: ({ spec }) => selectorOf(spec.selector),
})

export const replicationController = replicaController({
  name: 'replication-controller',
  reconciles: 'ReplicationController',
  matcherOf: ({ spec }) => selectorOfMap(spec.selector),
})
