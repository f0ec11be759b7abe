/** An environment on kind: machines are containers, reached by the container engine's `exec`. */
import { type EnvironmentId, LabError } from '@wheelhouse/protocol'
import type { CommandResult } from '../../hosts/execution-host.js'
import type { Cluster, Environment, KeeperChannel, Machine, MachineCommand } from '../engine.js'
import { machinesOf } from '../machines.js'
import type { ContainerCli } from './container-cli.js'
import { getFromMachine, putOnMachine, runOnMachine } from './machine-commands.js'
import type { EnvironmentRecord } from './record.js'

/** How much of a dead channel's words are kept: they explain why it ended. */
const KEPT_STDERR_CHARS = 4_000

export class KindEnvironment implements Environment {
  readonly id: EnvironmentId
  readonly machines: Machine[]
  readonly #containers: Map<string, string>

  constructor(
    private readonly cli: ContainerCli,
    record: EnvironmentRecord,
    readonly clusters: Cluster[],
  ) {
    this.id = record.spec.id
    this.machines = machinesOf(record.spec)
    const { base, clusters: planned } = record.layout
    this.#containers = new Map(
      [base, ...planned.flatMap(({ containers }) => containers)].map((one) => [one.machine, one.container]),
    )
  }

  openKeeper(machine: string): KeeperChannel {
    const argv = [
      this.cli.program,
      'exec',
      '-i',
      '-u',
      '0',
      this.#container(machine),
      '/usr/local/bin/wheelhouse-keeper',
      'connect',
    ]
    const running = this.cli.host.spawn({ argv: argv as [string, ...string[]] })
    let stderr = ''
    running.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-KEPT_STDERR_CHARS)
    })
    return {
      input: running.stdin,
      output: running.stdout,
      ended: running.ended.then(({ exitCode }) => ({ exitCode, stderr })),
      close: () => running.kill(),
    }
  }

  run(command: MachineCommand): Promise<CommandResult> {
    return this.#on(command.machine, (container) => runOnMachine(this.cli, container, command))
  }

  putFile(machine: string, user: 'candidate' | 'root', path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
    return this.#on(machine, (container) => putOnMachine(this.cli, container, { user, path, content, mode }))
  }

  getFile(machine: string, path: string): Promise<Buffer> {
    return this.#on(machine, (container) => getFromMachine(this.cli, container, path))
  }

  async #on<Result>(machine: string, work: (container: string) => Promise<Result>): Promise<Result> {
    return work(this.#container(machine))
  }

  #container(machine: string): string {
    const container = this.#containers.get(machine)
    const isShell = this.machines.some(({ name }) => name === machine)
    if (!container || !isShell) throw new LabError('NOT_FOUND', { what: `machine ${machine}` })
    return container
  }
}
