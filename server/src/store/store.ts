/** The store: every repository over one database, and transactions over all of them. */
import { LabError } from '@wheelhouse/protocol'
import { Kysely, type Migration, Migrator, sql } from 'kysely'
import type { StoreDialect } from './dialects/dialect.js'
import { postgresDialect } from './dialects/postgres.js'
import { sqliteDialect } from './dialects/sqlite.js'
import { MIGRATIONS } from './migrations/index.js'
import { type AttemptRepository, attemptRepository } from './repositories/attempts.js'
import { type EnvironmentRepository, environmentRepository } from './repositories/environments.js'
import { type LearnerRepository, learnerRepository } from './repositories/learners.js'
import { type TerminalRepository, terminalRepository } from './repositories/terminals.js'
import { type TimingRepository, timingRepository } from './repositories/timings.js'
import { type VerdictRepository, verdictRepository } from './repositories/verdicts.js'
import type { Database } from './schema.js'

export interface Repositories {
  learners: LearnerRepository
  environments: EnvironmentRepository
  timings: TimingRepository
  attempts: AttemptRepository
  verdicts: VerdictRepository
  terminals: TerminalRepository
}

export interface Store extends Repositories {
  readonly databaseName: string
  /**
   * Runs `work` in one transaction. It must do all its reads and writes through the repositories that it is given: the store's own
   * would wait for this transaction to end. Where two transactions met, it is run once more, so it must do nothing but that.
   */
  transaction<Result>(work: (repositories: Repositories) => Promise<Result>): Promise<Result>
  /** Resolves with the milliseconds that a trivial query took. @throws LabError `STORE_UNAVAILABLE` */
  ping(): Promise<number>
  close(): Promise<void>
}

/**
 * Opens the database and brings it to the newest schema.
 *
 * @param url  a postgres:// URL, a path of an SQLite file, or `:memory:`
 * @throws LabError `STORE_UNAVAILABLE`, `STORE_TOO_NEW`
 */
export async function openStore(url: string, migrations: Record<string, Migration> = MIGRATIONS): Promise<Store> {
  const dialect = dialectOf(url)
  const db = new Kysely<Database>({ dialect: dialect.kysely })
  try {
    await migrate(db, migrations)
  } catch (error) {
    await db.destroy().catch(() => {})
    throw error instanceof LabError ? error : unavailable(error)
  }
  return {
    ...repositoriesOver(db, dialect),
    databaseName: dialect.name,
    transaction: (work) => transact({ db, dialect }, work),
    ping: () => ping(db),
    close: () => db.destroy(),
  }
}

/** More than any crowd at one row needs; past it something else is wrong. */
const MOST_TRIES = 10

async function transact<Result>(
  { db, dialect }: { db: Kysely<Database>; dialect: StoreDialect },
  work: (repositories: Repositories) => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    const begin = dialect.isolationLevel ? db.transaction().setIsolationLevel(dialect.isolationLevel) : db.transaction()
    try {
      return await begin.execute((transaction) => work(repositoriesOver(transaction, dialect)))
    } catch (error) {
      if (tries === MOST_TRIES || !dialect.isSerializationFailure(error)) throw error
    }
  }
}

/** @throws LabError `STORE_UNAVAILABLE` */
export function dialectOf(url: string): StoreDialect {
  try {
    return /^postgres(ql)?:\/\//.test(url) ? postgresDialect(url) : sqliteDialect(url)
  } catch (error) {
    throw unavailable(error)
  }
}

function repositoriesOver(db: Kysely<Database>, dialect: StoreDialect): Repositories {
  return {
    learners: learnerRepository(db, dialect),
    environments: environmentRepository(db),
    timings: timingRepository(db),
    attempts: attemptRepository(db),
    verdicts: verdictRepository(db),
    terminals: terminalRepository(db),
  }
}

async function migrate(db: Kysely<Database>, migrations: Record<string, Migration>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const applied = (await migrator.getMigrations().catch(() => [])).length
  const { error } = await migrator.migrateToLatest()
  if (!error) return
  const missing = /previously executed migration (\S+) is missing/.exec(String(error))?.[1]
  if (missing) throw new LabError('STORE_TOO_NEW', { migration: missing }, { cause: error })
  throw new Error(`migration failed (${applied} known)`, { cause: error })
}

async function ping(db: Kysely<Database>): Promise<number> {
  const startedAt = performance.now()
  try {
    await sql`select 1`.execute(db)
  } catch (error) {
    throw unavailable(error)
  }
  return performance.now() - startedAt
}

function unavailable(error: unknown): LabError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return new LabError(
    'STORE_UNAVAILABLE',
    { why: cause instanceof Error ? cause.message || cause.name : String(cause) },
    { cause: error },
  )
}
