/** One cluster for `wheelhouse cluster run`: no sandbox, no state on disk. */
import { SimulatedCluster } from '@wheelhouse/simulator'
import type { ForegroundCluster } from '../../cli/cluster.js'

/** Resolves when the API server answers. */
export async function startCluster({ workers, port }: { workers: number; port: number }): Promise<ForegroundCluster> {
  const cluster = await SimulatedCluster.create({ shape: { controlPlanes: 1, workers } })
  await cluster.started
  const { port: listening } = await cluster.listen(port)
  // Timers of the cluster let the process end; its listener keeps it.
  return { kubeconfig: await cluster.kubeconfig(`https://127.0.0.1:${listening}`), close: () => cluster.close() }
}
