/**
 * Brings the tasks of an attempt to their start, one at a time in an environment, the first one first, so that a learner can begin
 * while the rest follows. A task that is disruptive (it breaks what the others stand on) waits until the learner asks for it, and
 * puts the other disruptive ones back: their broken state would be gone anyway.
 */
import type { AttemptId, EnvironmentId } from '@wheelhouse/protocol'
import { asLabError } from '../environments/actions.js'
import { KeyedQueue } from '../keyed-queue.js'
import { newReference } from '../store/ids.js'
import type { AttemptRecord } from '../store/repositories/attempts.js'
import { type Announce, type AttemptContext, type AttemptedTask, attemptedTasks, taskRun, UNCHECKED } from './context.js'
import type { KeptStates } from './kept-states.js'

export class TaskSetups {
  readonly #queue = new KeyedQueue<EnvironmentId>()
  readonly #aborts = new Map<EnvironmentId, AbortController>()

  constructor(
    private readonly context: AttemptContext,
    private readonly announce: Announce,
    private readonly kept: KeptStates,
  ) {}

  /** Sets up what waits. Cheap where nothing does; safe to call often. */
  async continue(attemptId: AttemptId): Promise<void> {
    const attempt = await this.context.store.attempts.byId(attemptId)
    const environment = attempt?.environment
    if (!environment) return
    await this.#queue.run(environment, async () => {
      for (;;) {
        const next = (await this.#tasks(attemptId)).find(isEagerlyWaiting)
        if (!next) return this.#keepStart(environment, attemptId)
        if (!(await this.#setUp(next))) return
      }
    })
  }

  /** As the learner found it, nearly: the first task may be under way while the last is set up. */
  async #keepStart(environment: EnvironmentId, attemptId: AttemptId): Promise<void> {
    if ((await this.#tasks(attemptId)).some(({ record }) => record.setup.status === 'done'))
      await this.kept.keepAutomatically(environment, await this.kept.note(environment, { kind: 'start' }))
  }

  /** Runs work in an environment while nothing is set up in it. */
  alone<Result>(environment: EnvironmentId, work: () => Promise<Result>): Promise<Result> {
    return this.#queue.run(environment, work)
  }

  /** Brings one task back to its start, now. Points that were won stay. */
  async reset(attempted: AttemptedTask): Promise<void> {
    const { attempt, task } = attempted
    const { environment } = attempt
    if (!environment) return
    const before = await this.kept.note(environment, { kind: 'before-reset', task: task.manifest.id })
    await this.#markRunning(attempted)
    await this.#queue.run(environment, async () => {
      await this.kept.keepAutomatically(environment, before)
      if (task.manifest.disruptive) await this.#putBackDisruptive(attempted)
      const current = (await this.#tasks(attempt.id)).find((other) => other.task.manifest.id === task.manifest.id)
      if (current) await this.#setUp(current)
    })
  }

  /** Brings every task back to its start. @returns the work that is left, when every task counts as not set up */
  async resetAll({ id, environment }: AttemptRecord): Promise<() => Promise<void>> {
    const before = environment && (await this.kept.note(environment, { kind: 'before-reset' }))
    await this.forget(id)
    return async () => {
      if (environment && before) await this.alone(environment, () => this.kept.keepAutomatically(environment, before))
      await this.continue(id)
    }
  }

  /** Every task of the attempt counts as not set up: its environment is another one now, or is to begin anew. */
  async forget(attemptId: AttemptId): Promise<void> {
    for (const { record } of await this.#tasks(attemptId)) await this.#putBack(attemptId, record.task)
    this.announce(attemptId)
  }

  /** The environment no longer runs: what is being set up in it is cut short and waits again. */
  interrupt(environment: EnvironmentId): void {
    this.#aborts.get(environment)?.abort(new Error('the environment no longer runs'))
  }

  async idle(): Promise<void> {
    await this.#queue.idle()
  }

  /** @returns false where the environment no longer runs, so that the rest is left for later */
  async #setUp(attempted: AttemptedTask): Promise<boolean> {
    const { attempt, record, task } = attempted
    const { store, grader } = this.context
    if (!attempt.environment) return false
    const abort = new AbortController()
    this.#aborts.set(attempt.environment, abort)
    try {
      const run = await taskRun(this.context, attempted)
      await this.#markRunning(attempted)
      const baseline = await grader.setUp(run, abort.signal)
      await store.attempts.updateTask(attempt.id, record.task, { setup: { status: 'done', baseline } })
      return true
    } catch (error) {
      return await this.#notSetUp({ attempted, error, cut: abort.signal.aborted })
    } finally {
      this.#aborts.delete(attempt.environment)
      this.announce(attempt.id)
      this.context.log.debug({ attempt: attempt.id, task: task.manifest.id }, 'task setup ended')
    }
  }

  async #notSetUp({ attempted, error, cut }: { attempted: AttemptedTask; error: unknown; cut: boolean }): Promise<boolean> {
    const { attempt, record } = attempted
    const problem = asLabError(error)
    if (cut || problem.code === 'ENVIRONMENT_NOT_READY' || problem.code === 'NOT_FOUND') {
      await this.#putBack(attempt.id, record.task)
      return false
    }
    const reference = newReference()
    this.context.log.error(
      { err: error, attempt: attempt.id, task: record.task, code: problem.code, reference },
      'task setup failed',
    )
    const setup = { status: 'failed', error: problem.toBody(reference) } as const
    await this.context.store.attempts.updateTask(attempt.id, record.task, { setup })
    return true
  }

  async #markRunning({ attempt, record }: AttemptedTask): Promise<void> {
    const change = { setup: { status: 'running' }, ...UNCHECKED } as const
    await this.context.store.attempts.updateTask(attempt.id, record.task, change)
    this.announce(attempt.id)
  }

  async #putBackDisruptive({ attempt, task }: AttemptedTask): Promise<void> {
    for (const other of await this.#tasks(attempt.id))
      if (other.task.manifest.disruptive && other.task !== task && other.record.setup.status !== 'waiting')
        await this.#putBack(attempt.id, other.record.task)
  }

  async #putBack(attempt: AttemptId, task: string): Promise<void> {
    const change = { setup: { status: 'waiting' }, ...UNCHECKED } as const
    await this.context.store.attempts.updateTask(attempt, task, change)
  }

  async #tasks(attemptId: AttemptId): Promise<AttemptedTask[]> {
    const attempt = await this.context.store.attempts.byId(attemptId)
    return attempt ? attemptedTasks(this.context, attempt) : []
  }
}

/** `running` while nobody is at it means that the server was stopped in the midst of it. */
function isEagerlyWaiting({ record, task }: AttemptedTask): boolean {
  const { status } = record.setup
  if (status === 'running') return true
  return status === 'waiting' && !task.manifest.disruptive
}
