/** A local copy of all objects of one kind, kept up by list and watch. */
import { setMaxListeners } from 'node:events'
import type { Client, ClientEvent, KindName, Kinds } from '../../client/client.js'
import { controllerOf, type KubeObject, keyOf } from '../../objects/object.js'
import { type Clock, sleep } from '../../time/clock.js'

export interface Change<T> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  object: T
  old: T | undefined
}
type Handler<T> = (change: Change<T>) => void

/** Between tries where the server does not answer. */
const RETRY_MS = 1000

export class Informer<K extends KindName> {
  readonly #objects = new Map<string, Kinds[K]>()
  readonly #byOwner = new Map<string, Set<string>>()
  readonly #byNamespace = new Map<string, Set<string>>()
  readonly #handlers: Handler<Kinds[K]>[] = []
  /** Resolves when the first list is in. */
  readonly ready: Promise<void>
  #isReady: () => void = () => {}

  constructor(
    readonly kind: K,
    readonly client: Client,
    readonly clock: Clock,
    readonly signal: AbortSignal,
  ) {
    this.ready = new Promise((resolve) => (this.#isReady = resolve))
    void this.#run()
  }

  get(key: string): Kinds[K] | undefined {
    return this.#objects.get(key)
  }
  list(namespace = ''): Kinds[K][] {
    if (!namespace) return [...this.#objects.values()]
    return [...(this.#byNamespace.get(namespace) ?? [])].flatMap((key) => this.#objects.get(key) ?? [])
  }
  /** The objects that `owner` controls. */
  ownedBy(owner: KubeObject): Kinds[K][] {
    return [...(this.#byOwner.get(owner.metadata.uid) ?? [])].flatMap((key) => this.#objects.get(key) ?? [])
  }
  /** Calls `handler` for every later change, and once for each object that is there already. */
  onChange(handler: Handler<Kinds[K]>): void {
    this.#handlers.push(handler)
    for (const object of this.#objects.values()) handler({ type: 'ADDED', object, old: undefined })
  }

  async #run(): Promise<void> {
    while (!this.signal.aborted) {
      try {
        await this.#listAndWatch()
      } catch {
        // A list that is too old, or a server that is not there: list again, a little later.
        await sleep(this.clock, RETRY_MS, this.signal)
      }
    }
  }

  async #listAndWatch(): Promise<void> {
    const { items, resourceVersion } = await this.client.list(this.kind)
    this.#replace(items as unknown as Kinds[K][])
    this.#isReady()
    let last = resourceVersion
    while (!this.signal.aborted) {
      for await (const event of this.client.watch(this.kind, { resourceVersion: last, signal: this.signal })) {
        last = event.object.metadata.resourceVersion ?? last
        this.#take(event as unknown as ClientEvent<Kinds[K]>)
      }
    }
  }

  #replace(items: Kinds[K][]): void {
    const present = new Set(items.map(keyOf))
    for (const [key, object] of this.#objects) if (!present.has(key)) this.#take({ type: 'DELETED', object })
    for (const object of items) {
      const old = this.#objects.get(keyOf(object))
      if (old?.metadata.resourceVersion !== object.metadata.resourceVersion)
        this.#take({ type: old ? 'MODIFIED' : 'ADDED', object })
    }
  }

  #take({ type, object }: ClientEvent<Kinds[K]>): void {
    if (type === 'BOOKMARK') return
    const key = keyOf(object)
    const old = this.#objects.get(key)
    if (old) this.#unindex(key, old)
    if (type === 'DELETED') this.#objects.delete(key)
    else {
      this.#objects.set(key, object)
      this.#index(key, object)
    }
    for (const handler of this.#handlers) handler({ type: type === 'ADDED' && old ? 'MODIFIED' : type, object, old })
  }

  #index(key: string, object: KubeObject): void {
    add(this.#byOwner, controllerOf(object)?.uid, key)
    add(this.#byNamespace, object.metadata.namespace, key)
  }
  #unindex(key: string, object: KubeObject): void {
    remove(this.#byOwner, controllerOf(object)?.uid, key)
    remove(this.#byNamespace, object.metadata.namespace, key)
  }
}

function add(index: Map<string, Set<string>>, value: string | undefined, key: string): void {
  if (!value) return
  const keys = index.get(value)
  if (keys) keys.add(key)
  else index.set(value, new Set([key]))
}

function remove(index: Map<string, Set<string>>, value: string | undefined, key: string): void {
  if (!value) return
  const keys = index.get(value)
  keys?.delete(key)
  if (keys?.size === 0) index.delete(value)
}

/** The informers that the components of one process share, each started when it is first asked for. */
export class Informers {
  readonly #informers = new Map<KindName, Informer<KindName>>()
  constructor(
    readonly client: Client,
    readonly clock: Clock,
    readonly signal: AbortSignal,
  ) {
    // Each kind that is followed listens to it.
    setMaxListeners(0, signal)
  }

  of<K extends KindName>(kind: K): Informer<K> {
    let informer = this.#informers.get(kind)
    if (!informer) {
      informer = new Informer<KindName>(kind, this.client, this.clock, this.signal)
      this.#informers.set(kind, informer)
    }
    return informer as unknown as Informer<K>
  }
  get<K extends KindName>(kind: K, key: string): Kinds[K] | undefined {
    return this.of(kind).get(key)
  }
  list<K extends KindName>(kind: K, namespace = ''): Kinds[K][] {
    return this.of(kind).list(namespace)
  }
  ownedBy<K extends KindName>(kind: K, owner: KubeObject): Kinds[K][] {
    return this.of(kind).ownedBy(owner)
  }
  async ready(kinds: readonly KindName[]): Promise<void> {
    await Promise.all(kinds.map((kind) => this.of(kind).ready))
  }
}
