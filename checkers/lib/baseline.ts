/** What the cluster held when the task's setup ended, for guards: "these are still the original Pods". */
import type { KubernetesObject } from './api/json.js'
import { matchesLabels } from './read/labels.js'
import type { ObjectOf } from './read/reader.js'

/** JSON, as setup took it: objects without `managedFields`, Secrets without their data. */
export interface BaselineRecord {
  takenAtMs?: number
  objects?: KubernetesObject[]
}

/** Somebody else set the task up, and nobody noted what was there: a check that compares with it cannot be answered. */
export class NoBaseline extends Error {
  override readonly name = 'NoBaseline'
}

export class Baseline {
  readonly #record: BaselineRecord | null

  /** @param record null where there is none: every question then throws NoBaseline */
  constructor(record: BaselineRecord | null) {
    this.#record = record
  }

  /** By the cluster's clock, milliseconds since the epoch. */
  get takenAtMs(): number {
    return this.#known().takenAtMs ?? 0
  }

  /** One object as it was; undefined where there was none. A kind outside namespaces takes null. */
  find<K extends string>(kind: K, namespace: string | null, name: string): ObjectOf<K> | undefined {
    return this.list(kind, namespace).find((object) => object.metadata?.name === name)
  }

  list<K extends string>(kind: K, namespace: string | null, labels = ''): ObjectOf<K>[] {
    const found = (this.#known().objects ?? []).filter(
      (object) =>
        object.kind === kind &&
        (namespace === null || object.metadata?.namespace === namespace) &&
        matchesLabels(labels, object.metadata?.labels),
    )
    return found as ObjectOf<K>[]
  }

  #known(): BaselineRecord {
    if (!this.#record) throw new NoBaseline('there is no baseline')
    return this.#record
  }

  /** The identities of those objects: an object that was deleted and made again has another. */
  uids(kind: string, namespace: string | null, labels = ''): Set<string> {
    return new Set(this.list(kind, namespace, labels).map((object) => object.metadata?.uid ?? ''))
  }
}
