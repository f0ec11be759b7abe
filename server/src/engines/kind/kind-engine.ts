/** Environments on kind: real clusters in containers, one network and one `base` each. */
import {
  ADDONS,
  type CheckpointId,
  type DoctorFinding,
  type EnvironmentId,
  LabError,
  message,
  type Need,
} from '@wheelhouse/protocol'
import type { ExecutionHost } from '../../hosts/execution-host.js'
import type { Tools } from '../../tools/tools.js'
import type {
  Cluster,
  Engine,
  EngineCapabilities,
  EngineStatus,
  Environment,
  EnvironmentCondition,
  EnvironmentSpec,
  EnvironmentUsage,
  ProvisionOptions,
} from '../engine.js'
import { machinesOf, refuseUnsupported } from '../machines.js'
import { StepReporter } from '../step-reporter.js'
import { ALL_ADDON_IMAGES } from './addons.js'
import { conditionOf, missingOf } from './condition.js'
import { ContainerCli, type FoundContainer } from './container-cli.js'
import { kindFindings } from './findings.js'
import { ImageLoader } from './image-loader.js'
import { Images } from './images.js'
import { KindEnvironment } from './kind-environment.js'
import { graderFor } from './kubeconfigs.js'
import { ofEnvironment } from './labels.js'
import { collectLogs } from './logs.js'
import { MachineImage } from './machine-image.js'
import { applyRules, guardRules, removeNetworks, unguardRules } from './network.js'
import { OpenedPorts } from './opened-ports.js'
import { handled, type ProvisionParts } from './provision-parts.js'
import { LOAD_BALANCER_IMAGE, PROVISION_STEPS, provisionEnvironment } from './provisioner.js'
import { type EnvironmentRecord, Records } from './record.js'
import { removeContainers, removeVolumes } from './remove-containers.js'
import type { KindSettings } from './settings.js'
import { standingOf, startEnvironment, stopEnvironment } from './start-stop.js'
import { UsageReader } from './usage.js'

const OFFERS: Need[] = ['api', 'pods', 'network', 'nodes', 'addons']

export class KindEngine implements Engine {
  readonly name = 'kind'
  readonly cli: ContainerCli
  readonly images: Images
  readonly machineImage: MachineImage
  readonly #parts: ProvisionParts
  readonly #records: Records
  readonly #usage: UsageReader
  readonly #ports: OpenedPorts

  constructor(
    readonly host: ExecutionHost,
    readonly settings: KindSettings,
    tools: Tools,
  ) {
    const cli = new ContainerCli(host, settings.provider)
    const images = new Images(cli, settings)
    const machineImage = new MachineImage({ cli, host, images, tools, settings })
    this.cli = cli
    this.images = images
    this.machineImage = machineImage
    this.#records = new Records(host)
    this.#usage = new UsageReader(cli)
    this.#ports = new OpenedPorts(host)
    const loader = new ImageLoader(cli, host, images)
    this.#parts = { cli, host, tools, images, machineImage, loader, records: this.#records, settings }
  }

  async status(): Promise<EngineStatus> {
    try {
      const { version } = await this.cli.facts()
      await this.cli.ping()
      return { available: true, version: `${this.settings.provider} ${version}` }
    } catch (error) {
      const why = error instanceof LabError ? String(error.values.why ?? '') : String(error)
      return { available: false, why, remedy: message('doctor.containers.remedy', { program: this.settings.provider }) }
    }
  }

