/** How long one learner waits for an answer while another, whose cluster runs in the same process, does his worst. */
import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Figure } from '../../../bench/figures.js'
import { freshId, specOf } from '../../testing/specs.js'
import { ClusterHosts } from '../hosting/cluster-hosts.js'
import { BenchApi, percentile, timed } from './api.js'
import { attackOf, type BadInput } from './bad-input.js'

/** Quiet and attacked times take turns, so that what else the computer does meanwhile is seen in both. */
const WINDOWS = 4
const QUIET_MS = 1_000
const ATTACKED_MS = 2_500
/** What was begun before it was told to rest. */
const SETTLE_MS = 500
/** A learner asks now and then; often enough for a percentile. */
const PAUSE_MS = 10
/** For the first round to end: what is asked for may have to rest. */
const MOST_SECONDS = 60

export async function neighbour(directory: string, kind: BadInput): Promise<Figure[]> {
  const { quiet, attacked } = await whileAttacked(join(directory, `neighbour-${kind}`), kind)
  const name = `get of a neighbour while ${attackOf(kind).saying}`
  return [
    { name: `${name}, p99`, value: percentile(took(attacked), 0.99), unit: 'ms', goal: 50 },
    { name: `${name}, the longest`, value: longest(took(attacked)), unit: 'ms', goal: null },
    {
      name: 'of it the process of the clusters computed, p99',
      value: percentile(computed(attacked), 0.99),
      unit: 'ms',
      goal: null,
    },
    { name: 'the same, the longest', value: longest(computed(attacked)), unit: 'ms', goal: null },
    { name: 'the get in the quiet moments between, p99', value: percentile(took(quiet), 0.99), unit: 'ms', goal: null },
  ]
}

interface Answer {
  tookMs: number
  /** Time of a core that the event loop of the clusters used meanwhile: what others do on the computer is not in it. */
  computedMs: number
}

const took = (answers: readonly Answer[]): number[] => answers.map(({ tookMs }) => tookMs)
const computed = (answers: readonly Answer[]): number[] => answers.map(({ computedMs }) => computedMs)
const longest = (values: readonly number[]): number => Math.max(...values)

/** Milliseconds of a core that the main thread of a process has used; NaN where there is no `/proc`. */
export function usedBy(pid: number | undefined): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6
  } catch {
    return Number.NaN
  }
}

interface Waits {
  quiet: Answer[]
  attacked: Answer[]
}

/** @throws Error where the other got nothing asked: the figure would be worth nothing */
async function whileAttacked(directory: string, kind: BadInput): Promise<Waits> {
  const hosts = new ClusterHosts((where, error) => process.stderr.write(`${where}: ${error}\n`))
  const bring = async () => {
    const spec = { ...specOf(freshId(), { workers: 1 }), images: ['nginx:1.28', 'busybox:1.37'] }
    await mkdir(join(directory, spec.id), { recursive: true })
    return hosts.bring(join(directory, spec.id), spec)
  }
  const [busy, neighbouring] = [await bring(), await bring()]
  const kubeconfig = busy.views[0]?.graderKubeconfig
  const attacker = new Worker(new URL('./bad-input.js', import.meta.url), { workerData: { kind, kubeconfig } })
  const api = new BenchApi(neighbouring.views[0]?.graderKubeconfig ?? '')
  try {
    return await waits({ attacker, kind, get: () => measured(api, hosts.pids[0]) })
  } finally {
    api.close()
    await attacker.terminate()
    await hosts.close()
  }
}

interface Asking {
  attacker: Worker
  kind: BadInput
  get: () => Promise<Answer>
}

async function waits({ attacker, kind, get }: Asking): Promise<Waits> {
  let rounds = 0
  await new Promise<void>((resolve, reject) => {
    attacker.on('message', (word) => (word === 'ready' ? resolve() : rounds++))
    attacker.on('error', reject)
  })
  const quiet: Answer[] = []
  const attacked: Answer[] = []
  for (let window = 0; window < WINDOWS; window++) {
    await later(SETTLE_MS)
    quiet.push(...(await answers(get, QUIET_MS)))
    attacker.postMessage('go')
    attacked.push(...(await answers(get, ATTACKED_MS)))
    attacker.postMessage('rest')
  }
  for (let seconds = 0; rounds === 0 && seconds < MOST_SECONDS; seconds++) await later(1000)
  if (rounds === 0) throw new Error(`nothing was asked: ${kind}`)
  process.stderr.write(`${kind}: ${rounds} rounds, ${attacked.length} answers\n`)
  return { quiet, attacked }
}

async function measured(api: BenchApi, pid: number | undefined): Promise<Answer> {
  const before = usedBy(pid)
  const tookMs = await timed(() => api.ask('/api/v1/namespaces/default'))
  return { tookMs, computedMs: usedBy(pid) - before }
}

async function answers(get: () => Promise<Answer>, forMs: number): Promise<Answer[]> {
  const got: Answer[] = []
  const until = performance.now() + forMs
  while (performance.now() < until) {
    got.push(await get())
    await later(PAUSE_MS)
  }
  return got
}
