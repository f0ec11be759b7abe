/**
 * Deletes what has lost all its owners, and carries out foreground and orphaning deletion.
 * Models pkg/controller/garbagecollector (v1.36): a graph by uid, kept by watching everything that can be deleted.
 */
import type { Client, ResourceRef } from '../client/client.js'
import { type KubeObject, keyOf, sameJson } from '../objects/object.js'
import { ignoreMissing, isConflict, isNotFound } from '../objects/status.js'
import type { OwnerReference } from '../schema/kubernetes.generated.js'
import { sleep } from '../time/clock.js'
import type { ControllerHost } from './runtime/controller.js'
import { EventRecorder } from './runtime/events.js'
import { WorkQueue } from './runtime/work-queue.js'

interface Entry {
  ref: ResourceRef
  key: string
  object: KubeObject
}

/** What an object that refers to an owner may count on: that it is there, is not, or waits for what it owns to go first. */
type Owner = 'solid' | 'dangling' | 'waiting'

const FOREGROUND = 'foregroundDeletion'
const ORPHAN = 'orphan'
const RETRY_MS = 1000
/** Never owned and often written. */
const UNWATCHED = new Set(['events', 'leases'])

export class GarbageCollector {
  readonly #entries = new Map<string, Entry>()
  readonly #children = new Map<string, Set<string>>()
  readonly #queue: WorkQueue
  readonly #client: Client
  readonly #events: EventRecorder

  constructor(readonly host: ControllerHost) {
    this.#client = host.clientFor('generic-garbage-collector')
    this.#events = new EventRecorder(this.#client, host.clock, { component: 'garbage-collector-controller' })
    this.#queue = new WorkQueue(host.clock, (uid) => this.#process(uid))
    host.signal.addEventListener('abort', () => this.#queue.stop(), { once: true })
  }

  async start(): Promise<void> {
    const resources = (await this.#client.resources()).filter((ref) => !UNWATCHED.has(ref.resource))
    for (const ref of resources) void this.#follow(ref)
  }

  async #follow(ref: ResourceRef): Promise<void> {
    const { signal, clock } = this.host
    while (!signal.aborted) {
      try {
        const { items, resourceVersion } = await this.#client.list(ref)
        const present = new Set(items.map((item) => item.metadata.uid))
        for (const [uid, entry] of this.#entries) if (entry.ref === ref && !present.has(uid)) this.#forget(uid)
        for (const item of items) this.#learn(ref, item)
        let last = resourceVersion
        while (!signal.aborted) {
          for await (const { type, object } of this.#client.watch(ref, { resourceVersion: last, signal })) {
            last = object.metadata.resourceVersion ?? last
            if (type === 'DELETED') this.#forget(object.metadata.uid)
            else if (type !== 'BOOKMARK') this.#learn(ref, object)
          }
        }
      } catch {
        await sleep(clock, RETRY_MS, signal)
      }
    }
  }

  #learn(ref: ResourceRef, object: KubeObject): void {
    const { uid, ownerReferences, deletionTimestamp, finalizers } = object.metadata
    const before = this.#entries.get(uid)
    if (before) this.#unlink(before.object)
    this.#entries.set(uid, { ref, key: keyOf(object), object })
    for (const owner of ownerReferences ?? []) {
      const children = this.#children.get(owner.uid)
      if (children) children.add(uid)
      else this.#children.set(owner.uid, new Set([uid]))
    }
    if (deletionTimestamp && (finalizers?.includes(FOREGROUND) || finalizers?.includes(ORPHAN))) this.#queue.add(uid)
    const ownersBefore = before?.object.metadata.ownerReferences
    if (sameJson(ownerReferences, ownersBefore)) return
    this.#queue.add(uid)
    // One that waits for what it owns may wait for this no longer.
    for (const owner of ownersBefore ?? []) this.#queue.add(owner.uid)
    for (const owner of ownerReferences ?? []) this.#tellStranger(object, owner)
  }

  /** An owner of another namespace is none. @see graph_builder.go: reportInvalidNamespaceOwnerRef */
  #tellStranger({ apiVersion, kind, metadata }: KubeObject, owner: OwnerReference): void {
    const { name, namespace = '', uid } = metadata
    const elsewhere = this.#entries.get(owner.uid)?.object.metadata.namespace
    if (!elsewhere || elsewhere === namespace) return
    const reference = `[${owner.apiVersion}/${owner.kind}, namespace: ${namespace}, name: ${owner.name}, uid: ${owner.uid}]`
    const message = `ownerRef ${reference} does not exist in namespace ${JSON.stringify(namespace)}`
    const subject = { apiVersion, kind, metadata: { name, namespace, uid } } as KubeObject
    this.#events.record(subject, { type: 'Warning', reason: 'OwnerRefInvalidNamespace', message })
  }

