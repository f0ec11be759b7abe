/** SQLite through libsql, which has better-sqlite3's interface and comes as a prebuilt binary. */
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  SqliteAdapter,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
} from 'kysely'
import Database from 'libsql'
import type { StoreDialect } from './dialect.js'

/** How long one process waits for the other (`wheelhouse learner add` beside the server) to finish a write. */
const BUSY_TIMEOUT_MS = 5_000

/** A write that starts as a read could not be upgraded while another process writes; so every transaction takes the lock at once. */
class ImmediateSqliteDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }
}

/** SQLite can undo a change of its schema; a migration that was cut short then leaves nothing behind, and costs one write. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class ImmediateSqliteDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig
  constructor(config: SqliteDialectConfig) {
    super(config)
    this.#config = config
  }
  override createAdapter(): SqliteAdapter {
    return new TransactionalSqliteAdapter()
  }
  override createDriver(): Driver {
    return new ImmediateSqliteDriver(this.#config)
  }
}

/** @param file  path of the database; `:memory:` for one that ends with the process */
export function sqliteDialect(file: string): StoreDialect {
  const database = new Database(file)
  database.pragma('journal_mode = WAL')
  // FULL, not NORMAL: a verdict that was announced must survive a power cut.
  database.pragma('synchronous = FULL')
  database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
  database.pragma('foreign_keys = ON')
  return {
    name: 'SQLite',
    kysely: new ImmediateSqliteDialect({ database }),
    supportsSkipLocked: false,
    // One writer at a time, who waits for its turn.
    isSerializationFailure: () => false,
    isUniqueViolation: (error) => codeOf(error)?.startsWith('SQLITE_CONSTRAINT') === true && /UNIQUE/.test(String(error)),
  }
}

const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined
