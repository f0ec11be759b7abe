/**
 * How soon a learner who asks hears the verdict: the checks of every task that fits a plain cluster, after its solution. Each is timed from
 * the question to its verdict, with what the server and the checker's process do in between.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { CheckResult } from '@wheelhouse/protocol'
import type { Figure } from '../../../bench/figures.js'
import type { Task } from '../../../catalogue/catalogue.js'
import { loadCatalogue } from '../../../catalogue/load.js'
import { contentRoot } from '../../../cli/lint.js'
import { readConfig } from '../../../config/read.js'
import { ProcessGrader } from '../../../grading/process-grader.js'
import { runScript } from '../../../grading/run-script.js'
import type { Environment } from '../../engine.js'
import { freshId, specOf } from '../../testing/specs.js'
import { makeSimulatedEngine } from '../make.js'
import { percentile } from './api.js'

/** Each task is graded so often; the first is not counted: what it reads from the disk is not there yet. */
const ROUNDS = 4
const SCRIPT_LIMIT_MS = 180_000

interface Times {
  checks: number[]
  verdicts: number[]
}

export async function verdicts(directory: string): Promise<Figure[]> {
  const path = join(directory, 'verdicts')
  await mkdir(path, { recursive: true })
  const catalogue = await loadCatalogue({ root: contentRoot(), cacheDirectory: join(path, 'texts') })
  const engine = makeSimulatedEngine({ config: readConfig({ dataDirectory: path }), data: { path } })
  const { offers } = await engine.capabilities()
  const labs = catalogue.chapters.flatMap(({ labs }) => labs).filter(({ manifest }) => offers.includes(manifest.needs))
  const grader = new ProcessGrader({ onOutput: () => {} })
  const times: Times = { checks: [], verdicts: [] }
  try {
    const spec = specOf(freshId(), { workers: Math.max(...labs.map(({ manifest }) => manifest.cluster?.workers ?? 1)) })
    const tasks = labs.flatMap((lab) => lab.tasks)
    // One that breaks what others stand on has a cluster of its own, as in an exam.
    const together = tasks.filter(({ manifest }) => !manifest.disruptive)
    const alone = tasks.filter(({ manifest }) => manifest.disruptive)
    for (const group of [together, ...alone.map((task) => [task])]) {
      const id = freshId()
      const environment = await engine.provision({ ...spec, id, images: catalogue.images() })
      for (const task of group) await grade(task, { environment, grader, times })
      // Its `base` outlives the engine, as a learner's does.
      await engine.destroy(id)
    }
  } finally {
    await grader.close()
    await engine.close()
  }
  return [
    { name: `verdict of a check, p95 of ${times.checks.length}`, value: percentile(times.checks, 0.95), unit: 'ms', goal: 100 },
    { name: 'verdict of a check, p50', value: percentile(times.checks, 0.5), unit: 'ms', goal: null },
    { name: 'verdict of a whole task, p50', value: percentile(times.verdicts, 0.5), unit: 'ms', goal: null },
  ]
}

interface Grading {
  environment: Environment
  grader: ProcessGrader
  times: Times
}

/** @throws Error where the solution is not worth all points: its checks would wait for what does not come */
async function grade(task: Task, { environment, grader, times }: Grading): Promise<void> {
  const run = { environment, cluster: 'main', task, params: {} }
  const baseline = await grader.setUp(run)
  const solution = { ...task.solution, name: 'solution.sh' }
  const { exitCode, output } = await runScript(environment, solution, { timeoutMs: SCRIPT_LIMIT_MS })
  if (exitCode !== 0) throw new Error(`${task.manifest.id}: ${output}`)
  for (let round = 0; round < ROUNDS; round++) {
    // Nobody clicks again before it is there.
    await grader.ready()
    const asked = performance.now()
    const heard = new Map<string, number>()
    const onCheck = ({ check }: CheckResult) => heard.set(check, performance.now() - asked)
    const { checks, tookMs } = await grader.check(run, { baseline, onCheck })
    const wrong = checks.find(({ status }) => status !== 'passed')
    if (wrong) throw new Error(`${task.manifest.id}: ${wrong.check} is ${wrong.status}`)
    if (round === 0) continue
    times.verdicts.push(tookMs)
    times.checks.push(...heard.values())
    for (const [check, ms] of heard)
      if (ms > SLOW_MS) process.stderr.write(`${task.manifest.id} ${check}: ${Math.round(ms)} ms\n`)
  }
}

/** Worth a line: which check is it? */
const SLOW_MS = 100
