/** One cluster for `wheelhouse cluster run`: no sandbox, no state on disk. */
import { createServer } from 'node:net'
import { listenHere } from '@wheelhouse/checkers/listen'
import { SimulatedCluster } from '@wheelhouse/simulator'
import type { ForegroundCluster } from '../../cli/cluster.js'

/** Resolves when the API server answers. */
export async function startCluster({ workers, port }: { workers: number; port: number }): Promise<ForegroundCluster> {
  const cluster = await SimulatedCluster.create({ shape: { controlPlanes: 1, workers } })
  await cluster.started
  const listener = createServer({ allowHalfOpen: true, noDelay: true })
  const listening = await listenHere(listener, { port })
  await cluster.serve(listener)
  const close = async () => {
    listener.close()
    await cluster.close()
  }
  // Timers of the cluster let the process end; its listener keeps it.
  return { kubeconfig: await cluster.kubeconfig(`https://127.0.0.1:${listening}`), close }
}
