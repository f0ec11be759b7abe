/** `wheelhouse prove`: shows on real clusters that the graders tell the truth. */
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Catalogue } from '../catalogue/catalogue.js'
import { didYouMean } from '../catalogue/did-you-mean.js'
import { loadCatalogue } from '../catalogue/load.js'
import { lockDataDirectory, openDataDirectory } from '../config/data-directory.js'
import { statusOf } from '../engines/choose.js'
import type { Engine } from '../engines/engine.js'
import { ProcessGrader } from '../grading/process-grader.js'
import { compareProofs, comparisonText } from '../grading/proof/compare.js'
import { type ProofFile, readProof, writeProof } from '../grading/proof/proof-file.js'
import { sceneLine, timeTable } from '../grading/proof/proof-report.js'
import { type ProofEvent, type ProofOptions, prove } from '../grading/proof/prove.js'
import { createLog } from '../log.js'
import { engineFor } from './engines.js'
import { interruptible, STOPPED_EXIT_CODE } from './interruptible.js'
import { contentRoot } from './lint.js'
import { readSettings, type SharedOptions, wholeNumber, withSharedOptions } from './options.js'
import { tryToWrite } from './output-file.js'
import { action, CommandError, sentence } from './speak.js'

interface ProveOptions extends SharedOptions {
  engine?: string
  parallel: number
  keepGoing?: boolean
  within?: number
  json?: string
  compare?: string
}

export const proveCommand = withSharedOptions(
  new Command('prove')
    .description('Show that the graders tell the truth: fresh tasks score 0, solutions all points, and every mutant is caught')
    .argument('[lab...]', 'labs, or tasks as lab/task; all where none is named')
    .addOption(
      new Option('--engine <name>', 'on which clusters; the one that a server would take where absent').choices([
        'kind',
        'simulated',
      ]),
    )
    .option('--parallel <number>', 'tasks that are proved side by side in one environment', wholeNumber(1, 32), 4)
    .option('--keep-going', 'go on after the first lie, to list them all')
    .option('--within <minutes>', 'begin no further task after this time, and name those that were left', minutes)
    .option('--json <file>', 'write every scene with its verdict and its times as JSON')
    .option('--compare <file>', 'hold every verdict against the one in a file that --json wrote, such as on another engine')
    .addHelpText(
      'after',
      `
Ends with 0 where every proof holds, with 1 where one does not or a verdict is another than in the file to compare with, and with
130 where Ctrl+C stopped it. It wants the data directory to itself: stop the server, or name another with --data-dir.

Whether both engines give the same verdicts:

  npx wheelhouse prove --engine kind --keep-going --json kind.json
  npx wheelhouse prove --engine simulated --keep-going --compare kind.json`,
    ),
).action(action(run))

function minutes(value: string): number {
  const number = Number(value)
  if (!(number > 0)) throw new InvalidArgumentError('It is a number of minutes above 0.')
  return number
}

async function run(names: string[], options: ProveOptions): Promise<void> {
  const { config, dataDirectory } = readSettings(options, { 'engine.name': options.engine })
  const other = options.compare === undefined ? undefined : proofToCompare(options.compare)
  if (options.json !== undefined) tryToWrite(options.json)
  const data = openDataDirectory(dataDirectory)
  const lock = lockDataDirectory(data)
  const root = config.content.directory || contentRoot()
  const catalogue = await loadCatalogue({ root, texts: false })
  const tasks = chosenTasks(catalogue, names)
  const engine = await engineFor({ config, data, log: createLog(config, data.logFile), catalogue })
  const work = (signal: AbortSignal) => proveOn(engine, { tasks, options, signal })
  try {
    const proof = await interruptible(work, 'Stopping: the environment is being removed')
    conclude(proof, options)
    if (other) compareWith(other, { ...proof, file: options.compare ?? '' })
  } finally {
    lock.release()
  }
}

