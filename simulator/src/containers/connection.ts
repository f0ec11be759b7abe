/** Two ends of one connection, in memory. */
import type { Connection } from './network.js'
import { type Data, Pipe } from './stream.js'

class End implements Connection {
  constructor(
    readonly from: string,
    readonly incoming: Pipe,
    readonly outgoing: Pipe,
  ) {}
  get broken(): boolean {
    return this.outgoing.broken
  }
  read(): Promise<Data | null> {
    return this.incoming.read()
  }
  write(data: Data): Promise<void> {
    return this.outgoing.write(data)
  }
  end(): void {
    this.outgoing.end()
  }
  close(): void {
    this.outgoing.end()
    this.incoming.break()
  }
}

/** @param addresses what each end sees as the address of the other */
export function connectionPair({ client, server }: { client: string; server: string }): {
  client: Connection
  server: Connection
} {
  const there = new Pipe()
  const back = new Pipe()
  return { client: new End(server, back, there), server: new End(client, there, back) }
}

/** Bytes both ways until both sides have ended. */
export async function splice(left: Connection, right: Connection): Promise<void> {
  await Promise.all([carry(left, right), carry(right, left)])
  left.close()
  right.close()
}

async function carry(from: Connection, to: Connection): Promise<void> {
  for (let data = await from.read(); data !== null && !to.broken; data = await from.read()) await to.write(data)
  to.end()
}
