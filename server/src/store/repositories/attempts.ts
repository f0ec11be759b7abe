/** Attempts: one a learner and lab, with the state of each task. */
import type { AttemptId, EnvironmentId, ErrorBody, LearnerId, Reveal } from '@wheelhouse/protocol'
import type { Kysely } from 'kysely'
import type { Baseline } from '../../grading/grader.js'
import { fromJson, toJson } from '../json.js'
import type { ChangeOf, Database, RowOf } from '../schema.js'

export interface AttemptRecord {
  id: AttemptId
  learner: LearnerId
  lab: string
  environment: EnvironmentId | null
  step: string
  contentVersion: string
  startedAtMs: number
  lastSeenAtMs: number
  finishedAtMs: number | null
  points: number
  maxPoints: number
}

/** A task that is being or was brought to its start. The baseline is there once it is done. */
export type TaskSetup =
  | { status: 'waiting' | 'running' }
  | { status: 'done'; baseline: Baseline }
  | { status: 'failed'; error: ErrorBody }

export interface AttemptTaskRecord {
  attempt: AttemptId
  task: string
  position: number
  setup: TaskSetup
  params: Record<string, string>
  /** When the check that is not answered yet was asked for. */
  checkRequestedAtMs: number | null
  latestVerdict: string | null
  /** A check was asked for since the task was set up. */
  asked: boolean
  passedAtMs: number | null
  bestPoints: number
}

export type AttemptChange = Partial<Omit<AttemptRecord, 'id' | 'learner' | 'lab' | 'startedAtMs'>>
export type AttemptTaskChange = Partial<Omit<AttemptTaskRecord, 'attempt' | 'task' | 'position'>>

export interface AttemptRepository {
  add(attempt: AttemptRecord, tasks: AttemptTaskRecord[]): Promise<void>
  byId(id: AttemptId): Promise<AttemptRecord | undefined>
  byLab(learner: LearnerId, lab: string): Promise<AttemptRecord | undefined>
  ofLearner(learner: LearnerId): Promise<AttemptRecord[]>
  ofEnvironment(environment: EnvironmentId): Promise<AttemptRecord[]>
  update(id: AttemptId, change: AttemptChange): Promise<void>
  addTask(task: AttemptTaskRecord): Promise<void>
  /** In the lab's order. */
  tasks(id: AttemptId): Promise<AttemptTaskRecord[]>
  updateTask(id: AttemptId, task: string, change: AttemptTaskChange): Promise<void>
  /** Tasks whose check was asked for and not answered, in the order of asking. */
  pendingChecks(): Promise<AttemptTaskRecord[]>
  /** Recording the same one twice keeps the first time. */
  addReveal(id: AttemptId, task: string, reveal: Reveal, atMs: number): Promise<void>
  reveals(id: AttemptId): Promise<{ task: string; reveal: Reveal }[]>
}

export function attemptRepository(db: Kysely<Database>): AttemptRepository {
  return { ...attempts(db), ...tasks(db), ...reveals(db) }
}

type Attempts = Pick<AttemptRepository, 'add' | 'byId' | 'byLab' | 'ofLearner' | 'ofEnvironment' | 'update'>

function attempts(db: Kysely<Database>): Attempts {
  const select = () => db.selectFrom('attempts').selectAll()
  return {
    async add(attempt, taskRecords) {
      await db.insertInto('attempts').values(toRow(attempt)).execute()
      if (taskRecords.length > 0) await db.insertInto('attempt_tasks').values(taskRecords.map(toTaskRow)).execute()
    },
    async byId(id) {
      const row = await select().where('id', '=', id).executeTakeFirst()
      return row && fromRow(row)
    },
    async byLab(learner, lab) {
      const row = await select().where('learner_id', '=', learner).where('lab_id', '=', lab).executeTakeFirst()
      return row && fromRow(row)
    },
    ofLearner: async (learner) =>
      (await select().where('learner_id', '=', learner).orderBy('last_seen_at_ms', 'desc').execute()).map(fromRow),
    ofEnvironment: async (environment) => (await select().where('environment_id', '=', environment).execute()).map(fromRow),
    async update(id, change) {
      const columns: ChangeOf<'attempts'> = defined({
        environment_id: change.environment,
        step: change.step,
        content_version: change.contentVersion,
        last_seen_at_ms: change.lastSeenAtMs,
        finished_at_ms: change.finishedAtMs,
        points: change.points,
        max_points: change.maxPoints,
      })
      if (Object.keys(columns).length > 0) await db.updateTable('attempts').set(columns).where('id', '=', id).execute()
    },
  }
}

type Tasks = Pick<AttemptRepository, 'addTask' | 'tasks' | 'updateTask' | 'pendingChecks'>

