/** What differs between the databases. Everything else is written once. */
import type { Dialect } from 'kysely'

export interface StoreDialect {
  /** For messages: `SQLite`, `PostgreSQL`. */
  readonly name: string
  readonly kysely: Dialect
  /** Whether several servers can share it: rows are then locked with FOR UPDATE SKIP LOCKED. */
  readonly supportsSkipLocked: boolean
  /** Whether an error means that a unique constraint refused the row. */
  isUniqueViolation(error: unknown): boolean
}
