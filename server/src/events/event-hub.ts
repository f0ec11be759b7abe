/** Brings what happened to the pages that a learner has open. Holds no history: every event carries a whole new value. */
import type { LearnerId, ServerEvent } from '@wheelhouse/protocol'

type Listener = (event: ServerEvent) => void
type PresenceListener = (learner: LearnerId, present: boolean) => void

export class EventHub {
  readonly #listeners = new Map<LearnerId, Set<Listener>>()
  readonly #presence = new Set<PresenceListener>()

  /** @returns ends the subscription */
  subscribe(learner: LearnerId, listener: Listener): () => void {
    const listeners = this.#listeners.get(learner) ?? new Set()
    this.#listeners.set(learner, listeners)
    listeners.add(listener)
    if (listeners.size === 1) this.#announce(learner, true)
    return () => {
      if (!listeners.delete(listener) || listeners.size > 0) return
      this.#listeners.delete(learner)
      this.#announce(learner, false)
    }
  }

  publish(learner: LearnerId, event: ServerEvent): void {
    for (const listener of this.#listeners.get(learner) ?? []) listener(event)
  }

  /** Whether any page of the learner is open. */
  isPresent(learner: LearnerId): boolean {
    return this.#listeners.has(learner)
  }

  present(): LearnerId[] {
    return [...this.#listeners.keys()]
  }

  /** Hears when a learner's first page opens and when the last one closes. */
  onPresence(listener: PresenceListener): () => void {
    this.#presence.add(listener)
    return () => this.#presence.delete(listener)
  }

  #announce(learner: LearnerId, present: boolean): void {
    for (const listener of this.#presence) listener(learner, present)
  }
}
