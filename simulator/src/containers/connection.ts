/** Two ends of one connection, in memory. */
import { Pace } from '../time/steps.js'
import type { Connection } from './network.js'
import { type Data, Pipe } from './stream.js'

class End implements Connection {
  /** Two programs that answer each other know no other wait. */
  readonly #pace = new Pace()
  constructor(
    readonly from: string,
    readonly incoming: Pipe,
    readonly outgoing: Pipe,
    readonly onEnd: () => void,
  ) {}
  get broken(): boolean {
    return this.outgoing.broken
  }
  read(): Promise<Data | null> {
    return this.incoming.read()
  }
  async write(data: Data): Promise<void> {
    await this.outgoing.write(data)
    await this.#pace.step()
  }
  end(): void {
    this.outgoing.end()
    this.onEnd()
  }
  close(): void {
    this.outgoing.end()
    this.incoming.break()
    this.onEnd()
  }
}

export interface Ends {
  /** The address of each end, as the other sees it. */
  client: string
  server: string
  /** Called once, when nothing goes either way any more. */
  onOver?: () => void
}

export function connectionPair({ client, server, onOver }: Ends): { client: Connection; server: Connection } {
  const [there, back] = [new Pipe(), new Pipe()]
  let tell = onOver
  const onEnd = () => {
    if (!there.isOver || !back.isOver) return
    tell?.()
    tell = undefined
  }
  return { client: new End(server, back, there, onEnd), server: new End(client, there, back, onEnd) }
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
