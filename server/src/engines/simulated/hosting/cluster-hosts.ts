/** Where the clusters of environments run: a few processes, each with many of them, none of them the server's. */
import { availableParallelism } from 'node:os'
import type { Cluster, EnvironmentSpec } from '../../engine.js'
import { ClusterProcess } from './cluster-process.js'
import type { CallName, Calls } from './messages.js'

/** A further process costs some 60 MB: worth it where one has this many environments and a core is left. */
const ENVIRONMENTS_TO_START_ANOTHER = 16

interface Hosted {
  process: ClusterProcess
  directory: string
  spec: EnvironmentSpec
  ports: number[]
  enter: [string, ...string[]] | undefined
}

export class ClusterHosts {
  readonly #processes: ClusterProcess[] = []
  readonly #hosted = new Map<string, Hosted>()
  #closing = false
  constructor(readonly onError: (where: string, error: unknown) => void) {}

  /** Starts the first process before anybody waits for it. */
  warm(): void {
    this.#leastBusy()
  }

  /** The processes that run now. */
  get pids(): number[] {
    return this.#processes.flatMap(({ pid }) => pid ?? [])
  }

  /** Makes the clusters of an environment, or brings them back from its folder. */
  async bring(directory: string, spec: EnvironmentSpec): Promise<HostedClusters> {
    const present = this.#hosted.get(spec.id)
    const hosted = present ?? { process: this.#leastBusy(), directory, spec, ports: [], enter: undefined }
    this.#hosted.set(spec.id, hosted)
    hosted.process.environments.add(spec.id)
    try {
      const { views, ports } = await hosted.process.call('bring', spec.id, { directory, spec, ports: hosted.ports })
      hosted.ports = ports
      return new HostedClusters(this, spec.id, views)
    } catch (error) {
      this.#forget(spec.id)
      throw error
    }
  }

  async serveInside(environment: string, enter: [string, ...string[]]): Promise<void> {
    await this.call('serveInside', environment, { enter })
    const hosted = this.#hosted.get(environment)
    if (hosted) hosted.enter = enter
  }

  call<K extends CallName>(call: K, environment: string, parameters: Calls[K]['with']): Promise<Calls[K]['gives']> {
    const hosted = this.#hosted.get(environment)
    if (!hosted) return Promise.reject(new Error(`the clusters of ${environment} do not run`))
    return hosted.process.call(call, environment, parameters)
  }

  async end(environment: string): Promise<void> {
    if (!this.#hosted.has(environment)) return
    // One that has just been lost has nothing to close.
    await this.call('close', environment, {}).catch((error) => this.onError('close', error))
    this.#forget(environment)
  }

  async close(): Promise<void> {
    this.#closing = true
    await Promise.all([...this.#hosted.keys()].map((environment) => this.end(environment)))
    await Promise.all(this.#processes.splice(0).map((process) => process.close()))
    this.#closing = false
  }

  #forget(environment: string): void {
    this.#hosted.get(environment)?.process.environments.delete(environment)
    this.#hosted.delete(environment)
  }

  #leastBusy(): ClusterProcess {
    const [least] = [...this.#processes].sort((a, b) => a.environments.size - b.environments.size)
    const isEnough =
      least && (least.environments.size < ENVIRONMENTS_TO_START_ANOTHER || this.#processes.length >= availableParallelism())
    return isEnough ? least : this.#another()
  }

  #another(): ClusterProcess {
    const process: ClusterProcess = new ClusterProcess({
      onError: this.onError,
      onLost: (why) => void this.#bringBack(process, why),
    })
    this.#processes.push(process)
    return process
  }

  /** A process was lost: its clusters go on in another from what the disk has, on the same ports, so that nobody's kubeconfig changes. */
  async #bringBack(lost: ClusterProcess, why: string): Promise<void> {
    this.#processes.splice(this.#processes.indexOf(lost), 1)
    this.onError('cluster process', new Error(why))
    if (this.#closing) return
    const affected = [...this.#hosted].filter(([, { process }]) => process === lost)
    for (const [environment, hosted] of affected) hosted.process = this.#withRoom(environment)
    for (const [environment, { directory, spec, enter }] of affected) {
      try {
        await this.bring(directory, spec)
        if (enter) await this.serveInside(environment, enter)
      } catch (error) {
        this.onError(`bringing back ${environment}`, error)
      }
    }
  }

  #withRoom(environment: string): ClusterProcess {
    const process = this.#leastBusy()
    process.environments.add(environment)
    return process
  }
}

/** The clusters of one environment, wherever they run. */
export class HostedClusters {
  constructor(
    readonly hosts: ClusterHosts,
    readonly environment: string,
    readonly views: Cluster[],
  ) {}

  serveInside = (enter: [string, ...string[]]): Promise<void> => this.hosts.serveInside(this.environment, enter)
  addImages = (images: string[]): Promise<undefined> => this.hosts.call('addImages', this.environment, { images })
  checkpoint = (folder: string): Promise<undefined> => this.hosts.call('checkpoint', this.environment, { folder })
  restore = (folder: string): Promise<undefined> => this.hosts.call('restore', this.environment, { folder })
  events = (): Promise<Record<string, unknown[]>> => this.hosts.call('events', this.environment, {})
  close = (): Promise<void> => this.hosts.end(this.environment)
}
