/** Environments as rows: who has them, what they are to become, what they are, and which server drives them. */
import type { EnvironmentId, EnvironmentState, ErrorBody, LearnerId, MachineView, Step, StopReason } from '@wheelhouse/protocol'
import type { Kysely } from 'kysely'
import type { EnvironmentSpec } from '../../engines/engine.js'
import { fromJson, toJson } from '../json.js'
import type { ChangeOf, Database, RowOf } from '../schema.js'

/** The state that rests in the store: what can be derived from other rows or the clock (position, deadlines) is left out. */
export type StoredState =
  | { phase: 'queued' }
  | { phase: 'provisioning'; steps: Step[]; startedAtMs: number }
  | { phase: 'ready' }
  | { phase: 'stopping'; reason: StopReason }
  | { phase: 'stopped'; reason: StopReason }
  | { phase: 'starting'; steps: Step[]; startedAtMs: number }
  | { phase: 'broken'; why: string }
  | { phase: 'failed'; error: ErrorBody; steps: Step[]; leftovers: 'none' | 'kept' | 'being-removed' }
  | { phase: 'deleting' }
  | { phase: 'deleted' }

/** Every phase of the protocol can rest in the store, and no other. */
const _phases: Record<EnvironmentState['phase'], true> extends Record<StoredState['phase'], true> ? true : never = true
void _phases

export type Wanted = 'running' | 'stopped' | 'deleted'

export interface EnvironmentRecord {
  id: EnvironmentId
  /** Null while it waits in the pool. */
  learner: LearnerId | null
  lab: string
  engine: string
  shape: string
  spec: EnvironmentSpec
  wanted: Wanted
  state: StoredState
  machines: MachineView[]
  keepOnFailure: boolean
  serverId: string
  leaseUntilMs: number
  createdAtMs: number
  queuedAtMs: number
  phaseSinceMs: number
  lastActivityAtMs: number
  expiresAtMs: number | null
}

export type EnvironmentChange = Partial<Omit<EnvironmentRecord, 'id' | 'createdAtMs'>>

export interface EnvironmentRepository {
  add(record: EnvironmentRecord): Promise<void>
  byId(id: EnvironmentId): Promise<EnvironmentRecord | undefined>
  /** Those that are not deleted, oldest first. */
  living(): Promise<EnvironmentRecord[]>
  ofLearner(learner: LearnerId): Promise<EnvironmentRecord[]>
  update(id: EnvironmentId, change: EnvironmentChange): Promise<void>
  /** Gives one of the pool to a learner, a ready one before one that is being built; undefined where there is none. Of two callers, each gets another one. */
  takeFromPool(wanted: { shape: string; engine: string }, to: EnvironmentChange): Promise<EnvironmentRecord | undefined>
  /** Renews the lease of all that this server drives. @returns how many */
  renewLeases(serverId: string, untilMs: number): Promise<number>
  /** Takes over those of `ids` whose server has let its lease end. @returns how many */
  takeOver(serverId: string, ids: readonly EnvironmentId[], times: { nowMs: number; untilMs: number }): Promise<number>
}

