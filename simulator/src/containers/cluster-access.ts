import type { Client } from '../client/client.js'
import type { Informers } from '../controllers/runtime/informer.js'
import type { Connection, HttpHandler, TlsIdentity } from './network.js'

/** What the cluster's own images reach without going over a wire. */
export interface ClusterAccess {
  /** What the cluster's own parts see; shared, and read alone. */
  informers: Informers
  /** Acts as the Pod's ServiceAccount. */
  client: Client
  /** The API server, for the program that listens in its place. */
  apiServer: {
    answer: HttpHandler
    identity: TlsIdentity
    /** Serves a client that speaks bytes, as it serves those outside. */
    take: (connection: Connection) => Promise<void>
  }
}
