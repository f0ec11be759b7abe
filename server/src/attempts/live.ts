/** Live grading while somebody looks: tasks that are set up, in environments that run, of learners who have a page open. */
import type { AttemptId, LearnerId, Verdict } from '@wheelhouse/protocol'
import type { TaskRun } from '../grading/grader.js'
import { KeyedQueue } from '../keyed-queue.js'
import type { TaskChecks } from './checks.js'
import { type Announce, type AttemptContext, type AttemptedTask, attemptedTasks, taskRun } from './context.js'

interface Watch {
  attempt: AttemptId
  learner: LearnerId
  stop: () => Promise<void>
}

export class LiveGrading {
  readonly #watches = new Map<string, Watch>()
  readonly #queue = new KeyedQueue<AttemptId>()

  constructor(
    private readonly context: AttemptContext,
    private readonly parts: { checks: TaskChecks; announce: Announce },
  ) {}

  /** Starts and stops what follows from the attempt as it is now. */
  sync(attemptId: AttemptId): Promise<void> {
    return this.#queue.run(attemptId, async () => {
      const wanted = await this.#wanted(attemptId)
      const keys = new Set(wanted.map(keyOf))
      for (const [key, watch] of this.#watches) if (watch.attempt === attemptId && !keys.has(key)) await this.#stop(key)
      for (const attempted of wanted) if (!this.#watches.has(keyOf(attempted))) await this.#start(attempted)
    })
  }

  async close(): Promise<void> {
    await this.#queue.idle()
    await Promise.all([...this.#watches.keys()].map((key) => this.#stop(key)))
  }

  async #wanted(attemptId: AttemptId): Promise<AttemptedTask[]> {
    const attempt = await this.context.store.attempts.byId(attemptId)
    if (!attempt?.environment || !this.context.hub.isPresent(attempt.learner)) return []
    const environment = await this.context.environments.rows.byId(attempt.environment)
    if (environment?.state.phase !== 'ready' || environment.wanted !== 'running') return []
    const tasks = await attemptedTasks(this.context, attempt)
    return tasks.filter(({ record }) => record.setup.status === 'done')
  }

  async #start(attempted: AttemptedTask): Promise<void> {
    const { attempt, record } = attempted
    if (record.setup.status !== 'done') return
    const run = await this.#runOf(attempted)
    if (!run) return
    const onVerdict = (verdict: Verdict) => void this.#hear(attempted, verdict)
    const stop = this.context.grader.watch(run, { baseline: record.setup.baseline, onVerdict })
    this.#watches.set(keyOf(attempted), { attempt: attempt.id, learner: attempt.learner, stop })
  }

  /** Nobody waits for live grading: where its environment does not open, the page goes on without, and so does the server. */
  async #runOf(attempted: AttemptedTask): Promise<TaskRun | undefined> {
    try {
      return await taskRun(this.context, attempted)
    } catch (error) {
      const { attempt, record } = attempted
      this.context.log.warn({ err: error, attempt: attempt.id, task: record.task }, 'live grading could not begin')
      return undefined
    }
  }

  async #stop(key: string): Promise<void> {
    const watch = this.#watches.get(key)
    this.#watches.delete(key)
    await watch?.stop().catch((error: unknown) => this.context.log.warn({ err: error }, 'live grading did not end well'))
  }

  /** While the button's check runs, its verdict is the one that counts. */
  async #hear(attempted: AttemptedTask, verdict: Verdict): Promise<void> {
    const { attempt, record } = attempted
    if (!this.#watches.has(keyOf(attempted)) || this.parts.checks.arriving(attempt.id, record.task)) return
    try {
      await this.parts.checks.store({ attempted, verdict, source: 'live' })
      this.parts.announce(attempt.id)
    } catch (error) {
      this.context.log.error({ err: error, attempt: attempt.id }, 'live verdict could not be stored')
    }
  }
}

/** Another setup is another baseline, so it is another watch. */
function keyOf({ attempt, record }: AttemptedTask): string {
  const baseline = record.setup.status === 'done' ? JSON.stringify(record.setup.baseline) : ''
  return `${attempt.id}/${record.task}/${attempt.environment}/${baseline}`
}
