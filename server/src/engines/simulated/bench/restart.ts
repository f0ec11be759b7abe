/** How soon a server that starts again has all its clusters back. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Figure } from '../../../bench/figures.js'
import { freshId, specOf } from '../../testing/specs.js'
import { ClusterHosts, type HostedClusters } from '../hosting/cluster-hosts.js'
import { BenchApi, timed } from './api.js'

/** A server with `count` environments starts again: until the API server of every cluster answers. */
export async function restart(directory: string, count: number): Promise<Figure[]> {
  const onError = (where: string, error: unknown) => process.stderr.write(`${where}: ${error}\n`)
  const specs = Array.from({ length: count }, () => specOf(freshId(), { workers: 1 }))
  const first = new ClusterHosts(onError)
  for (const spec of specs) {
    await mkdir(join(directory, spec.id), { recursive: true })
    await first.bring(join(directory, spec.id), spec)
  }
  await first.close()
  const second = new ClusterHosts(onError)
  const answers = async (spec: (typeof specs)[number]) => answer(await second.bring(join(directory, spec.id), spec))
  const ms = await timed(() => Promise.all(specs.map(answers)))
  await second.close()
  return [{ name: `clusters of ${count} environments back after a restart`, value: ms / 1000, unit: 's', goal: 10 }]
}

async function answer({ views }: HostedClusters): Promise<void> {
  const api = new BenchApi(views[0]?.graderKubeconfig ?? '')
  await api.ask('/api/v1/namespaces/default')
  api.close()
}
