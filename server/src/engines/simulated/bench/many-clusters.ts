/** What many simulated clusters cost together. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Figure } from '../../../bench/figures.js'
import { freshId, specOf } from '../../testing/specs.js'
import { ClusterHosts } from '../hosting/cluster-hosts.js'
import { timed } from './api.js'
import { end, type Served, serve } from './one-cluster.js'

const IDLE_MS = 30_000
const PODS_EACH = 20

function memoryBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  return process.memoryUsage.rss()
}

/** Memory and idle work of `count` clusters in one process, then the memory with 20 Pods in each. */
export async function together(count: number): Promise<Figure[]> {
  // The first pays for what all share.
  const first = await serve()
  await first.cluster.started
  const before = memoryBytes()
  const all: Served[] = []
  for (let index = 0; index < count; index++) {
    const served = await serve()
    await served.cluster.started
    all.push(served)
  }
  const each = (memoryBytes() - before) / count / 1e6
  const used = process.cpuUsage()
  await later(IDLE_MS)
  const { user, system } = process.cpuUsage(used)
  const idle = ((user + system) / 1000 / IDLE_MS) * 100
  for (const { cluster } of all) {
    const client = cluster.client()
    for (let index = 0; index < PODS_EACH; index++)
      await client.create('Pod', {
        metadata: { name: `pod-${index}`, namespace: 'default' },
        spec: { containers: [{ name: 'main', image: 'nginx:1.28' }] },
      })
  }
  await untilRunning(all)
  const full = memoryBytes() / 2 ** 30
  for (const served of [first, ...all]) await end(served)
  return [
    { name: `memory of an idle cluster, mean of ${count}`, value: each, unit: 'MB', goal: 6 },
    { name: `${count} idle clusters, of one core`, value: idle, unit: '%', goal: 5 },
    { name: `memory of ${count} clusters with ${PODS_EACH} Pods each`, value: full, unit: 'GiB', goal: 4 },
  ]
}

async function untilRunning(all: Served[]): Promise<void> {
  for (const { cluster } of all) {
    for (;;) {
      const { items } = await cluster.client().list('Pod', { namespace: 'default' })
      if (items.filter((pod) => pod.status?.phase === 'Running').length >= PODS_EACH) break
      await later(20)
    }
  }
}

/** A server with `count` environments starts again: until the clusters of all answer. */
export async function restart(directory: string, count: number): Promise<Figure> {
  const onError = (where: string, error: unknown) => process.stderr.write(`${where}: ${error}\n`)
  const specs = Array.from({ length: count }, () => specOf(freshId(), { workers: 1 }))
  const first = new ClusterHosts(onError)
  for (const spec of specs) {
    await mkdir(join(directory, spec.id), { recursive: true })
    await first.bring(join(directory, spec.id), spec)
  }
  await first.close()
  const second = new ClusterHosts(onError)
  const ms = await timed(() => Promise.all(specs.map((spec) => second.bring(join(directory, spec.id), spec))))
  await second.close()
  return { name: `clusters of ${count} environments back after a restart`, value: ms / 1000, unit: 's', goal: 10 }
}
