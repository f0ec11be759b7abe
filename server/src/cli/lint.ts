import { existsSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { lint } from '../catalogue/lint/lint.js'
import { formatProblem } from '../catalogue/problem.js'
import { action, CommandError } from './speak.js'

/** The folder that holds `labs/` and `checkers/`: the checkout that this program belongs to. */
export const contentRoot = (): string => resolve(dirname(fileURLToPath(import.meta.url)), '../../..')

interface LintOptions {
  root: string
  json?: boolean
}

export const lintCommand = new Command('lint')
  .description('Check the labs: every problem at once, with file and line')
  .argument('[path...]', 'report only what is below these paths, such as labs/chapters/03-pods')
  .option('--root <folder>', 'the folder that holds labs/ and checkers/', contentRoot())
  .option('--json', 'print the problems as JSON')
  .addHelpText('after', '\nEnds with 1 where there is a problem. The format is described in docs/authoring.md.')
  .action(action(run))

async function run(paths: string[], { root, json }: LintOptions): Promise<void> {
  if (!existsSync(join(root, 'labs', 'chapters')))
    throw new CommandError(`${root} has no folder labs/chapters: --root names another.`)
  const wanted = paths.map((path) => resolve(path))
  const absent = wanted.find((path) => !existsSync(path))
  if (absent) throw new CommandError(`There is nothing at ${absent}.`)
  const { problems, labs, tasks } = await lint({ root })
  const isWanted = (file: string) => wanted.some((path) => file === path || file.startsWith(`${path}${sep}`))
  const shown = problems.filter(({ file }) => wanted.length === 0 || isWanted(resolve(root, file)))
  if (json) console.log(JSON.stringify(shown, null, 2))
  else for (const problem of shown) console.log(formatProblem(problem))
  const count = shown.length === 1 ? '1 problem' : `${shown.length} problems`
  const where = paths.length === 0 ? `in ${labs} labs with ${tasks} tasks` : `below ${paths.join(', ')}`
  console.error(`${shown.length === 0 ? '✓' : '✗'} ${count} ${where}`)
  process.exitCode = shown.length === 0 ? 0 : 1
}
