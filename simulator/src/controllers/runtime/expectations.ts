/**
 * What a controller has done and its informers have not shown yet. Until they have, its view is old and it must not act on it again.
 * @see pkg/controller/controller_utils.go: UIDTrackingControllerExpectations
 */
import type { KubeObject } from '../../objects/object.js'
import { isNotFound } from '../../objects/status.js'
import type { Clock } from '../../time/clock.js'
import { nextTurn } from '../../time/steps.js'

/** An event that has not come by then will not come. */
const GIVE_UP_MS = 300_000
/** Made or removed in one go: each takes a millisecond or two, and a batch of fifty would be felt by other clusters. */
const CALLS_A_TURN = 4

interface Entry {
  uids: Set<string>
  since: number
}

export class Expectations {
  readonly #entries = new Map<string, Entry>()
  /** Seen before the call that made them had returned. */
  readonly #early = new Set<string>()
  #creating = 0
  constructor(readonly clock: Clock) {}

  pending(key: string): boolean {
    const entry = this.#entries.get(key)
    if (!entry || entry.uids.size === 0) return false
    if (this.clock.now() - entry.since < GIVE_UP_MS) return true
    this.#entries.delete(key)
    return false
  }

  #expect(key: string, uid: string): void {
    const entry = this.#entries.get(key) ?? { uids: new Set<string>(), since: 0 }
    entry.uids.add(uid)
    entry.since = this.clock.now()
    this.#entries.set(key, entry)
  }

  /** Makes each of `drafts`; the key is pending until all of them were seen. The first failure ends it and is thrown. */
  async creates<D>(key: string, drafts: D[], create: (draft: D) => Promise<KubeObject>): Promise<void> {
    this.#creating++
    try {
      for (const [index, draft] of drafts.entries()) {
        if (index > 0 && index % CALLS_A_TURN === 0) await nextTurn()
        const { uid } = (await create(draft)).metadata
        if (!this.#early.delete(uid)) this.#expect(key, uid)
      }
    } finally {
      this.#creating--
      if (this.#creating === 0) this.#early.clear()
    }
  }

  /** Deletes each of `objects`; the key is pending until all of them were seen to go. */
  async deletes<T extends KubeObject>(key: string, objects: T[], remove: (object: T) => Promise<void>): Promise<void> {
    for (const [index, object] of objects.entries()) {
      if (index > 0 && index % CALLS_A_TURN === 0) await nextTurn()
      this.#expect(key, object.metadata.uid)
      try {
        await remove(object)
      } catch (error) {
        this.#entries.get(key)?.uids.delete(object.metadata.uid)
        if (!isNotFound(error)) throw error
      }
    }
  }

  /** Called for what the informers show: an object that came, or one that goes. */
  sawCreated(key: string, uid: string): void {
    const isKnown = this.#entries.get(key)?.uids.delete(uid)
    if (!isKnown && this.#creating > 0) this.#early.add(uid)
  }
  sawDeleted(key: string, uid: string): void {
    this.#entries.get(key)?.uids.delete(uid)
  }
  forget(key: string): void {
    this.#entries.delete(key)
  }
}
