/** What the reconciler does to one environment, through the engine; every outcome is a state of its row. */
import { join } from 'node:path'
import { type EnvironmentId, LabError, type MachineView, type Step } from '@wheelhouse/protocol'
import type { Environment, StepEvent } from '../engines/engine.js'
import { newReference } from '../store/ids.js'
import type { EnvironmentRecord } from '../store/repositories/environments.js'
import type { EnvironmentContext, EnvironmentRows } from './context.js'
import type { Action } from './next-action.js'
import { StepList } from './step-list.js'

/** Output alone is shown at most so often. */
const OUTPUT_EVERY_MS = 250
const DAY_MS = 86_400_000

export class EnvironmentActions {
  readonly #working = new Map<EnvironmentId, StepWork>()

  constructor(
    private readonly context: EnvironmentContext,
    private readonly rows: EnvironmentRows,
  ) {}

  /** The steps of what is being done to it now, newer than the row's; undefined where nothing is. */
  steps(id: EnvironmentId): Step[] | undefined {
    return this.#working.get(id)?.list.steps
  }

  readonly act = async (action: Exclude<Action, 'none'>, record: EnvironmentRecord, signal: AbortSignal): Promise<void> => {
    switch (action) {
      case 'provision':
        return this.#provision(record, signal).finally(() => this.#working.delete(record.id))
      case 'start':
        return this.#start(record, signal).finally(() => this.#working.delete(record.id))
      case 'stop':
        return this.#stop(record)
      case 'destroy':
        return this.#destroy(record)
      case 'tidy':
        return this.#tidy(record)
    }
  }

  async #provision(record: EnvironmentRecord, signal: AbortSignal): Promise<void> {
    const work = await this.#beginSteps(record, 'provisioning')
    try {
      const { keepOnFailure } = record
      const environment = await this.context.engine.provision(record.spec, { signal, onStep: work.onStep, keepOnFailure })
      await work.settled()
      await this.#ready(record, environment)
      await this.#remember(record, 'total', work)
    } catch (error) {
      await work.settled()
      if (!signal.aborted) await this.#failed(record, { error, steps: work.list })
    }
  }

  async #start(record: EnvironmentRecord, signal: AbortSignal): Promise<void> {
    const work = await this.#beginSteps(record, 'starting')
    try {
      const environment = await this.context.engine.start(record.id, { signal, onStep: work.onStep })
      await work.settled()
      await this.#ready(record, environment)
      await this.#remember(record, 'start-total', work)
    } catch (error) {
      await work.settled()
      if (!signal.aborted) await this.#notStarted(record, error)
    }
  }

  async #stop(record: EnvironmentRecord): Promise<void> {
    const reason = record.state.phase === 'stopping' ? record.state.reason : 'learner'
    if (record.state.phase !== 'stopping') await this.rows.enter(record.id, { phase: 'stopping', reason })
    await this.context.engine.stop(record.id)
    await this.rows.enter(record.id, { phase: 'stopped', reason }, { expiresAtMs: this.#expiry() })
    this.context.log.info({ environment: record.id, reason }, 'environment stopped')
  }

  async #destroy(record: EnvironmentRecord): Promise<void> {
    if (record.state.phase !== 'deleting') await this.rows.enter(record.id, { phase: 'deleting' }, { wanted: 'deleted' })
    await this.context.engine.destroy(record.id)
    await this.rows.enter(record.id, { phase: 'deleted' }, { expiresAtMs: null })
    this.context.log.info({ environment: record.id }, 'environment deleted')
  }

  async #ready(record: EnvironmentRecord, environment: Environment): Promise<void> {
    const machines: MachineView[] = environment.machines.map(({ name, role, shell }) => ({
      name,
      role,
      ...(shell === false ? { shell } : {}),
    }))
    const lastActivityAtMs = this.context.clock.now()
    await this.rows.enter(record.id, { phase: 'ready' }, { machines, lastActivityAtMs, expiresAtMs: null })
    this.context.log.info({ environment: record.id, engine: record.engine, shape: record.shape }, 'environment ready')
  }

  async #failed(record: EnvironmentRecord, { error, steps }: { error: unknown; steps: StepList }): Promise<void> {
    const reference = newReference()
    const body = asLabError(error).toBody(reference)
    this.context.log.error({ err: error, environment: record.id, code: body.code, reference }, 'environment provisioning failed')
    if (record.keepOnFailure) await this.#collectLogs(record.id)
    const leftovers = record.keepOnFailure ? 'kept' : await this.#leftovers(record.id)
    await this.rows.enter(
      record.id,
      { phase: 'failed', error: body, steps: steps.steps, leftovers },
      { expiresAtMs: this.#expiry() },
    )
  }

  /** An engine that fell silent could not remove what it had built. */
  async #leftovers(id: EnvironmentId): Promise<'none' | 'being-removed'> {
    const condition = await this.context.engine.inspect(id).catch(() => null)
    return condition === 'absent' ? 'none' : 'being-removed'
  }

  async #tidy(record: EnvironmentRecord): Promise<void> {
    if (record.state.phase !== 'failed') return
    await this.context.engine.destroy(record.id)
    if ((await this.#leftovers(record.id)) !== 'none') throw new Error('the engine still has it')
    await this.rows.update(record.id, { state: { ...record.state, leftovers: 'none' } })
  }

  /** An engine that does not answer has broken nothing: the environment waits, stopped, for the next try. */
  async #notStarted(record: EnvironmentRecord, error: unknown): Promise<void> {
    const problem = asLabError(error)
    this.context.log.error({ err: error, environment: record.id, code: problem.code }, 'environment did not start')
    const expiresAtMs = this.#expiry()
    if (problem.code === 'ENGINE_UNAVAILABLE')
      await this.rows.enter(record.id, { phase: 'stopped', reason: 'engine' }, { wanted: 'stopped', expiresAtMs })
    else await this.rows.enter(record.id, { phase: 'broken', why: wordsOf(problem) }, { expiresAtMs })
  }

  async #collectLogs(id: EnvironmentId): Promise<void> {
    const directory = join(this.context.logsDirectory, id)
    await this.context.engine
      .collectLogs(id, directory)
      .catch((error: unknown) => this.context.log.warn({ err: error, environment: id }, 'logs could not be collected'))
  }

  #expiry(): number | null {
    const { expiryDays } = this.context.settings
    return expiryDays === 0 ? null : this.context.clock.now() + expiryDays * DAY_MS
  }

  async #beginSteps(record: EnvironmentRecord, phase: 'provisioning' | 'starting'): Promise<StepWork> {
    const medians = await this.context.store.timings.medians({ engine: record.engine, shape: record.shape })
    const work = new StepWork({
      record,
      phase,
      rows: this.rows,
      list: new StepList(this.context.clock, medians),
      context: this.context,
    })
    this.#working.set(record.id, work)
    await work.begin()
    return work
  }

  async #remember(record: EnvironmentRecord, whole: 'total' | 'start-total', work: StepWork): Promise<void> {
    const { engine, shape } = record
    const endedAtMs = this.context.clock.now()
    const totals = [...work.list.took, { step: whole, tookMs: endedAtMs - work.startedAtMs }]
    for (const { step, tookMs } of totals) await this.context.store.timings.add({ engine, shape, step, tookMs, endedAtMs })
  }
}

