/** The regular look at everything that changes without anybody asking: deadlines, health, disk, pool, leases. */
import type { EnvironmentContext } from './context.js'
import { type Environments, LEASE_MS } from './environments.js'

/** One thing to look at. A failure of one keeps no other from being looked at. */
export interface Look {
  name: string
  look(): Promise<void>
}

export class Watch {
  #cancel: (() => void) | undefined
  #looking: Promise<void> = Promise.resolve()
  #closed = false

  constructor(
    private readonly parts: {
      context: Pick<EnvironmentContext, 'clock' | 'log' | 'settings' | 'store' | 'serverId'>
      environments: Environments
      looks: readonly Look[]
    },
  ) {}

  start(): void {
    this.#schedule()
  }

  /** Looks now; a look that is under way is waited for first. */
  now(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#look())
    return this.#looking
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#cancel?.()
    await this.#looking
  }

  #schedule(): void {
    if (this.#closed) return
    this.#cancel = this.parts.context.clock.after(this.parts.context.settings.watchSeconds * 1000, () => {
      void this.now().then(() => this.#schedule())
    })
  }

  async #look(): Promise<void> {
    if (this.#closed) return
    await this.#attempt('leases', () => this.#upkeep())
    for (const { name, look } of this.parts.looks) await this.#attempt(name, look)
    // What could not be done while the engine was away is tried again.
    await this.#attempt('rows', () => this.parts.environments.wakeAll())
  }

  async #upkeep(): Promise<void> {
    const { store, serverId, clock } = this.parts.context
    await store.environments.renewLeases(serverId, clock.now() + LEASE_MS)
    await this.parts.environments.storeActivity()
  }

  async #attempt(name: string, work: () => Promise<void>): Promise<void> {
    try {
      if (!this.#closed) await work()
    } catch (error) {
      this.parts.context.log.error({ err: error, look: name }, 'a regular look failed')
    }
  }
}
