/** The part of a gateway that carries bytes and datagrams: by TCPRoutes, UDPRoutes, and TLSRoutes, whose TLS goes through as it is. */
import { splice } from '../../containers/connection.js'
import { ConnectError, type Connection, type Target } from '../../containers/network.js'
import type { Process } from '../../containers/process.js'
import type { Data } from '../../containers/stream.js'
import { durationMs, within } from './duration.js'
import { mostExact } from './hosts.js'
import type { Route } from './kinds.js'
import type { GatewayView } from './view.js'

/** As long as Envoy waits for a connection. */
const PATIENCE_MS = durationMs('5s')

export class StreamFront {
  constructor(
    readonly process: Process,
    readonly view: () => GatewayView,
  ) {}

  /** Closes where nobody is behind the port, as a proxy does that cannot connect. */
  async carry(port: number, client: Connection): Promise<void> {
    const { machine, signal } = this.process
    const target = this.#target(port, 'TCP')
    const server =
      target && (await within(machine.clock, PATIENCE_MS, () => machine.network.connect(target, signal)).catch(() => undefined))
    if (!server) return client.close()
    await splice(client, server)
  }

  async datagram(port: number, data: Data): Promise<Data | undefined> {
    const { machine, signal } = this.process
    const target = this.#target(port, 'UDP')
    const answer = target && within(machine.clock, PATIENCE_MS, () => machine.network.datagram(target, data, signal))
    return answer?.catch((error: unknown) => {
      if (error instanceof ConnectError) return undefined
      throw error
    })
  }

  /** The Pod that ends TLS for a name; undefined where no TLSRoute has it. */
  behind(port: number, serverName: string): Target | undefined {
    const view = this.view()
    const listeners = view.servedFor(port, serverName).filter(({ listener }) => listener.protocol === 'TLS')
    const named = view
      .routesOf<Route>(listeners, 'TLSRoute')
      .flatMap((route) => (route.spec.hostnames ?? ['']).map((name) => ({ route, name })))
    const [found] = mostExact(named, serverName, ({ name }) => name)
    return view.target(found?.route, this.process.machine.random)
  }

  #target(port: number, protocol: 'TCP' | 'UDP'): Target | undefined {
    const view = this.view()
    const [route] = view.routesOf<Route>(view.servedAt(port, protocol), `${protocol}Route`)
    return view.target(route, this.process.machine.random)
  }
}
