/** A grader for tests: tasks are set up at once, and checks say what the test has told them to say. */
import type { CheckResult, CheckStatus, Verdict } from '@wheelhouse/protocol'
import type { Baseline, CheckOptions, Grader, LiveOptions, TaskRun } from '../../grading/grader.js'

export interface GraderScript {
  /** Called when a setup begins; it lasts until this resolves, and fails where this rejects. */
  duringSetUp?: (run: TaskRun, signal: AbortSignal | undefined) => Promise<void> | void
  duringCheck?: (run: TaskRun, options: CheckOptions) => Promise<void> | void
  /** The outcome of one check; `not-yet` without it. */
  outcome?: (task: string, check: string) => CheckStatus
}

export class ScriptedGrader implements Grader {
  readonly setUps: string[] = []
  readonly checks: string[] = []
  readonly watches = new Map<string, LiveOptions>()
  closed = false

  constructor(private readonly script: GraderScript = {}) {}

  async setUp(run: TaskRun, signal?: AbortSignal): Promise<Baseline> {
    const { id } = run.task.manifest
    await this.script.duringSetUp?.(run, signal)
    signal?.throwIfAborted()
    this.setUps.push(id)
    return { task: id, setUp: this.setUps.length }
  }

  async check(run: TaskRun, options: CheckOptions): Promise<Verdict> {
    const startedAtMs = Date.now()
    await this.script.duringCheck?.(run, options)
    options.signal?.throwIfAborted()
    const verdict = this.verdict(run, startedAtMs)
    for (const result of verdict.checks) options.onCheck?.(result)
    this.checks.push(run.task.manifest.id)
    return verdict
  }

  watch(run: TaskRun, options: LiveOptions): () => Promise<void> {
    const key = `${run.environment.id}/${run.task.manifest.id}`
    this.watches.set(key, options)
    return async () => {
      this.watches.delete(key)
    }
  }

  async close(): Promise<void> {
    this.closed = true
  }

  verdict({ task }: Pick<TaskRun, 'task'>, startedAtMs: number): Verdict {
    const checks = task.manifest.checks.map((check): CheckResult => {
      const status = this.script.outcome?.(task.manifest.id, check.id) ?? 'not-yet'
      const maxPoints = check.guard ? 0 : (check.points ?? 0)
      return {
        check: check.id,
        status,
        points: status === 'passed' ? maxPoints : 0,
        maxPoints,
        guard: check.guard ?? false,
        evidence: [],
        tookMs: 0,
      }
    })
    const worst = (['error', 'failed', 'not-yet', 'passed'] as const).find((status) =>
      checks.some((check) => check.status === status),
    )
    return {
      task: task.manifest.id,
      contentVersion: task.contentVersion,
      status: worst ?? 'passed',
      points: checks.reduce((sum, check) => sum + check.points, 0),
      maxPoints: checks.reduce((sum, check) => sum + check.maxPoints, 0),
      checks,
      notGradable: [],
      gradedAtMs: Date.now(),
      tookMs: Date.now() - startedAtMs,
    }
  }
}
