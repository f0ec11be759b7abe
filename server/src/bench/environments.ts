/**
 * `npm run bench:environments [-- --runs N] [-- --workers N] [-- --json FILE]`: what an environment costs against a bare
 * `kind create cluster` of the same shape, interleaved, medians. Nothing else should run on the computer meanwhile.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { loadCatalogue } from '../catalogue/load.js'
import { contentRoot } from '../cli/lint.js'
import type { StepEvent } from '../engines/engine.js'
import { type KindUnderTest, kindUnderTest } from '../engines/kind/testing.js'
import { freshId, specOf } from '../engines/testing/specs.js'
import { bareCluster, writeBareConfig } from './bare-kind.js'
import { type Figure, median, table, writeFigures } from './figures.js'
import { handOverTimes } from './hand-over.js'
import { resetTimes } from './reset-times.js'
import { timed } from './timed.js'

const options = new Command('npm run bench:environments --')
  .description('What an environment on kind costs against a bare kind cluster of the same shape')
  .option('--runs <number>', 'of each, in turns', '5')
  .option('--workers <number>', 'beside the control plane', '1')
  .option('--json <file>', 'write the figures as JSON')
  .parse()
  .opts<{ runs: string; workers: string; json?: string }>()
const runs = Number(options.runs)
const workers = Number(options.workers)
/** Of every task: there are many tasks, and their median is what counts. */
const RESETS_OF_EACH = 2

const say = (text: string) => void process.stderr.write(`${text}\n`)
const listed = (seconds: readonly number[]) => `${seconds.map((one) => one.toFixed(2)).join(', ')} s`
const specWithImages = (under: KindUnderTest) => ({ ...specOf(freshId(), { workers }), images: under.settings.bakedImages })

/** Says how long each step took, so that one sees where the time goes. */
function stepTimes(): { onStep: (event: StepEvent) => void; told: () => string } {
  const began = new Map<string, number>()
  const took: string[] = []
  return {
    onStep: (event) => {
      if (event.type === 'started') began.set(event.step, performance.now())
      if (event.type === 'done')
        took.push(`${event.step} ${((performance.now() - (began.get(event.step) ?? 0)) / 1000).toFixed(1)}`)
    },
    told: () => took.join(', '),
  }
}

async function measureStarts(under: KindUnderTest, config: string): Promise<Figure[]> {
  const times = { bare: [] as number[], cold: [] as number[], again: [] as number[], destroy: [] as number[] }
  for (let run = 1; run <= runs; run++) {
    times.bare.push(await bareCluster(under, config))
    const spec = specWithImages(under)
    const { onStep, told } = stepTimes()
    times.cold.push((await timed(() => under.engine.provision(spec, { onStep })))[0])
    times.again.push((await timed(() => under.engine.provision(spec)))[0])
    times.destroy.push((await timed(() => under.engine.destroy(spec.id)))[0])
    say(`run ${run}: bare kind ${times.bare.at(-1)?.toFixed(1)} s, environment ${times.cold.at(-1)?.toFixed(1)} s (${told()})`)
  }
  const shortest = Math.min(...times.cold) / Math.min(...times.bare)
  return [
    { name: 'bare kind create cluster', value: median(times.bare), unit: 's', goal: null },
    { name: 'cold start of an environment', value: median(times.cold), unit: 's', goal: null },
    { name: 'cold ready ratio', value: median(times.cold) / median(times.bare), unit: 'x', goal: 1.2 },
    { name: 'cold ready ratio of the shortest runs', value: shortest, unit: 'x', goal: null },
    { name: "the engine's part of a warm hand-over", value: median(times.again), unit: 's', goal: null },
    { name: 'destroy', value: median(times.destroy), unit: 's', goal: null },
  ]
}

async function measureHandOvers(under: KindUnderTest, catalogue: Catalogue, work: string): Promise<Figure[]> {
  const handOvers = await handOverTimes(under.engine, { catalogue, dataDirectory: join(work, 'server'), rounds: runs })
  say(`hand-overs: ${listed(handOvers)}`)
  return [{ name: 'warm hand-over, until a command ran on base', value: median(handOvers), unit: 's', goal: 1 }]
}

/** Stop, start, memory and resets, on one environment. */
async function measureOne(under: KindUnderTest, catalogue: Catalogue): Promise<Figure[]> {
  const spec = specWithImages(under)
  const environment = await under.engine.provision(spec)
  const fresh = await under.engine.usage(spec.id)
  const resets = await resetTimes(environment, catalogue, Math.min(runs, RESETS_OF_EACH))
  say(`${resets.length} resets: ${listed(resets)}`)
  const [stop] = await timed(() => under.engine.stop(spec.id))
  const [start] = await timed(() => under.engine.start(spec.id))
  return [
    { name: 'reset of a task', value: median(resets), unit: 's', goal: 5 },
    { name: 'reset of a task, the slowest', value: Math.max(...resets), unit: 's', goal: null },
    { name: 'memory of an environment', value: (fresh.memoryBytes ?? Number.NaN) / 1e6, unit: 'MB', goal: null },
    { name: 'disk of an environment', value: (fresh.diskBytes ?? Number.NaN) / 1e6, unit: 'MB', goal: null },
    { name: 'stop', value: stop, unit: 's', goal: null },
    { name: 'start of a stopped one', value: start, unit: 's', goal: null },
  ]
}

type Catalogue = Awaited<ReturnType<typeof loadCatalogue>>

/** What was measured before one part failed still counts. */
async function attempt(part: string, work: () => Promise<Figure[]>): Promise<Figure[]> {
  return work().catch((error: unknown) => {
    say(`${part} came to no figure: ${error instanceof Error ? error.stack : error}`)
    process.exitCode = 1
    return []
  })
}

const work = await mkdtemp(join(tmpdir(), 'wheelhouse-bench-'))
const catalogue = await loadCatalogue({ root: contentRoot(), cacheDirectory: join(work, 'texts') })
const under = await kindUnderTest({ bakedImages: catalogue.images() })
try {
  const { version, cgroupVersion, cpus } = await under.engine.cli.facts()
  const config = join(work, 'bare.yaml')
  await writeBareConfig(config, { workers, cgroupVersion })
  say(`docker ${version}, cgroup v${cgroupVersion}, ${cpus} cores; one control plane, ${workers} workers; ${runs} runs`)
  await under.engine.machineImage.ensure('v1.36')
  const figures = [
    ...(await attempt('starts', () => measureStarts(under, config))),
    ...(await attempt('hand-overs', () => measureHandOvers(under, catalogue, work))),
    ...(await attempt('one environment', () => measureOne(under, catalogue))),
  ]
  process.stdout.write(`${table(figures)}\n`)
  if (options.json) await writeFigures(options.json, figures)
} finally {
  await under.engine.close()
  await under.remove()
  await rm(work, { recursive: true, force: true })
}
