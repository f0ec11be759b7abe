/**
 * `npm run test:kind`: everything that wants real clusters, the tests (Vitest) and the journeys of a browser (Playwright). Both run,
 * also where the first fails. Arguments go to Vitest alone: `npm run test:kind -- server/src/engines` runs no journey, and says so.
 */
import { spawn } from 'node:child_process'
import { buildIfStale } from './build.mjs'

const SUITES = [
  { name: 'tests on real clusters (vitest, project "kind")', argv: ['vitest', 'run', '--project', 'kind'] },
  { name: 'journeys on real clusters (playwright, project "kind")', argv: ['playwright', 'test', '-c', 'e2e', '--project=kind'] },
]

const run = (argv, stdio = 'inherit') =>
  new Promise((resolve) => {
    const child = spawn(argv[0], argv.slice(1), { stdio })
    child.on('error', () => resolve(1))
    child.on('close', (code) => resolve(code ?? 1))
  })

const [tests, journeys] = SUITES
const wanted = process.argv.slice(2)
const provider = process.env.WHEELHOUSE_KIND_PROVIDER ?? 'docker'
if ((await run([provider, 'version'], 'ignore')) !== 0) {
  for (const { name } of SUITES) console.error(`Not run: ${name}. No container engine (${provider}) answers.`)
  process.exit(1)
}

// Vitest's own setup reads the compiled programs, and so do the journeys.
await buildIfStale()
const codes = [await run(['npx', ...tests.argv, ...wanted])]
if (wanted.length === 0) codes.push(await run(['npx', ...journeys.argv]))
else console.error(`Not run: ${journeys.name}. Only what was named ran: ${wanted.join(' ')}.`)
process.exit(Math.max(...codes))
