/**
 * `npm run bench:simulator [-- --clusters N] [-- --runs N] [-- --against KUBECONFIG] [-- --only PART,PART] [-- --json FILE]`:
 * what simulated clusters cost and how
 * fast they are. Nothing else should run on the computer meanwhile.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Figure, table, writeFigures } from '../../../bench/figures.js'
import { BAD_INPUTS } from './bad-input.js'
import { restart, together } from './many-clusters.js'
import { neighbour } from './neighbours.js'
import { deploymentAvailable, firstAnswer, listOfHundred, writesPerSecond } from './one-cluster.js'

const { values: options } = parseArgs({
  options: {
    clusters: { type: 'string', default: '300' },
    runs: { type: 'string', default: '100' },
    against: { type: 'string' },
    only: { type: 'string' },
    json: { type: 'string' },
  },
})
const clusters = Number(options.clusters)
const work = await mkdtemp(join(tmpdir(), 'wheelhouse-bench-'))

const parts: Record<string, () => Promise<Figure | Figure[]>> = {
  // First, while the process is small: memory that others have freed would hide what these take.
  together: () => together(clusters),
  first: () => firstAnswer(Number(options.runs)),
  deployment: () => deploymentAvailable(10),
  list: () => listOfHundred(options.against ?? null),
  writes: () => writesPerSecond(work),
  ...Object.fromEntries(BAD_INPUTS.map((kind) => [kind, () => neighbour(work, kind)])),
  restart: () => restart(work, clusters),
}
const wanted = options.only?.split(',') ?? Object.keys(parts)
const unknown = wanted.filter((name) => !Object.hasOwn(parts, name))
if (unknown.length > 0) throw new Error(`--only: there is no ${unknown.join(', ')}; there is ${Object.keys(parts).join(', ')}`)

try {
  const figures: Figure[] = []
  for (const name of wanted) {
    const made = [await parts[name]?.()].flat().filter((figure) => figure !== undefined)
    figures.push(...made)
    process.stderr.write(`${made.map(({ name, value, unit }) => `${name}: ${value.toFixed(1)} ${unit}`).join('\n')}\n`)
  }
  process.stdout.write(`${table(figures)}\n`)
  if (!options.against)
    process.stderr.write('NOT MEASURED: the ratio to a real API server; name its kubeconfig with --against.\n')
  if (options.json) await writeFigures(options.json, figures)
} finally {
  await rm(work, { recursive: true, force: true })
}
