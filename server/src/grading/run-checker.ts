/** Runs a task's checker once: a module in a process of its own, or a script on a machine. Whatever happens becomes results. */
import { type CheckReport, faultOf, type RunOrder } from '@wheelhouse/checkers/run'
import { type CheckManifest, CheckResult, ScriptVerdict } from '@wheelhouse/protocol'
import { Value } from 'typebox/value'
import type { TaskRun } from './grader.js'
import { nodeAnswers, runOnMachine } from './machines.js'
import type { CheckerPool } from './process/checker-pool.js'
import type { CheckerProcess, ProcessEnd } from './process/checker-process.js'
import type { FromChecker } from './process/messages.js'
import { runScript } from './run-script.js'

export interface CheckerRun {
  run: TaskRun
  order: RunOrder
  signal?: AbortSignal | undefined
  onReport: (report: CheckReport) => void
  /** Milliseconds of work; a process that has said nothing meanwhile turns in a loop. */
  silenceMs?: number | undefined
  /** What a checker printed, for the operator. */
  onOutput?: ((text: string) => void) | undefined
}

/** Beyond what the task gives its checks to settle: for the last look, and for `eventually` with more time. */
const GRACE_MS = 20_000
const LONGEST_MS = 330_000
const SILENCE_MS = 8_000

/** Reports every check of the order exactly once; never rejects for what a checker does. */
export async function runChecker(pool: CheckerPool, checker: CheckerRun): Promise<void> {
  const waiting = new Map(checker.order.checks.map((check) => [check.id, check]))
  const report = (heard: CheckReport) => {
    if (waiting.delete(heard.check)) checker.onReport(heard)
  }
  const why = await runEither(pool, checker, report).catch((error: unknown) => describe(error))
  for (const check of waiting.values()) report(faultReport(check, why ?? 'the checker did not report it'))
}

const describe = (error: unknown) => (error instanceof Error ? error.message : String(error))

export const faultReport = (check: CheckManifest, why: string): CheckReport => ({
  check: check.id,
  result: { ...faultOf(check, new Error(why)), error: why, tookMs: 0 },
  reads: [],
  slow: false,
})

function runEither(pool: CheckerPool, checker: CheckerRun, report: (report: CheckReport) => void): Promise<string | undefined> {
  const { task } = checker.run
  return task.checker.kind === 'module'
    ? pool.use((process) => runModule(process, checker, report), { live: checker.order.mode !== 'button' })
    : runScriptChecker(checker, report)
}

/** @returns why some checks may be missing */
async function runModule(
  process: CheckerProcess,
  { run, order, signal, onOutput, silenceMs = SILENCE_MS }: CheckerRun,
  report: (report: CheckReport) => void,
): Promise<string | undefined> {
  const hear = (message: FromChecker) => {
    if (message?.type === 'check') report(trusted(message.report, order))
    if (message?.type === 'machine') void answerMachine(process, run, message)
    if (message?.type === 'node') {
      void nodeAnswers(run.environment, run.cluster).then((answers) =>
        process.send({ type: 'node-reply', id: message.id, answers }),
      )
    }
  }
  const machines = run.environment.machines.map((machine) => machine.name)
  const limitMs = Math.min(LONGEST_MS, Math.max(order.settleSeconds * 1000, 60_000) + GRACE_MS)
  const message = { type: 'run', order, checker: run.task.checker.file, machines } as const
  const end: ProcessEnd = await process.run(message, { limitMs, silenceMs, signal, hear })
  if (process.output !== '') onOutput?.(process.output)
  return end.why === 'fault' ? `The checker failed: ${end.message}` : undefined
}

/** A checker is ours, but its process may send anything: what is not a result of this check is a fault. */
function trusted(report: CheckReport, order: RunOrder): CheckReport {
  const check = order.checks.find((one) => one.id === report?.check)
  if (!check) return { check: '', result: null, reads: [], slow: false }
  const { result } = report
  const sound = result === null || (Value.Check(CheckResult, result) && result.maxPoints === (check.points ?? 0))
  return sound ? report : faultReport(check, 'The checker sent something that is not a result.')
}

async function answerMachine(process: CheckerProcess, run: TaskRun, { id, request }: Extract<FromChecker, { type: 'machine' }>) {
  const reply = await runOnMachine(run.environment, request).catch((error: unknown) => ({ fault: describe(error) }))
  process.send({ type: 'machine-reply', id, reply })
}

async function runScriptChecker(
  { run, order, signal, onOutput }: CheckerRun,
  report: (report: CheckReport) => void,
): Promise<string> {
  const { checker } = run.task
  if (checker.kind !== 'script') throw new TypeError('not a script')
  const startedAt = performance.now()
  const script = { name: 'checker', file: checker.file, machine: checker.machine, user: 'root' } as const
  const ran = await runScript(run.environment, script, {
    timeoutMs: Math.min(LONGEST_MS, order.settleSeconds * 1000 + GRACE_MS),
    signal,
    variables: { WHEELHOUSE_SETTLE_SECONDS: String(order.settleSeconds), WHEELHOUSE_PARAMS: JSON.stringify(order.params) },
  })
  const verdict = parseVerdict(ran.stdout)
  if (!verdict) {
    onOutput?.(ran.output)
    return `The checker ended with exit code ${ran.exitCode} and did not print a verdict: ${ran.output.trim().slice(-300)}`
  }
  const tookMs = Math.round(performance.now() - startedAt)
  for (const { check: id, status, evidence = [], error } of verdict.checks) {
    const check = order.checks.find((one) => one.id === id)
    if (!check) continue
    const maxPoints = check.points ?? 0
    const points = status === 'passed' ? maxPoints : 0
    const result = {
      check: id,
      status,
      points,
      maxPoints,
      guard: check.guard === true,
      evidence,
      tookMs,
      ...(error ? { error } : {}),
    }
    report({ check: id, result, reads: [], slow: true })
  }
  return 'The checker did not report it.'
}

function parseVerdict(text: string): ScriptVerdict | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return Value.Check(ScriptVerdict, value) ? value : undefined
  } catch {
    return undefined
  }
}
