/** The watches of one cluster, shared by all that grade on it: each collection is followed once, and let go when nobody asks. */
import { type ApiAccess, ApiClient, matchesLabels, type Read } from '@wheelhouse/checkers/run'
import { type Changed, CollectionWatch, collectionKey } from './collection-watch.js'

const MOST_WATCHES = 200

export class ClusterWatch {
  readonly #client: ApiClient
  readonly #collections = new Map<string, CollectionWatch>()

  constructor(access: ApiAccess) {
    this.#client = new ApiClient(access, MOST_WATCHES)
  }

  /** Calls back when something changes that this read would see. */
  follow(read: Read, changed: () => void): () => void {
    const key = collectionKey(read.resource, read.namespace)
    const collection = this.#collections.get(key) ?? new CollectionWatch(this.#client, read.resource, read.namespace)
    this.#collections.set(key, collection)
    const stop = collection.listen((change) => {
      if (change === undefined || concerns(read, change)) changed()
    })
    return () => {
      stop()
      if (!collection.unheard || this.#collections.get(key) !== collection) return
      this.#collections.delete(key)
      void collection.close()
    }
  }

  /** Collections that are followed now, by name; for tests and the operator. */
  get followed(): string[] {
    return [...this.#collections.keys()].sort()
  }

  get unused(): boolean {
    return this.#collections.size === 0
  }

  async close(): Promise<void> {
    const all = [...this.#collections.values()]
    this.#collections.clear()
    await Promise.all(all.map((collection) => collection.close()))
    this.#client.close()
  }
}

function concerns(read: Read, { name, labels }: Changed): boolean {
  if (read.name !== undefined) return read.name === name
  const { labels: selector } = read
  return selector === undefined || labels.some((one) => one !== undefined && matchesLabels(selector, one))
}