interface StepWorkParts {
  record: EnvironmentRecord
  phase: 'provisioning' | 'starting'
  rows: EnvironmentRows
  list: StepList
  context: Pick<EnvironmentContext, 'clock' | 'log'>
}

/** Steps on their way to the store (when one begins or ends) and to the page (as they come). */
class StepWork {
  readonly list: StepList
  readonly startedAtMs: number
  #saving: Promise<unknown> = Promise.resolve()
  #shownAtMs = 0

  constructor(private readonly parts: StepWorkParts) {
    this.list = parts.list
    this.startedAtMs = parts.context.clock.now()
  }

  async begin(): Promise<void> {
    await this.parts.rows.enter(this.parts.record.id, this.#state())
  }

  readonly onStep = (event: StepEvent): void => {
    if (this.list.apply(event)) this.#save()
    else this.#show()
  }

  /** Resolves when all that was stored is stored, so that the outcome is written last. */
  async settled(): Promise<void> {
    await this.#saving
  }

  #state() {
    return { phase: this.parts.phase, steps: this.list.steps, startedAtMs: this.startedAtMs } as const
  }

  #save(): void {
    const state = this.#state()
    this.#saving = this.#saving
      .then(() => this.parts.rows.update(this.parts.record.id, { state }))
      .catch((error: unknown) => this.parts.context.log.error({ err: error }, 'steps could not be stored'))
  }

  #show(): void {
    const nowMs = this.parts.context.clock.now()
    if (nowMs - this.#shownAtMs < OUTPUT_EVERY_MS) return
    this.#shownAtMs = nowMs
    this.parts.rows.announce({ ...this.parts.record, state: this.#state() })
  }
}

export function asLabError(error: unknown): LabError {
  return error instanceof LabError ? error : new LabError('INTERNAL', {}, { cause: error })
}

function wordsOf(error: LabError): string {
  const { why } = error.values
  const cause = error.cause instanceof Error ? error.cause.message : ''
  return String(why ?? error.detail ?? (cause || error.message)).slice(0, 2_000)
}
