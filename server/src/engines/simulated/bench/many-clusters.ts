/** What many simulated clusters cost together. */
import { setTimeout as later } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Figure } from '../../../bench/figures.js'
import { prepareClusters } from '../live-clusters.js'
import { end, type Served, SHAPE, serve } from './one-cluster.js'

const IDLE_MS = 30_000
const PODS_EACH = 20

function memoryBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  return process.memoryUsage.rss()
}

async function serveMany(count: number): Promise<{ all: Served[]; bytesEach: number }> {
  await prepareClusters(SHAPE)
  // The first pays for what all share.
  const first = await serve()
  await first.cluster.started
  const before = memoryBytes()
  const all = [first]
  for (let index = 0; index < count; index++) {
    const served = await serve()
    await served.cluster.started
    all.push(served)
  }
  return { all, bytesEach: (memoryBytes() - before) / count }
}

/** Memory and idle work of `count` clusters in one process. */
export async function idle(count: number): Promise<Figure[]> {
  const { all, bytesEach } = await serveMany(count)
  const used = process.cpuUsage()
  await later(IDLE_MS)
  const { user, system } = process.cpuUsage(used)
  const share = ((user + system) / 1000 / IDLE_MS) * 100
  for (const served of all) await end(served)
  return [
    { name: `memory of an idle cluster, mean of ${count}`, value: bytesEach / 1e6, unit: 'MB', goal: 6 },
    { name: `${count} idle clusters, of one core`, value: share, unit: '%', goal: 5 },
  ]
}

/** Memory of `count` clusters in one process with 20 Pods in each that run. */
export async function learners(count: number): Promise<Figure[]> {
  const { all } = await serveMany(count)
  const started = performance.now()
  for (const { cluster } of all) {
    const client = cluster.client()
    for (let index = 0; index < PODS_EACH; index++)
      await client.create('Pod', {
        metadata: { name: `pod-${index}`, namespace: 'default' },
        spec: { containers: [{ name: 'main', image: 'nginx:1.28' }] },
      })
  }
  await untilRunning(all)
  const seconds = (performance.now() - started) / 1000
  const full = memoryBytes() / 2 ** 30
  for (const served of all) await end(served)
  return [
    { name: `memory of ${count} clusters with ${PODS_EACH} Pods each`, value: full, unit: 'GiB', goal: 4 },
    { name: `${count} times ${PODS_EACH} Pods, all at once, until all run`, value: seconds, unit: 's', goal: null },
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
