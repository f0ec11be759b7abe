/** What is being announced now: kept while it holds, so that a page that opens later hears it too, and taken back when it no longer does. */
import type { LearnerId, ServerEvent } from '@wheelhouse/protocol'
import type { EventHub } from './event-hub.js'

export type Notice = Omit<Extract<ServerEvent, { type: 'notice' }>, 'type'>

export class Notices {
  readonly #current = new Map<string, { to: LearnerId | 'everybody'; notice: Notice }>()

  constructor(private readonly hub: EventHub) {}

  /** Announces it, unless just this is being announced already. */
  put(to: LearnerId | 'everybody', notice: Notice): void {
    const known = this.#current.get(notice.id)
    if (known && JSON.stringify(known.notice) === JSON.stringify(notice)) return
    this.#current.set(notice.id, { to, notice })
    this.#publish(to, { type: 'notice', ...notice })
  }

  /** Takes it back; nothing happens where it is not being announced. @returns whether it was */
  drop(id: string): boolean {
    const known = this.#current.get(id)
    if (!known) return false
    this.#current.delete(id)
    this.#publish(known.to, { type: 'notice-gone', id })
    return true
  }

  /** Says it once to those who are here. */
  say(to: LearnerId | 'everybody', notice: Notice): void {
    this.#publish(to, { type: 'notice', ...notice })
  }

  currentFor(learner: LearnerId): ServerEvent[] {
    return [...this.#current.values()]
      .filter(({ to }) => to === 'everybody' || to === learner)
      .map(({ notice }) => ({ type: 'notice', ...notice }))
  }

  #publish(to: LearnerId | 'everybody', event: ServerEvent): void {
    for (const learner of to === 'everybody' ? this.hub.present() : [to]) this.hub.publish(learner, event)
  }
}
