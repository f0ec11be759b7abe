import type { Kysely, Migration } from 'kysely'

/** Never edited after its release: a change is a new migration. */
export const firstTables: Migration = {
  async up(db) {
    await learners(db)
    await environments(db)
    await attempts(db)
    await verdicts(db)
    await terminals(db)
  },
}

async function learners(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('learners')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('language', 'text')
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('sign_in_links')
    .addColumn('token_hash', 'text', (column) => column.primaryKey())
    .addColumn('learner_id', 'text', (column) => column.notNull().references('learners.id').onDelete('cascade'))
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('used_at_ms', 'bigint')
    .execute()
  await db.schema
    .createTable('sessions')
    .addColumn('id_hash', 'text', (column) => column.primaryKey())
    .addColumn('learner_id', 'text', (column) => column.notNull().references('learners.id').onDelete('cascade'))
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('last_used_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
    .execute()
}

async function environments(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('environments')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('learner_id', 'text', (column) => column.references('learners.id').onDelete('set null'))
    .addColumn('lab_id', 'text', (column) => column.notNull())
    .addColumn('engine', 'text', (column) => column.notNull())
    .addColumn('shape', 'text', (column) => column.notNull())
    .addColumn('spec', 'text', (column) => column.notNull())
    .addColumn('wanted', 'text', (column) => column.notNull())
    .addColumn('phase', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('machines', 'text', (column) => column.notNull())
    .addColumn('keep_on_failure', 'integer', (column) => column.notNull())
    .addColumn('server_id', 'text', (column) => column.notNull())
    .addColumn('lease_until_ms', 'bigint', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('queued_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('phase_since_ms', 'bigint', (column) => column.notNull())
    .addColumn('last_activity_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('expires_at_ms', 'bigint')
    .execute()
  await db.schema.createIndex('environments_by_learner').on('environments').columns(['learner_id', 'phase']).execute()
  await db.schema.createIndex('environments_by_phase').on('environments').columns(['phase', 'queued_at_ms']).execute()
  await db.schema
    .createTable('timings')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('engine', 'text', (column) => column.notNull())
    .addColumn('shape', 'text', (column) => column.notNull())
    .addColumn('step', 'text', (column) => column.notNull())
    .addColumn('took_ms', 'bigint', (column) => column.notNull())
    .addColumn('ended_at_ms', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('timings_by_shape').on('timings').columns(['engine', 'shape', 'step', 'ended_at_ms']).execute()
}

async function attempts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('attempts')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('learner_id', 'text', (column) => column.notNull().references('learners.id').onDelete('cascade'))
    .addColumn('lab_id', 'text', (column) => column.notNull())
    .addColumn('environment_id', 'text', (column) => column.references('environments.id').onDelete('set null'))
    .addColumn('step', 'text', (column) => column.notNull())
    .addColumn('content_version', 'text', (column) => column.notNull())
    .addColumn('started_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('last_seen_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('finished_at_ms', 'bigint')
    .addColumn('points', 'integer', (column) => column.notNull())
    .addColumn('max_points', 'integer', (column) => column.notNull())
    .addUniqueConstraint('attempts_one_a_lab', ['learner_id', 'lab_id'])
    .execute()
  await db.schema.createIndex('attempts_by_environment').on('attempts').column('environment_id').execute()
  await db.schema
    .createTable('attempt_tasks')
    .addColumn('attempt_id', 'text', (column) => column.notNull().references('attempts.id').onDelete('cascade'))
    .addColumn('task_id', 'text', (column) => column.notNull())
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('setup', 'text', (column) => column.notNull())
    .addColumn('setup_error', 'text')
    .addColumn('baseline', 'text')
    .addColumn('params', 'text', (column) => column.notNull())
    .addColumn('check_requested_at_ms', 'bigint')
    .addColumn('latest_verdict_id', 'text')
    .addColumn('passed_at_ms', 'bigint')
    .addColumn('best_points', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('attempt_tasks_key', ['attempt_id', 'task_id'])
    .execute()
}

async function verdicts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('verdicts')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('attempt_id', 'text', (column) => column.notNull().references('attempts.id').onDelete('cascade'))
    .addColumn('task_id', 'text', (column) => column.notNull())
    .addColumn('learner_id', 'text', (column) => column.notNull().references('learners.id').onDelete('cascade'))
    .addColumn('lab_id', 'text', (column) => column.notNull())
    .addColumn('content_version', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('points', 'integer', (column) => column.notNull())
    .addColumn('max_points', 'integer', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('graded_at_ms', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('verdicts_by_task').on('verdicts').columns(['attempt_id', 'task_id', 'graded_at_ms']).execute()
  await db.schema
    .createTable('reveals')
    .addColumn('attempt_id', 'text', (column) => column.notNull().references('attempts.id').onDelete('cascade'))
    .addColumn('task_id', 'text', (column) => column.notNull())
    .addColumn('reveal', 'text', (column) => column.notNull())
    .addColumn('revealed_at_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('reveals_key', ['attempt_id', 'task_id', 'reveal'])
    .execute()
}

async function terminals(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('terminals')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('environment_id', 'text', (column) => column.notNull().references('environments.id').onDelete('cascade'))
    .addColumn('machine', 'text', (column) => column.notNull())
    .addColumn('user_name', 'text', (column) => column.notNull())
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('ended_at_ms', 'bigint')
    .execute()
  await db.schema.createIndex('terminals_by_environment').on('terminals').column('environment_id').execute()
}
