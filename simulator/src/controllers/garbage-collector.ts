/**
 * Deletes what has lost all its owners, and carries out foreground and orphaning deletion.
 * Models pkg/controller/garbagecollector (v1.36): a graph by uid, kept by watching everything that can be deleted.
 */
import type { Client, ResourceRef } from '../client/client.js'
import { type KubeObject, keyOf } from '../objects/object.js'
import { isConflict, isNotFound } from '../objects/status.js'
import { sleep } from '../time/clock.js'
import type { ControllerHost } from './runtime/controller.js'
import { WorkQueue } from './runtime/work-queue.js'

interface Entry {
  ref: ResourceRef
  key: string
  object: KubeObject
}

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

  constructor(readonly host: ControllerHost) {
    this.#client = host.clientFor('generic-garbage-collector')
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
    if (ownerReferences?.length && !before) this.#queue.add(uid)
    if (deletionTimestamp && (finalizers?.includes(FOREGROUND) || finalizers?.includes(ORPHAN))) this.#queue.add(uid)
    if (before && ownerReferences?.length !== before.object.metadata.ownerReferences?.length) this.#queue.add(uid)
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

  async #deleteIfOwnerless({ ref, key, object }: Entry): Promise<void> {
    const owners = object.metadata.ownerReferences ?? []
    if (owners.length === 0) return
    for (const owner of owners) if (await this.#exists(owner, object.metadata.namespace)) return
    const held = object.metadata.finalizers
    const propagation = held?.includes(ORPHAN) ? 'Orphan' : held?.includes(FOREGROUND) ? 'Foreground' : 'Background'
    await this.#client.delete(ref, key, { uid: object.metadata.uid, propagation })
  }

  /** The graph may be behind: only the server says for sure that an owner is gone. */
  async #exists(
    owner: { apiVersion: string; kind: string; name: string; uid: string },
    namespace: string | undefined,
  ): Promise<boolean> {
    const known = this.#entries.get(owner.uid)
    if (known) return !known.object.metadata.deletionTimestamp || !known.object.metadata.finalizers?.includes(FOREGROUND)
    const slash = owner.apiVersion.indexOf('/')
    const group = slash < 0 ? '' : owner.apiVersion.slice(0, slash)
    const ref = (await this.#client.resources()).find((each) => each.group === group && each.kind === owner.kind)
    if (!ref) return true
    try {
      const found = await this.#client.get(ref, ref.namespaced ? `${namespace}/${owner.name}` : owner.name)
      return found.metadata.uid === owner.uid
    } catch (error) {
      if (isNotFound(error)) return false
      throw error
    }
  }

  #childrenOf(uid: string): Entry[] {
    return [...(this.#children.get(uid) ?? [])].flatMap((child) => this.#entries.get(child) ?? [])
  }

  async #deleteChildren(uid: string, entry: Entry): Promise<void> {
    const children = this.#childrenOf(uid)
    for (const child of children) {
      if (!child.object.metadata.deletionTimestamp)
        await this.#client.delete(child.ref, child.key, { propagation: 'Foreground' }).catch(ignoreMissing)
    }
    const blocking = this.#childrenOf(uid).filter((child) =>
      child.object.metadata.ownerReferences?.some((owner) => owner.uid === uid && owner.blockOwnerDeletion),
    )
    if (blocking.length === 0) await this.#removeFinalizer(entry, FOREGROUND)
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

const ignoreMissing = (error: unknown): void => {
  if (!isNotFound(error)) throw error
}
