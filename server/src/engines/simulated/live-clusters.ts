/** The clusters of one environment while they run in this process: their listeners, and their state on its way to the disk. */
import type { Server } from 'node:net'
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
  inside: Server | null
  savedRevision: number
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
    const { directory, onError, openInside } = this.options
    const from = await loadCluster(directory, spec.name)
    const shape = { controlPlanes: spec.controlPlanes, workers: spec.workers }
    const cluster = await SimulatedCluster.create({ shape, images: this.options.spec.images, onError, ...(from ? { from } : {}) })
    await cluster.started
    const { port } = await cluster.listen()
    const insidePort = API_PORT + index
    const inside = (await openInside?.(insidePort)) ?? null
    if (inside) (await cluster.listener()).serve(inside)
    const learner = openInside ? `https://controlplane:${insidePort}` : `https://127.0.0.1:${port}`
    const view: Cluster = {
      name: spec.name,
      kubernetes: spec.kubernetes,
      nodes: cluster.nodes.map((node) => node.name),
      learnerKubeconfig: await cluster.kubeconfig(learner),
      graderKubeconfig: await cluster.kubeconfig(`https://127.0.0.1:${port}`, GRADER),
    }
    this.#live.push({ spec, cluster, view, inside, savedRevision: 0 })
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
    for (const { cluster, inside } of this.#live) {
      // Its socket lies in another network namespace and would keep this process.
      inside?.close()
      await cluster.close()
    }
  }
}
