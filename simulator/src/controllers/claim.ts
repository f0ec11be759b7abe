/** Which Pods or ReplicaSets belong to whom. Models pkg/controller/controller_ref_manager.go (v1.36). */
import type { Client, Kinds } from '../client/client.js'
import { controlledBy, controllerOf, type KubeObject, keyOf } from '../objects/object.js'
import type { LabelMatcher } from '../objects/selector.js'
import { ignoreMissing } from '../objects/status.js'
import { isOver } from './pods.js'
import type { Informers } from './runtime/informer.js'

type Claimed = 'Pod' | 'ReplicaSet'

interface Claim<K extends Claimed> {
  kind: K
  owner: KubeObject
  matches: LabelMatcher
  /** Which of those that match and nobody controls may be taken over, beside that they are not on their way out. */
  mayAdopt?: (object: Kinds[K]) => boolean
  /** One that all of them carry. */
  finalizer?: string
}

/**
 * Those that the owner controls, after it has let go of what its selector no longer matches and taken over what matches and nobody
 * controls. One that is being deleted does neither.
 */
export async function claim<K extends Claimed>(
  { client, informers }: { client: Client; informers: Informers },
  { kind, owner, matches, mayAdopt = () => true, finalizer }: Claim<K>,
): Promise<Kinds[K][]> {
  const owned = informers.ownedBy(kind, owner)
  const kept = owned.filter((each) => matches(each.metadata.labels))
  if (owner.metadata.deletionTimestamp) return kept
  for (const stranger of owned.filter((each) => !kept.includes(each))) {
    const ownerReferences = (stranger.metadata.ownerReferences ?? []).filter((each) => each.uid !== owner.metadata.uid)
    const finalizers = finalizer ? { finalizers: stranger.metadata.finalizers?.filter((each) => each !== finalizer) } : {}
    const metadata = { uid: stranger.metadata.uid, ownerReferences, ...finalizers }
    await client.patch(kind, keyOf(stranger), { metadata }).catch(ignoreMissing)
  }
  const free = informers.list(kind, owner.metadata.namespace).filter((each) => !controllerOf(each) && mayAdopt(each))
  for (const orphan of free.filter(({ metadata }) => !metadata.deletionTimestamp && matches(metadata.labels))) {
    const ownerReferences = [...(orphan.metadata.ownerReferences ?? []), controlledBy(owner)]
    const finalizers = finalizer ? { finalizers: [...(orphan.metadata.finalizers ?? []), finalizer] } : {}
    const metadata = { uid: orphan.metadata.uid, ownerReferences, ...finalizers }
    const adopted = await client.patch(kind, keyOf(orphan), { metadata }).catch(ignoreMissing)
    if (adopted) kept.push(adopted as Kinds[K])
  }
  return kept
}

interface PodClaim {
  owner: KubeObject
  matches: LabelMatcher
  finalizer?: string
}

/** Of Pods one that has ended is left alone. */
export const claimPods = (context: { client: Client; informers: Informers }, wanted: PodClaim): Promise<Kinds['Pod'][]> =>
  claim(context, { kind: 'Pod', mayAdopt: (pod) => !isOver(pod), ...wanted })