export function environmentRepository(db: Kysely<Database>): EnvironmentRepository {
  const select = () => db.selectFrom('environments').selectAll()
  const update = async (id: EnvironmentId, change: EnvironmentChange) => {
    const columns = toChange(change)
    if (Object.keys(columns).length > 0) await db.updateTable('environments').set(columns).where('id', '=', id).execute()
  }
  return {
    async add(record) {
      await db
        .insertInto('environments')
        .values({ id: record.id, created_at_ms: record.createdAtMs, ...toRow(record) })
        .execute()
    },
    async byId(id) {
      const row = await select().where('id', '=', id).executeTakeFirst()
      return row && fromRow(row)
    },
    living: async () =>
      (await select().where('phase', '!=', 'deleted').orderBy('created_at_ms').orderBy('id').execute()).map(fromRow),
    async ofLearner(learner) {
      const rows = await select()
        .where('learner_id', '=', learner)
        .where('phase', '!=', 'deleted')
        .orderBy('created_at_ms')
        .execute()
      return rows.map(fromRow)
    },
    update,
    takeFromPool: (wanted, to) => takeFromPool(db, wanted, to),
    async renewLeases(serverId, untilMs) {
      const mine = db.updateTable('environments').set({ lease_until_ms: untilMs }).where('server_id', '=', serverId)
      return Number((await mine.where('phase', '!=', 'deleted').executeTakeFirst()).numUpdatedRows)
    },
    async takeOver(serverId, ids, { nowMs, untilMs }) {
      if (ids.length === 0) return 0
      const abandoned = db
        .updateTable('environments')
        .set({ server_id: serverId, lease_until_ms: untilMs })
        .where('id', 'in', [...ids])
        .where('server_id', '!=', serverId)
        .where('lease_until_ms', '<', nowMs)
      return Number((await abandoned.executeTakeFirst()).numUpdatedRows)
    },
  }
}

async function takeFromPool(
  db: Kysely<Database>,
  wanted: { shape: string; engine: string },
  to: EnvironmentChange,
): Promise<EnvironmentRecord | undefined> {
  for (;;) {
    const candidate = await db
      .selectFrom('environments')
      .select('id')
      .where('learner_id', 'is', null)
      .where('phase', 'in', ['ready', 'provisioning'])
      .where('wanted', '=', 'running')
      .where('shape', '=', wanted.shape)
      .where('engine', '=', wanted.engine)
      // "ready" before "provisioning": who finds none ready waits for one that is being built, not for another.
      .orderBy('phase', 'desc')
      .orderBy('created_at_ms')
      .limit(1)
      .executeTakeFirst()
    if (!candidate) return undefined
    // The condition on the owner makes the hand-over atomic: where another caller was quicker, the next one is tried.
    const taken = await db
      .updateTable('environments')
      .set(toChange(to))
      .where('id', '=', candidate.id)
      .where('learner_id', 'is', null)
      .returningAll()
      .executeTakeFirst()
    if (taken) return fromRow(taken)
  }
}

function toChange(change: EnvironmentChange): ChangeOf<'environments'> {
  const row = toRow(change as EnvironmentRecord)
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined))
}

/** The columns of a record; of a partial one, those that are absent are undefined. */
function toRow(record: EnvironmentRecord): Omit<RowOf<'environments'>, 'id' | 'created_at_ms'> {
  const json = (value: unknown) => (value === undefined ? undefined : toJson(value)) as string
  return {
    learner_id: record.learner,
    lab_id: record.lab,
    engine: record.engine,
    shape: record.shape,
    spec: json(record.spec),
    wanted: record.wanted,
    phase: record.state?.phase,
    state: json(record.state),
    machines: json(record.machines),
    keep_on_failure: (record.keepOnFailure === undefined ? undefined : Number(record.keepOnFailure)) as number,
    server_id: record.serverId,
    lease_until_ms: record.leaseUntilMs,
    queued_at_ms: record.queuedAtMs,
    phase_since_ms: record.phaseSinceMs,
    last_activity_at_ms: record.lastActivityAtMs,
    expires_at_ms: record.expiresAtMs,
  }
}

function fromRow(row: RowOf<'environments'>): EnvironmentRecord {
  return {
    id: row.id as EnvironmentId,
    learner: row.learner_id as LearnerId | null,
    lab: row.lab_id,
    engine: row.engine,
    shape: row.shape,
    spec: fromJson(row.spec),
    wanted: row.wanted,
    state: fromJson(row.state),
    machines: fromJson(row.machines),
    keepOnFailure: row.keep_on_failure === 1,
    serverId: row.server_id,
    leaseUntilMs: row.lease_until_ms,
    createdAtMs: row.created_at_ms,
    queuedAtMs: row.queued_at_ms,
    phaseSinceMs: row.phase_since_ms,
    lastActivityAtMs: row.last_activity_at_ms,
    expiresAtMs: row.expires_at_ms,
  }
}
