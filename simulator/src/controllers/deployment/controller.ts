import { clone, controllerOf, keyOf, sameJson } from '../../objects/object.js'
import { isAlreadyExists } from '../../objects/status.js'
import type { Deployment, ReplicaSet } from '../../schema/kubernetes.generated.js'
import { parseTime } from '../../time/clock.js'
import { isOver } from '../pods.js'
import { defineController, done, type Outcome, type ReconcileContext, requeueAfter } from '../runtime/controller.js'
import { claimReplicaSets } from './claim.js'
import {
  annotationsFor,
  type History,
  historyOf,
  newReplicaSet,
  REVISION,
  revisionOf,
  type Sizes,
  sizeAnnotations,
} from './history.js'
import { type Bounds, boundsOf, newSize, shrinkOld, sizeOf, total } from './rolling.js'
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
    const history = historyOf(deployment, await claimReplicaSets(context, deployment))
    const bounds = boundsOf(deployment)
    if (!deployment.metadata.deletionTimestamp) {
      if (deployment.spec.paused || isScaling(deployment, history, bounds))
        await scaleAll(context, { deployment, history, bounds })
      else if (deployment.spec.strategy?.type === 'Recreate') await recreate(context, { deployment, history, bounds })
      else await roll(context, { deployment, history, bounds })
    }
    return finish(context, { deployment, history, bounds })
  },
})

interface Situation {
  deployment: Deployment
  history: History
  bounds: Bounds
}

const sizesOf = ({ desired, maxSurge }: Bounds): Sizes => ({ desired, most: desired + maxSurge })

/** Whether the number of replicas has changed since the ReplicaSets were last sized. */
function isScaling({ spec }: Deployment, { all }: History, _bounds: Bounds): boolean {
  return all.some(
    (each) =>
      sizeOf(each) > 0 &&
      Number(each.metadata.annotations?.['deployment.kubernetes.io/desired-replicas'] ?? spec.replicas) !== spec.replicas,
  )
}

/** Makes the new ReplicaSet where it is missing, and keeps its revision and annotations right. */
async function ensureCurrent(context: ReconcileContext, situation: Situation): Promise<ReplicaSet> {
  const { client, events, expectations } = context
  const { deployment, history, bounds } = situation
  const sizes = sizesOf(bounds)
  const { current } = history
  if (!current) {
    const replicas = newSize(bounds, undefined, history.all)
    let created: ReplicaSet | undefined
    await expectations.creates(keyOf(deployment), [newReplicaSet(deployment, history, { replicas, sizes })], async (draft) => {
      created = await client
        .create('ReplicaSet', draft)
        .catch((error) => collide(context, { deployment, name: draft.metadata.name ?? '' }, error))
      return created
    })
    if (!created) throw new Error('a created ReplicaSet is missing')
    if (replicas > 0) events.record(deployment, scaling('up', created.metadata.name, 0, replicas))
    await setRevision(context, deployment, created)
    return created
  }
  const annotations = { ...annotationsFor(deployment, history) }
  let updated = current
  if (!sameJson(annotations, current.metadata.annotations) || current.spec.minReadySeconds !== deployment.spec.minReadySeconds) {
    const copy = clone(current)
    copy.metadata.annotations = annotations
    copy.spec.minReadySeconds = deployment.spec.minReadySeconds
    updated = await client.update('ReplicaSet', copy)
  }
  await setRevision(context, deployment, updated)
  return updated
}

/** Another template has the same hash, or an object in the way its name: the next name is another. */
async function collide(
  { client }: ReconcileContext,
  { deployment, name }: { deployment: Deployment; name: string },
  error: unknown,
): Promise<never> {
  if (!isAlreadyExists(error)) throw error
  const present = await client.get('ReplicaSet', `${deployment.metadata.namespace}/${name}`)
  if (controllerOf(present)?.uid !== deployment.metadata.uid) {
    const collisionCount = (deployment.status?.collisionCount ?? 0) + 1
    await client.updateStatus('Deployment', { ...deployment, status: { ...deployment.status, collisionCount } })
  }
  throw error
}

async function setRevision({ client }: ReconcileContext, deployment: Deployment, current: ReplicaSet): Promise<void> {
  const revision = String(revisionOf(current))
  if (deployment.metadata.annotations?.[REVISION] === revision) return
  const live = clone(await client.get('Deployment', keyOf(deployment)))
  live.metadata.annotations = { ...live.metadata.annotations, [REVISION]: revision }
  // Upstream writes it along with the status, by which annotations can be changed too.
  await client.updateStatus('Deployment', live)
}

const scaling = (direction: 'up' | 'down', name: string, from: number, to: number) => ({
  type: 'Normal' as const,
  reason: 'ScalingReplicaSet',
  message: `Scaled ${direction} replica set ${name} from ${from} to ${to}`,
})

