/** What differs between the databases. Everything else is written once. */
import type { Dialect } from 'kysely'

export interface StoreDialect {
  /** For messages: `SQLite`, `PostgreSQL`. */
  readonly name: string
  readonly kysely: Dialect
  /** Under which a transaction sees nothing of others half-done; absent where the database knows no other. */
  readonly isolationLevel?: 'serializable'
  /** Whether an error means that a transaction met another one and may be tried again. */
  isSerializationFailure(error: unknown): boolean
  /** Whether several servers can share it: rows are then locked with FOR UPDATE SKIP LOCKED. */
  readonly supportsSkipLocked: boolean
  /** Whether an error means that a unique constraint refused the row. */
  isUniqueViolation(error: unknown): boolean
}
