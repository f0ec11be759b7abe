/** The simulated cluster: an in-process Kubernetes that real clients talk to over HTTPS. */

export type { Client } from './client/client.js'
export { ADMINISTRATOR, type ClusterOptions, type ClusterState, type ClusterUser, SimulatedCluster } from './cluster/cluster.js'
export type { ClusterShape, NodeShape } from './cluster/shape.js'
export type { Connection, Target } from './containers/network.js'
export { fromBytes, toBytes } from './containers/stream.js'
export type { Reachable } from './network/fabric.js'
export { ApiError } from './objects/status.js'
export type { Checkpoint, StoreEvent } from './storage/store.js'
export { type Clock, ManualClock, SystemClock } from './time/clock.js'
export { type Random, SeededRandom, SystemRandom } from './time/random.js'
