/** An environment of the simulated engine: `base` is shells of this computer, nodes exist in the API alone. */
import { mkdir } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { type EnvironmentId, LabError } from '@wheelhouse/protocol'
import type { CommandResult, ExecutionHost } from '../../hosts/execution-host.js'
import type { Cluster, Environment, KeeperChannel, Machine, MachineCommand } from '../engine.js'
import type { Base } from './base.js'

export interface EnvironmentParts {
  id: EnvironmentId
  directory: string
  machines: Machine[]
  clusters: Cluster[]
  host: ExecutionHost
  base: Base
  openKeeper: (machine: string) => KeeperChannel
}

export class SimulatedEnvironment implements Environment {
  readonly id: EnvironmentId
  readonly clusters: Cluster[]
  readonly machines: Machine[]
  readonly #parts: EnvironmentParts

  constructor(parts: EnvironmentParts) {
    this.#parts = parts
    this.id = parts.id
    this.clusters = parts.clusters
    this.machines = parts.machines
  }

  #require(machine: string): void {
    if (!this.machines.some(({ name }) => name === machine)) throw new LabError('NOT_FOUND', { what: `machine ${machine}` })
  }

  openKeeper(machine: string): KeeperChannel {
    this.#require(machine)
    return this.#parts.openKeeper(machine)
  }

  async run(command: MachineCommand): Promise<CommandResult> {
    this.#require(command.machine)
    const { base, host } = this.#parts
    const enter = await base.enter(command.machine)
    const { stdin } = command
    return host.run({
      argv: [...enter, ...command.argv.map((word) => base.said(word))],
      timeoutMs: command.timeoutMs,
      ...(stdin === undefined ? {} : { stdin: typeof stdin === 'string' ? base.said(stdin) : stdin }),
      ...(command.signal ? { signal: command.signal } : {}),
    })
  }

  /** Where a path of a machine lies here: a home and /tmp that commands see, and beside them files that only the server asks for. */
  #path(machine: string, path: string): string {
    this.#require(machine)
    const clean = normalize(`/${path}`)
    const { directory, base } = this.#parts
    if (machine !== 'base') return join(directory, 'machines', machine, clean)
    if (clean.startsWith('/home/candidate/')) return join(base.folders.home, clean.slice('/home/candidate'.length))
    if (clean.startsWith('/tmp/')) return join(base.folders.tmp, clean.slice('/tmp'.length))
    return join(directory, 'machines', 'base', clean)
  }

  async putFile(
    machine: string,
    _user: 'candidate' | 'root',
    path: string,
    content: string | Uint8Array,
    mode = 0o644,
  ): Promise<void> {
    const target = this.#path(machine, path)
    const made = await mkdir(dirname(target), { recursive: true })
    await this.#parts.host.putFile(target, content, mode)
    for (const each of new Set([target, dirname(target), ...(made ? [made] : [])])) await this.#parts.base.own(each)
  }

  async getFile(machine: string, path: string): Promise<Buffer> {
    return this.#parts.host.getFile(this.#path(machine, path))
  }
}
