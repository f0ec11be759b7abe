/** What the cluster held when the task's setup ended, for guards: "these are still the original Pods". */
import type { KubernetesObject } from './api/json.js'
import { matchesLabels } from './read/labels.js'
import type { ObjectOf } from './read/reader.js'

/** JSON, as setup took it: objects without `managedFields`, Secrets without their data. */
export interface BaselineRecord {
  takenAtMs?: number
  objects?: KubernetesObject[]
}

export class Baseline {
  readonly #objects: readonly KubernetesObject[]
  /** By the cluster's clock, milliseconds since the epoch. */
  readonly takenAtMs: number

  constructor({ takenAtMs = 0, objects = [] }: BaselineRecord = {}) {
    this.takenAtMs = takenAtMs
    this.#objects = objects
  }

  /** One object as it was; undefined where there was none. A kind outside namespaces takes null. */
  find<K extends string>(kind: K, namespace: string | null, name: string): ObjectOf<K> | undefined {
    return this.list(kind, namespace).find((object) => object.metadata?.name === name)
  }

  list<K extends string>(kind: K, namespace: string | null, labels = ''): ObjectOf<K>[] {
    const found = this.#objects.filter(
      (object) =>
        object.kind === kind &&
        (namespace === null || object.metadata?.namespace === namespace) &&
        matchesLabels(labels, object.metadata?.labels),
    )
    return found as ObjectOf<K>[]
  }

  /** The identities of those objects: an object that was deleted and made again has another. */
  uids(kind: string, namespace: string | null, labels = ''): Set<string> {
    return new Set(this.list(kind, namespace, labels).map((object) => object.metadata?.uid ?? ''))
  }
}
