/** What environments are compared with: kind alone, with the upstream node image, as anybody would run it. */
import { writeFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import type { KindUnderTest } from '../engines/kind/testing.js'
import { timed } from './timed.js'

const TIMEOUT_MS = 10 * 60_000

/** Seconds from the command to its end: `kind create cluster --image IMAGE --config FILE --wait 5m`. The cluster is deleted again. */
export async function bareCluster({ host, engine }: KindUnderTest, config: string): Promise<number> {
  const image = Object.values(engine.settings.nodeImages)[0] ?? ''
  const kind = (...args: string[]) => {
    const argv = ['kind', ...args, '--name', `whbench${process.pid}`, '--kubeconfig', `${config}.kubeconfig`] as const
    return host.run({ argv: argv as unknown as [string, ...string[]], timeoutMs: TIMEOUT_MS })
  }
  const [seconds, { exitCode, stderr }] = await timed(() =>
    kind('create', 'cluster', '--image', image, '--config', config, '--wait', '5m'),
  )
  await kind('delete', 'cluster')
  if (exitCode !== 0) throw new Error(`kind create cluster failed:\n${stderr}`)
  return seconds
}

/** The same shape as the environment's, and what a host with cgroup v1 needs. */
export async function writeBareConfig(file: string, { workers, cgroupVersion }: { workers: number; cgroupVersion: 1 | 2 }) {
  const kubelet = stringify({ kind: 'KubeletConfiguration', failCgroupV1: false })
  const config = {
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    nodes: [{ role: 'control-plane' }, ...Array.from({ length: workers }, () => ({ role: 'worker' }))],
    ...(cgroupVersion === 1 ? { kubeadmConfigPatches: [kubelet] } : {}),
  }
  await writeFile(file, stringify(config))
}
