/** One simulated cluster: its store, its API server, its certificates, and what runs beside it. */
import { setMaxListeners } from 'node:events'
import { Authenticator } from '../access/authenticate.js'
import { type AuthorityState, CertificateAuthority, type Issue, type KeyPair } from '../access/certificates.js'
import { RbacAuthorizer } from '../access/rbac.js'
import { ISSUER, TokenIssuer } from '../access/tokens.js'
import { LOOPBACK } from '../access/users.js'
import { admissionPlugins } from '../admission/index.js'
import type { Connections } from '../api/connections.js'
import { renewLeases } from '../api/hooks/leases.js'
import type { User } from '../api/request.js'
import { ApiServer } from '../api/server.js'
import type { Client } from '../client/client.js'
import { InProcessClient } from '../client/in-process.js'
import type { Connection } from '../containers/network.js'
import { followDefinitions } from '../custom/registry.js'
import { Resources } from '../kinds/resource.js'
import { HttpsListener } from '../listener/https-listener.js'
import type { Fabric } from '../network/fabric.js'
import { toDuplex } from '../network/tls/bytes.js'
import { failure } from '../objects/status.js'
import { type Checkpoint, Store } from '../storage/store.js'
import { type Clock, pause, SystemClock } from '../time/clock.js'
import { type Random, SystemRandom } from '../time/random.js'
import { introduce } from './bootstrap.js'
import { Components } from './components.js'
import { kubeconfigOf } from './kubeconfig.js'
import { type Fork, forkOf, prepareShape, settled } from './prepared.js'
import { API_SERVER_NAMES, type ClusterShape, type NodeShape, nodesOf } from './shape.js'
import { Spares } from './spares.js'
import { templateFor } from './template.js'
import { callWebhook } from './webhooks.js'

export interface ClusterOptions {
  shape: ClusterShape
  clock?: Clock
  random?: Random
  /** Goes on from a state that `save` gave. */
  from?: ClusterState
  /** Names and addresses by which the API server is reached, besides loopback and the control plane's own. */
  hosts?: string[]
  /** Images that the nodes hold from the start, so that nothing is pulled. */
  images?: string[]
  /** Whose credentials, and the server's, stay the same as long as the cluster lives, over a restart too. */
  keep?: readonly ClusterUser[]
  /** Without controllers, scheduler and kubelets: the API server alone. */
  apiOnly?: boolean
  onError?: (where: string, error: unknown) => void
}

/** Who a client certificate is for. */
export interface ClusterUser {
  name: string
  groups: string[]
}

/** As kubeadm makes it. */
export const ADMINISTRATOR: ClusterUser = { name: 'kubernetes-admin', groups: ['kubeadm:cluster-admins'] }

/** Everything that a cluster is, as plain data. */
export interface ClusterState {
  shape: ClusterShape
  authority: AuthorityState
  tokenKeyPem: string
  objects: Checkpoint
}

/** A client that was told of the cluster at once has its first answer before forty controllers begin: connection, handshake and request. */
const HEAD_START_MS = 100

export class SimulatedCluster {
  readonly nodes: NodeShape[]
  readonly store: Store
  readonly server: ApiServer
  readonly #stop = new AbortController()
  #listener: Promise<HttpsListener> | undefined
  #components: Components | undefined
  #started: Promise<void> | undefined

