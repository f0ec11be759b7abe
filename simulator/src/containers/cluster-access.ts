import type { Client } from '../client/client.js'
import type { Informers } from '../controllers/runtime/informer.js'
import type { HttpHandler, TlsIdentity } from './network.js'

/** What the cluster's own images reach without going over a wire. */
export interface ClusterAccess {
  /** What the cluster's own parts see; shared, and read alone. */
  informers: Informers
  /** Acts as the Pod's ServiceAccount. */
  client: Client
  /** The API server, for the program that listens in its place. */
  apiServer: { answer: HttpHandler; identity: TlsIdentity }
}
