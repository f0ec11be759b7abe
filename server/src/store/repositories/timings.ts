/** How long steps took, so that the next learner hears how long they will take. */
import type { Kysely } from 'kysely'
import { newId } from '../ids.js'
import type { Database } from '../schema.js'

/** Old runs say little of today's computer and images. */
const RUNS_REMEMBERED = 20

export interface TimingRepository {
  add(timing: { engine: string; shape: string; step: string; tookMs: number; endedAtMs: number }): Promise<void>
  /** Median of the latest runs of each step of this shape, by step name; `total` is the whole. */
  medians(of: { engine: string; shape: string }): Promise<Map<string, number>>
}

export function timingRepository(db: Kysely<Database>): TimingRepository {
  return {
    async add({ engine, shape, step, tookMs, endedAtMs }) {
      await db
        .insertInto('timings')
        .values({ id: newId(), engine, shape, step, took_ms: Math.round(tookMs), ended_at_ms: endedAtMs })
        .execute()
    },
    async medians({ engine, shape }) {
      const rows = await db
        .selectFrom('timings')
        .select(['step', 'took_ms'])
        .where('engine', '=', engine)
        .where('shape', '=', shape)
        .orderBy('ended_at_ms', 'desc')
        .limit(RUNS_REMEMBERED * 30)
        .execute()
      const byStep = new Map<string, number[]>()
      for (const { step, took_ms } of rows) {
        const times = byStep.get(step) ?? []
        if (times.length < RUNS_REMEMBERED) byStep.set(step, [...times, took_ms])
      }
      return new Map([...byStep].map(([step, times]) => [step, median(times)]))
    },
  }
}

/** The middle one; of an even count the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}
