/**
 * `npm run bench:simulator [-- --part NAME,NAME] [-- --real KUBECONFIG] [-- --clusters N] [-- --runs N] [-- --json FILE]`: what simulated
 * clusters cost and how fast they are. Nothing else should run on the computer meanwhile; the load is said beside the figures.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { type Figure, table, writeFigures } from '../../../bench/figures.js'
import { BAD_INPUTS } from './bad-input.js'
import { firstAnswer } from './first-answer.js'
import { idle, learners } from './many-clusters.js'
import { neighbour } from './neighbours.js'
import { deploymentAvailable, listOfHundred } from './one-cluster.js'
import { restart } from './restart.js'
import { slice } from './slices.js'
import { verdicts } from './verdicts.js'
import { writes } from './writes.js'

const options = new Command('npm run bench:simulator --')
  .description('What simulated clusters cost and how fast they are')
  .option(
    '--part <name,name>',
    'only these; may be repeated (docs/performance.md lists them)',
    (names, all: string[]) => [...all, names],
    [],
  )
  .option('--clusters <number>', 'for the parts with many clusters', '300')
  .option('--runs <number>', 'of the first answer', '100')
  .option('--real <kubeconfig>', 'a real cluster to compare lists with')
  .option('--json <file>', 'write the figures as JSON')
  .parse()
  .opts<{ part: string[]; clusters: string; runs: string; real?: string; json?: string }>()
const clusters = Number(options.clusters)
const work = await mkdtemp(join(tmpdir(), 'wheelhouse-bench-'))

type Part = () => Promise<Figure[]>
/** The part that measures the event loop itself. */
const turnOf = (kind: string): string => `turn-${kind}`
const parts: Record<string, Part> = {
  // First, while the process is small: memory that others have freed would hide what these take.
  idle: () => idle(clusters),
  learners: () => learners(clusters),
  first: () => firstAnswer(Number(options.runs)),
  deployment: () => deploymentAvailable(10),
  list: () => listOfHundred(work, options.real ?? null),
  writes: () => writes(work),
  verdict: () => verdicts(work),
  restart: () => restart(work, clusters),
  ...Object.fromEntries(BAD_INPUTS.map((kind) => [kind, () => neighbour(work, kind)])),
  ...Object.fromEntries(BAD_INPUTS.map((kind) => [turnOf(kind), () => slice(kind)])),
}
/** All the kinds of bad input together: what a neighbour waits, and the longest turn of the event loop. */
const GROUPS: Record<string, string[]> = { neighbour: BAD_INPUTS, turns: BAD_INPUTS.map(turnOf) }

function wantedParts(): string[] {
  const named = options.part.flatMap((words) => words.split(','))
  const wanted = named.flatMap((name) => GROUPS[name] ?? [name])
  const unknown = wanted.filter((name) => !Object.hasOwn(parts, name))
  if (unknown.length > 0)
    throw new Error(
      `--part: there is no ${unknown.join(', ')}; there is ${[...Object.keys(parts), ...Object.keys(GROUPS)].join(', ')}`,
    )
  return wanted.length > 0 ? wanted : Object.keys(parts).filter((name) => !GROUPS.turns?.includes(name))
}

const load = () =>
  loadavg()
    .map((value) => value.toFixed(1))
    .join(' ')

try {
  const figures: Figure[] = []
  for (const name of wantedParts()) {
    const made = (await parts[name]?.()) ?? []
    figures.push(...made)
    const lines = made.map(({ name, value, unit }) => `  ${name}: ${value.toFixed(1)} ${unit}`)
    process.stderr.write(`${name} (load ${load()})\n${lines.join('\n')}\n`)
  }
  process.stdout.write(`${table(figures)}\n`)
  if (options.json) await writeFigures(options.json, figures)
} finally {
  await rm(work, { recursive: true, force: true })
}
