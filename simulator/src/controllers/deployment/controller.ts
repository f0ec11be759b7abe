import { keyOf } from '../../objects/object.js'
import { selectorOf } from '../../objects/selector.js'
import { ignoreMissing } from '../../objects/status.js'
import type { Deployment, ReplicaSet } from '../../schema/kubernetes.generated.js'
import { claim } from '../claim.js'
import { isOver } from '../pods.js'
import { defineController, done, type Outcome, type ReconcileContext, requeueAfter } from '../runtime/controller.js'
import { ensureCurrent } from './current.js'
import { type History, historyOf, revisionOf } from './history.js'
import { resize, resizeAll, type Situation } from './resize.js'
import { boundsOf, newSize, shrinkOld, sizeOf } from './rolling.js'
import { isScaling, scaleAll } from './scaling.js'
import { isComplete, progressDeadline, sameStatus, statusOf } from './status.js'

/**
 * Brings the Pods of a Deployment to its template through ReplicaSets, one a revision.
 * Models pkg/controller/deployment (v1.36).
 */
export const deploymentController = defineController({
  name: 'deployment-controller',
  reconciles: 'Deployment',
  owns: ['ReplicaSet'],
  watches: {
    // Recreate waits for the last old Pod to go.
    Pod: ({ type, object }, informers) => {
      if (type !== 'DELETED') return []
      const owner = object.metadata.ownerReferences?.find((reference) => reference.controller && reference.kind === 'ReplicaSet')
      const replicaSet = owner && informers.get('ReplicaSet', `${object.metadata.namespace}/${owner.name}`)
      const deployment = replicaSet?.metadata.ownerReferences?.find((reference) => reference.controller)
      return deployment ? [`${object.metadata.namespace}/${deployment.name}`] : []
    },
  },
  async reconcile(context, key) {
    const { informers, expectations } = context
    const deployment = informers.get('Deployment', key)
    if (!deployment || expectations.pending(key)) return done
    const matches = selectorOf(deployment.spec.selector)
    const history = historyOf(deployment, await claim(context, { kind: 'ReplicaSet', owner: deployment, matches }))
    const situation = { deployment, history, bounds: boundsOf(deployment) }
    if (deployment.metadata.deletionTimestamp) return finish(context, situation, false)
    if (deployment.spec.paused || isScaling(situation)) {
      await scaleAll(context, await refreshed(context, situation))
      if (deployment.spec.paused) await cleanUp(context.client, deployment, history)
      return finish(context, situation, false)
    }
    await (deployment.spec.strategy?.type === 'Recreate' ? recreate : roll)(context, situation)
    return finish(context, situation, true)
  },
})

/** The situation with the annotations of the present ReplicaSet right, where there is one. */
async function refreshed(context: ReconcileContext, situation: Situation): Promise<Situation> {
  const { deployment, history } = situation
  if (!history.current) return situation
  const current = await ensureCurrent(context, situation)
  return { ...situation, history: historyOf(deployment, [...history.old, current]) }
}

async function roll(context: ReconcileContext, situation: Situation): Promise<void> {
  const { history, bounds } = situation
  const current = await ensureCurrent(context, situation)
  const old = history.old.filter((each) => sizeOf(each) > 0)
  const size = newSize(bounds, current, [...old, current])
  if (size !== sizeOf(current)) {
    await resize(context, situation, { replicaSet: current, replicas: size })
    return
  }
  if (history.current) await resizeAll(context, situation, shrinkOld(bounds, current, old))
}

async function recreate(context: ReconcileContext, situation: Situation): Promise<void> {
  const { history, bounds } = situation
  const old = history.old.filter((each) => sizeOf(each) > 0)
  for (const replicaSet of old) await resize(context, situation, { replicaSet, replicas: 0 })
  const lingering = history.old.flatMap((each) => context.informers.ownedBy('Pod', each)).some((pod) => !isOver(pod))
  if (old.length > 0 || lingering) return
  const current = await ensureCurrent(context, situation)
  await resize(context, situation, { replicaSet: current, replicas: bounds.desired })
}

/** @param judges whether a rollout may be under way, whose progress the status tells of */
async function finish(context: ReconcileContext, situation: Situation, judges: boolean): Promise<Outcome> {
  const { client, informers, clock } = context
  const deployment = informers.get('Deployment', keyOf(situation.deployment))
  if (!deployment) return done
  const history = historyOf(deployment, informers.ownedBy('ReplicaSet', deployment))
  const status = statusOf({ deployment, history, nowMs: clock.now(), judges })
  if (!sameStatus(deployment.status, status)) await client.updateStatus('Deployment', { ...deployment, status })
  if (!judges) return done
  if (isComplete(deployment, status)) await cleanUp(client, deployment, history)
  const progressing = status.conditions?.find((condition) => condition.type === 'Progressing')
  const isWaiting = progressing && !['NewReplicaSetAvailable', 'ProgressDeadlineExceeded'].includes(progressing.reason ?? '')
  return isWaiting ? requeueAfter(progressDeadline(deployment, progressing) - clock.now() + 1000) : done
}

/** Keeps as many old ReplicaSets as the history may be long; one that still has Pods, or is to have some, is passed over. */
async function cleanUp(client: ReconcileContext['client'], deployment: Deployment, { old }: History): Promise<void> {
  const alive = old.filter((each) => !each.metadata.deletionTimestamp).sort((a, b) => revisionOf(a) - revisionOf(b))
  const isIdle = ({ spec, status, metadata }: ReplicaSet) =>
    !spec.replicas && !status?.replicas && (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  const surplus = alive.slice(0, Math.max(0, alive.length - (deployment.spec.revisionHistoryLimit ?? 10)))
  for (const replicaSet of surplus.filter(isIdle))
    await client.delete('ReplicaSet', keyOf(replicaSet), { uid: replicaSet.metadata.uid }).catch(ignoreMissing)
}
