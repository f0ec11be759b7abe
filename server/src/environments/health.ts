/**
 * Whether what the rows call ready still is: the engine may have been stopped, a container killed from outside. What can come back is
 * started again; what cannot is called broken, and a rebuild is offered.
 */
import { message } from '@wheelhouse/protocol'
import { statusOf } from '../engines/choose.js'
import type { Notices } from '../events/notices.js'
import type { EnvironmentRecord } from '../store/repositories/environments.js'
import { asLabError } from './actions.js'
import type { EnvironmentContext } from './context.js'
import type { Environments } from './environments.js'

const NOTICE = 'engine'

export class Health {
  #lost = false

  constructor(
    private readonly parts: { context: Pick<EnvironmentContext, 'engine' | 'log'>; environments: Environments; notices: Notices },
  ) {}

  async look(): Promise<void> {
    const { engine } = this.parts.context
    const status = await statusOf(engine)
    if (!status.available) return this.#engineLost(status.why)
    if (this.#lost) await this.#engineBack()
    for (const record of await this.parts.environments.mine()) {
      if (this.parts.environments.isBusy(record.id)) continue
      if (record.state.phase === 'ready') await this.#lookAt(record)
      // What a failed building left, because the engine fell silent, is removed now that it answers.
      if (record.state.phase === 'failed') this.parts.environments.wake(record.id)
    }
  }

  async #lookAt(record: EnvironmentRecord): Promise<void> {
    const { context, environments } = this.parts
    try {
      const condition = await context.engine.inspect(record.id)
      if (condition === 'running') return
      context.log.warn({ environment: record.id, condition }, 'environment no longer runs')
      const current = await environments.rows.byId(record.id)
      if (current?.state.phase !== 'ready' || current.wanted !== 'running') return
      if (condition === 'absent') await environments.rows.enter(record.id, { phase: 'broken', why: 'its machines are gone' })
      else await environments.rows.enter(record.id, { phase: 'stopped', reason: 'engine' })
      environments.wake(record.id)
    } catch (error) {
      // Where the engine fell silent just now, the next look says so.
      context.log.warn({ err: error, environment: record.id, code: asLabError(error).code }, 'environment could not be inspected')
    }
  }

  #engineLost(why: string): void {
    const { context, notices } = this.parts
    const values = { engine: context.engine.name, why }
    if (!this.#lost) context.log.error(values, 'engine does not answer')
    this.#lost = true
    notices.put('everybody', { id: NOTICE, level: 'danger', text: message('notice.engine-lost', values) })
  }

  async #engineBack(): Promise<void> {
    const { context, environments, notices } = this.parts
    this.#lost = false
    context.log.info({ engine: context.engine.name }, 'engine answers again')
    notices.drop(NOTICE)
    notices.say('everybody', {
      id: `${NOTICE}-back`,
      level: 'info',
      text: message('notice.engine-back', { engine: context.engine.name }),
    })
    // Ports and processes of before are gone.
    environments.forgetHandles()
    await environments.wakeAll()
  }
}
