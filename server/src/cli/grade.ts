import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { formatMessage, LANGUAGES, LabError, type Language, type Verdict } from '@wheelhouse/protocol'
import { Command, Option } from 'commander'
import type { Lab, Task } from '../catalogue/catalogue.js'
import { didYouMean } from '../catalogue/did-you-mean.js'
import { loadCatalogue } from '../catalogue/load.js'
import type { Baseline, TaskRun } from '../grading/grader.js'
import { KUBECONFIG_CLUSTER, kubeconfigEnvironment } from '../grading/kubeconfig-environment.js'
import { ProcessGrader } from '../grading/process-grader.js'
import { annotations, summary } from '../grading/report/github.js'
import { exitCodeOf, gradeReport } from '../grading/report/grade-report.js'
import { junit } from '../grading/report/junit.js'
import { totalText, verdictText } from '../grading/report/text.js'
import { ThisComputer } from '../hosts/this-computer.js'
import { contentRoot } from './lint.js'

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
Ends with 0 where every gradable check has a verdict, whatever the score; with 2 where one could not be graded, and with 1 where the
command could not do its work. Checks that need a shell on a machine, or a baseline that nobody noted, are listed as not gradable.

--setup empties the namespaces of the tasks, and runs their scripts for "base" on this computer with this kubeconfig.`,
  )
  .action(async (labId: string, options: GradeOptions) => {
    try {
      process.exitCode = await grade(labId, options)
    } catch (error) {
      console.error(sentence(error, options.language))
      process.exitCode = 1
    }
  })

function sentence(error: unknown, language: Language): string {
  if (!(error instanceof LabError)) return error instanceof Error ? error.message : String(error)
  const said = formatMessage(language, { key: `error.${error.code}`, values: error.values })
  return error.detail ? `${said}\n${error.detail}` : said
}

async function grade(labId: string, options: GradeOptions): Promise<number> {
  const lab = await findLab(labId, options.root)
  const tasks = findTasks(lab, options.task)
  const file = kubeconfigFile(options.kubeconfig)
  const source = { kubeconfig: readFileSync(file, 'utf8'), file }
  const grader = new ProcessGrader({ onOutput: (task, text) => console.error(`${task} printed: ${text.trim()}`) })
  try {
    const environment = kubeconfigEnvironment(source, options.setup ? new ThisComputer(join(tmpdir(), 'wheelhouse')) : undefined)
    const runOf = (task: Task): TaskRun => ({ environment, cluster: KUBECONFIG_CLUSTER, task, params: {} })
    if (options.setup) return await setUpAll(grader, tasks.map(runOf), options)
    return await gradeAll(grader, { lab, runs: tasks.map(runOf), options })
  } finally {
    await grader.close()
  }
}

async function findLab(id: string, root: string): Promise<Lab> {
  const catalogue = await loadCatalogue({ root })
  const lab = catalogue.lab(id)
  if (lab) return lab
  const known = catalogue.chapters.flatMap((chapter) => chapter.labs).map((one) => one.manifest.id)
  const about = catalogue.problems.filter((problem) => problem.file.includes(`/${id}/`)).map((problem) => problem.message)
  throw new Error([`There is no lab "${id}".${didYouMean(id, known)}`, ...about].join('\n'))
}

function findTasks(lab: Lab, wanted: string[] | undefined): Task[] {
  const ids = lab.tasks.map((task) => task.manifest.id)
  const unknown = wanted?.find((id) => !ids.includes(id))
  if (unknown) throw new Error(`${lab.manifest.id} has no task "${unknown}"; it has ${ids.join(', ')}.`)
  return lab.tasks.filter((task) => wanted?.includes(task.manifest.id) ?? true)
}

function kubeconfigFile(given: string | undefined): string {
  const file = resolve(given ?? process.env.KUBECONFIG ?? join(process.env.HOME ?? '', '.kube/config'))
  if (!existsSync(file)) throw new Error(`There is no kubeconfig at ${file}. Name one with --kubeconfig FILE.`)
  return file
}

const baselineName = ({ task }: TaskRun) => {
  const [lab = '', , id = ''] = task.directory.split('/').slice(-3)
  return `${lab}/${id}`
}

/** `lab/task` to what was there. */
type BaselineFile = Record<string, Baseline>

const readBaselines = (file: string): BaselineFile =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as BaselineFile) : {}

async function setUpAll(grader: ProcessGrader, runs: TaskRun[], options: GradeOptions): Promise<number> {
  const baselines = readBaselines(options.baseline)
  for (const run of runs) {
    const startedAt = performance.now()
    baselines[baselineName(run)] = await grader.setUp(run)
    console.error(`✓ ${run.task.manifest.id} is at its start (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`)
  }
  writeFileSync(options.baseline, JSON.stringify(baselines))
  return 0
}

interface Grading {
  lab: Lab
  runs: TaskRun[]
  options: GradeOptions
}

async function gradeAll(grader: ProcessGrader, { lab, runs, options }: Grading): Promise<number> {
  const { language } = options
  const baselines = readBaselines(options.baseline)
  // Tasks do not touch each other, so they are graded side by side and told in their order.
  const graded = runs.map((run) => grader.check(run, { baseline: baselines[baselineName(run)] ?? null }))
  const verdicts: Verdict[] = []
  for (const [index, run] of runs.entries()) {
    const verdict = await graded[index]
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