  findings(): Promise<DoctorFinding[]> {
    return kindFindings(this.#parts)
  }

  async capabilities(): Promise<EngineCapabilities> {
    return {
      kubernetesVersions: Object.keys(this.settings.nodeImages),
      mostNodes: 11,
      controlPlanes: [1, 3],
      offers: OFFERS,
      addons: [...ADDONS],
      networkPolicy: true,
      checkpoints: false,
      stops: true,
      rootReachesHost: true,
    }
  }

  /** Everything that environments are made of but the machines' own image: the nodes' base, the load balancer, add-ons, labs' images. */
  wantedImages(): string[] {
    const { nodeImages, bakedImages } = this.settings
    return [...Object.values(nodeImages), LOAD_BALANCER_IMAGE, ...ALL_ADDON_IMAGES, ...bakedImages]
  }

  /** Of them, those that come from a registry. */
  async pulledImages(): Promise<string[]> {
    const all = this.wantedImages()
    const locals = await Promise.all(all.map((image) => this.images.localName(image)))
    return all.filter((image, index) => locals[index] === image)
  }

  /** Every image that environments of the catalogue need, by the name that people know, and whether it is there. */
  async neededImages(): Promise<{ image: string; isThere: boolean }[]> {
    const versions = Object.keys(this.settings.nodeImages)
    const machines = versions.map(async (kubernetes) => {
      const built = await this.machineImage.built(kubernetes)
      return { image: `machines for Kubernetes ${kubernetes}`, isThere: built !== null }
    })
    const others = this.wantedImages().map(async (image) => ({
      image,
      isThere: await this.images.has(await this.images.localName(image)),
    }))
    return Promise.all([...machines, ...others])
  }

  async provision(spec: EnvironmentSpec, options: ProvisionOptions = {}): Promise<Environment> {
    refuseUnsupported(spec, await this.capabilities(), this.name)
    const inspecting = handled(this.inspect(spec.id))
    await this.cli.ping()
    const condition = await inspecting
    const steps = new StepReporter(options)
    if (condition === 'stopped') await this.start(spec.id, options)
    if (condition === 'stopped' || condition === 'running') return this.#complete(spec, steps, options)
    // Of one that is absent there may still be a folder, with a kind that a killed server left behind.
    if (condition === 'absent') await this.#records.remove(spec.id)
    else await this.destroy(spec.id)
    steps.plan(PROVISION_STEPS)
    try {
      return this.#environment(await provisionEnvironment(this.#parts, { spec, steps, signal: options.signal }))
    } catch (error) {
      const isKept = options.keepOnFailure && !options.signal?.aborted
      // What cannot be removed now must not hide why the building failed; `inspect` still finds it.
      if (!isKept) await this.destroy(spec.id).catch(() => {})
      throw await this.#silentEngine(error)
    }
  }

  /** A step that failed because the engine fell silent says so; any other failure is as it was. */
  async #silentEngine(error: unknown): Promise<unknown> {
    if (!(error instanceof LabError) || error.code !== 'ENGINE_STEP_FAILED') return error
    const silence: unknown = await this.cli.ping().then(
      () => null,
      (reason: unknown) => reason,
    )
    return silence instanceof LabError
      ? new LabError(silence.code, silence.values, { cause: error, detail: error.detail })
      : error
  }

