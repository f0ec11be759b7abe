import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { LANGUAGES, LabError, type Language, type Verdict } from '@wheelhouse/protocol'
import { Command, Option } from 'commander'
import type { Lab, Task } from '../catalogue/catalogue.js'
import { didYouMean } from '../catalogue/did-you-mean.js'
import { loadCatalogue } from '../catalogue/load.js'
import { accessOf } from '../grading/access.js'
import type { Baseline, TaskRun } from '../grading/grader.js'
import { KUBECONFIG_CLUSTER, type KubeconfigSource, kubeconfigEnvironment } from '../grading/kubeconfig-environment.js'
import { ProcessGrader } from '../grading/process-grader.js'
import { annotations, summary } from '../grading/report/github.js'
import { exitCodeOf, gradeReport } from '../grading/report/grade-report.js'
import { junit } from '../grading/report/junit.js'
import { totalText, verdictText } from '../grading/report/text.js'
import { ThisComputer } from '../hosts/this-computer.js'
import { interruptible, STOPPED_EXIT_CODE } from './interruptible.js'
import { contentRoot } from './lint.js'
import { tryToWrite } from './output-file.js'
import { CommandError, sayError } from './speak.js'

interface GradeOptions {
  task?: string[]
  kubeconfig?: string
  json?: string
  junit?: string
  setup?: boolean
  baseline: string
  language: Language
  root: string
}

const BASELINE_FILE = 'wheelhouse-baseline.json'

export const gradeCommand = new Command('grade')
  .description('Grade a lab on a cluster that is already there, without a server')
  .argument('<lab>', 'such as deploy-rollback')
  .option('--task <task...>', 'only these tasks')
  .option('--kubeconfig <file>', 'the cluster; its user should be an administrator (default: $KUBECONFIG, or ~/.kube/config)')
  .option('--json <file>', 'write the verdicts as JSON')
  .option('--junit <file>', 'write the verdicts as JUnit XML')
  .option('--setup', 'bring the tasks to their start instead of grading, and note in the baseline file what was there')
  .option('--baseline <file>', 'where --setup notes what was there; guards compare with it', BASELINE_FILE)
  .addOption(new Option('--language <language>', 'of titles and findings').choices([...LANGUAGES]).default('en'))
  .option('--root <folder>', 'the folder that holds labs/ and checkers/', contentRoot())
  .addHelpText(
    'after',
    `
Ends with 0 where every gradable check has a verdict, whatever the score; with 2 where one could not be graded, with 1 where the command
could not do its work, and with 130 where Ctrl+C stopped it. Checks that need a shell on a machine, or a baseline that nobody noted, are listed as not gradable.

--setup empties the namespaces of the tasks, and runs their scripts for "base" on this computer with this kubeconfig.`,
  )
  .action(async (labId: string, options: GradeOptions) => {
    try {
      const exitCode = await interruptible((signal) => grade(labId, options, signal), 'Stopping')
      process.exitCode ??= exitCode
    } catch (error) {
      if (process.exitCode !== STOPPED_EXIT_CODE) sayError(error, options.language)
    }
  })

async function grade(labId: string, options: GradeOptions, signal: AbortSignal): Promise<number> {
  const lab = await findLab(labId, options.root)
  const tasks = findTasks(lab, options.task)
  const source = await readKubeconfig(kubeconfigFile(options.kubeconfig))
  for (const file of [options.json, options.junit]) if (file) tryToWrite(file)
  const grader = new ProcessGrader({ onOutput: (task, text) => console.error(`${task} printed: ${text.trim()}`) })
  try {
    const environment = kubeconfigEnvironment(source, options.setup ? new ThisComputer(join(tmpdir(), 'wheelhouse')) : undefined)
    const runOf = (task: Task): TaskRun => ({ environment, cluster: KUBECONFIG_CLUSTER, task, params: {} })
    const runs = tasks.map(runOf)
    return await (options.setup ? setUpAll : gradeAll)(grader, { lab, runs, options, signal })
  } finally {
    await grader.close()
  }
}

