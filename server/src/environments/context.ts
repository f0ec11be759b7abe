/** What the parts of environments/ share. */
import type { EnvironmentId } from '@wheelhouse/protocol'
import type { Logger } from 'pino'
import type { Clock } from '../clock.js'
import type { Config } from '../config/schema.js'
import type { DiskSpace } from '../doctor/server-findings.js'
import type { Engine } from '../engines/engine.js'
import type { EnvironmentChange, EnvironmentRecord, StoredState } from '../store/repositories/environments.js'
import type { Store } from '../store/store.js'

export interface EnvironmentContext {
  store: Store
  engine: Engine
  clock: Clock
  log: Logger
  settings: Config['environments']
  /** Which server drives the rows: the installation's id. */
  serverId: string
  /** A folder for logs of failed environments. */
  logsDirectory: string
  /** Of the file system that the database is on. */
  diskSpace: () => Promise<DiskSpace>
}

/** Hears of every change of a row, after it is stored. */
export type RecordListener = (record: EnvironmentRecord) => void

/** Rows with their listeners: the one place where environments are written. */
export class EnvironmentRows {
  readonly #listeners = new Set<RecordListener>()

  constructor(private readonly context: Pick<EnvironmentContext, 'store' | 'clock'>) {}

  onChange(listener: RecordListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async add(record: EnvironmentRecord): Promise<void> {
    await this.context.store.environments.add(record)
    this.announce(record)
  }

  byId(id: EnvironmentId): Promise<EnvironmentRecord | undefined> {
    return this.context.store.environments.byId(id)
  }

  living(): Promise<EnvironmentRecord[]> {
    return this.context.store.environments.living()
  }

  /** Stores the change and tells the listeners. @returns the row as it is then */
  async update(id: EnvironmentId, change: EnvironmentChange): Promise<EnvironmentRecord> {
    await this.context.store.environments.update(id, change)
    const record = await this.context.store.environments.byId(id)
    if (!record) throw new Error(`environment ${id} has vanished from the store`)
    this.announce(record)
    return record
  }

  /** Goes over to another phase. */
  enter(id: EnvironmentId, state: StoredState, change: EnvironmentChange = {}): Promise<EnvironmentRecord> {
    return this.update(id, { ...change, state, phaseSinceMs: this.context.clock.now() })
  }

  /** Tells the listeners of a row that was changed elsewhere, or whose steps moved on without being stored. */
  announce(record: EnvironmentRecord): void {
    for (const listener of this.#listeners) listener(record)
  }
}
