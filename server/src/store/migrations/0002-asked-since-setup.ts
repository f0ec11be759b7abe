/** Whether a check was asked for is told since the task was set up: after a reset nobody has asked yet. */
import { type Kysely, type Migration, sql } from 'kysely'

export const askedSinceSetup: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('attempt_tasks')
      .addColumn('asked', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
    // A setup clears the newest verdict: where there is one, a verdict of the button is taken to be of the same pass.
    await sql`UPDATE attempt_tasks SET asked = 1 WHERE latest_verdict_id IS NOT NULL AND EXISTS (
      SELECT 1 FROM verdicts WHERE verdicts.attempt_id = attempt_tasks.attempt_id AND verdicts.task_id = attempt_tasks.task_id
      AND verdicts.source = 'button')`.execute(db)
  },
}
