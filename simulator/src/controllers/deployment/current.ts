/** The ReplicaSet of the present template: made where it is missing, else kept right. @see pkg/controller/deployment/sync.go */
import { clone, controllerOf, type Draft, keyOf, sameJson } from '../../objects/object.js'
import { isAlreadyExists, messageOf } from '../../objects/status.js'
import type { Deployment, ReplicaSet } from '../../schema/kubernetes.generated.js'
import type { ReconcileContext } from '../runtime/controller.js'
import { annotationsFor, newReplicaSet, REVISION, revisionOf, sameTemplate } from './history.js'
import { type Situation, scaling, sizesOf } from './resize.js'
import { newSize } from './rolling.js'
import { type Arrival, conditionsAfter } from './status.js'

/** @throws what the API server answers where it refuses a new one, after the Deployment has told of it */
export async function ensureCurrent(context: ReconcileContext, situation: Situation): Promise<ReplicaSet> {
  const { deployment, history } = situation
  const { current } = history
  if (!current) return create(context, situation)
  const annotations = annotationsFor(deployment, history)
  let updated = current
  if (!sameJson(annotations, current.metadata.annotations) || current.spec.minReadySeconds !== deployment.spec.minReadySeconds) {
    const copy = clone(current)
    copy.metadata.annotations = annotations
    copy.spec.minReadySeconds = deployment.spec.minReadySeconds
    updated = await context.client.update('ReplicaSet', copy)
  }
  await tell(context, situation, { current: updated, arrival: { type: 'found', name: updated.metadata.name } })
  return updated
}

async function create(context: ReconcileContext, situation: Situation): Promise<ReplicaSet> {
  const { client, events, expectations } = context
  const { deployment, history, bounds } = situation
  const replicas = newSize(bounds, undefined, history.all)
  const draft = newReplicaSet(deployment, history, { replicas, sizes: sizesOf(bounds) })
  let created: ReplicaSet | undefined
  await expectations.creates(keyOf(deployment), [draft], async () => {
    created = await client.create('ReplicaSet', draft).catch((error) => refused(context, { deployment, draft }, error))
    return created
  })
  if (!created) throw new Error('a created ReplicaSet is missing')
  if (replicas > 0) events.record(deployment, scaling('up', created.metadata.name, 0, replicas))
  await tell(context, situation, { current: created, arrival: { type: 'created', name: created.metadata.name } })
  return created
}

async function refused(
  { client, events, clock }: ReconcileContext,
  { deployment, draft }: { deployment: Deployment; draft: Draft<ReplicaSet> },
  error: unknown,
): Promise<never> {
  if (isAlreadyExists(error)) {
    await collide(client, deployment, draft)
    throw error
  }
  const why = messageOf(error)
  const message = `Failed to create new replica set ${JSON.stringify(draft.metadata.name)}: ${why}`
  const conditions = conditionsAfter(deployment, { type: 'refused', message }, clock.now())
  if (conditions) await client.updateStatus('Deployment', { ...deployment, status: { ...deployment.status, conditions } })
  events.record(deployment, { type: 'Warning', reason: 'ReplicaSetCreateError', message })
  throw error
}

/** Another template has the same hash, or an object in the way its name: the next name is another. */
async function collide(client: ReconcileContext['client'], deployment: Deployment, draft: Draft<ReplicaSet>): Promise<void> {
  const present = await client.get('ReplicaSet', `${deployment.metadata.namespace}/${draft.metadata.name}`)
  const isOurs = controllerOf(present)?.uid === deployment.metadata.uid
  // One of ours that the informers have not shown yet.
  if (isOurs && sameTemplate(present.spec.template, deployment.spec.template)) return
  const collisionCount = (deployment.status?.collisionCount ?? 0) + 1
  await client.updateStatus('Deployment', { ...deployment, status: { ...deployment.status, collisionCount } })
}

/** Upstream writes the revision along with the status, by which annotations can be changed too. */
async function tell(
  { client, clock }: ReconcileContext,
  { deployment }: Situation,
  { current, arrival }: { current: ReplicaSet; arrival: Arrival },
): Promise<void> {
  const revision = String(revisionOf(current))
  const hasRevision = deployment.metadata.annotations?.[REVISION] === revision
  if (hasRevision && !conditionsAfter(deployment, arrival, clock.now())) return
  const live = clone(await client.get('Deployment', keyOf(deployment)))
  const conditions = conditionsAfter(live, arrival, clock.now())
  live.metadata.annotations = { ...live.metadata.annotations, [REVISION]: revision }
  if (conditions) live.status = { ...live.status, conditions }
  await client.updateStatus('Deployment', live)
}
