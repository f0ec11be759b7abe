/**
 * Connections of one cluster begin a few at a time. A handshake costs about a millisecond of the core that all clusters of a process share, and
 * whatever has arrived is read in one go: hundreds at once would hold up everybody's requests.
 */
import type { Duplex } from 'node:stream'

/** So many begin before other sockets are read again. */
const AT_ONCE = 4

export class Arrivals {
  readonly #waiting: Duplex[] = []
  constructor(private readonly begin: (socket: Duplex) => void) {}

  arrive(socket: Duplex): void {
    // Who goes away before his turn is no fault of ours.
    socket.on('error', () => {})
    this.#waiting.push(socket)
    if (this.#waiting.length === 1) setImmediate(() => this.#letIn())
  }

  #letIn(): void {
    for (const socket of this.#waiting.splice(0, AT_ONCE)) if (!socket.destroyed) this.begin(socket)
    if (this.#waiting.length > 0) setImmediate(() => this.#letIn())
  }
}
