/** Every migration in order. A name stays for ever: the database remembers it. */
import type { Migration } from 'kysely'
import { firstTables } from './0001-first-tables.js'

export const MIGRATIONS: Record<string, Migration> = {
  '0001-first-tables': firstTables,
}
