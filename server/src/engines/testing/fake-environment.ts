/** An environment of FakeEngine: every machine is a folder, every command a process of this computer. */
import { join } from 'node:path'
import { type EnvironmentId, LabError } from '@wheelhouse/protocol'
import type { CommandResult, ExecutionHost } from '../../hosts/execution-host.js'
import type { Cluster, Environment, KeeperChannel, Machine, MachineCommand } from '../engine.js'

interface FakeEnvironmentParts {
  id: EnvironmentId
  /** Holds one folder a machine. */
  folder: string
  machines: Machine[]
  clusters: Cluster[]
  host: ExecutionHost
  openKeeper: (machine: string) => KeeperChannel
}

export class FakeEnvironment implements Environment {
  readonly id: EnvironmentId
  readonly clusters: Cluster[]
  readonly machines: Machine[]
  readonly #parts: FakeEnvironmentParts

  constructor(parts: FakeEnvironmentParts) {
    this.#parts = parts
    this.id = parts.id
    this.clusters = parts.clusters
    this.machines = parts.machines
  }

  openKeeper(machine: string): KeeperChannel {
    this.#root(machine)
    return this.#parts.openKeeper(machine)
  }

  async run(command: MachineCommand): Promise<CommandResult> {
    const home = join(this.#root(command.machine), 'home/candidate')
    // `env` and `cd` stand in for what a login does on a real machine; a program that is not there exits with 127, as it does there.
    return this.#parts.host.run({
      argv: ['sh', '-c', 'cd "$HOME" && exec "$@"', 'sh', ...command.argv],
      env: { HOME: home, USER: command.user, WHEELHOUSE_MACHINE: command.machine },
      timeoutMs: command.timeoutMs,
      ...(command.stdin === undefined ? {} : { stdin: command.stdin }),
      ...(command.signal ? { signal: command.signal } : {}),
    })
  }

  async putFile(machine: string, _user: 'candidate' | 'root', path: string, content: string | Uint8Array, mode = 0o644) {
    await this.#parts.host.putFile(join(this.#root(machine), path), content, mode)
  }

  async getFile(machine: string, path: string): Promise<Buffer> {
    return this.#parts.host.getFile(join(this.#root(machine), path))
  }

  #root(machine: string): string {
    if (!this.machines.some(({ name }) => name === machine)) throw new LabError('NOT_FOUND', { what: `machine ${machine}` })
    return join(this.#parts.folder, machine)
  }
}
