/** Which ReplicaSets belong to a Deployment. @see pkg/controller/controller_ref_manager.go: ReplicaSetControllerRefManager */
import { controlledBy, controllerOf, keyOf } from '../../objects/object.js'
import { selectorOf } from '../../objects/selector.js'
import { isNotFound } from '../../objects/status.js'
import type { Deployment, ReplicaSet } from '../../schema/kubernetes.generated.js'
import type { ReconcileContext } from '../runtime/controller.js'

/** Those that it controls, after it has let go of strangers and taken over what matches and nobody controls. */
export async function claimReplicaSets({ client, informers }: ReconcileContext, deployment: Deployment): Promise<ReplicaSet[]> {
  const matches = selectorOf(deployment.spec.selector)
  const owned = informers.ownedBy('ReplicaSet', deployment)
  if (deployment.metadata.deletionTimestamp) return owned
  for (const stranger of owned.filter(({ metadata }) => !matches(metadata.labels))) {
    const ownerReferences = (stranger.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== deployment.metadata.uid)
    await client
      .patch('ReplicaSet', keyOf(stranger), { metadata: { uid: stranger.metadata.uid, ownerReferences } })
      .catch(ignoreMissing)
  }
  const kept = owned.filter(({ metadata }) => matches(metadata.labels))
  const orphans = informers
    .list('ReplicaSet', deployment.metadata.namespace)
    .filter((each) => !controllerOf(each) && !each.metadata.deletionTimestamp && matches(each.metadata.labels))
  for (const orphan of orphans) {
    const ownerReferences = [...(orphan.metadata.ownerReferences ?? []), controlledBy(deployment)]
    const metadata = { uid: orphan.metadata.uid, ownerReferences }
    const adopted = await client.patch('ReplicaSet', keyOf(orphan), { metadata }).catch(ignoreMissing)
    if (adopted) kept.push(adopted)
  }
  return kept
}

const ignoreMissing = (error: unknown): undefined => {
  if (!isNotFound(error)) throw error
}
