/**
 * An engine for tests and browser journeys on a computer without Docker.
 *
 * Its machines are real shells of this computer in a private folder each; there is no cluster behind the kubeconfigs unless
 * `options.cluster` gives one. What it does not do: users (every command runs as the tests' own user), host names, absolute paths in
 * commands (a machine's home is `$HOME`; `putFile('/etc/x')` lands below the machine's folder), bounds.
 *
 * State rests in files, so a second FakeEngine on the same folder is what a restarted server finds.
 */
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CheckpointId, type EnvironmentId, environmentId, LabError, NEEDS } from '@wheelhouse/protocol'
import { writeFileByRename } from '../../hosts/local-files.js'
import { ThisComputer } from '../../hosts/this-computer.js'
import { openLocalKeeper, stopLocalKeeper } from '../../terminals/local-keeper/local-keeper.js'
import type {
  Checkpoint,
  ClusterSpec,
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
import { FakeCheckpoints } from './fake-checkpoints.js'
import { FakeEnvironment } from './fake-environment.js'

export const FAKE_STEPS = ['images', 'network', 'machines', 'control-plane', 'ready', 'workstation'] as const

export interface FakeEngineOptions {
  /** Called when a step begins; the step lasts until it resolves. A rejection fails the step. */
  duringStep?: (step: string, id: EnvironmentId, signal: AbortSignal | undefined) => Promise<void> | void
  /** The kubeconfigs of a cluster that a test brings. */
  cluster?: (spec: ClusterSpec, id: EnvironmentId) => { learnerKubeconfig: string; graderKubeconfig: string }
  /** Connects to the keeper of one machine; `folder` is its home. Without it the local keeper holds shells of this computer. */
  openKeeper?: (machine: { id: EnvironmentId; name: string; folder: string }) => KeeperChannel
  capabilities?: Partial<EngineCapabilities>
  status?: () => EngineStatus
  usage?: (id: EnvironmentId) => EnvironmentUsage
  /** Lets go of what whoever made the engine holds for it. */
  onClose?: () => Promise<void>
}

interface Saved {
  spec: EnvironmentSpec
  condition: 'building' | 'running' | 'stopped'
}

export class FakeEngine implements Engine {
  readonly name = 'fake'
  readonly #checkpoints: FakeCheckpoints

  /** @param folder  absolute, on this computer; everything that the engine makes lies below it */
  constructor(
    readonly folder: string,
    protected readonly options: FakeEngineOptions = {},
  ) {
    this.#checkpoints = new FakeCheckpoints(folder)
  }

  async status(): Promise<EngineStatus> {
    return this.options.status?.() ?? { available: true, version: 'fake 1.0' }
  }

  async capabilities(): Promise<EngineCapabilities> {
    return {
      kubernetesVersions: ['v1.36', 'v1.35'],
      mostNodes: 11,
      controlPlanes: [1, 3],
      offers: [...NEEDS],
      networkPolicy: false,
      checkpoints: false,
      stops: true,
      ...this.options.capabilities,
    }
  }

  async provision(spec: EnvironmentSpec, options: ProvisionOptions = {}): Promise<Environment> {
    refuseUnsupported(spec, await this.capabilities(), this.name)
    if ((await this.inspect(spec.id)) === 'running') {
      await this.#save(spec, 'running')
      return this.open(spec.id)
    }
    await this.destroy(spec.id)
    const steps = new StepReporter(options)
    try {
      steps.plan(FAKE_STEPS)
      await this.#save(spec, 'building')
      for (const step of FAKE_STEPS) await steps.run(step, async () => this.options.duringStep?.(step, spec.id, options.signal))
      for (const machine of machinesOf(spec)) await mkdir(this.#home(spec.id, machine.name), { recursive: true })
      if (spec.from) await this.#checkpoints.restore(spec, spec.from)
      await this.#save(spec, 'running')
    } catch (error) {
      if (!options.keepOnFailure) await this.destroy(spec.id)
      throw error
    }
    return this.open(spec.id)
  }

  async open(id: EnvironmentId): Promise<Environment> {
    const saved = await this.#load(id)
    if (saved?.condition !== 'running') throw new LabError('ENVIRONMENT_NOT_READY', { environment: id })
    const { spec } = saved
    return new FakeEnvironment({
      id,
      folder: join(this.folder, id),
      machines: machinesOf(spec),
      clusters: spec.clusters.map((cluster) => this.#cluster(spec, cluster)),
      host: new ThisComputer(this.folder),
      openKeeper: (name) => {
        const folder = this.#home(id, name)
        return (
          this.options.openKeeper?.({ id, name, folder }) ??
          openLocalKeeper({ directory: this.#keeper(id, name), shells: fakeShells(name, folder) })
        )
      },
    })
  }

  async inspect(id: EnvironmentId): Promise<EnvironmentCondition> {
    const saved = await this.#load(id)
    if (!saved) return 'absent'
    return saved.condition === 'building' ? { broken: 'its building was cut short' } : saved.condition
  }

  async stop(id: EnvironmentId): Promise<void> {
    const saved = await this.#load(id)
    if (!saved) return
    await this.#save(saved.spec, 'stopped')
    await this.#endShells(id, saved.spec)
  }

  async start(id: EnvironmentId): Promise<Environment> {
    const saved = await this.#load(id)
    if (!saved || saved.condition === 'building')
      throw new LabError('ENVIRONMENT_BROKEN', { environment: id, why: 'it is not there' })
    await this.#save(saved.spec, 'running')
    return this.open(id)
  }

  async checkpoint(id: EnvironmentId, note: unknown = null): Promise<CheckpointId> {
    return this.#checkpoints.take(await this.#withCheckpoints(id), note)
  }

  async restore(id: EnvironmentId, checkpoint: CheckpointId): Promise<void> {
    await this.#checkpoints.restore(await this.#withCheckpoints(id), { environment: id, checkpoint })
  }

  checkpoints = (id: EnvironmentId): Promise<Checkpoint[]> => this.#checkpoints.list(id)
  dropCheckpoint = (id: EnvironmentId, checkpoint: CheckpointId): Promise<void> => this.#checkpoints.drop(id, checkpoint)

  async #withCheckpoints(id: EnvironmentId): Promise<EnvironmentSpec> {
    if (!(await this.capabilities()).checkpoints)
      throw new LabError('ENGINE_UNSUPPORTED', { engine: this.name, what: 'checkpoints' })
    const saved = await this.#load(id)
    if (saved?.condition !== 'running') throw new LabError('ENVIRONMENT_NOT_READY', { environment: id })
    return saved.spec
  }

  async destroy(id: EnvironmentId): Promise<void> {
    const saved = await this.#load(id)
    if (saved) await this.#endShells(id, saved.spec)
    await rm(join(this.folder, id), { recursive: true, force: true })
  }

  async adopt(): Promise<EnvironmentId[]> {
    const names = await readdir(this.folder).catch(() => [])
    return names.map(environmentId)
  }

  async usage(id: EnvironmentId): Promise<EnvironmentUsage> {
    return this.options.usage?.(id) ?? { memoryBytes: null, diskBytes: null, cpuCores: null }
  }

  async collectLogs(id: EnvironmentId, directory: string): Promise<void> {
    await mkdir(directory, { recursive: true })
    await writeFile(join(directory, 'environment.json'), JSON.stringify((await this.#load(id)) ?? null))
  }

  async close(): Promise<void> {
    await this.options.onClose?.()
  }

  /** As a machine that stops ends what runs on it. */
  async #endShells(id: EnvironmentId, spec: EnvironmentSpec): Promise<void> {
    await Promise.all(machinesOf(spec).map((machine) => stopLocalKeeper(this.#keeper(id, machine.name))))
  }

  #keeper = (id: EnvironmentId, machine: string) => join(this.folder, id, machine, 'keeper')

  #home = (id: EnvironmentId, machine: string) => join(this.folder, id, machine, 'home/candidate')

  #save(spec: EnvironmentSpec, condition: Saved['condition']): Promise<void> {
    const saved: Saved = { spec, condition }
    return writeFileByRename(join(this.folder, spec.id, 'environment.json'), JSON.stringify(saved), 0o600)
  }

  async #load(id: EnvironmentId): Promise<Saved | undefined> {
    const text = await readFile(join(this.folder, id, 'environment.json'), 'utf8').catch(() => null)
    return text === null ? undefined : (JSON.parse(text) as Saved)
  }

  #cluster(spec: EnvironmentSpec, cluster: ClusterSpec) {
    return {
      name: cluster.name,
      kubernetes: cluster.kubernetes,
      nodes: machinesOf(spec)
        .filter((machine) => machine.cluster === cluster.name && machine.role !== 'bare')
        .map((machine) => machine.name),
      ...(this.options.cluster?.(cluster, spec.id) ?? {
        learnerKubeconfig: emptyKubeconfig('https://controlplane:6443'),
        graderKubeconfig: emptyKubeconfig('https://127.0.0.1:1'),
      }),
    }
  }
}

/** Shells that look like those of a real machine, whoever runs the tests. */
const fakeShells = (machine: string, home: string) => {
  const shell = existsSync('/bin/bash') ? (['/bin/bash', '--noprofile', '--norc'] as const) : (['/bin/sh'] as const)
  const shellOf = (user: string, sign: string) => ({
    argv: [...shell] as [string, ...string[]],
    cwd: home,
    env: { HOME: home, USER: user, PS1: `${user}@${machine}:\\w${sign} `, WHEELHOUSE_MACHINE: machine },
  })
  return { candidate: shellOf('candidate', '$'), root: shellOf('root', '#') }
}

const emptyKubeconfig = (server: string) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'kubernetes', cluster: { server } }],
    users: [{ name: 'kubernetes-admin', user: {} }],
    contexts: [{ name: 'kubernetes-admin@kubernetes', context: { cluster: 'kubernetes', user: 'kubernetes-admin' } }],
    'current-context': 'kubernetes-admin@kubernetes',
  })
