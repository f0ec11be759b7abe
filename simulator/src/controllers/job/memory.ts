/** What the Job controller of one cluster remembers between its looks at a Job. */
import { keyOf } from '../../objects/object.js'
import type { Job } from '../../schema/kubernetes.generated.js'
import { type Failures, noFailures } from './back-off.js'

interface Entry {
  uid: string
  failures: Failures
  /** Pods whose finalizer was taken off and that the informer may still show with it. */
  released: Set<string>
  /** The version that the last write of the status gave. */
  written: number
}

export class JobMemory {
  readonly #entries = new Map<string, Entry>()

  of(job: Job): Entry {
    const { uid } = job.metadata
    const known = this.#entries.get(keyOf(job))
    if (known?.uid === uid) return known
    const entry = { uid, failures: noFailures, released: new Set<string>(), written: 0 }
    this.#entries.set(keyOf(job), entry)
    return entry
  }
  /** Whether the informer has not shown our last write yet: counting from an old status would count twice. */
  isBehind(job: Job): boolean {
    return Number(job.metadata.resourceVersion) < this.of(job).written
  }
  forget(key: string): void {
    this.#entries.delete(key)
  }
}
