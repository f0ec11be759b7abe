/**
 * Checks on the button. A request is stored before it is answered and its verdict before it is announced, both in the row of the
 * task: a server that is killed between the two runs the check again when it comes back.
 */
import type { AttemptId, CheckResult, Verdict } from '@wheelhouse/protocol'
import { LabError } from '@wheelhouse/protocol'
import { asLabError } from '../environments/actions.js'
import { newId } from '../store/ids.js'
import { type Announce, type AttemptContext, type AttemptedTask, taskRun } from './context.js'
import type { KeptStates } from './kept-states.js'
import { afterTasks, afterVerdict, maxPointsOf } from './score.js'

export class TaskChecks {
  readonly #running = new Map<string, { abort: AbortController; arriving: CheckResult[]; ended: Promise<void> }>()

  constructor(
    private readonly context: AttemptContext,
    private readonly announce: Announce,
    private readonly kept: KeptStates,
  ) {}

  /**
   * Asks for a check and returns at once. Asking again while it runs changes nothing: two tabs, one check.
   *
   * @throws LabError `CONFLICT` where the task is not set up, `SETUP_FAILED`, `ENVIRONMENT_NOT_READY`
   */
  async request(attempted: AttemptedTask): Promise<void> {
    const { attempt, record } = attempted
    if (record.setup.status === 'failed') throw new LabError('SETUP_FAILED')
    if (record.setup.status !== 'done') throw new LabError('CONFLICT', { why: 'the task is not set up yet' })
    await taskRun(this.context, attempted)
    if (record.checkRequestedAtMs === null)
      await this.context.store.attempts.updateTask(attempt.id, record.task, { checkRequestedAtMs: this.context.clock.now() })
    this.run(attempted)
  }

  /** Runs the check of a request that is already stored, unless it runs. */
  run(attempted: AttemptedTask): void {
    const key = keyOf(attempted.attempt.id, attempted.record.task)
    if (this.#running.has(key)) return
    const entry = { abort: new AbortController(), arriving: [] as CheckResult[], ended: Promise.resolve() }
    this.#running.set(key, entry)
    entry.ended = this.#grade(attempted, entry)
      .catch((error: unknown) =>
        this.context.log.error({ err: error, attempt: attempted.attempt.id }, 'check could not be stored'),
      )
      .finally(() => {
        this.#running.delete(key)
        this.announce(attempted.attempt.id)
      })
    this.announce(attempted.attempt.id)
  }

  /** What is known so far of a check that runs; undefined where none does. */
  arriving(attempt: AttemptId, task: string): CheckResult[] | undefined {
    return this.#running.get(keyOf(attempt, task))?.arriving
  }

  /** Ends a check without a verdict: its task is being reset. */
  async cancel(attempt: AttemptId, task: string): Promise<void> {
    const entry = this.#running.get(keyOf(attempt, task))
    entry?.abort.abort(new Error('the task is being reset'))
    await entry?.ended
  }

  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map((entry) => entry.ended))
  }

  /** The server stops: what runs is cut short, its request stays stored. */
  async close(): Promise<void> {
    for (const entry of this.#running.values()) entry.abort.abort(new Error('the server is stopping'))
    await this.idle()
  }

  async #grade(attempted: AttemptedTask, entry: { abort: AbortController; arriving: CheckResult[] }): Promise<void> {
    const { signal } = entry.abort
    const onCheck = (result: CheckResult) => {
      entry.arriving = [...entry.arriving.filter((other) => other.check !== result.check), result]
      this.announce(attempted.attempt.id)
    }
    const verdict = await this.#verdict(attempted, { signal, onCheck })
    if (!signal.aborted) await this.store({ attempted, verdict, source: 'button' })
  }

  /** Stores a verdict; a task that is solved for the first time is a state worth keeping. */
  async store(given: Parameters<typeof storeVerdict>[1]): Promise<void> {
    const { environment } = given.attempted.attempt
    const solved = await storeVerdict(this.context, given)
    if (!solved || !environment) return
    const note = await this.kept.note(environment, { kind: 'solved', task: given.verdict.task })
    await this.kept.keepAutomatically(environment, note)
  }

  async #verdict(
    attempted: AttemptedTask,
    options: { signal: AbortSignal; onCheck: (result: CheckResult) => void },
  ): Promise<Verdict> {
    const startedAtMs = this.context.clock.now()
    const { setup } = attempted.record
    try {
      const run = await taskRun(this.context, attempted)
      return await this.context.grader.check(run, { baseline: setup.status === 'done' ? setup.baseline : {}, ...options })
    } catch (error) {
      if (!options.signal.aborted)
        this.context.log.error({ err: error, attempt: attempted.attempt.id }, 'task could not be graded')
      return ungraded(attempted, { error, startedAtMs, nowMs: this.context.clock.now() })
    }
  }
}

/** Stores a verdict and what follows from it in one transaction. @returns whether the task is solved by it, as it was not before */
async function storeVerdict(
  { store, clock }: Pick<AttemptContext, 'store' | 'clock'>,
  { attempted, verdict, source }: { attempted: AttemptedTask; verdict: Verdict; source: 'button' | 'live' },
): Promise<boolean> {
  const { id, learner, lab } = attempted.attempt
  return store.transaction(async ({ attempts, verdicts }) => {
    const attempt = await attempts.byId(id)
    const tasks = await attempts.tasks(id)
    const task = tasks.find((other) => other.task === verdict.task)
    if (!attempt || !task) return false
    const verdictId = newId()
    await verdicts.add({ id: verdictId, attempt: id, learner, lab, source, verdict })
    const scored = { ...task, ...afterVerdict(task, verdict) }
    const { bestPoints, passedAtMs } = scored
    const answered = source === 'button' ? { checkRequestedAtMs: null, asked: true } : {}
    await attempts.updateTask(id, verdict.task, { latestVerdict: verdictId, bestPoints, passedAtMs, ...answered })
    await attempts.update(
      id,
      afterTasks(
        attempt,
        tasks.map((other) => (other === task ? scored : other)),
        clock.now(),
      ),
    )
    return task.passedAtMs === null && passedAtMs !== null
  })
}

/** The verdict where no checker could be asked at all: our fault, every check. */
function ungraded(
  { task }: AttemptedTask,
  { error, startedAtMs, nowMs }: { error: unknown; startedAtMs: number; nowMs: number },
): Verdict {
  const why = asLabError(error).message
  return {
    task: task.manifest.id,
    contentVersion: task.contentVersion,
    status: 'error',
    points: 0,
    maxPoints: maxPointsOf(task),
    checks: task.manifest.checks.map((check) => ({
      check: check.id,
      status: 'error',
      points: 0,
      maxPoints: check.points ?? 0,
      guard: check.guard ?? false,
      evidence: [],
      error: why,
      tookMs: 0,
    })),
    notGradable: [],
    gradedAtMs: nowMs,
    tookMs: nowMs - startedAtMs,
  }
}

const keyOf = (attempt: AttemptId, task: string) => `${attempt}/${task}`
