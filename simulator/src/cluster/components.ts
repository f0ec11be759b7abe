import type { Connections } from '../api/connections.js'
import type { SimulatedCluster } from './cluster.js'

export interface ComponentsOptions {
  cluster: SimulatedCluster
  signal: AbortSignal
  onError: (where: string, error: unknown) => void
}

/** What runs beside the API server: controllers, scheduler, kubelets. */
export class Components {
  constructor(readonly options: ComponentsOptions) {}
  get connections(): Connections {
    throw new Error('this cluster has no kubelets')
  }
  async start(): Promise<void> {}
  async close(): Promise<void> {}
}
