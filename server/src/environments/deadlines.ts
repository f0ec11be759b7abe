/** Idle environments are stopped, unused ones deleted: each announced beforehand, and put off by any sign of life. */
import { type EnvironmentId, message } from '@wheelhouse/protocol'
import type { Notices } from '../events/notices.js'
import type { EnvironmentRecord } from '../store/repositories/environments.js'
import type { EnvironmentContext } from './context.js'
import type { Environments } from './environments.js'
import type { EnvironmentViews } from './views.js'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

export interface DeadlineParts {
  context: Pick<EnvironmentContext, 'clock' | 'settings' | 'log'>
  environments: Environments
  views: EnvironmentViews
  notices: Notices
}

export class Deadlines {
  constructor(private readonly parts: DeadlineParts) {
    parts.environments.onTouch((id) => void this.#touched(id))
  }

  /** Looks at every environment once. */
  async look(): Promise<void> {
    for (const record of await this.parts.environments.mine()) {
      if (record.state.phase === 'ready') await this.#lookIdle(record)
      else this.parts.notices.drop(idleNotice(record.id))
      await this.#lookExpiry(record)
    }
  }

  async #lookIdle(record: EnvironmentRecord): Promise<void> {
    const { context, environments, views, notices } = this.parts
    const deadline = views.idleDeadline(record)
    const nowMs = context.clock.now()
    if (record.learner === null || deadline === null) return
    if (nowMs >= deadline) {
      notices.drop(idleNotice(record.id))
      context.log.info({ environment: record.id }, 'environment idle')
      await environments.stop(record, 'idle')
    } else if (nowMs >= deadline - context.settings.idleWarningMinutes * MINUTE_MS)
      notices.put(record.learner, {
        id: idleNotice(record.id),
        level: 'warning',
        text: message('notice.idle-soon'),
        environment: record.id,
        untilMs: deadline,
      })
    else notices.drop(idleNotice(record.id))
  }

  async #lookExpiry(record: EnvironmentRecord): Promise<void> {
    const { context, environments, notices } = this.parts
    const nowMs = context.clock.now()
    const { expiresAtMs, learner } = record
    if (expiresAtMs === null || record.wanted === 'deleted') notices.drop(expiryNotice(record.id))
    else if (nowMs >= expiresAtMs) {
      notices.drop(expiryNotice(record.id))
      context.log.info({ environment: record.id }, 'environment expired')
      await environments.remove(record)
    } else if (learner !== null && nowMs >= expiresAtMs - context.settings.expiryWarningHours * HOUR_MS)
      notices.put(learner, {
        id: expiryNotice(record.id),
        level: 'warning',
        text: message('notice.expires-soon'),
        environment: record.id,
        untilMs: expiresAtMs,
      })
  }

  /** A countdown that was running is taken back at once, not at the next look. */
  async #touched(id: EnvironmentId): Promise<void> {
    if (!this.parts.notices.drop(idleNotice(id))) return
    const record = await this.parts.environments.rows.byId(id)
    if (record) this.parts.environments.rows.announce(record)
  }
}

const idleNotice = (id: EnvironmentId) => `idle-${id}`
const expiryNotice = (id: EnvironmentId) => `expiry-${id}`
