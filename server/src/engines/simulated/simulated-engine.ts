/**
 * The engine that needs no container engine: clusters simulated in processes beside the server, ready in well under a second, and a shell
 * of this computer as `base`, in a sandbox where one is to be had. What it cannot do (root on nodes, add-ons) it declares.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CheckpointId, type EnvironmentId, environmentId, LabError, message } from '@wheelhouse/protocol'
import type { ExecutionHost } from '../../hosts/execution-host.js'
import { openLocalKeeper, stopLocalKeeper } from '../../terminals/local-keeper/local-keeper.js'
import type {
  Checkpoint,
  Engine,
  EngineCapabilities,
  EngineStatus,
  Environment,
  EnvironmentCondition,
  EnvironmentSpec,
  EnvironmentUsage,
  KeeperChannel,
  ProvisionOptions,
} from '../engine.js'
import { machinesOf, refuseUnsupported } from '../machines.js'
import { StepReporter } from '../step-reporter.js'
import type { Base } from './base.js'
import { dropCheckpoint, listCheckpoints, restoreCheckpoint, seedFrom, takeCheckpoint, unpackSeed } from './checkpoints.js'
import { type FoundSandbox, findSandbox } from './find-sandbox.js'
import { FirstCommands } from './first-command.js'
import { folderSize } from './folder-size.js'
import { furnishHome } from './home.js'
import { ClusterHosts, type HostedClusters } from './hosting/cluster-hosts.js'
import { OpenBase } from './open-base.js'
import { MOST_PROCESSES, Sandbox, stopSandbox } from './sandbox.js'
import { processesOf } from './sandbox-processes.js'
import { type SandboxBounds, SandboxWatch } from './sandbox-watch.js'
import { loadSaved, type Saved, save } from './saved-environment.js'
import { SimulatedEnvironment } from './simulated-environment.js'

export const STEPS = ['machines', 'control-plane', 'workstation'] as const

/** A cluster with some Pods, and the shell and kubectl of its learner. */
const ENVIRONMENT_BYTES = 100_000_000

/** kubectl takes a tenth of it; helm, an editor and some pipes fit in beside. */
const MOST_MEMORY_BYTES = 1_000_000_000
/** Home, /tmp and the journal of its clusters. */
const MOST_DISK_BYTES = 2_000_000_000

/** Beside the folders of environments; no id begins with a dot. */
const KEEPERS = '.keepers'

export interface SimulatedEngineOptions {
  host: ExecutionHost
  /** Absolute; everything that the engine makes lies below it. */
  directory: string
  /** Finds kubectl. @throws LabError `TOOL_MISSING` */
  kubectl: () => Promise<string>
  /** Folders that no learner may see, such as the data directory. */
  hidden: string[]
  /** Of the programs in one sandbox together. */
  bounds?: SandboxBounds
  /** What keeps shells apart, or why nothing does; looks at this computer where absent. */
  findSandbox?: () => Promise<FoundSandbox | { missing: string }>
  onError?: (where: string, error: unknown) => void
}

interface Running {
  clusters: HostedClusters
  base: Base
  environment: Environment
}

export class SimulatedEngine implements Engine {
  readonly name = 'simulated'
  readonly #running = new Map<EnvironmentId, Promise<Running>>()
  readonly #hosts: ClusterHosts
  readonly #watch: SandboxWatch
  readonly #firstCommands: FirstCommands
  /** Held open so that the process which keeps shells is there before the first of them. */
  #keepers: KeeperChannel | undefined
  readonly #bounds: SandboxBounds
  #sandbox: Promise<FoundSandbox | { missing: string }> | undefined

  constructor(readonly options: SimulatedEngineOptions) {
    this.#hosts = new ClusterHosts((where, error) => options.onError?.(where, error))
    this.#firstCommands = new FirstCommands((error) => options.onError?.('first command', error))
    this.#bounds = options.bounds ?? { memoryBytes: MOST_MEMORY_BYTES, processes: MOST_PROCESSES }
    this.#watch = new SandboxWatch(this.#bounds, (what, error) => options.onError?.('sandbox', error ?? new Error(what)))
  }

