/** The clusters of one environment while they run in this process: their listeners, and their state on its way to the disk. */
import { SimulatedCluster } from '@wheelhouse/simulator'
import type { Cluster, ClusterSpec, EnvironmentSpec } from '../engine.js'
import { loadCluster, saveCluster } from './saved-environment.js'

/** A change is on the disk this soon. */
const SAVE_WITHIN_MS = 1000
const API_PORT = 6443

const GRADER = { name: 'wheelhouse-grader', groups: ['system:masters'] }

interface Live {
  spec: ClusterSpec
  cluster: SimulatedCluster
  view: Cluster
  savedRevision: number
}

export interface LiveOptions {
  directory: string
  spec: EnvironmentSpec
  /** Offers the API server inside the learner's sandbox; null where there is none. */
  serveInside: ((cluster: SimulatedCluster, port: number) => Promise<void>) | null
  onError: (where: string, error: unknown) => void
}

export class LiveClusters {
  readonly #live: Live[] = []
  #timer: NodeJS.Timeout | undefined
  private constructor(readonly options: LiveOptions) {}

  static async start(options: LiveOptions): Promise<LiveClusters> {
    const clusters = new LiveClusters(options)
    for (const [index, spec] of options.spec.clusters.entries()) await clusters.#start(spec, index)
    await clusters.save()
    clusters.#timer = setInterval(() => void clusters.save().catch((error) => options.onError('save', error)), SAVE_WITHIN_MS)
    clusters.#timer.unref()
    return clusters
  }

  async #start(spec: ClusterSpec, index: number): Promise<void> {
    const { directory, onError, serveInside } = this.options
    const from = await loadCluster(directory, spec.name)
    const shape = { controlPlanes: spec.controlPlanes, workers: spec.workers }
    const cluster = await SimulatedCluster.create({ shape, images: this.options.spec.images, onError, ...(from ? { from } : {}) })
    await cluster.started
    const { port } = await cluster.listen()
    const inside = API_PORT + index
    await serveInside?.(cluster, inside)
    const learner = serveInside ? `https://controlplane:${inside}` : `https://127.0.0.1:${port}`
    const view: Cluster = {
      name: spec.name,
      kubernetes: spec.kubernetes,
      nodes: cluster.nodes.map((node) => node.name),
      learnerKubeconfig: await cluster.kubeconfig(learner),
      graderKubeconfig: await cluster.kubeconfig(`https://127.0.0.1:${port}`, GRADER),
    }
    this.#live.push({ spec, cluster, view, savedRevision: 0 })
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

  /** Writes what has changed since the last time. */
  async save(): Promise<void> {
    for (const live of this.#live) {
      const { revision } = live.cluster.store
      if (revision === live.savedRevision) continue
      live.savedRevision = revision
      await saveCluster(this.options.directory, live.spec.name, live.cluster.save())
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.save()
    for (const { cluster } of this.#live) await cluster.close()
  }
}
