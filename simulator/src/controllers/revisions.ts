/**
 * The history of a StatefulSet or DaemonSet: one ControllerRevision for each template that it has had, so that `kubectl rollout undo`
 * can go back. @see pkg/controller/history
 */
import { createHash } from 'node:crypto'
import type { Client } from '../client/client.js'
import { clone, controlledBy, controllerOf, type KubeObject, keyOf, sameJson } from '../objects/object.js'
import type { LabelMatcher } from '../objects/selector.js'
import { isAlreadyExists } from '../objects/status.js'
import type { ControllerRevision, PodTemplateSpec } from '../schema/kubernetes.generated.js'
import { parseTime } from '../time/clock.js'
import type { Informers } from './runtime/informer.js'

const HASH_LABEL = 'controller.kubernetes.io/hash'
const SAFE_LETTERS = 'bcdfghjklmnpqrstvwxz2456789'

/** What has a history. */
export interface Parent extends KubeObject {
  spec: { template: PodTemplateSpec; revisionHistoryLimit?: number | undefined }
}

/** Up to ten letters of those that upstream's names have, and not its hash, which is over what Go makes of an object. */
export function safeHash(text: string): string {
  const digits = String(createHash('sha1').update(text).digest().readUInt32BE())
  return [...digits].map((digit) => SAFE_LETTERS[digit.charCodeAt(0) % SAFE_LETTERS.length]).join('')
}

/** The patch that puts the present template back. */
const patchOf = ({ spec }: Parent) => ({ spec: { template: { ...clone(spec.template), $patch: 'replace' } } })

interface RevisionData {
  spec?: { template?: PodTemplateSpec & { $patch?: string } }
}

/** The template that a revision keeps. */
export function templateOf(revision: ControllerRevision): PodTemplateSpec {
  const { $patch: _, ...template } = (revision.data as RevisionData | undefined)?.spec?.template ?? {}
  return template
}

const byRevision = (a: ControllerRevision, b: ControllerRevision): number =>
  a.revision - b.revision ||
  parseTime(a.metadata.creationTimestamp) - parseTime(b.metadata.creationTimestamp) ||
  a.metadata.name.localeCompare(b.metadata.name)

interface Access {
  client: Client
  informers: Informers
}

/** The revisions of the parent, oldest first, after it has taken over those that an earlier one of its name has left. */
export async function listRevisions(
  { client, informers }: Access,
  parent: Parent,
  matches: LabelMatcher,
): Promise<ControllerRevision[]> {
  const revisions: ControllerRevision[] = []
  for (const each of informers.list('ControllerRevision', parent.metadata.namespace)) {
    const owner = controllerOf(each)
    if (owner?.uid === parent.metadata.uid) revisions.push(each)
    else if (!owner && matches(each.metadata.labels) && !parent.metadata.deletionTimestamp) {
      const metadata = { uid: each.metadata.uid, ownerReferences: [controlledBy(parent)] }
      revisions.push(await client.patch('ControllerRevision', keyOf(each), { metadata }))
    }
  }
  return revisions.sort(byRevision)
}

/**
 * The revision of the parent's present template: the newest that is equal, brought to the front where it was an older one, or a new one.
 * `revisions` is changed to hold it.
 */
export async function ensureRevision(
  client: Client,
  parent: Parent,
  { revisions, hashLabel = HASH_LABEL }: { revisions: ControllerRevision[]; hashLabel?: string },
): Promise<ControllerRevision> {
  const data = patchOf(parent)
  const latest = revisions.at(-1)
  const equal = revisions.filter((each) => sameJson(each.data, data)).at(-1)
  if (equal && equal === latest) return equal
  const revision = (latest?.revision ?? 0) + 1
  if (equal) {
    const moved = await client.update('ControllerRevision', { ...equal, revision })
    revisions.splice(revisions.indexOf(equal), 1)
    revisions.push(moved)
    return moved
  }
  const made = await createRevision(client, parent, { data, revision, hashLabel })
  if (!revisions.some((each) => each.metadata.uid === made.metadata.uid)) revisions.push(made)
  return made
}

async function createRevision(
  client: Client,
  parent: Parent,
  { data, revision, hashLabel }: { data: object; revision: number; hashLabel: string },
): Promise<ControllerRevision> {
  const { name, namespace, annotations } = parent.metadata
  for (let probe = 0; ; probe++) {
    const hash = safeHash(JSON.stringify(data) + probe)
    const labels = { ...parent.spec.template.metadata?.labels, [hashLabel]: hash }
    const metadata = { name: `${name}-${hash}`, namespace, labels, annotations, ownerReferences: [controlledBy(parent)] }
    try {
      return await client.create('ControllerRevision', { metadata, data: data as never, revision })
    } catch (error) {
      if (!isAlreadyExists(error)) throw error
      const existing = await client.get('ControllerRevision', `${namespace}/${name}-${hash}`)
      if (sameJson(existing.data, data)) return existing
    }
  }
}

/** Deletes the oldest of what is in use no more, beyond the history limit. */
export async function trimRevisions(
  client: Client,
  parent: Parent,
  { revisions, live }: { revisions: ControllerRevision[]; live: Set<string> },
): Promise<void> {
  const idle = revisions.filter((each) => !live.has(each.metadata.name))
  const surplus = idle.length - (parent.spec.revisionHistoryLimit ?? 10)
  for (const each of idle.slice(0, Math.max(0, surplus))) await client.delete('ControllerRevision', keyOf(each))
}