async function findLab(id: string, root: string): Promise<Lab> {
  const catalogue = await loadCatalogue({ root, texts: false })
  const lab = catalogue.lab(id)
  if (lab) return lab
  const known = catalogue.chapters.flatMap((chapter) => chapter.labs).map((one) => one.manifest.id)
  const about = catalogue.problems.filter((problem) => problem.file.includes(`/${id}/`)).map((problem) => problem.message)
  throw new CommandError([`There is no lab "${id}".${didYouMean(id, known)}`, ...about].join('\n'))
}

function findTasks(lab: Lab, wanted: string[] | undefined): Task[] {
  const ids = lab.tasks.map((task) => task.manifest.id)
  const unknown = wanted?.find((id) => !ids.includes(id))
  if (unknown) throw new CommandError(`${lab.manifest.id} has no task "${unknown}"; it has ${ids.join(', ')}.`)
  return lab.tasks.filter((task) => wanted?.includes(task.manifest.id) ?? true)
}

function kubeconfigFile(given: string | undefined): string {
  const file = resolve(given ?? process.env.KUBECONFIG ?? join(process.env.HOME ?? '', '.kube/config'))
  if (!existsSync(file)) throw new CommandError(`There is no kubeconfig at ${file}. Name one with --kubeconfig FILE.`)
  return file
}

/** A wrong one is said once, not as the fault of every check. */
async function readKubeconfig(file: string): Promise<KubeconfigSource> {
  const kubeconfig = await read(file, (text) => text)
  await accessOf(kubeconfig).catch((error: unknown) => refuse(file, error))
  return { kubeconfig, file }
}

async function read<Shape>(file: string, as: (text: string) => Shape): Promise<Shape> {
  try {
    return as(await readFile(file, 'utf8'))
  } catch (error) {
    return refuse(file, error)
  }
}

function refuse(path: string, error: unknown): never {
  throw new LabError('FILE_UNUSABLE', { path, why: error instanceof Error ? error.message : String(error) }, { cause: error })
}

const baselineName = ({ task }: TaskRun) => {
  const [lab = '', , id = ''] = task.directory.split('/').slice(-3)
  return `${lab}/${id}`
}

/** `lab/task` to what was there. */
type BaselineFile = Record<string, Baseline>

const readBaselines = async (file: string): Promise<BaselineFile> =>
  existsSync(file) ? read(file, (text) => JSON.parse(text) as BaselineFile) : {}

interface Grading {
  lab: Lab
  runs: TaskRun[]
  options: GradeOptions
  signal: AbortSignal
}

async function setUpAll(grader: ProcessGrader, { runs, options, signal }: Grading): Promise<number> {
  const baselines = await readBaselines(options.baseline)
  for (const run of runs) {
    const startedAt = performance.now()
    baselines[baselineName(run)] = await grader.setUp(run, signal)
    console.error(`✓ ${run.task.manifest.id} is at its start (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`)
  }
  writeFileSync(options.baseline, JSON.stringify(baselines))
  return 0
}

async function gradeAll(grader: ProcessGrader, { lab, runs, options, signal }: Grading): Promise<number> {
  const { language } = options
  const baselines = await readBaselines(options.baseline)
  // Tasks do not touch each other, so they are graded side by side and told in their order.
  const graded = runs.map((run) => grader.check(run, { baseline: baselines[baselineName(run)] ?? null, signal }))
  const verdicts: Verdict[] = []
  for (const [index, run] of runs.entries()) {
    const verdict = await graded[index]
    signal.throwIfAborted()
    if (!verdict) continue
    verdicts.push(verdict)
    console.log(verdictText(verdict, { task: run.task, language }))
  }
  console.log(totalText(lab, verdicts, language))
  const report = gradeReport(lab, verdicts)
  if (options.json) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`)
  if (options.junit) writeFileSync(options.junit, junit(lab, verdicts, language))
  if (process.env.GITHUB_STEP_SUMMARY) appendFileSync(process.env.GITHUB_STEP_SUMMARY, summary(lab, verdicts, language))
  if (process.env.GITHUB_ACTIONS) for (const line of annotations(lab, verdicts, language)) console.log(line)
  return exitCodeOf(report)
}
