/**
 * The objects of one cluster, with etcd's rules: one revision counter and one compaction point for all kinds, and a bounded history
 * from which watches resume. Objects are immutable and may be shared with other clusters (a fork copies references only).
 *
 * Everything here is synchronous: between a read and the write that depends on it nothing else runs.
 */
import type { KubeObject } from '../objects/object.js'
import { sizeOf } from '../objects/size.js'

export interface StoreEvent {
  revision: number
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  /** The resource that it is stored under, such as `apps/deployments`. */
  resource: string
  key: string
  /** After the event; for a deletion the last state, with the revision of the deletion. */
  object: KubeObject
  /** Before the event; absent for a creation. */
  previous?: KubeObject
  /** What a large object takes of memory; absent of all others. */
  memory?: number
}

/** What a store holds at one moment. Plain data: it can be kept, forked from, or written to disk as JSON. */
export interface Checkpoint {
  revision: number
  objects: Record<string, [key: string, object: KubeObject][]>
}

type Listener = (event: StoreEvent) => void

/** Hears of everything that a store comes to hold, before anybody else does: what writes it down. */
export interface Follower {
  onEvent: Listener
  /** Another state has been put in place of what was there. */
  onReset: () => void
}

/** Watches older than this many writes start over, as after etcd's compaction. */
const HISTORY_LENGTH = 2000
/** Or older than so much that was written. */
const HISTORY_MEMORY = 32 * 1024 * 1024
/** What an object takes of memory, in bytes, where nothing else is known of it. Those that take more are counted one by one. */
const USUAL_MEMORY = 4 * 1024
/** Who writes such an object may have written others before the store was restored: they are looked for. */
const LARGE_MEMORY = 256 * 1024

/** The watch asked for a revision that is gone. */
export class CompactedError extends Error {
  constructor(
    readonly asked: number,
    readonly compacted: number,
  ) {
    super(`too old resource version: ${asked} (${compacted})`)
  }
}

interface Shelf {
  objects: Map<string, KubeObject>
  /** Keys in order; made anew after a key has come or gone. */
  sorted: string[] | undefined
  listeners: Set<Listener>
  /** What the large ones take of memory, by key. */
  large: Map<string, number>
}

const beyondUsual = (memory = 0): number => Math.max(0, memory - USUAL_MEMORY)

export class Store {
  #revision = 1
  #compacted = 0
  #history: StoreEvent[] = []
  #historyMemory = 0
  /** Of objects beyond what each usually takes. */
  #largeMemory = 0
  /** Whether all that came with a restored state are among them. */
  #isMeasured = true
  #count = 0
  readonly #shelves = new Map<string, Shelf>()
  readonly #resets = new Set<() => void>()
  readonly #followers = new Set<Follower>()

  /** The revision of the latest write. */
  get revision(): number {
    return this.#revision
  }

