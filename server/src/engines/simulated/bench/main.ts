/**
 * `npm run bench:simulator [-- --clusters N] [-- --runs N] [-- --against KUBECONFIG] [-- --json FILE]`: what simulated clusters cost and how
 * fast they are. Nothing else should run on the computer meanwhile.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Figure, table, writeFigures } from '../../../bench/figures.js'
import { restart, together } from './many-clusters.js'
import { deploymentAvailable, firstAnswer, listOfHundred, neighbour, writesPerSecond } from './one-cluster.js'

const { values: options } = parseArgs({
  options: {
    clusters: { type: 'string', default: '300' },
    runs: { type: 'string', default: '100' },
    against: { type: 'string' },
    json: { type: 'string' },
  },
})
const clusters = Number(options.clusters)
const work = await mkdtemp(join(tmpdir(), 'wheelhouse-bench-'))

const parts: (() => Promise<Figure | Figure[]>)[] = [
  // First, while the process is small: memory that others have freed would hide what these take.
  () => together(clusters),
  () => firstAnswer(Number(options.runs)),
  () => deploymentAvailable(10),
  () => listOfHundred(options.against ?? null),
  () => writesPerSecond(work),
  neighbour,
  () => restart(work, clusters),
]

try {
  const figures: Figure[] = []
  for (const part of parts) {
    const made = [await part()].flat()
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
