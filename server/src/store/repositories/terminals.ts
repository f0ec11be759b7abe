/** Terminals by environment, so that they are found again after a restart of the server. */
import type { EnvironmentId, TerminalId } from '@wheelhouse/protocol'
import type { Kysely } from 'kysely'
import type { Database, RowOf } from '../schema.js'

export interface TerminalRecord {
  id: TerminalId
  environment: EnvironmentId
  machine: string
  user: string
  title: string
  createdAtMs: number
  endedAtMs: number | null
}

export interface TerminalRepository {
  add(terminal: TerminalRecord): Promise<void>
  byId(id: TerminalId): Promise<TerminalRecord | undefined>
  /** Oldest first, ended ones included. */
  ofEnvironment(environment: EnvironmentId): Promise<TerminalRecord[]>
  update(id: TerminalId, change: Partial<Pick<TerminalRecord, 'title' | 'endedAtMs'>>): Promise<void>
  remove(id: TerminalId): Promise<void>
}

export function terminalRepository(db: Kysely<Database>): TerminalRepository {
  const select = () => db.selectFrom('terminals').selectAll()
  return {
    async add(terminal) {
      await db.insertInto('terminals').values(toRow(terminal)).execute()
    },
    async byId(id) {
      const row = await select().where('id', '=', id).executeTakeFirst()
      return row && fromRow(row)
    },
    async ofEnvironment(environment) {
      const rows = await select().where('environment_id', '=', environment).orderBy('created_at_ms').orderBy('id').execute()
      return rows.map(fromRow)
    },
    async update(id, { title, endedAtMs }) {
      const change = { ...(title === undefined ? {} : { title }), ...(endedAtMs === undefined ? {} : { ended_at_ms: endedAtMs }) }
      if (Object.keys(change).length > 0) await db.updateTable('terminals').set(change).where('id', '=', id).execute()
    },
    async remove(id) {
      await db.deleteFrom('terminals').where('id', '=', id).execute()
    },
  }
}

const toRow = (terminal: TerminalRecord): RowOf<'terminals'> => ({
  id: terminal.id,
  environment_id: terminal.environment,
  machine: terminal.machine,
  user_name: terminal.user,
  title: terminal.title,
  created_at_ms: terminal.createdAtMs,
  ended_at_ms: terminal.endedAtMs,
})

const fromRow = (row: RowOf<'terminals'>): TerminalRecord => ({
  id: row.id as TerminalId,
  environment: row.environment_id as EnvironmentId,
  machine: row.machine,
  user: row.user_name,
  title: row.title,
  createdAtMs: row.created_at_ms,
  endedAtMs: row.ended_at_ms,
})
