/** The grader: setup, checks in processes of their own, and live grading. */
import type { CheckReport, RunOrder } from '@wheelhouse/checkers/run'
import type { CheckManifest, CheckResult, Verdict } from '@wheelhouse/protocol'
import { accessOf } from './access.js'
import type { Baseline, CheckOptions, Grader, LiveOptions, TaskRun } from './grader.js'
import { ClusterWatches } from './live/cluster-watches.js'
import { LiveTask } from './live/live-task.js'
import { CheckerPool } from './process/checker-pool.js'
import { faultReport, runChecker } from './run-checker.js'
import { setUpTask } from './setup/set-up.js'
import { makeVerdict } from './verdict.js'

export interface GraderOptions {
  /** What a checker printed on its own streams; for the log. */
  onOutput?: (task: string, text: string) => void
  /** Milliseconds that a checker's process may work without a sign of life. */
  silenceMs?: number
}

const DEFAULT_SETTLE_SECONDS = 30

export class ProcessGrader implements Grader {
  readonly #pool = new CheckerPool()
  readonly #watches = new ClusterWatches()
  readonly #live = new Set<Promise<LiveTask | undefined>>()
  readonly #options: GraderOptions

  constructor(options: GraderOptions = {}) {
    this.#options = options
    this.#pool.warm()
  }

  /** Resolves when the next check finds a process that waits for it, as it does a moment after the one before. */
  ready(): Promise<void> {
    return this.#pool.ready()
  }

  setUp(run: TaskRun, signal?: AbortSignal): Promise<Baseline> {
    return setUpTask(run, signal)
  }

  async check(run: TaskRun, { baseline, signal, onCheck }: CheckOptions): Promise<Verdict> {
    const gradedAtMs = Date.now()
    const startedAt = performance.now()
    const { checks, notGradable } = gradable(run)
    const results: CheckResult[] = []
    const order = await orderOf(run, { checks, baseline, mode: 'button' })
    const onReport = ({ check, result, needsBaseline }: CheckReport) => {
      if (needsBaseline) notGradable.push(check)
      if (!result) return
      results.push(result)
      onCheck?.(result)
    }
    if (order instanceof Error) for (const check of checks) onReport(faultReport(check, order.message))
    else
      await runChecker(this.#pool, {
        run,
        order,
        signal,
        onReport,
        onOutput: this.#logger(run),
        silenceMs: this.#options.silenceMs,
      })
    const tookMs = Math.round(performance.now() - startedAt)
    return makeVerdict({ task: run.task, checks: results, notGradable, gradedAtMs, tookMs })
  }

  watch(run: TaskRun, { baseline, onVerdict }: LiveOptions): () => Promise<void> {
    const live = this.#startLive(run, { baseline, onVerdict })
    this.#live.add(live)
    return async () => {
      this.#live.delete(live)
      await (await live)?.close()
      await this.#watches.letGo()
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#live].map(async (live) => (await live)?.close()))
    await this.#watches.close()
    this.#pool.close()
  }

  /** Where the cluster cannot even be named, there is nothing to watch; the button will say why. */
  async #startLive(run: TaskRun, { baseline, onVerdict }: LiveOptions): Promise<LiveTask | undefined> {
    const { checks, notGradable } = gradable(run)
    const order = await orderOf(run, { checks, baseline, mode: 'live' })
    if (order instanceof Error) return undefined
    const onOutput = this.#logger(run)
    return new LiveTask({
      checks: checks.map((check) => check.id),
      watch: this.#watches.of(order.access),
      run: async (ids, mode, signal) => {
        const reports: CheckReport[] = []
        const part = { ...order, mode, checks: checks.filter((check) => ids.includes(check.id)) }
        await runChecker(this.#pool, { run, order: part, signal, onReport: (report) => reports.push(report), onOutput })
        return reports
      },
      verdictOf: (results, withoutBaseline) =>
        makeVerdict({
          task: run.task,
          checks: results,
          notGradable: [...notGradable, ...withoutBaseline],
          gradedAtMs: Date.now(),
          tookMs: longest(results),
        }),
      onVerdict,
    })
  }

  #logger({ task }: TaskRun): ((text: string) => void) | undefined {
    const { onOutput } = this.#options
    return onOutput && ((text) => onOutput(task.manifest.id, text))
  }
}

const longest = (results: CheckResult[]) => Math.max(0, ...results.map((result) => result.tookMs))

/** Which checks this environment can answer: those that want a machine need one. */
export function gradable({ environment, task }: TaskRun): { checks: CheckManifest[]; notGradable: string[] } {
  const hasMachines = environment.machines.length > 0
  const asksMachines = (check: CheckManifest) => check.requires === 'node-shell' || task.checker.kind === 'script'
  const { checks } = task.manifest
  if (hasMachines) return { checks, notGradable: [] }
  return {
    checks: checks.filter((check) => !asksMachines(check)),
    notGradable: checks.filter(asksMachines).map((check) => check.id),
  }
}

/** What the checker's process is told. An error where the environment's own kubeconfig is no good: a fault of ours. */
export async function orderOf(
  { environment, cluster, task, params }: TaskRun,
  { checks, baseline, mode }: { checks: CheckManifest[]; baseline: Baseline | null; mode: RunOrder['mode'] },
): Promise<RunOrder | Error> {
  try {
    const found = environment.clusters.find((one) => one.name === cluster)
    if (!found) throw new Error(`the environment has no cluster "${cluster}"`)
    const { messages = {}, settleSeconds = DEFAULT_SETTLE_SECONDS } = task.manifest
    const access = await accessOf(found.graderKubeconfig)
    return { access, checks, messages, settleSeconds, baseline, params, mode }
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
