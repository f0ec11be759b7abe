/** Runs a suite over every database: SQLite always, PostgreSQL where it is to be had; where not, that is said. */
import { afterAll, beforeEach, describe } from 'vitest'
import { openStore, type Store } from '../store.js'
import { databasesForTests, type TestDatabase } from './databases.js'

/** A new and empty store for each test. */
export interface UnderTest {
  store: Store
  url: string
  database: TestDatabase
}

export function overEachDatabase(subject: string, suite: (under: UnderTest) => void): void {
  const databases = databasesForTests()
  for (const { name, missing } of databases) if (missing) console.error(`NOT RUN: ${subject} over ${name}: ${missing}`)
  describe.each(databases)(`${subject} over $name`, (database) => {
    afterAll(() => database.close())
    describe.skipIf(database.missing)('the store', () => {
      const under = { database } as UnderTest
      beforeEach(async () => {
        under.url = await database.create()
        const opened = await openStore(under.url)
        under.store = opened
        return () => opened.close()
      })
      suite(under)
    })
  })
}