  async open(id: EnvironmentId): Promise<Environment> {
    const [condition, record] = await Promise.all([this.inspect(id), this.#records.load(id)])
    if (condition !== 'running' || !record) throw new LabError('ENVIRONMENT_NOT_READY', { environment: id })
    return this.#environment(record)
  }

  async inspect(id: EnvironmentId): Promise<EnvironmentCondition> {
    const [containers, networks, record] = await Promise.all([
      this.#containers(id),
      this.cli.networks(ofEnvironment(this.settings.installation, id)),
      this.#records.load(id),
    ])
    if (containers.length === 0 && networks.length === 0) return record ? { broken: 'its machines are gone' } : 'absent'
    return record ? conditionOf(record, containers) : { broken: 'its building was cut short' }
  }

  async stop(id: EnvironmentId): Promise<void> {
    const [record, containers] = await Promise.all([this.#records.load(id), this.#containers(id)])
    const standing = record ? await standingOf(this.cli, record, containers) : undefined
    if (record && standing) await this.#records.save({ ...record, standing })
    await stopEnvironment(this.cli, containers)
    this.#usage.forget(containers.map(({ name }) => name))
  }

  async start(id: EnvironmentId, options: Omit<ProvisionOptions, 'keepOnFailure'> = {}): Promise<Environment> {
    const [record, containers] = await Promise.all([this.#records.load(id), this.#containers(id)])
    const why = !record ? 'its building was cut short, or it was deleted' : missingOf(record, containers)
    if (!record || why) throw new LabError('ENVIRONMENT_BROKEN', { environment: id, why: why ?? '' })
    const guard = () => applyRules(this.cli, record.image, guardRules(record.layout, this.settings), this.settings.installation)
    await startEnvironment(this.cli, { record, containers, guard }, options)
    const { standing, ...running } = record
    if (standing) await this.#records.save(running)
    return this.open(id)
  }

  async checkpoint(): Promise<CheckpointId> {
    throw new LabError('ENGINE_UNSUPPORTED', { engine: this.name, what: 'checkpoints' })
  }

  async restore(): Promise<void> {
    throw new LabError('ENGINE_UNSUPPORTED', { engine: this.name, what: 'checkpoints' })
  }

  checkpoints = async (): Promise<[]> => []
  async dropCheckpoint(): Promise<void> {}

  async destroy(id: EnvironmentId): Promise<void> {
    const record = await this.#records.load(id)
    // First its folder, with the program that kind calls: a kind that a killed server left behind makes nothing more.
    await this.#records.remove(id)
    for (let found = await this.#containers(id); found.length > 0; found = await this.#containers(id)) {
      const names = found.map(({ name }) => name)
      await removeContainers(this.cli, names)
      this.#usage.forget(names)
    }
    await removeVolumes(this.cli, ofEnvironment(this.settings.installation, id))
    const networks = await removeNetworks(this.cli, this.settings.installation, id)
    if (networks > 0) await this.#unguard(id, record)
    await this.#ports.close(id)
  }

  async adopt(): Promise<EnvironmentId[]> {
    const ids = await this.cli.environments(this.settings.installation)
    await this.#guardAgain(ids)
    return ids
  }

  async usage(id: EnvironmentId): Promise<EnvironmentUsage> {
    const running = (await this.#containers(id)).filter(({ state, role }) => state === 'running' && role !== 'load-balancer')
    return this.#usage.of(running.map(({ name }) => name))
  }

  async collectLogs(id: EnvironmentId, directory: string): Promise<void> {
    await collectLogs(this.cli, await this.#containers(id), directory)
  }

  close(): Promise<void> {
    return this.#ports.closeAll()
  }

  /** A healthy environment may still lack images: one from the pool was made before anybody chose a lab. */
  async #complete(spec: EnvironmentSpec, steps: StepReporter, { signal }: ProvisionOptions): Promise<Environment> {
    const record = await this.#records.load(spec.id)
    if (!record) throw new LabError('ENVIRONMENT_BROKEN', { environment: spec.id, why: 'its record is gone' })
    const inside = new Set([...record.spec.images, ...(await this.machineImage.imagesIn(record.image))])
    const missing = spec.images.filter((image) => !inside.has(image))
    if (missing.length > 0) {
      steps.plan(['load-images'])
      await steps.run('load-images', () => this.#parts.loader.load(record.layout, missing, signal ? { signal } : {}))
      await this.#records.save({ ...record, spec: { ...record.spec, images: [...record.spec.images, ...missing] } })
    }
    return this.open(spec.id)
  }

  /** A restart of the computer loses the rules of environments that the container engine then starts by itself. */
  async #guardAgain(ids: readonly EnvironmentId[]): Promise<void> {
    const records = (await Promise.all(ids.map((id) => this.#records.load(id)))).filter((record) => record !== null)
    const [first] = records
    if (!first) return
    const rules = records.map(({ layout }) => guardRules(layout, this.settings)).join('')
    await applyRules(this.cli, first.image, rules, this.settings.installation)
  }

  /** A rule for a bridge that is gone does no harm, so a failure here is not one of the removal. */
  async #unguard(id: EnvironmentId, record: EnvironmentRecord | null): Promise<void> {
    const [kubernetes = ''] = Object.keys(this.settings.nodeImages)
    const image = record?.image ?? (await this.machineImage.built(kubernetes))?.image
    if (image) await applyRules(this.cli, image, unguardRules([id]), this.settings.installation).catch(() => {})
  }

  #containers(id: EnvironmentId): Promise<FoundContainer[]> {
    return this.cli.containers(ofEnvironment(this.settings.installation, id))
  }

  async #environment(record: EnvironmentRecord): Promise<Environment> {
    return new KindEnvironment(this.cli, record, await this.#clusters(record))
  }

  #clusters(record: EnvironmentRecord): Promise<Cluster[]> {
    return Promise.all(
      record.clusters.map(async ({ name, learnerKubeconfig, graderKubeconfig, apiPort }) => {
        const port = await this.#ports.open(record.spec.id, apiPort)
        const spec = record.spec.clusters.find((cluster) => cluster.name === name)
        const nodes = machinesOf(record.spec).filter((machine) => machine.cluster === name && machine.role !== 'bare')
        return {
          name,
          kubernetes: spec?.kubernetes ?? '',
          nodes: nodes.map((machine) => machine.name),
          learnerKubeconfig,
          graderKubeconfig: graderFor(graderKubeconfig, port),
        }
      }),
    )
  }
}