  #unlink(object: KubeObject): void {
    for (const owner of object.metadata.ownerReferences ?? []) {
      const children = this.#children.get(owner.uid)
      children?.delete(object.metadata.uid)
      if (children?.size === 0) this.#children.delete(owner.uid)
    }
  }

  #forget(uid: string): void {
    const entry = this.#entries.get(uid)
    if (!entry) return
    this.#unlink(entry.object)
    this.#entries.delete(uid)
    for (const child of this.#children.get(uid) ?? []) this.#queue.add(child)
    for (const owner of entry.object.metadata.ownerReferences ?? []) this.#queue.add(owner.uid)
  }

  async #process(uid: string): Promise<void> {
    const entry = this.#entries.get(uid)
    if (!entry) return
    try {
      const { deletionTimestamp, finalizers = [] } = entry.object.metadata
      if (deletionTimestamp && finalizers.includes(ORPHAN)) await this.#orphanChildren(uid, entry)
      else if (deletionTimestamp && finalizers.includes(FOREGROUND)) await this.#deleteChildren(uid, entry)
      else if (!deletionTimestamp) await this.#deleteIfOwnerless(entry)
      this.#queue.succeed(uid)
    } catch (error) {
      if (this.host.signal.aborted) return
      if (!isNotFound(error) && !isConflict(error)) this.host.onError?.('garbage-collector', entry.key, error)
      this.#queue.retry(uid)
    }
  }

  /** Goes with its last owner; of several it forgets those that have gone. @see garbagecollector.go: attemptToDeleteItem */
  async #deleteIfOwnerless({ ref, key, object }: Entry): Promise<void> {
    const { uid, ownerReferences: owners = [], finalizers } = object.metadata
    if (owners.length === 0) return
    const states: Owner[] = []
    for (const owner of owners) states.push(await this.#stateOf(owner, object.metadata.namespace))
    const solid = owners.filter((_, index) => states[index] === 'solid')
    if (solid.length === owners.length) return
    if (solid.length > 0) {
      await this.#client.patch(ref, key, { metadata: { uid, ownerReferences: solid } })
      return
    }
    const goesLast = states.includes('waiting') && this.#childrenOf(uid).length > 0
    const isHeld = goesLast || finalizers?.includes(FOREGROUND)
    const propagation = !goesLast && finalizers?.includes(ORPHAN) ? 'Orphan' : isHeld ? 'Foreground' : 'Background'
    await this.#client.delete(ref, key, { uid, propagation })
  }

  /** The graph may be behind: only the server says for sure that an owner is gone. */
  async #stateOf(owner: OwnerReference, namespace: string | undefined): Promise<Owner> {
    const known = this.#entries.get(owner.uid)?.object
    const isMeant = known?.kind === owner.kind && known.metadata.name === owner.name
    if (known && isMeant && [undefined, namespace].includes(known.metadata.namespace))
      return isWaiting(known) ? 'waiting' : 'solid'
    const slash = owner.apiVersion.indexOf('/')
    const group = slash < 0 ? '' : owner.apiVersion.slice(0, slash)
    const ref = (await this.#client.resources()).find((each) => each.group === group && each.kind === owner.kind)
    // Of an unknown kind, or one of a namespace over an object of none: nobody can tell, so it stays.
    if (!ref || (ref.namespaced && !namespace)) return 'solid'
    try {
      const found = await this.#client.get(ref, ref.namespaced ? `${namespace}/${owner.name}` : owner.name)
      if (found.metadata.uid !== owner.uid) return 'dangling'
      return isWaiting(found) ? 'waiting' : 'solid'
    } catch (error) {
      if (isNotFound(error)) return 'dangling'
      throw error
    }
  }

  #childrenOf(uid: string): Entry[] {
    return [...(this.#children.get(uid) ?? [])].flatMap((child) => this.#entries.get(child) ?? [])
  }

  /** What the owner waits for goes, unless somebody else owns it too; then the owner itself. */
  async #deleteChildren(uid: string, entry: Entry): Promise<void> {
    const children = this.#childrenOf(uid)
    for (const { object } of children) if (!object.metadata.deletionTimestamp) this.#queue.add(object.metadata.uid)
    const isBlocked = children.some(({ object }) =>
      object.metadata.ownerReferences?.some((owner) => owner.uid === uid && owner.blockOwnerDeletion),
    )
    if (!isBlocked) await this.#removeFinalizer(entry, FOREGROUND)
  }

  async #orphanChildren(uid: string, entry: Entry): Promise<void> {
    for (const child of this.#childrenOf(uid)) {
      const ownerReferences = (child.object.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid)
      await this.#client
        .patch(child.ref, child.key, { metadata: { uid: child.object.metadata.uid, ownerReferences } })
        .catch(ignoreMissing)
    }
    await this.#removeFinalizer(entry, ORPHAN)
  }

  async #removeFinalizer({ ref, key }: Entry, finalizer: string): Promise<void> {
    const live = await this.#client.get(ref, key)
    const finalizers = (live.metadata.finalizers ?? []).filter((each) => each !== finalizer)
    await this.#client.patch(ref, key, { metadata: { resourceVersion: live.metadata.resourceVersion, finalizers } })
  }
}

const isWaiting = ({ metadata }: KubeObject): boolean =>
  metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(FOREGROUND) === true