  private constructor(
    readonly options: ClusterOptions,
    readonly clock: Clock,
    readonly authority: CertificateAuthority,
    readonly tokens: TokenIssuer,
    parts: { store: Store; random: Random },
  ) {
    // Every part of the cluster listens for its end.
    setMaxListeners(0, this.#stop.signal)
    this.store = parts.store
    this.nodes = nodesOf(options.shape)
    this.server = new ApiServer({
      store: parts.store,
      resources: new Resources(),
      clock,
      random: parts.random,
      authorizer: new RbacAuthorizer(parts.store),
      admission: admissionPlugins,
      facts: {
        serviceRange: '10.96',
        nodePorts: { first: 30000, last: 32767 },
        controlPlanes: this.nodes.filter(({ role }) => role === 'control-plane'),
        caPem: authority.caPem,
        usage: () => this.#components?.usage(),
        callWebhook: (call) => callWebhook(this, this.#components?.fabric, call),
        issuer: ISSUER,
        tokenKeys: () => tokens.keys(),
        issueToken: (request) => tokens.issue(request),
        reviewToken: (token, audiences) => tokens.review(token, audiences),
      },
    })
    followDefinitions(parts.store, this.server.context.resources)
  }

  /**
   * Makes a cluster, or brings one back from its state. It answers at once; `started` tells when its nodes are there. Where they are there
   * from the start, what runs beside the API server begins a moment later.
   */
  static async create(options: ClusterOptions): Promise<SimulatedCluster> {
    const clock = options.clock ?? new SystemClock()
    const store = new Store()
    const { from } = options
    const authority = await authorityFor(options, clock)
    for (const user of options.keep ?? []) await authority.keep(clientCertificate(user))
    if (options.keep) await authority.keep(serverCertificate(options.shape, options.hosts))
    const tokens = new TokenIssuer(store, clock, from?.tokenKeyPem)
    const [first] = nodesOf(options.shape)
    const fork = from || options.apiOnly ? undefined : forkOf(options.shape, forkFor(options, authority.caPem, clock.now()))
    const begun = from?.objects ?? fork
    if (begun) store.restore(begun)
    else if (first) store.restore(templateFor(first, clock.now()))
    const cluster = new SimulatedCluster(options, clock, authority, tokens, {
      store,
      random: options.random ?? new SystemRandom(),
    })
    const [controlPlane] = cluster.nodes
    if (!begun && controlPlane) introduce({ server: cluster.server, controlPlane }, authority.caPem)
    // They are as old as the cluster.
    if (!begun) renewLeases(cluster.server.context)
    if (!options.apiOnly) cluster.#makeComponents()
    if (cluster.hasNodes) void pause(HEAD_START_MS).then(() => void cluster.started)
    else void cluster.started
    return cluster
  }

  /** Brings a cluster of the shape up, so that later ones of this process begin with its state. Done once; costs what a cluster costs. */
  static async prepare(shape: ClusterShape, users: readonly ClusterUser[] = [ADMINISTRATOR]): Promise<void> {
    await prepareShape(shape, async () => {
      const cluster = await SimulatedCluster.create({ shape })
      try {
        await cluster.started
        await settled(() => cluster.store.revision)
        return { objects: cluster.store.checkpoint(), atMs: cluster.clock.now(), caPem: cluster.authority.caPem }
      } finally {
        await cluster.close()
      }
    })
    const made = spares.get(spareKey(shape)) ?? new Spares([serverCertificate(shape), ...users.map(clientCertificate)])
    spares.set(spareKey(shape), made)
    await made.fill()
  }

  #makeComponents(): void {
    this.#components = new Components({
      cluster: this,
      signal: this.#stop.signal,
      images: this.options.images ?? [],
      onError: this.options.onError ?? (() => {}),
    })
  }

  /** Resolves when controllers, scheduler and kubelets are up and every node is registered. They begin now at the latest. */
  get started(): Promise<void> {
    this.#started ??= this.#start()
    return this.#started
  }

  /** Whether every node is registered, as it is from the start where the state is that of a cluster that had come up. */
  get hasNodes(): boolean {
    return this.nodes.every(({ name }) => this.store.get('nodes', name))
  }

  #start(): Promise<void> {
    const starting = this.#stop.signal.aborted ? undefined : this.#components?.start()
    // Whoever waits hears of a failure; nobody else must.
    starting?.catch((error) => this.options.onError?.('start', error))
    return starting ?? Promise.resolve()
  }

  /** A client of the API server that acts as `user`. */
  client(user: User = LOOPBACK, fieldManager = 'wheelhouse'): Client {
    return new InProcessClient(this.server, user, fieldManager)
  }

  /** Loads an image into every node. */
  addImage(name: string): void {
    this.#components?.addImage(name)
  }

  get connections(): Connections {
    if (!this.#components) throw new Error('this cluster has no kubelets')
    return this.#components.connections
  }

  /** The network of the Pods. @throws Error where there are no kubelets */
  get fabric(): Fabric {
    if (!this.#components) throw new Error('this cluster has no kubelets')
    return this.#components.fabric
  }

  /** Opens the API server on a port of loopback. */
  async listen(port = 0): Promise<{ port: number }> {
    return (await this.#listening()).listen(port)
  }

  /** A further way in, such as a socket of another network namespace. */
  async serve(listener: Parameters<HttpsListener['serve']>[0]): Promise<void> {
    const own = await this.#listening()
    own.serve(listener)
  }

  /** A client that has come over the cluster's own network to the API server's address. */
  async take(connection: Connection): Promise<void> {
    const own = await this.#listening()
    own.take(toDuplex(connection))
  }

  #listening(): Promise<HttpsListener> {
    this.#listener ??= this.#makeListener()
    return this.#listener
  }
  async #makeListener(): Promise<HttpsListener> {
    return new HttpsListener({
      server: this.server,
      authenticator: new Authenticator(this.tokens, this.server.context.authorizer),
      connections: this.#components?.connections ?? noConnections,
      certificate: await this.authority.issue(serverCertificate(this.options.shape, this.options.hosts)),
      clientCaPem: this.authority.caPem,
      kubeletsReady: () => this.started,
      onError: (error) => this.options.onError?.('api server', error),
    })
  }

  issue(user: ClusterUser): Promise<KeyPair> {
    return this.authority.issue(clientCertificate(user))
  }

  /** A kubeconfig for `user`, who by default is the administrator that kubeadm makes. @param server URL, such as `https://127.0.0.1:6443` */
  async kubeconfig(server: string, user: ClusterUser = ADMINISTRATOR, tlsServerName?: string): Promise<string> {
    const credentials = await this.issue(user)
    return kubeconfigOf({
      server,
      caPem: this.authority.caPem,
      user: user.name,
      credentials,
      ...(tlsServerName ? { tlsServerName } : {}),
    })
  }

  save(): ClusterState {
    return {
      shape: this.options.shape,
      authority: this.authority.state,
      tokenKeyPem: this.tokens.keyPem,
      objects: this.store.checkpoint(),
    }
  }

  /** Puts an earlier state in place of the present one: every watch starts over, the containers of Pods that are no more end. */
  restore(objects: Checkpoint): void {
    this.store.restore(objects)
  }

  /** Ends everything that runs. The state can still be saved. */
  async close(): Promise<void> {
    this.#stop.abort()
    await (await this.#listener)?.close()
    await this.#components?.close()
  }
}

/** Keys made ahead, by the names of the API servers that they are for. */
const spares = new Map<string, Spares>()
const spareKey = ({ controlPlanes }: ClusterShape): string => String(controlPlanes)

async function authorityFor({ from, shape, clock: given }: ClusterOptions, clock: Clock): Promise<CertificateAuthority> {
  if (from) return CertificateAuthority.open(from.authority, clock)
  const spare = given ? undefined : spares.get(spareKey(shape))?.take()
  return spare ?? CertificateAuthority.create(clock)
}

function serverCertificate(shape: ClusterShape, more: string[] = []): Issue {
  const controlPlanes = nodesOf(shape).filter((node) => node.role === 'control-plane')
  const names = controlPlanes.flatMap((node) => [node.name, node.address])
  return { commonName: 'kube-apiserver', hosts: [...names, ...API_SERVER_NAMES, ...more] }
}

const clientCertificate = ({ name, groups }: ClusterUser): Issue => ({ commonName: name, organizations: groups })

const forkFor = ({ images = [] }: ClusterOptions, caPem: string, nowMs: number): Fork => ({ images, caPem, nowMs })

const refuse = async () => refuseNow()
const refuseNow = () => {
  throw failure.unavailable('this cluster has no kubelets')
}
const noConnections: Connections = {
  logs: refuse,
  exec: refuse,
  attach: refuse,
  http: refuse,
  dial: refuse,
  checkSession: refuseNow,
}
