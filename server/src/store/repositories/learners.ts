/** Who may sign in: learners, their one-time links and their browsers' sessions. */
import { LabError, type Language, type LearnerId } from '@wheelhouse/protocol'
import type { Kysely } from 'kysely'
import type { StoreDialect } from '../dialects/dialect.js'
import type { Database, RowOf } from '../schema.js'

export interface Learner {
  id: LearnerId
  name: string
  role: 'owner' | 'learner'
  language: Language | null
  createdAtMs: number
}
export interface SignInLink {
  tokenHash: string
  learner: LearnerId
  createdAtMs: number
  expiresAtMs: number
}
export interface Session {
  idHash: string
  learner: LearnerId
  createdAtMs: number
  lastUsedAtMs: number
  expiresAtMs: number
}

export interface LearnerRepository {
  /** @throws LabError `LEARNER_EXISTS` */
  add(learner: Learner): Promise<void>
  byId(id: LearnerId): Promise<Learner | undefined>
  byName(name: string): Promise<Learner | undefined>
  owner(): Promise<Learner | undefined>
  all(): Promise<Learner[]>
  setLanguage(id: LearnerId, language: Language): Promise<void>
  /** Removes the learner with all attempts and verdicts. Environments stay, without an owner. */
  remove(id: LearnerId): Promise<void>
  addLink(link: SignInLink): Promise<void>
  /** Uses the link up: of two calls with one token, one gets the learner. Undefined where it is unknown, used or expired. */
  useLink(tokenHash: string, nowMs: number): Promise<Learner | undefined>
  addSession(session: Session): Promise<void>
  session(idHash: string, nowMs: number): Promise<{ session: Session; learner: Learner } | undefined>
  extendSession(idHash: string, times: { lastUsedAtMs: number; expiresAtMs: number }): Promise<void>
  endSession(idHash: string): Promise<void>
  removeExpired(nowMs: number): Promise<void>
}

export function learnerRepository(db: Kysely<Database>, dialect: StoreDialect): LearnerRepository {
  return { ...people(db, dialect), ...links(db), ...sessions(db) }
}

type People = Pick<LearnerRepository, 'add' | 'byId' | 'byName' | 'owner' | 'all' | 'setLanguage' | 'remove'>

function people(db: Kysely<Database>, dialect: StoreDialect): People {
  const one = () => db.selectFrom('learners').selectAll()
  return {
    async add(learner) {
      try {
        await db.insertInto('learners').values(toRow(learner)).execute()
      } catch (error) {
        if (dialect.isUniqueViolation(error)) throw new LabError('LEARNER_EXISTS', { name: learner.name }, { cause: error })
        throw error
      }
    },
    byId: async (id) => fromRow(await one().where('id', '=', id).executeTakeFirst()),
    byName: async (name) => fromRow(await one().where('name', '=', name).executeTakeFirst()),
    owner: async () => fromRow(await one().where('role', '=', 'owner').executeTakeFirst()),
    all: async () => (await one().orderBy('created_at_ms').execute()).flatMap((row) => fromRow(row) ?? []),
    async setLanguage(id, language) {
      await db.updateTable('learners').set({ language }).where('id', '=', id).execute()
    },
    async remove(id) {
      await db.deleteFrom('learners').where('id', '=', id).execute()
    },
  }
}

function links(db: Kysely<Database>): Pick<LearnerRepository, 'addLink' | 'useLink'> {
  return {
    async addLink({ tokenHash, learner, createdAtMs, expiresAtMs }) {
      await db
        .insertInto('sign_in_links')
        .values({
          token_hash: tokenHash,
          learner_id: learner,
          created_at_ms: createdAtMs,
          expires_at_ms: expiresAtMs,
          used_at_ms: null,
        })
        .execute()
    },
    async useLink(tokenHash, nowMs) {
      const used = await db
        .updateTable('sign_in_links')
        .set({ used_at_ms: nowMs })
        .where('token_hash', '=', tokenHash)
        .where('used_at_ms', 'is', null)
        .where('expires_at_ms', '>', nowMs)
        .returning('learner_id')
        .executeTakeFirst()
      if (!used) return undefined
      return fromRow(await db.selectFrom('learners').selectAll().where('id', '=', used.learner_id).executeTakeFirst())
    },
  }
}

type Sessions = Pick<LearnerRepository, 'addSession' | 'session' | 'extendSession' | 'endSession' | 'removeExpired'>

function sessions(db: Kysely<Database>): Sessions {
  return {
    async addSession(session) {
      await db
        .insertInto('sessions')
        .values({
          id_hash: session.idHash,
          learner_id: session.learner,
          created_at_ms: session.createdAtMs,
          last_used_at_ms: session.lastUsedAtMs,
          expires_at_ms: session.expiresAtMs,
        })
        .execute()
    },
    async session(idHash, nowMs) {
      const row = await db
        .selectFrom('sessions')
        .innerJoin('learners', 'learners.id', 'sessions.learner_id')
        .selectAll('learners')
        .select(['id_hash', 'sessions.created_at_ms as session_created_at_ms', 'last_used_at_ms', 'expires_at_ms'])
        .where('id_hash', '=', idHash)
        .where('expires_at_ms', '>', nowMs)
        .executeTakeFirst()
      const learner = fromRow(row)
      if (!row || !learner) return undefined
      const times = { createdAtMs: row.session_created_at_ms, lastUsedAtMs: row.last_used_at_ms, expiresAtMs: row.expires_at_ms }
      return { learner, session: { idHash, learner: learner.id, ...times } }
    },
    async extendSession(idHash, { lastUsedAtMs, expiresAtMs }) {
      const change = { last_used_at_ms: lastUsedAtMs, expires_at_ms: expiresAtMs }
      await db.updateTable('sessions').set(change).where('id_hash', '=', idHash).execute()
    },
    async endSession(idHash) {
      await db.deleteFrom('sessions').where('id_hash', '=', idHash).execute()
    },
    async removeExpired(nowMs) {
      await db.deleteFrom('sessions').where('expires_at_ms', '<=', nowMs).execute()
      await db.deleteFrom('sign_in_links').where('expires_at_ms', '<=', nowMs).execute()
    },
  }
}

const toRow = (learner: Learner): RowOf<'learners'> => ({
  id: learner.id,
  name: learner.name,
  role: learner.role,
  language: learner.language,
  created_at_ms: learner.createdAtMs,
})

function fromRow(row: RowOf<'learners'> | undefined): Learner | undefined {
  if (!row) return undefined
  return { id: row.id as LearnerId, name: row.name, role: row.role, language: row.language, createdAtMs: row.created_at_ms }
}
