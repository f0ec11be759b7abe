/**
 * Follows one collection of one cluster (a kind, in one namespace or in all) and tells of each object that changes. Only metadata
 * crosses the wire. Silence of the API server is followed too: it is told once, and so is everything that changed meanwhile.
 */
import { createInterface } from 'node:readline'
import { type ApiClient, apiVersionOf, pathOf, type Resource } from '@wheelhouse/checkers/run'

export interface Changed {
  name: string
  /** Before and after: an object may come to match a selector, or cease to. */
  labels: (Record<string, string> | undefined)[]
}

/** `undefined`: whatever hangs on this collection must be looked at again, for its API server fell silent or came back. */
export type Listener = (changed: Changed | undefined) => void

interface Metadata {
  name?: string
  namespace?: string
  resourceVersion?: string
  labels?: Record<string, string>
}
interface Listed {
  metadata?: Metadata
}
interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  object: Listed & { code?: number }
}

const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json'
const METADATA = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json'
/** The API server ends a watch after this many seconds, and it is begun anew where it stopped. */
const WATCH_SECONDS = 300
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 5_000

export class CollectionWatch {
  readonly #listeners = new Set<Listener>()
  readonly #stop = new AbortController()
  readonly #path: string
  readonly #ended: Promise<void>
  /** Name (with namespace) to what was last seen of it. */
  #known = new Map<string, Metadata>()
  #silent = false

  constructor(
    private readonly client: ApiClient,
    resource: Pick<Resource, 'group' | 'version' | 'plural' | 'namespaced'>,
    namespace: string | undefined,
  ) {
    this.#path = pathOf({ ...resource, kind: '' }, { namespace })
    this.#ended = this.#follow()
  }

  /** For messages. */
  get name(): string {
    return this.#path
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  get unheard(): boolean {
    return this.#listeners.size === 0
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#ended
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stop
    let pauseMs = FIRST_PAUSE_MS
    let first = true
    while (!signal.aborted) {
      try {
        let version: string | undefined = await this.#list(first)
        first = false
        pauseMs = FIRST_PAUSE_MS
        while (version !== undefined) version = await this.#watch(version)
      } catch {
        if (signal.aborted) return
        this.#fallSilent()
        await pause(pauseMs, signal)
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
      }
    }
  }

  #fallSilent(): void {
    if (this.#silent) return
    this.#silent = true
    this.#tell(undefined)
  }

  /** What changed while nobody watched is told now. @returns the version to watch from */
  async #list(quietly: boolean): Promise<string> {
    const list = await this.client.transport.json<{ metadata?: Metadata; items?: Listed[] }>({
      path: this.#path,
      accept: METADATA_LIST,
      signal: this.#stop.signal,
    })
    if (this.#silent) this.#tell(undefined)
    this.#silent = false
    const before = this.#known
    this.#known = new Map((list.items ?? []).map(({ metadata = {} }) => [keyOf(metadata), metadata]))
    if (quietly) return list.metadata?.resourceVersion ?? '0'
    for (const key of new Set([...before.keys(), ...this.#known.keys()])) {
      const [old, now] = [before.get(key), this.#known.get(key)]
      if (old?.resourceVersion !== now?.resourceVersion)
        this.#tell({ name: (now ?? old)?.name ?? '', labels: [old?.labels, now?.labels] })
    }
    return list.metadata?.resourceVersion ?? '0'
  }

  /** @returns where to go on from; undefined where it must be listed anew */
  async #watch(from: string): Promise<string | undefined> {
    const response = await this.client.transport.open({
      path: this.#path,
      query: { watch: 'true', allowWatchBookmarks: 'true', resourceVersion: from, timeoutSeconds: String(WATCH_SECONDS) },
      accept: METADATA,
      timeoutMs: (WATCH_SECONDS + 30) * 1_000,
      signal: this.#stop.signal,
    })
    if (response.statusCode !== 200) {
      response.resume()
      if (response.statusCode === 410) return undefined
      throw new Error(`watch of ${this.#path}: HTTP ${response.statusCode}`)
    }
    let version: string | undefined = from
    // An aborted or broken stream ends the lines and then throws here.
    for await (const line of createInterface({ input: response, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line === '') continue
      const event = JSON.parse(line) as WatchEvent
      if (event.type === 'ERROR') return undefined
      version = event.object.metadata?.resourceVersion ?? version
      if (event.type !== 'BOOKMARK') this.#take(event)
    }
    return version
  }

  #take({ type, object: { metadata = {} } }: WatchEvent): void {
    const key = keyOf(metadata)
    const before = this.#known.get(key)
    if (type === 'DELETED') this.#known.delete(key)
    else this.#known.set(key, metadata)
    if (before?.resourceVersion === metadata.resourceVersion && type !== 'DELETED') return
    this.#tell({ name: metadata.name ?? '', labels: [before?.labels, metadata.labels] })
  }

  #tell(changed: Changed | undefined): void {
    for (const listener of this.#listeners) listener(changed)
  }
}

const keyOf = ({ namespace = '', name = '' }: Metadata) => `${namespace}/${name}`

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
}

/** One name for a collection of a cluster. */
export const collectionKey = (
  { group, version, plural }: Pick<Resource, 'group' | 'version' | 'plural'>,
  namespace: string | undefined,
) => `${apiVersionOf({ group, version })}/${plural}/${namespace ?? '*'}`
