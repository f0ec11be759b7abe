/** The clusters of one environment while they run in this process: their listeners, and their state on its way to the disk. */
import type { Server } from 'node:net'
import { SimulatedCluster } from '@wheelhouse/simulator'
import type { Cluster, ClusterSpec, EnvironmentSpec } from '../engine.js'
import { Journal, readJournal } from './journal.js'

const API_PORT = 6443

const GRADER = { name: 'wheelhouse-grader', groups: ['system:masters'] }

interface Live {
  spec: ClusterSpec
  cluster: SimulatedCluster
  view: Cluster
  inside: Server | null
  journal: Journal
}

export interface LiveOptions {
  directory: string
  spec: EnvironmentSpec
  /** Opens a port inside the learner's sandbox for the API server; resolves to null where another server of ours serves it. */
  openInside: ((port: number) => Promise<Server | null>) | null
  onError: (where: string, error: unknown) => void
}

export class LiveClusters {
  readonly #live: Live[] = []
  private constructor(readonly options: LiveOptions) {}

  static async start(options: LiveOptions): Promise<LiveClusters> {
    const clusters = new LiveClusters(options)
    for (const [index, spec] of options.spec.clusters.entries()) await clusters.#start(spec, index)
    return clusters
  }

  async #start(spec: ClusterSpec, index: number): Promise<void> {
    const { openInside } = this.options
    const insidePort = API_PORT + index
    // Opening it starts a process: the cluster is made meanwhile.
    const opening = openInside?.(insidePort) ?? null
    const { cluster, journal } = await this.#bring(spec)
    const { port } = await cluster.listen()
    const inside = await opening
    if (inside) (await cluster.listener()).serve(inside)
    const learner = openInside ? `https://controlplane:${insidePort}` : `https://127.0.0.1:${port}`
    const view: Cluster = {
      name: spec.name,
      kubernetes: spec.kubernetes,
      nodes: cluster.nodes.map((node) => node.name),
      learnerKubeconfig: await cluster.kubeconfig(learner),
      graderKubeconfig: await cluster.kubeconfig(`https://127.0.0.1:${port}`, GRADER),
    }
    this.#live.push({ spec, cluster, view, inside, journal })
  }

  async #bring({ name, controlPlanes, workers }: ClusterSpec): Promise<{ cluster: SimulatedCluster; journal: Journal }> {
    const { directory, onError } = this.options
    const from = await readJournal(directory, name)
    const shape = { controlPlanes, workers }
    const cluster = await SimulatedCluster.create({ shape, images: this.options.spec.images, onError, ...(from ? { from } : {}) })
    const journal = await Journal.start(directory, name, cluster, { onError: (error) => onError('journal', error) })
    await cluster.started
    return { cluster, journal }
  }

  get views(): Cluster[] {
    return this.#live.map(({ view }) => view)
  }
  all(): { name: string; cluster: SimulatedCluster }[] {
    return this.#live.map(({ spec, cluster }) => ({ name: spec.name, cluster }))
  }

  addImages(images: string[]): void {
    for (const { cluster } of this.#live) for (const image of images) cluster.addImage(image)
  }

  async close(): Promise<void> {
    for (const { cluster, inside, journal } of this.#live) {
      // Its socket lies in another network namespace and would keep this process.
      inside?.close()
      await cluster.close()
      await journal.close()
    }
  }
}
