/** Every verdict that was ever announced, with its evidence. */
import type { AttemptId, LearnerId, Verdict } from '@wheelhouse/protocol'
import type { Kysely } from 'kysely'
import { fromJson, toJson } from '../json.js'
import type { Database } from '../schema.js'

export interface VerdictRecord {
  id: string
  attempt: AttemptId
  learner: LearnerId
  lab: string
  /** `button`: the learner asked for it; `live`: the cluster changed. */
  source: 'button' | 'live'
  verdict: Verdict
}

export interface VerdictRepository {
  add(record: VerdictRecord): Promise<void>
  byIds(ids: readonly string[]): Promise<Map<string, Verdict>>
  /** Newest first. */
  ofTask(attempt: AttemptId, task: string, limit: number): Promise<VerdictRecord[]>
}

export function verdictRepository(db: Kysely<Database>): VerdictRepository {
  return {
    async add({ id, attempt, learner, lab, source, verdict }) {
      await db
        .insertInto('verdicts')
        .values({
          id,
          attempt_id: attempt,
          task_id: verdict.task,
          learner_id: learner,
          lab_id: lab,
          content_version: verdict.contentVersion,
          source,
          status: verdict.status,
          points: verdict.points,
          max_points: verdict.maxPoints,
          body: toJson(verdict),
          graded_at_ms: Math.round(verdict.gradedAtMs),
        })
        .execute()
    },
    async byIds(ids) {
      if (ids.length === 0) return new Map()
      const rows = await db
        .selectFrom('verdicts')
        .select(['id', 'body'])
        .where('id', 'in', [...ids])
        .execute()
      return new Map(rows.map((row) => [row.id, fromJson<Verdict>(row.body)]))
    },
    async ofTask(attempt, task, limit) {
      const rows = await db
        .selectFrom('verdicts')
        .selectAll()
        .where('attempt_id', '=', attempt)
        .where('task_id', '=', task)
        .orderBy('graded_at_ms', 'desc')
        .limit(limit)
        .execute()
      return rows.map((row) => ({
        id: row.id,
        attempt: row.attempt_id as AttemptId,
        learner: row.learner_id as LearnerId,
        lab: row.lab_id,
        source: row.source,
        verdict: fromJson<Verdict>(row.body),
      }))
    },
  }
}
