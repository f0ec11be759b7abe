/** After a start: what a server before this one left behind is taken up again. */
import type { EnvironmentId } from '@wheelhouse/protocol'
import type { EnvironmentContext } from './context.js'
import { type Environments, LEASE_MS } from './environments.js'

export interface Adoption {
  /** Known and alive. */
  adopted: EnvironmentId[]
  /** Deleted by their rows, yet there: removed. */
  removed: EnvironmentId[]
  /** There without a row: the database is not the one that made them. Left alone, since nobody can say whose work they hold. */
  unknown: EnvironmentId[]
}

/**
 * Compares what the engine has with the rows, takes over rows whose server is gone, and wakes every row. Where the engine does not
 * answer, the rows wait until it does.
 */
export async function recover(
  { engine, store, clock, serverId, log }: Pick<EnvironmentContext, 'engine' | 'store' | 'clock' | 'serverId' | 'log'>,
  environments: Environments,
): Promise<Adoption> {
  const adoption: Adoption = { adopted: [], removed: [], unknown: [] }
  const found = await engine.adopt().catch((error: unknown) => {
    log.warn({ err: error }, 'the engine could not say what it has')
    return []
  })
  for (const id of found) {
    const record = await store.environments.byId(id)
    if (!record) adoption.unknown.push(id)
    else if (record.state.phase === 'deleted') adoption.removed.push(id)
    else adoption.adopted.push(id)
  }
  const nowMs = clock.now()
  await store.environments.takeOver(serverId, adoption.adopted, { nowMs, untilMs: nowMs + LEASE_MS })
  for (const id of adoption.removed)
    await engine
      .destroy(id)
      .catch((error: unknown) => log.warn({ err: error, environment: id }, 'leftovers could not be removed'))
  if (adoption.unknown.length > 0)
    log.warn({ environments: adoption.unknown }, 'environments without a row; wheelhouse clean removes them')
  if (found.length > 0) log.info({ adopted: adoption.adopted.length, removed: adoption.removed.length }, 'environments adopted')
  await environments.wakeAll()
  return adoption
}
