/** Brings a task to its start and says how far the learner has come. Used by the server, `wheelhouse prove` and `wheelhouse grade`. */
import type { Verdict } from '@wheelhouse/protocol'
import type { Task } from '../catalogue/catalogue.js'
import type { Environment } from '../engines/engine.js'

/** What the cluster held when setup ended, as checkers compare against it. JSON, so that it rests in the store. */
export type Baseline = { readonly [key: string]: unknown }

export interface TaskRun {
  environment: Environment
  /** Name of the environment's cluster that the task is about. */
  cluster: string
  task: Task
  /** The drawn values of `params`. */
  params: Record<string, string>
}

export interface CheckOptions {
  /** null where somebody else set the task up: checks that compare with it are then not gradable. */
  baseline: Baseline | null
  signal?: AbortSignal
  /** Each check as soon as it is known, for a page that fills in line by line. */
  onCheck?: (result: Verdict['checks'][number]) => void
}

export interface LiveOptions {
  baseline: Baseline
  /** A verdict that differs from the one before. */
  onVerdict: (verdict: Verdict) => void
}

export interface Grader {
  /** Runs the task's setup from any state of its cluster. @throws LabError `SETUP_FAILED` with the command and its output */
  setUp(run: TaskRun, signal?: AbortSignal): Promise<Baseline>
  /** Runs every check once, waiting for the cluster to settle. Never throws for a fault of a checker: that is a verdict `error`. */
  check(run: TaskRun, options: CheckOptions): Promise<Verdict>
  /** Grades live: runs again what reads an object that changed, until the returned function is called. */
  watch(run: TaskRun, options: LiveOptions): () => Promise<void>
  close(): Promise<void>
}