async function resize(
  { client, events }: ReconcileContext,
  { deployment, bounds }: Situation,
  { replicaSet, replicas }: { replicaSet: ReplicaSet; replicas: number },
): Promise<ReplicaSet> {
  const annotations = { ...replicaSet.metadata.annotations, ...sizeAnnotations(sizesOf(bounds)) }
  const before = sizeOf(replicaSet)
  if (before === replicas && sameJson(annotations, replicaSet.metadata.annotations)) return replicaSet
  const copy = clone(replicaSet)
  copy.metadata.annotations = annotations
  copy.spec.replicas = replicas
  const updated = await client.update('ReplicaSet', copy)
  if (before !== replicas)
    events.record(deployment, scaling(replicas > before ? 'up' : 'down', replicaSet.metadata.name, before, replicas))
  return updated
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
  if (history.current) for (const change of shrinkOld(bounds, current, old)) await resize(context, situation, change)
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

/** A change of size alone: the new ReplicaSet takes it, or several share it in proportion while a rollout is under way. */
async function scaleAll(context: ReconcileContext, situation: Situation): Promise<void> {
  const { deployment, history, bounds } = situation
  const active = history.all.filter((each) => sizeOf(each) > 0)
  const [only] = active
  if (active.length <= 1) {
    const target = only ?? history.current
    if (target) await resize(context, situation, { replicaSet: target, replicas: bounds.desired })
    return
  }
  const { current } = history
  if (current && isComplete(deployment, { ...deployment.status, replicas: sizeOf(current) })) {
    for (const replicaSet of active) if (replicaSet !== current) await resize(context, situation, { replicaSet, replicas: 0 })
    return
  }
  for (const change of proportional(active, bounds)) await resize(context, situation, change)
}

/** @see pkg/controller/deployment/sync.go: scale */
function proportional(active: ReplicaSet[], { desired, maxSurge }: Bounds): { replicaSet: ReplicaSet; replicas: number }[] {
  const allowed = desired > 0 ? desired + maxSurge : 0
  const present = total(active, sizeOf)
  let toAdd = allowed - present
  const newestFirst = [...active].sort(
    (a, b) =>
      (toAdd > 0 ? 1 : -1) * (sizeOf(b) - sizeOf(a)) ||
      parseTime(b.metadata.creationTimestamp) - parseTime(a.metadata.creationTimestamp),
  )
  const changes = newestFirst.map((replicaSet) => {
    const annotated = Number(replicaSet.metadata.annotations?.['deployment.kubernetes.io/max-replicas'] ?? present)
    const share = toAdd === 0 ? 0 : Math.round((sizeOf(replicaSet) * allowed) / annotated) - sizeOf(replicaSet)
    const part = toAdd > 0 ? Math.min(Math.max(share, 0), toAdd) : Math.max(Math.min(share, 0), toAdd)
    toAdd -= part
    return { replicaSet, replicas: sizeOf(replicaSet) + part }
  })
  const [first] = changes
  if (first && toAdd !== 0) first.replicas = Math.max(0, first.replicas + toAdd)
  return changes
}

async function finish({ client, informers, clock }: ReconcileContext, situation: Situation): Promise<Outcome> {
  const key = keyOf(situation.deployment)
  const deployment = informers.get('Deployment', key)
  if (!deployment) return done
  const history = historyOf(deployment, informers.ownedBy('ReplicaSet', deployment))
  const status = statusOf({ deployment, history, nowMs: clock.now() })
  if (!sameStatus(deployment.status, status)) await client.updateStatus('Deployment', { ...deployment, status })
  if (isComplete(deployment, status)) await cleanUp(client, deployment, history)
  const progressing = status.conditions?.find((condition) => condition.type === 'Progressing')
  const isWaiting = progressing?.status === 'True' && progressing.reason !== 'NewReplicaSetAvailable'
  return progressing && isWaiting ? requeueAfter(progressDeadline(deployment, progressing) - clock.now() + 1000) : done
}

/** Keeps as many old ReplicaSets as the history may be long. */
async function cleanUp(client: ReconcileContext['client'], deployment: Deployment, { old }: History): Promise<void> {
  const idle = old.filter((each) => sizeOf(each) === 0 && (each.status?.replicas ?? 0) === 0 && !each.metadata.deletionTimestamp)
  const surplus = idle.length - (deployment.spec.revisionHistoryLimit ?? 10)
  if (surplus <= 0) return
  const oldest = idle.sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, surplus)
  for (const replicaSet of oldest) await client.delete('ReplicaSet', keyOf(replicaSet), { uid: replicaSet.metadata.uid })
}
