/** Every migration in order. A name stays for ever: the database remembers it. */
import type { Migration } from 'kysely'
import { firstTables } from './0001-first-tables.js'
import { askedSinceSetup } from './0002-asked-since-setup.js'

export const MIGRATIONS: Record<string, Migration> = {
  '0001-first-tables': firstTables,
  '0002-asked-since-setup': askedSinceSetup,
}