  async status(): Promise<EngineStatus> {
    const sandbox = await this.#findSandbox()
    const without = 'missing' in sandbox
    if (process.platform === 'win32' && without)
      return { available: false, why: sandbox.missing, remedy: message('doctor.sandbox.remedy') }
    return { available: true, version: `Kubernetes v1.36.2${without ? ', without a sandbox' : ''}` }
  }

  /** Asked once: the shells of an environment stay where they are while the server runs. */
  #findSandbox(): Promise<FoundSandbox | { missing: string }> {
    this.#sandbox ??= this.options.findSandbox?.() ?? findSandbox(this.options.host)
    return this.#sandbox
  }

  async capabilities(): Promise<EngineCapabilities> {
    const sandbox = await this.#findSandbox()
    return {
      kubernetesVersions: ['v1.36'],
      mostNodes: 8,
      controlPlanes: [1, 3],
      offers: ['api', 'pods', 'network'],
      addons: ['metrics-server'],
      networkPolicy: true,
      checkpoints: true,
      stops: true,
      environmentBytes: ENVIRONMENT_BYTES,
      poolSize: 1,
      mostDiskBytes: MOST_DISK_BYTES,
      ...('missing' in sandbox
        ? { noSandbox: sandbox.missing }
        : { sandbox: { holder: sandbox.holder, bounds: sandbox.cgroups ? ('cgroups' as const) : ('watch' as const) } }),
    }
  }

  #directory = (id: EnvironmentId) => join(this.options.directory, id)

  async provision(spec: EnvironmentSpec, options: ProvisionOptions = {}): Promise<Environment> {
    refuseUnsupported(spec, await this.capabilities(), this.name)
    if ((await this.inspect(spec.id)) === 'running') return this.#again(spec)
    await this.destroy(spec.id)
    const steps = new StepReporter(options)
    try {
      steps.plan(STEPS)
      await save(this.#directory(spec.id), { spec, condition: 'building' })
      if (spec.from) await seedFrom(this.#directory(spec.from.environment), spec.from.checkpoint, this.#directory(spec.id))
      const running = await this.#build(spec, steps)
      await save(this.#directory(spec.id), { spec, condition: 'running' })
      this.#firstCommands.begin(running.environment)
      return running.environment
    } catch (error) {
      if (!options.keepOnFailure) await this.destroy(spec.id)
      throw error
    }
  }

  async #again(spec: EnvironmentSpec): Promise<Environment> {
    const running = await this.#ensure(spec.id)
    await running.clusters.addImages(spec.images)
    await save(this.#directory(spec.id), { spec, condition: 'running' })
    return running.environment
  }

  /** Builds what is missing of an environment: its `base`, its clusters from their saved state or anew, its home. */
  async #build(spec: EnvironmentSpec, steps?: StepReporter): Promise<Running> {
    const step = <T>(name: (typeof STEPS)[number], work: () => Promise<T>): Promise<T> => (steps ? steps.run(name, work) : work())
    const directory = this.#directory(spec.id)
    // Neither needs the other, so both are made at the same time.
    const making = this.#hosts.bring(directory, spec)
    making.catch(() => undefined)
    try {
      const base = await this.#base(spec)
      await step('machines', () => base.start())
      const clusters = await step('control-plane', async () => {
        const made = await making
        const enter = await base.enterNetwork()
        if (enter) await made.serveInside(enter)
        return made
      })
      const environment = await step('workstation', () => this.#furnish(spec, { base, clusters }))
      const running = { clusters, base, environment }
      this.#running.set(spec.id, Promise.resolve(running))
      this.#watch.add(base)
      return running
    } catch (error) {
      await making.then((made) => made.close()).catch(() => undefined)
      throw error
    }
  }

  async #base({ id, clusters }: EnvironmentSpec): Promise<Base> {
    const { host, hidden } = this.options
    const directory = this.#directory(id)
    const tools = { kubectl: await this.options.kubectl() }
    const sandbox = await this.#findSandbox()
    if ('missing' in sandbox) return new OpenBase({ directory, tools })
    const controlPlanes = machinesOf({ clusters }).filter(({ role }) => role === 'control-plane')
    const { holder, cgroups } = sandbox
    const cgroup = cgroups?.group(id)
    const parts = { host, holder, directory, tools, hosts: controlPlanes.map(({ name }) => name), hidden, bounds: this.#bounds }
    return new Sandbox({ ...parts, ...(cgroup ? { cgroup } : {}) })
  }

  async #furnish(spec: EnvironmentSpec, { base, clusters }: { base: Base; clusters: HostedClusters }): Promise<Environment> {
    const directory = this.#directory(spec.id)
    const views = clusters.views.map((cluster) => base.seen(cluster))
    await unpackSeed(directory, base)
    await furnishHome({ directory, base, host: this.options.host }, views)
    const enterBash = await base.enter('base')
    return new SimulatedEnvironment({
      id: spec.id,
      directory,
      machines: machinesOf(spec).map((machine) => (machine.role === 'base' ? machine : { ...machine, shell: false })),
      clusters: views,
      host: this.options.host,
      base,
      openKeeper: (machine) =>
        openLocalKeeper({ directory: this.#keeper(spec.id, machine), shells: shellsFor(enterBash), house: this.#house }),
    })
  }

  /** One process keeps the shells of all environments; it outlives the server while there are any. */
  get #house(): string {
    return join(this.options.directory, KEEPERS)
  }

  #keeper = (id: EnvironmentId, machine: string) => join(this.#directory(id), 'keepers', machine)

  /** The environment as it runs in this process; brought up where another process had it before. */
  #ensure(id: EnvironmentId): Promise<Running> {
    const present = this.#running.get(id)
    if (present) return present
    const starting = loadSaved(this.#directory(id)).then((saved) => {
      if (!saved) throw new LabError('ENVIRONMENT_NOT_READY', { environment: id })
      return this.#build(saved.spec)
    })
    this.#running.set(id, starting)
    starting.catch(() => this.#running.delete(id))
    return starting
  }

  async open(id: EnvironmentId): Promise<Environment> {
    if ((await this.inspect(id)) !== 'running') throw new LabError('ENVIRONMENT_NOT_READY', { environment: id })
    return (await this.#ensure(id)).environment
  }

  async inspect(id: EnvironmentId): Promise<EnvironmentCondition> {
    const saved = await loadSaved(this.#directory(id))
    if (!saved) return 'absent'
    return saved.condition === 'building' ? { broken: 'its building was cut short' } : saved.condition
  }

  async stop(id: EnvironmentId): Promise<void> {
    const saved = await loadSaved(this.#directory(id))
    if (!saved || saved.condition === 'stopped') return
    await this.#down(id, saved)
    await save(this.#directory(id), { ...saved, condition: 'stopped' })
  }

  /** Ends what runs of an environment; its files stay. */
  async #down(id: EnvironmentId, { spec }: Saved): Promise<void> {
    await this.#firstCommands.cancel(id)
    const running = await this.#running.get(id)?.catch(() => undefined)
    this.#running.delete(id)
    if (running) this.#watch.remove(running.base)
    await running?.clusters.close()
    await Promise.all(machinesOf(spec).map(({ name }) => stopLocalKeeper(this.#keeper(id, name))))
    // Also one that an earlier server had, where there is none now.
    await stopSandbox(this.#directory(id))
    const sandbox = await this.#findSandbox()
    const left = 'cgroups' in sandbox ? await sandbox.cgroups?.group(id).remove() : undefined
    for (const folder of left ?? []) this.options.onError?.('sandbox', new Error(`control group ${folder} could not be removed`))
  }

  async start(id: EnvironmentId): Promise<Environment> {
    const saved = await loadSaved(this.#directory(id))
    if (!saved || saved.condition === 'building')
      throw new LabError('ENVIRONMENT_BROKEN', { environment: id, why: 'it is not there' })
    const running = await this.#ensure(id)
    await save(this.#directory(id), { ...saved, condition: 'running' })
    return running.environment
  }

  async checkpoint(id: EnvironmentId, note: unknown = null): Promise<CheckpointId> {
    return takeCheckpoint({ directory: this.#directory(id), ...(await this.#ensure(id)) }, note)
  }

  checkpoints = (id: EnvironmentId): Promise<Checkpoint[]> => listCheckpoints(this.#directory(id))

  async restore(id: EnvironmentId, checkpoint: CheckpointId): Promise<void> {
    const { clusters, base, environment } = await this.#ensure(id)
    const directory = this.#directory(id)
    await restoreCheckpoint({ directory, clusters, base }, checkpoint)
    await furnishHome({ directory, base, host: this.options.host }, environment.clusters)
  }

  dropCheckpoint = (id: EnvironmentId, checkpoint: CheckpointId): Promise<void> => dropCheckpoint(this.#directory(id), checkpoint)

  async destroy(id: EnvironmentId): Promise<void> {
    const saved = await loadSaved(this.#directory(id))
    if (saved) await this.#down(id, saved)
    await new OpenBase({ directory: this.#directory(id), tools: {} }).remove()
    await rm(this.#directory(id), { recursive: true, force: true })
  }

  /** The processes of clusters and of shells, and what is found out once for all: who needs it hears of what is wrong. */
  warm(): void {
    this.#hosts.warm()
    this.#keepers ??= openLocalKeeper({ directory: this.#house })
    void Promise.allSettled([this.options.kubectl(), this.#findSandbox()])
  }

  async adopt(): Promise<EnvironmentId[]> {
    const names = await readdir(this.options.directory).catch(() => [])
    return names.filter((name) => name !== KEEPERS).map(environmentId)
  }

  /** What a learner's programs hold and have written; without a sandbox nobody can say which are theirs. Clusters share a process. */
  async usage(id: EnvironmentId): Promise<EnvironmentUsage> {
    const running = await this.#running.get(id)?.catch(() => undefined)
    const holder = (await running?.base.pid()) ?? null
    const processes = holder === null ? null : await processesOf(holder)
    return {
      memoryBytes: processes?.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0) ?? null,
      diskBytes: await folderSize(this.#directory(id)),
      cpuCores: null,
    }
  }

  async collectLogs(id: EnvironmentId, directory: string): Promise<void> {
    await mkdir(directory, { recursive: true })
    const saved = await loadSaved(this.#directory(id))
    await writeFile(join(directory, 'environment.json'), JSON.stringify(saved ?? null))
    const running = await this.#running.get(id)?.catch(() => undefined)
    for (const [name, events] of Object.entries((await running?.clusters.events()) ?? {}))
      await writeFile(join(directory, `events-${name}.json`), JSON.stringify(events, null, 2))
  }

  /** Resolves when nothing runs in an environment that nobody asked for. */
  settled = (): Promise<void> => this.#firstCommands.settled()

  async close(): Promise<void> {
    await this.#firstCommands.close()
    await Promise.allSettled(this.#running.values())
    this.#running.clear()
    this.#keepers?.close()
    this.#watch.close()
    await this.#hosts.close()
  }
}

const shellsFor = (enter: [string, ...string[]]) => {
  const plan = { argv: [...enter, 'bash', '-l'] as [string, ...string[]], cwd: '/' }
  return { candidate: plan, root: plan }
}
