/** How long one learner waits for an answer while another, whose cluster runs in the same process, does his worst. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Figure } from '../../../bench/figures.js'
import { freshId, specOf } from '../../testing/specs.js'
import { ClusterHosts } from '../hosting/cluster-hosts.js'
import { BenchApi, percentile, timed } from './api.js'
import type { BadInput } from './bad-input.js'

const MEASURED_MS = 8_000
/** A learner asks now and then; often enough for a percentile. */
const PAUSE_MS = 10

const SAYINGS: Record<BadInput, string> = {
  replicas: '500 replicas come and go',
  bodies: 'bodies of 3 and 10 MB come, four at once',
  objects: '5,000 objects are listed, four times at once',
  watches: '500 watches follow every write',
  selectors: 'selectors of 800 values go over 5,000 objects',
  nesting: 'bodies of deep nesting come, four at once',
  expressions: 'regular expressions that explode are to be matched',
  rules: 'CEL rules run to the limit of their cost',
  shells: 'four containers compute without end',
}

export async function neighbour(directory: string, kind: BadInput): Promise<Figure> {
  const value = await whileAttacked(join(directory, `neighbour-${kind}`), kind)
  return { name: `get of a neighbour while ${SAYINGS[kind]}, p99`, value, unit: 'ms', goal: 50 }
}

/** @throws Error where the other got nothing asked: the figure would be worth nothing */
async function whileAttacked(directory: string, kind: BadInput): Promise<number> {
  const hosts = new ClusterHosts((where, error) => process.stderr.write(`${where}: ${error}\n`))
  const bring = async () => {
    const spec = { ...specOf(freshId(), { workers: 1 }), images: ['nginx:1.28', 'busybox:1.37'] }
    await mkdir(join(directory, spec.id), { recursive: true })
    return hosts.bring(join(directory, spec.id), spec)
  }
  const [busy, quiet] = [await bring(), await bring()]
  const kubeconfig = busy.views[0]?.graderKubeconfig
  const attacker = new Worker(new URL('./bad-input.js', import.meta.url), { workerData: { kind, kubeconfig } })
  let rounds = 0
  try {
    await new Promise<void>((resolve, reject) => {
      attacker.on('message', (word) => (word === 'ready' ? resolve() : rounds++))
      attacker.on('error', reject)
    })
    const api = new BenchApi(quiet.views[0]?.graderKubeconfig ?? '')
    const times: number[] = []
    const until = performance.now() + MEASURED_MS
    while (performance.now() < until) {
      times.push(await timed(() => api.ask('/api/v1/namespaces/default')))
      await later(PAUSE_MS)
    }
    api.close()
    if (rounds === 0) throw new Error(`nothing was asked in ${MEASURED_MS} ms: ${kind}`)
    process.stderr.write(`${kind}: ${rounds} rounds, ${times.length} answers\n`)
    return percentile(times, 0.99)
  } finally {
    await attacker.terminate()
    await hosts.close()
  }
}
