/**
 * `npm run bench:environments [-- --runs N] [-- --workers N] [-- --json FILE]`: what an environment costs against a bare
 * `kind create cluster` of the same shape, interleaved, medians. Nothing else should run on the computer meanwhile.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { stringify } from 'yaml'
import { loadCatalogue } from '../catalogue/load.js'
import { contentRoot } from '../cli/lint.js'
import type { Environment } from '../engines/engine.js'
import { type KindUnderTest, kindUnderTest } from '../engines/kind/testing.js'
import { freshId, specOf } from '../engines/testing/specs.js'
import { type Figure, median, table, writeFigures } from './figures.js'
import { handOverTimes } from './hand-over.js'
import { resetTimes } from './reset-times.js'

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, workers: { type: 'string', default: '1' }, json: { type: 'string' } },
})
const runs = Number(options.runs)
const workers = Number(options.workers)
const BARE_TIMEOUT_MS = 10 * 60_000
/** Of every task: there are many tasks, and their median is what counts. */
const RESETS_OF_EACH = 2

const say = (text: string) => void process.stderr.write(`${text}\n`)

async function timed<Result>(work: () => Promise<Result>): Promise<[seconds: number, Result]> {
  const started = performance.now()
  const result = await work()
  return [(performance.now() - started) / 1000, result]
}

/** kind as the issue names it: the upstream node image, the same shape, ready. */
async function bareCluster({ host, engine }: KindUnderTest, config: string): Promise<number> {
  const image = Object.values(engine.settings.nodeImages)[0] ?? ''
  const name = `whbench${process.pid}`
  const kubeconfig = ['--kubeconfig', `${config}.kubeconfig`]
  const create = [
    'kind',
    'create',
    'cluster',
    '--name',
    name,
    '--image',
    image,
    '--config',
    config,
    '--wait',
    '5m',
    ...kubeconfig,
  ]
  const [seconds, { exitCode, stderr }] = await timed(() =>
    host.run({ argv: create as [string, ...string[]], timeoutMs: BARE_TIMEOUT_MS }),
  )
  await host.run({ argv: ['kind', 'delete', 'cluster', '--name', name, ...kubeconfig] })
  if (exitCode !== 0) throw new Error(`kind create cluster failed:\n${stderr}`)
  return seconds
}

function bareConfig(cgroupVersion: 1 | 2): string {
  const kubelet = stringify({ kind: 'KubeletConfiguration', failCgroupV1: false })
  return stringify({
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    nodes: [{ role: 'control-plane' }, ...Array.from({ length: workers }, () => ({ role: 'worker' }))],
    ...(cgroupVersion === 1 ? { kubeadmConfigPatches: [kubelet] } : {}),
  })
}

interface Times {
  bare: number[]
  cold: number[]
  again: number[]
  destroy: number[]
}

async function measureStarts(under: KindUnderTest, config: string): Promise<Times> {
  const times: Times = { bare: [], cold: [], again: [], destroy: [] }
  for (let run = 1; run <= runs; run++) {
    times.bare.push(await bareCluster(under, config))
    const spec = { ...specOf(freshId(), { workers }), images: under.settings.bakedImages }
    times.cold.push((await timed(() => under.engine.provision(spec)))[0])
    times.again.push((await timed(() => under.engine.provision(spec)))[0])
    times.destroy.push((await timed(() => under.engine.destroy(spec.id)))[0])
    say(`run ${run}: bare kind ${times.bare.at(-1)?.toFixed(1)} s, environment ${times.cold.at(-1)?.toFixed(1)} s`)
  }
  return times
}

/** Stop, start, memory and resets, on one environment. */
async function measureOne(under: KindUnderTest, catalogue: Awaited<ReturnType<typeof loadCatalogue>>): Promise<Figure[]> {
  const spec = { ...specOf(freshId(), { workers }), images: under.settings.bakedImages }
  const environment: Environment = await under.engine.provision(spec)
  const resets = await resetTimes(environment, catalogue, Math.min(runs, RESETS_OF_EACH))
  say(`${resets.length} resets, the slowest ${Math.max(...resets).toFixed(1)} s`)
  const usage = await under.engine.usage(spec.id)
  const [stop] = await timed(() => under.engine.stop(spec.id))
  const [start] = await timed(() => under.engine.start(spec.id))
  await under.engine.destroy(spec.id)
  return [
    { name: 'reset of a task (median)', value: median(resets), unit: 's', goal: 5 },
    { name: 'memory of an environment', value: (usage.memoryBytes ?? Number.NaN) / 1e6, unit: 'MB', goal: null },
    { name: 'disk of an environment', value: (usage.diskBytes ?? Number.NaN) / 1e6, unit: 'MB', goal: null },
    { name: 'stop', value: stop, unit: 's', goal: null },
    { name: 'start of a stopped one', value: start, unit: 's', goal: null },
  ]
}

const work = await mkdtemp(join(tmpdir(), 'wheelhouse-bench-'))
const catalogue = await loadCatalogue({ root: contentRoot(), cacheDirectory: join(work, 'texts') })
const under = await kindUnderTest({ bakedImages: catalogue.images() })
try {
  const facts = await under.engine.cli.facts()
  const config = join(work, 'bare.yaml')
  await writeFile(config, bareConfig(facts.cgroupVersion))
  say(
    `docker ${facts.version}, cgroup v${facts.cgroupVersion}, ${facts.cpus} cores; one control plane, ${workers} workers; ${runs} runs`,
  )
  await under.engine.machineImage.ensure('v1.36')
  const times = await measureStarts(under, config)
  const handOvers = await handOverTimes(under.engine, { catalogue, dataDirectory: join(work, 'server'), rounds: runs })
  say(`hand-overs: ${handOvers.map((seconds) => seconds.toFixed(2)).join(', ')} s`)
  const figures: Figure[] = [
    { name: 'bare kind create cluster', value: median(times.bare), unit: 's', goal: null },
    { name: 'cold start of an environment', value: median(times.cold), unit: 's', goal: null },
    { name: 'cold ready ratio', value: median(times.cold) / median(times.bare), unit: 'x', goal: 1.2 },
    { name: 'warm hand-over, until a command ran on base', value: median(handOvers), unit: 's', goal: 1 },
    { name: "the engine's part of it", value: median(times.again), unit: 's', goal: null },
    { name: 'destroy', value: median(times.destroy), unit: 's', goal: null },
    ...(await measureOne(under, catalogue)),
  ]
  process.stdout.write(`${table(figures)}\n`)
  if (options.json) await writeFigures(options.json, figures)
} finally {
  await under.engine.close()
  await under.remove()
  await rm(work, { recursive: true, force: true })
}
