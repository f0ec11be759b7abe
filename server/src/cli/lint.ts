import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { lint } from '../catalogue/lint/lint.js'
import { formatProblem } from '../catalogue/problem.js'

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
  .action(async (paths: string[], options: LintOptions) => {
    const { problems, labs, tasks } = await lint({ root: options.root })
    const wanted = paths.map((path) => resolve(path))
    const shown = problems.filter(
      ({ file }) => wanted.length === 0 || wanted.some((path) => resolve(options.root, file).startsWith(path)),
    )
    if (options.json) console.log(JSON.stringify(shown, null, 2))
    else for (const problem of shown) console.log(formatProblem(problem))
    const count = shown.length === 1 ? '1 problem' : `${shown.length} problems`
    console.error(`${shown.length === 0 ? '✓' : '✗'} ${count} in ${labs} labs with ${tasks} tasks`)
    process.exitCode = shown.length === 0 ? 0 : 1
  })
