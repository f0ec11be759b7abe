/** The clusters of one environment while they run in this process: their listeners, and their state on its way to the disk. */
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { listenHere } from '@wheelhouse/checkers/listen'
import { ADMINISTRATOR, SimulatedCluster } from '@wheelhouse/simulator'
import type { Cluster, ClusterSpec, EnvironmentSpec } from '../engine.js'
import { listenInside } from './inside-listener.js'
import { Journal, readJournal, writeSnapshot } from './journal.js'
import { nameNodes, ServiceSockets } from './service-sockets.js'

const API_PORT = 6443
/** Of one sandbox to one API server: each takes a descriptor of the process that dozens of clusters share. */
const MOST_CLIENTS_INSIDE = 256

const GRADER = { name: 'wheelhouse-grader', groups: ['system:masters'] }
const USERS = [ADMINISTRATOR, GRADER]

/** Makes ready what clusters of the shape begin with: their state once they have come up, and keys. Costs something the first time only. */
export const prepareClusters = ({ controlPlanes, workers }: Pick<ClusterSpec, 'controlPlanes' | 'workers'>): Promise<void> =>
  SimulatedCluster.prepare({ controlPlanes, workers }, USERS)

interface Live {
  spec: ClusterSpec
  cluster: SimulatedCluster
  view: Cluster
  port: number
  outside: Server
  inside: Server | null
  sockets?: ServiceSockets
  journal: Journal
}

export interface LiveOptions {
  directory: string
  spec: EnvironmentSpec
  /** Where the API servers listen on this computer's loopback; any free port where absent. */
  ports?: number[]
  /** How such a port is tried before it is used. */
  dial?: (port: number) => Socket
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
    const { cluster, journal } = await this.#bring(spec)
    const outside = createServer({ allowHalfOpen: true, noDelay: true })
    const port = await listenHere(outside, { port: this.options.ports?.[index], dial: this.options.dial })
    await cluster.serve(outside)
    const view: Cluster = {
      name: spec.name,
      kubernetes: spec.kubernetes,
      nodes: cluster.nodes.map((node) => node.name),
      learnerKubeconfig: await cluster.kubeconfig(`https://controlplane:${API_PORT + index}`),
      graderKubeconfig: await cluster.kubeconfig(`https://127.0.0.1:${port}`, GRADER),
    }
    this.#live.push({ spec, cluster, view, port, outside, inside: null, journal })
  }

  async #bring({ name, controlPlanes, workers }: ClusterSpec): Promise<{ cluster: SimulatedCluster; journal: Journal }> {
    const { directory, onError } = this.options
    const from = await readJournal(directory, name)
    const shape = { controlPlanes, workers }
    const options = { shape, images: this.options.spec.images, keep: USERS, onError }
    const cluster = await SimulatedCluster.create({ ...options, ...(from ? { from } : {}) })
    const journal = await Journal.start(directory, name, cluster, { onError: (error) => onError('journal', error), from })
    // What has nodes answers at once, and what needs a kubelet waits for it there.
    if (!cluster.hasNodes) await cluster.started
    return { cluster, journal }
  }

  /** Offers the API servers inside the learner's sandbox. @param enter words that run a program in the sandbox's network */
  async serveInside(enter: readonly [string, ...string[]]): Promise<void> {
    for (const [index, live] of this.#live.entries()) {
      // Null where another server of this installation serves it.
      live.inside = await listenInside(enter, API_PORT + index)
      if (!live.inside) continue
      live.inside.maxConnections = MOST_CLIENTS_INSIDE
      await live.cluster.serve(live.inside)
      void this.#offerServices(live, enter).catch((error) => this.options.onError('sockets of Services', error))
    }
  }

  /** Afterwards, so that nobody waits for it. */
  async #offerServices(live: Live, enter: readonly [string, ...string[]]): Promise<void> {
    const { cluster } = live
    const [first] = cluster.nodes
    const onError = this.options.onError
    const sockets = new ServiceSockets({ enter, network: cluster.fabric, controlPlane: first?.address ?? '', onError })
    live.sockets = sockets
    await nameNodes(join(this.options.directory, 'hosts'), cluster.nodes)
    await sockets.start()
  }

  get views(): Cluster[] {
    return this.#live.map(({ view }) => view)
  }
  get ports(): number[] {
    return this.#live.map(({ port }) => port)
  }

  addImages(images: string[]): void {
    for (const { cluster } of this.#live) for (const image of images) cluster.addImage(image)
  }

  /** Writes each cluster as a snapshot, from which another can begin too. */
  async checkpoint(folder: string): Promise<void> {
    for (const { spec, cluster } of this.#live) await writeSnapshot(folder, spec.name, cluster.save())
  }

  /** @throws Error where a cluster is not in the folder; then none has changed */
  async restore(folder: string): Promise<void> {
    const states = await Promise.all(this.#live.map(({ spec }) => readJournal(folder, spec.name)))
    if (states.includes(undefined)) throw new Error(`not every cluster is in ${folder}`)
    for (const [index, { cluster }] of this.#live.entries()) {
      const state = states[index]
      if (state) cluster.restore(state.objects)
    }
  }

  /** Every Event of each cluster, for who wants to know why something failed. */
  async events(): Promise<Record<string, unknown[]>> {
    const entries = this.#live.map(
      async ({ spec, cluster }) => [spec.name, (await cluster.client().list('Event')).items] as const,
    )
    return Object.fromEntries(await Promise.all(entries))
  }

  async close(): Promise<void> {
    for (const { cluster, outside, inside, journal, sockets } of this.#live) {
      outside.close()
      // Its socket lies in another network namespace and would keep this process.
      inside?.close()
      await sockets?.close()
      await cluster.close()
      await journal.close()
    }
  }
}
