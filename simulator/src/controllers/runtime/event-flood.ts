/** Keeps a flood of Events down: many that say nearly the same become one, and no object is told of without end. */

/** @see client-go/tools/record/events_cache.go: maxLruCacheEntries, eight times that; there are hundreds of clusters to a process */
const MOST_REMEMBERED = 500

/** What was set or read last is remembered, the rest forgotten. */
export class Recent<V> {
  readonly #values = new Map<string, V>()

  get(key: string): V | undefined {
    const value = this.#values.get(key)
    if (value !== undefined) this.set(key, value)
    return value
  }
  set(key: string, value: V): void {
    this.#values.delete(key)
    this.#values.set(key, value)
    const oldest = this.#values.keys().next().value
    if (this.#values.size > MOST_REMEMBERED && oldest !== undefined) this.#values.delete(oldest)
  }
  delete(key: string): void {
    this.#values.delete(key)
  }
}

/** @see events_cache.go: defaultAggregateMaxEvents, defaultAggregateIntervalInSeconds */
const MOST_MESSAGES = 10
const SIMILAR_WITHIN_MS = 600_000

/** Events of one reason about one object: from the tenth message on they are one Event. Models EventAggregate (v1.36). */
export class SimilarEvents {
  readonly #groups = new Recent<{ messages: Set<string>; at: number }>()

  /** @param group names object, type and reason. @returns what the Event says, and whether it stands for many */
  place(group: string, message: string, nowMs: number): { message: string; isCombined: boolean } {
    const known = this.#groups.get(group)
    const messages = known && nowMs - known.at <= SIMILAR_WITHIN_MS ? known.messages : new Set<string>()
    this.#groups.set(group, { messages, at: nowMs })
    messages.add(message)
    if (messages.size < MOST_MESSAGES) return { message, isCombined: false }
    // Upstream drops any of them.
    const [first] = messages
    if (first !== undefined) messages.delete(first)
    return { message: `(combined from similar events): ${message}`, isCombined: true }
  }
}

/** @see events_cache.go: defaultSpamBurst, defaultSpamQPS */
const BURST = 25
const ONE_MORE_MS = 300_000

/** How often an object may be told of: 25 times, and once more every five minutes. Models EventSourceObjectSpamFilter (v1.36). */
export class EventBudget {
  readonly #left = new Recent<{ tokens: number; at: number }>()

  /** @param subject names object and type. @returns whether there was one left, which is taken */
  take(subject: string, nowMs: number): boolean {
    const before = this.#left.get(subject) ?? { tokens: BURST, at: nowMs }
    const tokens = Math.min(BURST, before.tokens + (nowMs - before.at) / ONE_MORE_MS)
    const isLeft = tokens >= 1
    this.#left.set(subject, { tokens: isLeft ? tokens - 1 : tokens, at: nowMs })
    return isLeft
  }
}
