/**
 * The tables, as they stand after the newest migration. Ids are text, times integer milliseconds since 1970, JSON is text (which
 * PostgreSQL can take as jsonb), truth is 0 or 1: the same on both databases.
 */
import type { Insertable, Selectable, Updateable } from 'kysely'

export interface Database {
  learners: LearnersTable
  sign_in_links: SignInLinksTable
  sessions: SessionsTable
  environments: EnvironmentsTable
  timings: TimingsTable
  attempts: AttemptsTable
  attempt_tasks: AttemptTasksTable
  verdicts: VerdictsTable
  reveals: RevealsTable
  terminals: TerminalsTable
}

interface LearnersTable {
  id: string
  name: string
  role: 'owner' | 'learner'
  language: 'en' | 'zh' | null
  created_at_ms: number
}

interface SignInLinksTable {
  /** SHA-256 of the token in the link; the token itself is kept nowhere. */
  token_hash: string
  learner_id: string
  created_at_ms: number
  expires_at_ms: number
  used_at_ms: number | null
}

interface SessionsTable {
  id_hash: string
  learner_id: string
  created_at_ms: number
  last_used_at_ms: number
  expires_at_ms: number
}

interface EnvironmentsTable {
  id: string
  /** Null while it waits in the pool. */
  learner_id: string | null
  /** The lab that it was made for or was last opened with; empty in the pool. */
  lab_id: string
  engine: string
  /** Clusters without images: two environments of one shape can stand in for each other. */
  shape: string
  /** JSON EnvironmentSpec */
  spec: string
  wanted: 'running' | 'stopped' | 'deleted'
  phase: string
  /** JSON, the rest of the phase's state: steps, reason, error. */
  state: string
  /** JSON MachineView[] */
  machines: string
  keep_on_failure: number
  /** The server that drives it, and until when nobody else may. */
  server_id: string
  lease_until_ms: number
  created_at_ms: number
  queued_at_ms: number
  phase_since_ms: number
  last_activity_at_ms: number
  expires_at_ms: number | null
}

interface TimingsTable {
  id: string
  engine: string
  shape: string
  /** A step's name, or `total` and `start-total` for the whole. */
  step: string
  took_ms: number
  ended_at_ms: number
}

interface AttemptsTable {
  id: string
  learner_id: string
  lab_id: string
  environment_id: string | null
  step: string
  content_version: string
  started_at_ms: number
  last_seen_at_ms: number
  finished_at_ms: number | null
  points: number
  max_points: number
}

interface AttemptTasksTable {
  attempt_id: string
  task_id: string
  position: number
  setup: 'waiting' | 'running' | 'done' | 'failed'
  /** JSON ErrorBody of a failed setup. */
  setup_error: string | null
  /** JSON Baseline, once the setup is done. */
  baseline: string | null
  /** JSON, the drawn values of the task's params. */
  params: string
  /** Set when a check was asked for, cleared in the transaction that stores its verdict. */
  check_requested_at_ms: number | null
  latest_verdict_id: string | null
  asked: number
  passed_at_ms: number | null
  best_points: number
}

interface VerdictsTable {
  id: string
  attempt_id: string
  task_id: string
  learner_id: string
  lab_id: string
  content_version: string
  source: 'button' | 'live'
  status: string
  points: number
  max_points: number
  /** JSON Verdict */
  body: string
  graded_at_ms: number
}

interface RevealsTable {
  attempt_id: string
  task_id: string
  reveal: string
  revealed_at_ms: number
}

interface TerminalsTable {
  id: string
  environment_id: string
  machine: string
  user_name: string
  title: string
  created_at_ms: number
  ended_at_ms: number | null
}

export type RowOf<Table extends keyof Database> = Selectable<Database[Table]>
export type NewRowOf<Table extends keyof Database> = Insertable<Database[Table]>
export type ChangeOf<Table extends keyof Database> = Updateable<Database[Table]>
