/** The ports by which the server reaches the API servers of environments: each is opened once, and closed with its environment. */
import type { ExecutionHost, OpenedPort } from '../../hosts/execution-host.js'

export class OpenedPorts {
  readonly #ports = new Map<string, Map<number, Promise<OpenedPort>>>()

  constructor(private readonly host: Pick<ExecutionHost, 'openPort'>) {}

  open(environment: string, port: number): Promise<OpenedPort> {
    const mine = this.#ports.get(environment) ?? new Map<number, Promise<OpenedPort>>()
    this.#ports.set(environment, mine)
    const opened = mine.get(port) ?? this.host.openPort(port)
    mine.set(port, opened)
    // What failed is tried again by the next who asks.
    opened.catch(() => mine.delete(port))
    return opened
  }

  async close(environment: string): Promise<void> {
    const ports = [...(this.#ports.get(environment)?.values() ?? [])]
    this.#ports.delete(environment)
    await Promise.all(ports.map(async (port) => (await port.catch(() => null))?.close()))
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#ports.keys()].map((environment) => this.close(environment)))
  }
}
