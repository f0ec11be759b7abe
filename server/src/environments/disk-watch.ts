/** Keeps the space that the database needs: warns at twice the floor, and stops who uses most before the floor is reached. */
import { type EnvironmentId, message } from '@wheelhouse/protocol'
import { capabilitiesOf } from '../engines/choose.js'
import type { Notices } from '../events/notices.js'
import { formatBytes } from '../format.js'
import type { EnvironmentRecord } from '../store/repositories/environments.js'
import type { EnvironmentContext } from './context.js'
import type { Environments } from './environments.js'

const GB = 1_000_000_000
const LOW_NOTICE = 'disk-low'
/** Stopping takes seconds, in which a runaway writer fills some more. */
const STOP_AT_FLOORS = 1.2
const WARN_AT_FLOORS = 2
/** Somebody whose environment was stopped for its use gets so long after the next start to tidy up. */
const GRACE_MS = 10 * 60_000
/** So many times the bound is no leftover to tidy up: it is being written now. */
const WITHOUT_GRACE = 2

interface Use {
  record: EnvironmentRecord
  diskBytes: number
}

export class DiskWatch {
  constructor(
    private readonly parts: {
      context: Pick<EnvironmentContext, 'engine' | 'clock' | 'log' | 'settings' | 'diskSpace'>
      environments: Environments
      notices: Notices
    },
  ) {}

  async look(): Promise<void> {
    const { context, notices } = this.parts
    const { freeBytes } = await context.diskSpace()
    const floor = context.settings.diskFloorGb * GB
    const values = { free: formatBytes(freeBytes), floor: formatBytes(floor) }
    if (freeBytes >= WARN_AT_FLOORS * floor) notices.drop(LOW_NOTICE)
    else notices.put('everybody', { id: LOW_NOTICE, level: 'warning', text: message('notice.disk-low', values) })
    const uses = await this.#uses()
    if (freeBytes < STOP_AT_FLOORS * floor) await this.#stopWorst(uses, values.free)
    await this.#stopAboveQuota(uses)
    await this.#dropOld()
  }

  /** What each running environment uses, the largest first; those of which the engine cannot say are left out. */
  async #uses(): Promise<Use[]> {
    const { context, environments } = this.parts
    const running = (await environments.mine()).filter(({ state, wanted }) => state.phase === 'ready' && wanted === 'running')
    const uses = running.map(async (record): Promise<Use[]> => {
      const usage = await context.engine.usage(record.id).catch(() => null)
      return usage?.diskBytes == null ? [] : [{ record, diskBytes: usage.diskBytes }]
    })
    return (await Promise.all(uses)).flat().sort((a, b) => b.diskBytes - a.diskBytes)
  }

  async #stopWorst([worst]: Use[], free: string): Promise<void> {
    if (worst) await this.#stop(worst, free)
    else this.parts.context.log.error({ free }, 'disk space is short, and no environment is known to use it')
  }

  async #stopAboveQuota(uses: Use[]): Promise<void> {
    const { context } = this.parts
    const most = await this.#most()
    const graceEndsAt = (record: EnvironmentRecord) => record.phaseSinceMs + GRACE_MS
    for (const use of uses) {
      const mayTidyUp = use.diskBytes <= most * WITHOUT_GRACE && context.clock.now() < graceEndsAt(use.record)
      if (use.diskBytes > most && !mayTidyUp) await this.#stop(use, null)
    }
  }

  /** The setting, or what the engine allows where that is less. */
  async #most(): Promise<number> {
    const { settings, engine } = this.parts.context
    const { mostDiskBytes = Number.POSITIVE_INFINITY } = await capabilitiesOf(engine)
    return settings.mostDiskGb > 0 ? Math.min(settings.mostDiskGb * GB, mostDiskBytes) : Number.POSITIVE_INFINITY
  }

  async #stop({ record, diskBytes }: Use, free: string | null): Promise<void> {
    const { context, environments, notices } = this.parts
    const current = await environments.rows.byId(record.id)
    if (current?.state.phase !== 'ready' || current.wanted !== 'running') return
    const used = formatBytes(diskBytes)
    context.log.warn({ environment: record.id, used, free }, 'environment stopped for its use of disk')
    const text =
      free === null
        ? message('notice.disk-quota', { used, most: formatBytes(await this.#most()) })
        : message('notice.disk-stopped', { used, free })
    if (record.learner !== null)
      notices.put(record.learner, { id: stoppedNotice(record.id), level: 'danger', text, environment: record.id })
    await environments.stop(current, 'disk')
  }

  /** The notice holds while the environment is stopped for that reason. */
  async #dropOld(): Promise<void> {
    for (const record of await this.parts.environments.mine())
      if (!('reason' in record.state) || record.state.reason !== 'disk') this.parts.notices.drop(stoppedNotice(record.id))
  }
}

const stoppedNotice = (id: EnvironmentId) => `disk-${id}`
