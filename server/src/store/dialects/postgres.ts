/** PostgreSQL, for more learners than one computer carries. */
import { PostgresDialect } from 'kysely'
import pg from 'pg'
import type { StoreDialect } from './dialect.js'

const INT8 = 20
const UNIQUE_VIOLATION = '23505'
/** serialization_failure, deadlock_detected */
const RETRIED = ['40001', '40P01']
const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '')

/** @param url  postgres://user:password@host:port/database?options */
export function postgresDialect(url: string): StoreDialect {
  const types = {
    // int8 arrives as text by default; our times stay far below 2^53.
    getTypeParser: (oid: number, format?: 'text' | 'binary') =>
      oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text'),
  }
  const pool = new pg.Pool({ connectionString: url, max: 10, types: types as pg.CustomTypesConfig })
  // A connection that breaks while idle is replaced; the query that needs it says so.
  pool.on('error', () => {})
  return {
    name: 'PostgreSQL',
    kysely: new PostgresDialect({ pool }),
    supportsSkipLocked: true,
    isolationLevel: 'serializable',
    isSerializationFailure: (error) => RETRIED.includes(codeOf(error)),
    isUniqueViolation: (error) => codeOf(error) === UNIQUE_VIOLATION,
  }
}