function tasks(db: Kysely<Database>): Tasks {
  const select = () => db.selectFrom('attempt_tasks').selectAll()
  return {
    async addTask(task) {
      await db.insertInto('attempt_tasks').values(toTaskRow(task)).execute()
    },
    tasks: async (id) => (await select().where('attempt_id', '=', id).orderBy('position').execute()).map(fromTaskRow),
    async updateTask(id, task, change) {
      const columns: ChangeOf<'attempt_tasks'> = defined({
        ...(change.setup ? setupColumns(change.setup) : {}),
        params: change.params && toJson(change.params),
        check_requested_at_ms: change.checkRequestedAtMs,
        latest_verdict_id: change.latestVerdict,
        asked: change.asked === undefined ? undefined : Number(change.asked),
        passed_at_ms: change.passedAtMs,
        best_points: change.bestPoints,
      })
      if (Object.keys(columns).length === 0) return
      await db.updateTable('attempt_tasks').set(columns).where('attempt_id', '=', id).where('task_id', '=', task).execute()
    },
    pendingChecks: async () =>
      (await select().where('check_requested_at_ms', 'is not', null).orderBy('check_requested_at_ms').execute()).map(fromTaskRow),
  }
}

function reveals(db: Kysely<Database>): Pick<AttemptRepository, 'addReveal' | 'reveals'> {
  return {
    async addReveal(id, task, reveal, atMs) {
      await db
        .insertInto('reveals')
        .values({ attempt_id: id, task_id: task, reveal, revealed_at_ms: atMs })
        .onConflict((conflict) => conflict.columns(['attempt_id', 'task_id', 'reveal']).doNothing())
        .execute()
    },
    async reveals(id) {
      const rows = await db.selectFrom('reveals').selectAll().where('attempt_id', '=', id).orderBy('revealed_at_ms').execute()
      return rows.map((row) => ({ task: row.task_id, reveal: row.reveal as Reveal }))
    },
  }
}

/** Without the entries that are undefined: an update leaves those columns alone. */
function defined<Columns extends object>(columns: Columns): { [Key in keyof Columns]?: Exclude<Columns[Key], undefined> } {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined)) as never
}

const toRow = (attempt: AttemptRecord): RowOf<'attempts'> => ({
  id: attempt.id,
  learner_id: attempt.learner,
  lab_id: attempt.lab,
  environment_id: attempt.environment,
  step: attempt.step,
  content_version: attempt.contentVersion,
  started_at_ms: attempt.startedAtMs,
  last_seen_at_ms: attempt.lastSeenAtMs,
  finished_at_ms: attempt.finishedAtMs,
  points: attempt.points,
  max_points: attempt.maxPoints,
})

const fromRow = (row: RowOf<'attempts'>): AttemptRecord => ({
  id: row.id as AttemptId,
  learner: row.learner_id as LearnerId,
  lab: row.lab_id,
  environment: row.environment_id as EnvironmentId | null,
  step: row.step,
  contentVersion: row.content_version,
  startedAtMs: row.started_at_ms,
  lastSeenAtMs: row.last_seen_at_ms,
  finishedAtMs: row.finished_at_ms,
  points: row.points,
  maxPoints: row.max_points,
})

function setupColumns(setup: TaskSetup): Pick<RowOf<'attempt_tasks'>, 'setup' | 'setup_error' | 'baseline'> {
  return {
    setup: setup.status,
    setup_error: setup.status === 'failed' ? toJson(setup.error) : null,
    baseline: setup.status === 'done' ? toJson(setup.baseline) : null,
  }
}

const toTaskRow = (task: AttemptTaskRecord): RowOf<'attempt_tasks'> => ({
  attempt_id: task.attempt,
  task_id: task.task,
  position: task.position,
  ...setupColumns(task.setup),
  params: toJson(task.params),
  check_requested_at_ms: task.checkRequestedAtMs,
  latest_verdict_id: task.latestVerdict,
  asked: Number(task.asked),
  passed_at_ms: task.passedAtMs,
  best_points: task.bestPoints,
})

const fromTaskRow = (row: RowOf<'attempt_tasks'>): AttemptTaskRecord => ({
  attempt: row.attempt_id as AttemptId,
  task: row.task_id,
  position: row.position,
  setup: setupOf(row),
  params: fromJson(row.params),
  checkRequestedAtMs: row.check_requested_at_ms,
  latestVerdict: row.latest_verdict_id,
  asked: row.asked === 1,
  passedAtMs: row.passed_at_ms,
  bestPoints: row.best_points,
})

function setupOf(row: RowOf<'attempt_tasks'>): TaskSetup {
  switch (row.setup) {
    case 'done':
      return { status: 'done', baseline: fromJson(row.baseline ?? '{}') }
    case 'failed':
      return { status: 'failed', error: fromJson(row.setup_error ?? '{"code":"SETUP_FAILED","values":{}}') }
    default:
      return { status: row.setup }
  }
}
