/** watch: from a revision, from now, or with the present state as initial events. */
import { apiVersionOf, shownAs } from '../../kinds/resource.js'
import type { KubeObject } from '../../objects/object.js'
import { type ApiError, failure } from '../../objects/status.js'
import { decodeObject } from '../../schema/decode.js'
import { CompactedError, type StoreEvent } from '../../storage/store.js'
import type { ApiContext } from '../context.js'
import type { ApiRequest, WatchEvent, WatchHandle, WatchListener } from '../request.js'
import { matcherOf, type ObjectMatcher, readRevision } from './read.js'

/** As often as upstream's watch cache sends them. */
const BOOKMARK_EVERY_MS = 60_000
const SHORTEST_TIMEOUT_S = 1800

export function watchObjects(context: ApiContext, request: ApiRequest): (listener: WatchListener) => WatchHandle {
  const options = request.list ?? {}
  const matches = withName(request, matcherOf(request.resource, options))
  const asked = readRevision(options.resourceVersion)
  // A watch that begins with the present state waits for it; upstream gives up after some seconds.
  if (options.sendInitialEvents && asked > context.store.revision) throw failure.futureRevision(asked, context.store.revision)
  return (listener) => new Watcher(context, request, matches, listener).start()
}

/** `GET .../pods/NAME?watch=true` watches one object. */
const withName = (request: ApiRequest, matches: ObjectMatcher): ObjectMatcher =>
  request.name ? (object) => object.metadata.name === request.name && matches(object) : matches

class Watcher {
  #ended = false
  #stops: (() => void)[] = []
  constructor(
    readonly context: ApiContext,
    readonly request: ApiRequest,
    readonly matches: ObjectMatcher,
    readonly listener: WatchListener,
  ) {}

  start(): WatchHandle {
    const { store, clock, random } = this.context
    const options = this.request.list ?? {}
    const asked = options.resourceVersion
    const fromPresent = options.sendInitialEvents || asked === undefined || asked === '' || asked === '0'
    let since = Number(asked)
    if (fromPresent) since = this.#sendPresent(options.sendInitialEvents === true)
    try {
      this.#stops.push(
        store.watch(this.request.resource.storage, {
          since,
          listener: (event) => this.#forward(event),
          onReset: () => this.#expire(),
        }),
      )
    } catch (error) {
      if (!(error instanceof CompactedError)) throw error
      this.#fail(failure.expired(error.message))
      return { stop: () => {} }
    }
    const timeoutS = options.timeoutSeconds || SHORTEST_TIMEOUT_S + random.below(SHORTEST_TIMEOUT_S)
    this.#stops.push(clock.after(timeoutS * 1000, () => this.#end()))
    if (options.allowWatchBookmarks) this.#bookmarkLater()
    return { stop: () => this.#close() }
  }

  /** What is there now, as additions. @returns the revision that later events follow */
  #sendPresent(withBookmark: boolean): number {
    const { store } = this.context
    const { resource, namespace } = this.request
    const revision = store.revision
    for (const object of store.list(resource.storage, namespace)) if (this.matches(object)) this.#send('ADDED', object)
    if (withBookmark) this.#sendBookmark(revision, { 'k8s.io/initial-events-end': 'true' })
    return revision
  }

  #forward(event: StoreEvent): void {
    const { namespace } = this.request
    if (namespace && event.object.metadata.namespace !== namespace) return
    const isIn = this.matches(event.object)
    const wasIn = event.previous ? this.matches(event.previous) : false
    if (event.type === 'DELETED') {
      if (wasIn || isIn) this.#send('DELETED', event.object, event.memory)
    } else if (isIn) this.#send(wasIn ? 'MODIFIED' : 'ADDED', event.object, event.memory)
    else if (wasIn) this.#send('DELETED', event.object, event.memory)
  }

  #send(type: WatchEvent['type'], object: KubeObject, memory?: number): void {
    if (this.#ended) return
    const shown = shownAs(this.request.resource, object)
    this.listener.onEvent(memory === undefined ? { type, object: shown } : { type, object: shown, memory })
  }

  #sendBookmark(revision: number, annotations?: Record<string, string>): void {
    const { resource } = this.request
    const metadata = { resourceVersion: String(revision), ...(annotations ? { annotations } : {}) }
    const bare = { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata }
    // With the parts that Go writes even where they are empty.
    const object = resource.typeName ? decodeObject(resource.typeName, resource.kind, bare) : bare
    this.listener.onEvent({ type: 'BOOKMARK', object: object as unknown as KubeObject })
  }

  #bookmarkLater(): void {
    const cancel = this.context.clock.after(BOOKMARK_EVERY_MS, () => {
      if (this.#ended) return
      this.#sendBookmark(this.context.store.revision)
      this.#bookmarkLater()
    })
    this.#stops[2] = cancel
  }

  #expire(): void {
    this.#fail(
      failure.expired(`too old resource version: ${this.request.list?.resourceVersion ?? 0} (${this.context.store.revision})`),
    )
  }

  #fail(error: ApiError): void {
    if (this.#ended) return
    this.listener.onEvent({ type: 'ERROR', object: error.toStatus() })
    this.#end()
  }

  #end(): void {
    if (this.#ended) return
    this.#close()
    this.listener.onEnd()
  }

  #close(): void {
    this.#ended = true
    for (const stop of this.#stops) stop()
    this.#stops = []
  }
}