  #shelf(resource: string): Shelf {
    let shelf = this.#shelves.get(resource)
    if (!shelf) {
      shelf = { objects: new Map(), sorted: undefined, listeners: new Set(), large: new Map() }
      this.#shelves.set(resource, shelf)
    }
    return shelf
  }

  get(resource: string, key: string): KubeObject | undefined {
    return this.#shelves.get(resource)?.objects.get(key)
  }

  count(resource: string): number {
    return this.#shelves.get(resource)?.objects.size ?? 0
  }

  /** Every object of the resource in the order of keys; of one namespace where `namespace` is given. */
  list(resource: string, namespace = ''): KubeObject[] {
    const shelf = this.#shelves.get(resource)
    if (!shelf) return []
    shelf.sorted ??= [...shelf.objects.keys()].sort()
    const prefix = `${namespace}/`
    const keys = namespace ? shelf.sorted.filter((key) => key.startsWith(prefix)) : shelf.sorted
    return keys.flatMap((key) => shelf.objects.get(key) ?? [])
  }

  /**
   * As `list`, but as it was at that revision: the present, with all that happened since taken back.
   * @throws CompactedError where the revision is older than the history
   */
  listAt(resource: string, namespace: string, revision: number): KubeObject[] {
    if (revision < this.#compacted) throw new CompactedError(revision, this.#compacted)
    const later = this.#history.filter((event) => event.revision > revision && event.resource === resource)
    if (later.length === 0) return this.list(resource, namespace)
    const objects = new Map(this.#shelves.get(resource)?.objects)
    for (const { key, previous } of later.reverse()) {
      if (previous) objects.set(key, previous)
      else objects.delete(key)
    }
    const keys = [...objects.keys()].filter((key) => !namespace || key.startsWith(`${namespace}/`)).sort()
    return keys.flatMap((key) => objects.get(key) ?? [])
  }

  /** Bytes of memory that all objects take, about. */
  get memory(): number {
    return this.#count * USUAL_MEMORY + this.#largeMemory
  }

  /** What they would take with an object of so many bytes in this place. */
  memoryWith(resource: string, key: string, memory: number): number {
    if (!this.#isMeasured && memory > LARGE_MEMORY) this.#lookForLarge()
    const shelf = this.#shelves.get(resource)
    const added = shelf?.objects.has(key) ? 0 : USUAL_MEMORY
    return this.memory + added + beyondUsual(memory) - beyondUsual(shelf?.large.get(key))
  }

  #lookForLarge(): void {
    this.#isMeasured = true
    for (const shelf of this.#shelves.values())
      for (const [key, object] of shelf.objects) this.#note(shelf, key, sizeOf(object).memory)
  }

  /** Keeps how large the object of a place is now; 0 where it is gone. */
  #note(shelf: Shelf, key: string, memory: number): void {
    this.#largeMemory += beyondUsual(memory) - beyondUsual(shelf.large.get(key))
    if (memory > USUAL_MEMORY) shelf.large.set(key, memory)
    else shelf.large.delete(key)
  }

  /**
   * Writes the object under a new revision and returns it as stored. The caller has checked that it may be written.
   * @param memory bytes that it takes, where the caller knows
   */
  put(resource: string, key: string, object: KubeObject, memory?: number): KubeObject {
    const shelf = this.#shelf(resource)
    const previous = shelf.objects.get(key)
    const stored = this.#stamp(object)
    shelf.objects.set(key, stored)
    if (!previous) {
      shelf.sorted = undefined
      this.#count++
    }
    if (memory !== undefined) this.#note(shelf, key, memory)
    const large = shelf.large.get(key)
    this.#record(shelf, {
      revision: this.#revision,
      type: previous ? 'MODIFIED' : 'ADDED',
      resource,
      key,
      object: stored,
      ...(previous ? { previous } : {}),
      ...(large ? { memory: large } : {}),
    })
    return stored
  }

  /** Removes the object; returns its last state under the revision of the removal, or undefined where there is none. */
  remove(resource: string, key: string): KubeObject | undefined {
    const shelf = this.#shelf(resource)
    const previous = shelf.objects.get(key)
    if (!previous) return undefined
    const gone = this.#stamp(previous)
    const large = shelf.large.get(key)
    shelf.objects.delete(key)
    shelf.sorted = undefined
    this.#count--
    this.#note(shelf, key, 0)
    const event = { revision: this.#revision, type: 'DELETED' as const, resource, key, object: gone, previous }
    this.#record(shelf, large ? { ...event, memory: large } : event)
    return gone
  }

  #stamp(object: KubeObject): KubeObject {
    this.#revision++
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#revision) } }
  }

  #record(shelf: Shelf, event: StoreEvent): void {
    this.#history.push(event)
    this.#historyMemory += event.memory ?? 0
    if (this.#history.length > HISTORY_LENGTH * 1.25) this.#compactTo(this.#history.length - HISTORY_LENGTH)
    if (this.#historyMemory > HISTORY_MEMORY) this.#compactTo(this.#firstWithin(HISTORY_MEMORY / 2))
    for (const follower of this.#followers) follower.onEvent(event)
    for (const listener of shelf.listeners) listener(event)
  }

  /** @returns what ends it */
  follow(follower: Follower): () => void {
    this.#followers.add(follower)
    return () => void this.#followers.delete(follower)
  }

  /** From which event on all together take no more memory than that. */
  #firstWithin(memory: number): number {
    let index = this.#history.length
    for (let left = memory; index > 0 && left >= 0; ) left -= this.#history[--index]?.memory ?? 0
    return index
  }

  #compactTo(index: number): void {
    for (const { memory = 0 } of this.#history.slice(0, index)) this.#historyMemory -= memory
    this.#compacted = this.#history[index - 1]?.revision ?? this.#compacted
    this.#history = this.#history.slice(index)
  }

  /** Forgets all history, as `etcdctl compact` does: later watches from before now answer 410. */
  compact(): void {
    this.#compacted = this.#revision
    this.#history = []
    this.#historyMemory = 0
  }

  /**
   * Calls `listener` for every later event of the resource, after replaying what happened since `since`.
   * @param options.onReset the store was restored: the watch must start over; no event follows
   * @returns what ends it
   * @throws CompactedError where `since` is older than the history
   */
  watch(resource: string, options: { since: number; listener: Listener; onReset: () => void }): () => void {
    if (options.since < this.#compacted) throw new CompactedError(options.since, this.#compacted)
    for (const event of this.#history) {
      if (event.revision > options.since && event.resource === resource) options.listener(event)
    }
    const shelf = this.#shelf(resource)
    shelf.listeners.add(options.listener)
    this.#resets.add(options.onReset)
    return () => {
      shelf.listeners.delete(options.listener)
      this.#resets.delete(options.onReset)
    }
  }

  /** The state now. Costs one array entry an object: the objects themselves are shared. */
  checkpoint(): Checkpoint {
    const objects: Checkpoint['objects'] = {}
    for (const [resource, shelf] of this.#shelves) if (shelf.objects.size > 0) objects[resource] = [...shelf.objects]
    return { revision: this.#revision, objects }
  }

  /** Puts the state of a checkpoint in place of the present one. Revisions go on from the higher of the two; every watch starts over. */
  restore(checkpoint: Checkpoint): void {
    for (const shelf of this.#shelves.values()) {
      shelf.objects = new Map()
      shelf.sorted = undefined
      shelf.listeners.clear()
      shelf.large.clear()
    }
    this.#count = 0
    this.#largeMemory = 0
    this.#isMeasured = false
    for (const [resource, entries] of Object.entries(checkpoint.objects)) {
      this.#shelf(resource).objects = new Map(entries)
      this.#count += entries.length
    }
    this.#revision = Math.max(this.#revision, checkpoint.revision) + 1
    this.compact()
    for (const follower of this.#followers) follower.onReset()
    const resets = [...this.#resets]
    this.#resets.clear()
    for (const reset of resets) reset()
  }
}
