/** The container engine's command line, on the execution host. Docker and Podman answer to the same words here. */
import { type EnvironmentId, LabError } from '@wheelhouse/protocol'
import type { CommandResult, ExecutionHost, HostCommand } from '../../hosts/execution-host.js'
import { CommandFailed } from '../step-reporter.js'
import { fullName } from './image-names.js'
import { LABEL, ofInstallation } from './labels.js'
import { podmanContainers, podmanFacts, podmanNetworks } from './podman.js'
import type { ContainerProvider } from './settings.js'

export interface FoundContainer {
  name: string
  /** `created`, `running`, `exited`, `dead`, `paused`, `restarting`, `removing` */
  state: string
  environment: string
  machine: string
  role: string
}

export interface EngineFacts {
  version: string
  apiVersion: string
  cgroupVersion: 1 | 2
  memoryBytes: number
  cpus: number
  rootDirectory: string
}

type Options = Pick<HostCommand, 'stdin' | 'timeoutMs' | 'signal' | 'onOutput'>

/**
 * Podman has no server: who kills its command between the rules of a port and the note of them leaves rules that no later `rm` knows of,
 * and the port leads nowhere from then on. Asked to end, it finishes such a step first.
 */
export const graceOf = (program: ContainerProvider): number | undefined => (program === 'podman' ? 10_000 : undefined)

/** A command line that does nothing but ask answers in well under a second; a wedged engine must not hang the server. */
const ASK_TIMEOUT_MS = 60_000

export class ContainerCli {
  #facts: Promise<EngineFacts> | undefined

  constructor(
    readonly host: ExecutionHost,
    readonly program: ContainerProvider,
  ) {}

  /** Resolves whatever the exit code. */
  ask(args: readonly string[], options: Options = {}): Promise<CommandResult> {
    const limits = { timeoutMs: ASK_TIMEOUT_MS, graceMs: graceOf(this.program) }
    return this.host.run({ argv: [this.program, ...args], ...limits, ...options })
  }

  /** Standard output. @throws CommandFailed with the command and what it printed */
  async run(args: readonly string[], options: Options = {}): Promise<string> {
    const result = await this.ask(args, options)
    if (result.exitCode !== 0) throw new CommandFailed([this.program, ...args], result.exitCode, result.stderr + result.stdout)
    return result.stdout
  }

  /** A shell script in a container, as root. @throws CommandFailed */
  script(container: string, script: string, options: Omit<Options, 'stdin'> = {}): Promise<string> {
    return this.run(['exec', '-i', '-u', '0', container, 'sh', '-eu', '-s'], { ...options, stdin: script })
  }

  /** Facts of the engine that do not change while it runs. @throws LabError `ENGINE_UNAVAILABLE` */
  facts(): Promise<EngineFacts> {
    this.#facts ??= this.#askFacts()
    this.#facts.catch(() => {
      this.#facts = undefined
    })
    return this.#facts
  }

  /** Whether the engine answers at this moment. @throws LabError `ENGINE_UNAVAILABLE` */
  async ping(): Promise<void> {
    const result = await this.ask(['version', '--format', '{{.Server.Version}}'], { timeoutMs: 10_000 }).catch(toResult)
    if (result.exitCode !== 0) throw unavailable(this.program, result.stderr)
  }

  /** The name by which the engine is asked for an image. Podman looks for one without a registry where its configuration says. */
  reference(image: string): string {
    return this.program === 'podman' ? fullName(image) : image
  }

  async containers(filters: readonly string[]): Promise<FoundContainer[]> {
    if (this.program === 'podman') return podmanContainers(await this.run(['ps', '-a', ...filters, '--format', 'json']))
    const fields = ['.Names', '.State', ...[LABEL.environment, LABEL.machine, LABEL.role].map((label) => `.Label "${label}"`)]
    const format = fields.map((field) => `{{${field}}}`).join('\t')
    const lines = linesOf(await this.run(['ps', '-a', '--no-trunc', ...filters, '--format', format]))
    return lines.map((line) => {
      const [name = '', state = '', environment = '', machine = '', role = ''] = line.split('\t')
      return { name, state: state.toLowerCase(), environment, machine, role }
    })
  }

  async networks(filters: readonly string[]): Promise<{ name: string; environment: string }[]> {
    if (this.program === 'podman') return podmanNetworks(await this.run(['network', 'ls', ...filters, '--format', 'json']))
    const format = `{{.Name}}\t{{.Label "${LABEL.environment}"}}`
    const lines = linesOf(await this.run(['network', 'ls', ...filters, '--format', format]))
    return lines.map((line) => {
      const [name = '', environment = ''] = line.split('\t')
      return { name, environment }
    })
  }

  /**
   * Volumes of ours. Docker's are anonymous and go with their containers; for Podman kind makes some that have a name. Each label is
   * asked for alone: of several, Podman 4.3 wants any one where it is volumes, and all where it is containers and networks.
   */
  async volumes(filters: readonly string[]): Promise<string[]> {
    const labels = filters.filter((word) => word !== '--filter')
    const asked = labels.map(async (label) => linesOf(await this.run(['volume', 'ls', '-q', '--filter', label])))
    const [first = [], ...others] = await Promise.all(asked)
    return first.filter((name) => others.every((names) => names.includes(name)))
  }

  async environments(installation: string): Promise<EnvironmentId[]> {
    const filters = ofInstallation(installation)
    const found = await Promise.all([this.containers(filters), this.networks(filters)])
    return [...new Set(found.flat().map(({ environment }) => environment))].filter(Boolean) as EnvironmentId[]
  }

  async #askFacts(): Promise<EngineFacts> {
    const [version, info] = await Promise.all([
      this.ask(['version', '--format', '{{json .Server}}'], { timeoutMs: 10_000 }).catch(toResult),
      this.ask(['info', '--format', '{{json .}}'], { timeoutMs: 20_000 }).catch(toResult),
    ])
    if (version.exitCode !== 0 || info.exitCode !== 0) throw unavailable(this.program, version.stderr || info.stderr)
    return this.program === 'docker' ? dockerFacts(version.stdout, info.stdout) : podmanFacts(info.stdout)
  }
}

const toResult = (error: unknown): CommandResult => ({
  exitCode: 127,
  stdout: '',
  stderr: error instanceof LabError && error.code === 'TOOL_MISSING' ? 'its program is not installed' : String(error),
})

const unavailable = (program: string, said: string) =>
  new LabError('ENGINE_UNAVAILABLE', { engine: 'kind', why: said.trim().split('\n').at(-1) || `${program} is not running` })

export const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '')

interface DockerInfo {
  CgroupVersion?: string
  MemTotal: number
  NCPU: number
  DockerRootDir: string
}

function dockerFacts(version: string, info: string): EngineFacts {
  const server = JSON.parse(version) as { Version: string; ApiVersion: string }
  const about = JSON.parse(info) as DockerInfo
  return {
    version: server.Version,
    apiVersion: server.ApiVersion,
    cgroupVersion: about.CgroupVersion === '2' ? 2 : 1,
    memoryBytes: about.MemTotal,
    cpus: about.NCPU,
    rootDirectory: about.DockerRootDir,
  }
}
