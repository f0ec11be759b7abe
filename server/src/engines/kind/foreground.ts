/** One kind cluster for `wheelhouse cluster run`: an environment of this installation that ends with its command. */
import { environmentId } from '@wheelhouse/protocol'
import { parse, stringify } from 'yaml'
import type { ForegroundCluster } from '../../cli/cluster.js'
import { openDataDirectory } from '../../config/data-directory.js'
import type { Config } from '../../config/schema.js'
import { newId } from '../../store/ids.js'
import type { Cluster } from '../engine.js'
import { makeKindEngine } from './make.js'

export interface ForegroundOptions {
  config: Config
  dataDirectory: string
  workers: number
  signal: AbortSignal
}

interface Kubeconfig {
  clusters: { cluster: Record<string, unknown> }[]
}

/** It bears the installation's id, so that `wheelhouse clean` finds what a killed command left. @throws LabError as `Engine.provision` */
export async function startKindCluster({
  config,
  dataDirectory,
  workers,
  signal,
}: ForegroundOptions): Promise<ForegroundCluster> {
  const engine = makeKindEngine({ config, data: openDataDirectory(dataDirectory), images: () => [] })
  const id = environmentId(newId())
  const [kubernetes = ''] = (await engine.capabilities()).kubernetesVersions
  const spec = { name: 'main', kubernetes, controlPlanes: 1 as const, workers, bareNodes: 0, cni: 'default' as const, addons: [] }
  try {
    const { clusters } = await engine.provision({ id, clusters: [spec], images: [] }, { signal, onStep: sayStep })
    const [cluster] = clusters
    if (!cluster) throw new Error('the engine made no cluster')
    const close = async () => {
      await engine.destroy(id)
      await engine.close()
    }
    return { kubeconfig: administratorOf(cluster), close }
  } catch (error) {
    await engine.close()
    throw error
  }
}

/** The steps take a minute: somebody who waits sees them, standard output stays one line. */
function sayStep(event: { type: string; step?: string }): void {
  if (event.type === 'started') process.stderr.write(`${event.step} ...\n`)
}

/** The administrator of kubeadm, at the address by which this computer reaches the API server. */
export function administratorOf({
  learnerKubeconfig,
  graderKubeconfig,
}: Pick<Cluster, 'learnerKubeconfig' | 'graderKubeconfig'>): string {
  const [administrator, reached] = [parse(learnerKubeconfig), parse(graderKubeconfig)] as [Kubeconfig, Kubeconfig]
  const clusters = administrator.clusters.map((entry, index) => ({ ...entry, cluster: { ...reached.clusters[index]?.cluster } }))
  return stringify({ ...administrator, clusters })
}
