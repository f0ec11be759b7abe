/** An environment as the browser sees it: the row, and what follows from the queue and the deadlines. */
import type { EnvironmentState, EnvironmentView } from '@wheelhouse/protocol'
import type { EnvironmentRecord } from '../store/repositories/environments.js'
import { expectedWait, positionOf } from './admission.js'
import type { EnvironmentContext } from './context.js'
import type { Environments } from './environments.js'

const MINUTE_MS = 60_000

export class EnvironmentViews {
  constructor(
    private readonly context: Pick<EnvironmentContext, 'store' | 'settings'>,
    private readonly environments: Environments,
  ) {}

  async view(record: EnvironmentRecord): Promise<EnvironmentView> {
    const { id, lab, engine, machines, expiresAtMs } = record
    const keptDays = this.context.settings.expiryDays
    const fork = record.spec.from !== undefined
    return { id, lab, engine, machines, fork, expiresAtMs, keptDays, state: await this.#state(record) }
  }

  /** Milliseconds from nothing to ready for this shape, by earlier runs; null where there were none. */
  async expectedMs(engine: string, shape: string): Promise<number | null> {
    return (await this.context.store.timings.medians({ engine, shape })).get('total') ?? null
  }

  async #state(record: EnvironmentRecord): Promise<EnvironmentState> {
    const { state } = record
    if (state.phase === 'ready') return { phase: 'ready', idleDeadlineMs: this.idleDeadline(record) }
    if (state.phase === 'queued') return this.#queued(record)
    if (state.phase === 'provisioning' || state.phase === 'starting')
      return { ...state, steps: this.environments.steps(record.id) ?? state.steps }
    return state
  }

  /** When it stops unless something happens; null means never. */
  idleDeadline(record: EnvironmentRecord): number | null {
    const { idleMinutes } = this.context.settings
    return idleMinutes === 0 ? null : this.environments.lastActivity(record) + idleMinutes * MINUTE_MS
  }

  async #queued(record: EnvironmentRecord): Promise<EnvironmentState> {
    const living = await this.environments.rows.living()
    const position = positionOf(record.id, living)
    const totalMs = (await this.expectedMs(record.engine, record.shape)) ?? undefined
    return { phase: 'queued', position, expectedMs: expectedWait(position, living, { ...this.environments.bounds, totalMs }) }
  }
}
