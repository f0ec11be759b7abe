/** What goes on between the addresses of one cluster now, as the table of a kernel that tracks connections has it. */
import { connectionPair } from '../containers/connection.js'
import type { Connection, Listener } from '../containers/network.js'

/** Each holds up to 64 KiB a direction, so a cluster's connections never take more than some 130 MB of the process that clusters share. */
export const MOST_FLOWS = 1000

interface Flow {
  /** Whom it was opened to. */
  to: { listener: Listener; address: string }
  server: Connection
}

export class ConnectionTable {
  readonly #flows = new Set<Flow>()
  #datagrams = 0

  /** Whether what is new is lost without a word, as by a kernel. */
  get isFull(): boolean {
    return this.#flows.size + this.#datagrams >= MOST_FLOWS
  }

  /** Both ends of a new connection, which counts until nothing goes either way. */
  open(to: Flow['to'], addresses: { client: string; server: string }): { client: Connection; server: Connection } {
    const pair = connectionPair({ ...addresses, onOver: () => this.#flows.delete(flow) })
    const flow = { to, server: pair.server }
    this.#flows.add(flow)
    return pair
  }

  /** A datagram counts until it is answered, or taken by who answers none. */
  async during<T>(answer: Promise<T> | T): Promise<T> {
    this.#datagrams++
    try {
      return await answer
    } finally {
      this.#datagrams--
    }
  }

  /** The programs that served them are gone. */
  closeWhere(matches: (to: Flow['to']) => boolean): void {
    for (const { to, server } of this.#flows) if (matches(to)) server.close()
  }
}
