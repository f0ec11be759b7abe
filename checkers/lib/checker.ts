/**
 * What a checker file exports: `export default checker(({ cluster, expectThat }) => ({ 'check-id': async () => { ... } }))`.
 *
 * Every check settles by itself (see `settle/settle.ts`): it is run again until it is certain what to say, so it must only ask and
 * never change anything. Titles and points come from `task.yaml`.
 */
import type { Localized, Message, MessageValue } from '@wheelhouse/protocol'
import type { Baseline } from './baseline.js'
import type { ExpectThat } from './expect/expect-that.js'
import type { MachineReader } from './machine.js'
import type { ClusterReader } from './read/cluster.js'
import { currentAttempt } from './run/attempt.js'

export interface CheckerContext {
  /** The cluster that the task is about, read with the grader's own credential. */
  cluster: ClusterReader
  /** What the cluster held when setup ended. */
  baseline: Baseline
  /** The drawn values of the task's `params`. */
  params: Readonly<Record<string, string>>
  expectThat: ExpectThat
  eventually: typeof eventually
  /** A machine by name: `base`, `controlplane`, `node01`. */
  machine: (name: string) => MachineReader
  /** A sentence of the task's own, from `messages:` in task.yaml. */
  say: Say
}

export type Say = (key: string, values?: Record<string, MessageValue>) => Message

/** Throws only for faults of ours; what the learner did wrong is an expectation that does not hold. The value is not used. */
export type CheckFunction = () => Promise<unknown>
export type CheckFunctions = Record<string, CheckFunction>

export interface Checker {
  readonly wheelhouseChecker: 1
  readonly checks: (context: CheckerContext) => CheckFunctions
}

export const checker = (checks: Checker['checks']): Checker => ({ wheelhouseChecker: 1, checks })

export interface EventuallyOptions {
  /** Seconds from the start of the check, in place of the task's `settleSeconds`. */
  withinSeconds?: number
  /** false: pass even while Pods that were read have only just started, for tasks that are about restless Pods. */
  steady?: boolean
  /**
   * How long nothing may have changed before a failing check is final, in place of 2 s (4 s after a probe): for what goes on where
   * nobody can watch it, such as a kubelet that is about to start what stands in a manifest.
   */
  quietSeconds?: number
}

/** Gives a check another deadline, or other patience, than the task has. Without options it says in words what every check does. */
export async function eventually<T>(work: () => Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const attempt = currentAttempt()
  if (options.withinSeconds !== undefined) attempt.withinMs = options.withinSeconds * 1000
  if (options.steady === false) attempt.steady = false
  if (options.quietSeconds !== undefined) attempt.quietMs = options.quietSeconds * 1000
  return work()
}

/** @throws TypeError for a key that task.yaml does not have */
export function sayFrom(messages: Record<string, Localized>): Say {
  return (key, values) => {
    const text = messages[key]
    if (!text) throw new TypeError(`say('${key}'): task.yaml has no such key under messages`)
    return { key: `task.${key}`, text, ...(values ? { values } : {}) }
  }
}