type Proof = Omit<ProofFile, 'schema'>
type Wanted = Pick<ProofOptions, 'tasks' | 'signal'> & { options: ProveOptions }

/** Closes the engine at the end. */
async function proveOn(engine: Engine, { tasks, options, signal }: Wanted): Promise<Proof> {
  const grader = new ProcessGrader({ onOutput: (task, text) => console.error(`${task} printed: ${text.trim()}`) })
  try {
    const status = await statusOf(engine)
    if (!status.available) throw new CommandError(`${status.why}\n${sentence(status.remedy)}`)
    const left: string[] = []
    const scenes = await prove({
      engine,
      grader,
      tasks,
      signal,
      atOnce: options.parallel,
      keepGoing: options.keepGoing ?? false,
      ...(options.within && { timeLeft: until(options.within) }),
      tell: (event) => (event.type === 'left' ? left.push(event.task) : say(event)),
    })
    return { engine: engine.name, scenes, left }
  } finally {
    await grader.close()
    await engine.close()
  }
}

function chosenTasks(catalogue: Catalogue, names: string[]): ProofOptions['tasks'] {
  const all = catalogue.chapters.flatMap(({ labs }) => labs.flatMap((lab) => lab.tasks.map((task) => ({ lab, task }))))
  if (names.length === 0) return all
  return names.flatMap((name) => {
    const chosen = all.filter(({ lab, task }) => name === lab.manifest.id || name === `${lab.manifest.id}/${task.manifest.id}`)
    if (chosen.length > 0) return chosen
    const known = all.flatMap(({ lab, task }) => [lab.manifest.id, `${lab.manifest.id}/${task.manifest.id}`])
    throw new CommandError(
      `There is no lab or task "${name}" that can be used.${didYouMean(name, known)} \`npx wheelhouse lint\` says what is wrong with those that cannot.`,
    )
  })
}

function say(event: ProofEvent): void {
  if (event.type === 'scene') console.log(sceneLine(event.result))
  if (event.type === 'unsupported') console.log(`- ${event.lab}: ${sentence(event.why)}`)
  if (event.type === 'environment') console.error(`Making an environment for ${event.tasks} tasks: ${event.shape}`)
  if (event.type === 'ready') console.error(`The environment is ready after ${(event.tookMs / 1000).toFixed(1)} s`)
  if (event.type === 'step' && event.event.type === 'failed') console.error(`✗ ${event.event.step}: ${event.event.output ?? ''}`)
}

function until(minutes: number): () => boolean {
  const end = performance.now() + minutes * 60_000
  return () => performance.now() < end
}

function conclude({ engine, scenes, left }: Proof, { json, within }: ProveOptions): void {
  const lies = scenes.filter((result) => result.lies.length > 0)
  console.log(`\n${timeTable(scenes)}\n`)
  console.log(`${scenes.length} scenes, ${lies.length} with a lie`)
  for (const { lab, task, scene } of lies) console.log(`✗ ${lab}/${task} ${scene}`)
  if (left.length > 0) console.log(`NOT PROVED, ${within} minutes were over: ${left.join(', ')}`)
  if (process.exitCode === STOPPED_EXIT_CODE) console.log('STOPPED: what is not listed above has not been proved')
  if (json !== undefined) writeProof(json, { engine, scenes, left })
  if (lies.length > 0) process.exitCode ||= 1
}

function proofToCompare(file: string): ProofFile {
  const proof = readProof(file)
  if (proof) return proof
  throw new CommandError(`${file} is not what \`wheelhouse prove --json\` writes. Prove again with --json to compare.`)
}

function compareWith(other: ProofFile, { engine, scenes, file }: Proof & { file: string }): void {
  const name = other.engine === engine ? `${engine} before` : other.engine
  const comparison = compareProofs({ name: engine, scenes }, { name, scenes: other.scenes })
  console.log(comparisonText(comparison, { name, file }))
  if (comparison.differences.length > 0) process.exitCode ||= 1
}
