/** Plays every scene of one task, one after the other, in an environment that is already there. */
import type { CheckResult, Verdict } from '@wheelhouse/protocol'
import type { Script, Task } from '../../catalogue/catalogue.js'
import type { Environment } from '../../engines/engine.js'
import type { Baseline, Grader, TaskRun } from '../grader.js'
import { runScript } from '../run-script.js'
import { liesOf, liesOfRepetition, type Scene, sceneName, scenesOf } from './scene.js'

export interface SceneResult {
  lab: string
  task: string
  scene: string
  /** Empty where the grading is right. */
  lies: string[]
  /** Of the task and its checker. */
  contentVersion: string
  /** What the grading said; empty where it did not come to that. */
  checks: CheckResult[]
  /** Milliseconds: bringing the task to its start, the script, the grading. */
  setupMs: number
  scriptMs: number
  checkMs: number
}

export interface ProofTask {
  lab: string
  task: Task
  /** Nothing else may run in its environment: it breaks the cluster, or a wrong way may stop one of its nodes. */
  alone: boolean
}

export interface ProofParts {
  environment: Environment
  cluster: string
  grader: Grader
  signal: AbortSignal
  onScene: (result: SceneResult) => void
}

const SCRIPT_LIMIT_MS = 180_000

export async function proveTask({ lab, task }: ProofTask, parts: ProofParts): Promise<void> {
  const run: TaskRun = { environment: parts.environment, cluster: parts.cluster, task, params: {} }
  let baseline: Baseline | undefined
  for (const scene of scenesOf(task)) {
    parts.signal.throwIfAborted()
    // The solution is done where the fresh task was graded; grading changes nothing.
    const played = await playScene(scene, { run, parts, baseline: scene.kind === 'solution' ? baseline : undefined })
    baseline = played.baseline
    const what = { lab, task: task.manifest.id, scene: sceneName(scene), contentVersion: task.contentVersion }
    if (!parts.signal.aborted) parts.onScene({ ...what, ...played.result })
  }
}

interface Stage {
  run: TaskRun
  parts: ProofParts
  /** Present where the task is at its start already. */
  baseline: Baseline | undefined
}

interface Played {
  baseline: Baseline | undefined
  result: Omit<SceneResult, 'lab' | 'task' | 'scene' | 'contentVersion'>
}

async function playScene(scene: Scene, { run, parts, baseline: given }: Stage): Promise<Played> {
  const clock = stopwatch()
  const times = { setupMs: 0, scriptMs: 0, checkMs: 0 }
  let baseline = given
  try {
    baseline ??= await parts.grader.setUp(run, parts.signal)
    times.setupMs = clock.lap()
    const trouble = scene.kind === 'fresh' ? [] : await perform(scene.script, run, parts.signal)
    times.scriptMs = clock.lap()
    const judgement = trouble.length > 0 ? { lies: trouble, checks: [] } : await judged(scene, { run, parts, baseline })
    times.checkMs = clock.lap()
    return { baseline, result: { ...judgement, ...times } }
  } catch (error) {
    return { baseline, result: { lies: [describe(error)], checks: [], ...times } }
  }
}

function stopwatch() {
  let last = performance.now()
  return {
    lap: () => {
      const now = performance.now()
      const ms = Math.round(now - last)
      last = now
      return ms
    },
  }
}

function describe(error: unknown): string {
  const detail = (error as { detail?: string }).detail
  return detail ?? (error instanceof Error ? error.message : String(error))
}

/** A script that stops half-way proves nothing. */
async function perform(script: Script, { environment }: TaskRun, signal: AbortSignal): Promise<string[]> {
  const { exitCode, output } = await runScript(
    environment,
    { ...script, name: `${script.name}.sh` },
    { timeoutMs: SCRIPT_LIMIT_MS, signal },
  )
  return exitCode === 0 ? [] : [`${script.name}.sh ended with exit code ${exitCode}: ${output.trim().slice(-600)}`]
}

async function judged(scene: Scene, { run, parts, baseline }: Stage): Promise<Pick<SceneResult, 'lies' | 'checks'>> {
  const grade = (): Promise<Verdict> => parts.grader.check(run, { baseline: baseline ?? {}, signal: parts.signal })
  const verdict = await grade()
  const lies = liesOf(scene, verdict)
  if (scene.kind === 'solution' && lies.length === 0) lies.push(...liesOfRepetition(verdict, await grade()))
  return { lies, checks: verdict.checks }
}
