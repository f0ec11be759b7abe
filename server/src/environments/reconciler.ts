/**
 * Drives rows towards what is wanted of them, one environment at a time, from state alone: a wake-up says "look at this one", never
 * what to do. That is why a server that is killed at any point goes on where it was.
 */
import type { EnvironmentId } from '@wheelhouse/protocol'
import type { Logger } from 'pino'
import type { EnvironmentRecord } from '../store/repositories/environments.js'
import { type Action, nextAction } from './next-action.js'

export interface ReconcilerParts {
  read(id: EnvironmentId): Promise<EnvironmentRecord | undefined>
  /** Does one action and stores its outcome. Must not throw for what an engine refuses: that is an outcome. */
  act(action: Exclude<Action, 'none'>, record: EnvironmentRecord, signal: AbortSignal): Promise<void>
  /** Called after each action: others may now have a place. */
  afterAction(): void
  log: Logger
}

/** More steps than any row needs to come to rest; a row that does not is a mistake of ours. */
const MOST_STEPS = 12

export class Reconciler {
  readonly #work = new Map<EnvironmentId, { again: boolean; abort: AbortController; ended: Promise<void> }>()
  #closed = false

  constructor(private readonly parts: ReconcilerParts) {}

  /** Looks at the row soon. While it is being worked on, it is looked at again afterwards. */
  wake(id: EnvironmentId): void {
    if (this.#closed) return
    const work = this.#work.get(id)
    if (work) {
      work.again = true
      return
    }
    const abort = new AbortController()
    const entry = { again: false, abort, ended: Promise.resolve() }
    this.#work.set(id, entry)
    entry.ended = this.#drive(id, abort.signal)
      .catch((error: unknown) => this.parts.log.error({ err: error, environment: id }, 'environment could not be reconciled'))
      .finally(() => {
        this.#work.delete(id)
        if (entry.again) this.wake(id)
      })
  }

  /** Stops what is being done to it; the row then says what comes next. */
  interrupt(id: EnvironmentId, reason: string): void {
    this.#work.get(id)?.abort.abort(new Error(reason))
    this.wake(id)
  }

  isBusy(id: EnvironmentId): boolean {
    return this.#work.has(id)
  }

  /** Resolves when nothing is being worked on. */
  async idle(): Promise<void> {
    while (this.#work.size > 0) await Promise.all([...this.#work.values()].map((work) => work.ended))
  }

  /** Stops all work; rows stay as they are, and the next server goes on. */
  async close(): Promise<void> {
    this.#closed = true
    for (const work of this.#work.values()) work.abort.abort(new Error('the server is stopping'))
    await this.idle()
  }

  async #drive(id: EnvironmentId, signal: AbortSignal): Promise<void> {
    for (let step = 0; step < MOST_STEPS && !signal.aborted; step++) {
      const record = await this.parts.read(id)
      const action = record ? nextAction(record) : 'none'
      if (!record || action === 'none') return
      await this.parts.act(action, record, signal)
      this.parts.afterAction()
    }
  }
}
