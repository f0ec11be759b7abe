/** An attempt as the browser sees it. */
import { type AttemptView, LabError, type Reveal } from '@wheelhouse/protocol'
import type { AttemptRecord } from '../store/repositories/attempts.js'
import type { TaskChecks } from './checks.js'
import { type AttemptContext, attemptedTasks } from './context.js'

export class AttemptViews {
  constructor(
    private readonly context: AttemptContext,
    private readonly checks: TaskChecks,
  ) {}

  async view({ id }: Pick<AttemptRecord, 'id'>): Promise<AttemptView> {
    const { attempt, tasks, verdicts, reveals } = await this.#read(id)
    return {
      id: attempt.id,
      lab: attempt.lab,
      step: attempt.step,
      startedAtMs: attempt.startedAtMs,
      finishedAtMs: attempt.finishedAtMs,
      points: attempt.points,
      maxPoints: attempt.maxPoints,
      environment: await this.#environment(attempt),
      tasks: tasks.map(({ record }) => {
        const arriving = this.checks.arriving(attempt.id, record.task)
        return {
          task: record.task,
          setup: record.setup.status,
          setupError: record.setup.status === 'failed' ? record.setup.error : null,
          checking: arriving !== undefined || record.checkRequestedAtMs !== null,
          arriving: arriving ?? [],
          latest: verdicts.get(record.latestVerdict ?? '') ?? null,
          asked: record.asked,
          passedAtMs: record.passedAtMs,
          bestPoints: record.bestPoints,
          revealed: reveals.filter((reveal) => reveal.task === record.task).map(({ reveal }): Reveal => reveal),
        }
      }),
    }
  }

  /** In one transaction: a verdict and the points that it brought are seen together or not at all. */
  #read(id: AttemptRecord['id']) {
    const { store, catalogue } = this.context
    return store.transaction(async ({ attempts, verdicts }) => {
      const attempt = await attempts.byId(id)
      if (!attempt) throw new LabError('NOT_FOUND')
      const tasks = await attemptedTasks({ store: { attempts }, catalogue }, attempt)
      return {
        attempt,
        tasks,
        verdicts: await verdicts.byIds(tasks.flatMap(({ record }) => record.latestVerdict ?? [])),
        reveals: await attempts.reveals(id),
      }
    })
  }

  async #environment(attempt: AttemptRecord): Promise<AttemptView['environment']> {
    if (!attempt.environment) return null
    const record = await this.context.environments.rows.byId(attempt.environment)
    return record && record.state.phase !== 'deleted' ? this.context.environmentViews.view(record) : null
  }
}
