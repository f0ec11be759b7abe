/** The watches of all clusters that are graded live, one set a cluster. */
import { createHash } from 'node:crypto'
import type { ApiAccess } from '@wheelhouse/checkers/run'
import { ClusterWatch } from './cluster-watch.js'

export class ClusterWatches {
  readonly #clusters = new Map<string, ClusterWatch>()

  of(access: ApiAccess): ClusterWatch {
    const key = createHash('sha256').update(JSON.stringify(access)).digest('hex')
    const cluster = this.#clusters.get(key) ?? new ClusterWatch(access)
    this.#clusters.set(key, cluster)
    return cluster
  }

  /** Closes the connections to clusters that nobody follows any more. */
  async letGo(): Promise<void> {
    const unused = [...this.#clusters].filter(([, cluster]) => cluster.unused)
    for (const [key] of unused) this.#clusters.delete(key)
    await Promise.all(unused.map(([, cluster]) => cluster.close()))
  }

  async close(): Promise<void> {
    const all = [...this.#clusters.values()]
    this.#clusters.clear()
    await Promise.all(all.map((cluster) => cluster.close()))
  }
}
