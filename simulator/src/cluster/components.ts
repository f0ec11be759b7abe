/** What runs beside the API server: controllers, scheduler and kubelets, each through a client of its own. */
import { ISSUER } from '../access/tokens.js'
import { authenticated, controllerUser, LOOPBACK, nodeUser, serviceAccountUser } from '../access/users.js'
import type { Connections } from '../api/connections.js'
import type { UsageReport } from '../api/context.js'
import type { User } from '../api/request.js'
import type { ClusterAccess } from '../containers/cluster-access.js'
import { autoscalerController } from '../controllers/autoscaler/controller.js'
import { certificateSigner, type Sign } from '../controllers/certificate-signer.js'
import { clusterRoleAggregationController } from '../controllers/cluster-role-aggregation.js'
import { cronJobController } from '../controllers/cron-job.js'
import { daemonSetController } from '../controllers/daemon-set/controller.js'
import { deploymentController } from '../controllers/deployment/controller.js'
import { disruptionController } from '../controllers/disruption.js'
import { endpointSliceController, endpointsController } from '../controllers/endpoint-slice.js'
import { endpointSliceMirroringController } from '../controllers/endpoint-slice-mirroring.js'
import { flowSchemaController } from '../controllers/flow-schema.js'
import { GarbageCollector } from '../controllers/garbage-collector.js'
import { jobController, jobTtlController } from '../controllers/job/controller.js'
import { loadBalancerController } from '../controllers/load-balancer.js'
import { namespaceController } from '../controllers/namespace.js'
import { nodeIpamController } from '../controllers/node-ipam.js'
import { nodeLifeCycleController } from '../controllers/node-life-cycle.js'
import { nodeTtlController } from '../controllers/node-ttl.js'
import { podGarbageCollector } from '../controllers/pod-gc.js'
import { policyTypesController } from '../controllers/policy-types.js'
import { replicaSetController, replicationController } from '../controllers/replica-set.js'
import { resourceQuotaController } from '../controllers/resource-quota.js'
import { type Controller, type ControllerHost, runController } from '../controllers/runtime/controller.js'
import { Informers } from '../controllers/runtime/informer.js'
import { rootCaController, serviceAccountController } from '../controllers/service-account.js'
import { serviceCidrController } from '../controllers/service-cidr.js'
import { statefulSetController } from '../controllers/stateful-set/controller.js'
import { taintEvictionController } from '../controllers/taint-eviction.js'
import { type IssueForSecret, tokenSecretController } from '../controllers/token-secrets.js'
import { attachmentController } from '../controllers/volumes/attachment.js'
import { claimController } from '../controllers/volumes/binder.js'
import { ephemeralVolumeController } from '../controllers/volumes/ephemeral.js'
import { expansionController } from '../controllers/volumes/expansion.js'
import { claimProtection, volumeProtection } from '../controllers/volumes/protection.js'
import { volumeController } from '../controllers/volumes/reclaim.js'
import { KubeletConnections } from '../kubelet/connections.js'
import { Kubelet } from '../kubelet/kubelet.js'
import { SYSTEM_LOAD } from '../kubelet/usage.js'
import { VolumeStore } from '../kubelet/volumes.js'
import { Fabric } from '../network/fabric.js'
import { Scheduler } from '../scheduler/scheduler.js'
import type { Pod } from '../schema/kubernetes.generated.js'
import { nextTurn } from '../time/steps.js'
import { apiFront } from './api-front.js'
import { staticPodsOf } from './bootstrap.js'
import type { SimulatedCluster } from './cluster.js'
import { API_SERVER_NAMES } from './shape.js'

export interface ComponentsOptions {
  cluster: SimulatedCluster
  signal: AbortSignal
  /** Images that the nodes hold from the start. */
  images: string[]
  onError: (where: string, error: unknown) => void
}

/** Every controller of a cluster; a new one is one line here. */
const controllers = (caPem: string, sign: Sign, issue: IssueForSecret): Controller[] => [
  serviceAccountController,
  tokenSecretController(caPem, issue),
  rootCaController(caPem),
  certificateSigner(sign),
  namespaceController,
  deploymentController,
  replicaSetController,
  replicationController,
  statefulSetController,
  daemonSetController(),
  jobController(),
  jobTtlController,
  cronJobController(),
  endpointSliceController,
  endpointsController,
  endpointSliceMirroringController,
  loadBalancerController,
  claimController,
  volumeController,
  claimProtection,
  volumeProtection,
  ephemeralVolumeController,
  expansionController,
  attachmentController,
  nodeIpamController,
  nodeTtlController,
  disruptionController,
  resourceQuotaController,
  nodeLifeCycleController(),
  taintEvictionController(),
  podGarbageCollector(),
  clusterRoleAggregationController,
  autoscalerController(),
  policyTypesController,
  serviceCidrController,
  flowSchemaController,
]

const MANAGER = authenticated('system:kube-controller-manager')
/** A hundred years: upstream's tokens of this kind have no end. */
const ENDLESS_SECONDS = 100 * 365 * 86_400
const SCHEDULER = 'system:kube-scheduler'

export class Components {
  readonly connections: Connections
  readonly #kubelets = new Map<string, Kubelet>()
  readonly #host: ControllerHost
  readonly fabric: Fabric

  constructor(readonly options: ComponentsOptions) {
    const { cluster, signal, onError } = options
    const { clock, server } = cluster
    const { random } = server.context
    const informers = new Informers(cluster.client(MANAGER, 'kube-controller-manager'), clock, signal)
    // Upstream's token controller acts as the manager itself; who judges FlowSchemas is a part of the API server.
    const special: Record<string, User> = {
      [SCHEDULER]: authenticated(SCHEDULER),
      'token-controller': MANAGER,
      [flowSchemaController.name]: LOOPBACK,
    }
    const userOf = (name: string) => special[name] ?? controllerUser(name)
    this.#host = {
      clientFor: (name) => cluster.client(userOf(name), name === SCHEDULER ? 'kube-scheduler' : 'kube-controller-manager'),
      informers,
      clock,
      random,
      signal,
      onError: (name, key, error) => onError(`${name} ${key}`, error),
    }
    this.fabric = new Fabric(informers, random)
    this.connections = new KubeletConnections(this.#kubelets, this.fabric)
  }

  /** Resolves when every part is up and has seen the present state. */
  async start(): Promise<void> {
    const { cluster, signal, images, onError } = this.options
    const { informers, clock, random } = this.#host
    // Who makes a cluster has it before anything is written.
    await nextTurn()
    await informers.ready(['Service', 'EndpointSlice', 'Node', 'Namespace', 'NetworkPolicy', 'Pod'])
    const shared = new VolumeStore()
    for (const node of cluster.nodes) {
      const client = cluster.client(nodeUser(node.name), 'kubelet')
      const staticPods = node.role === 'control-plane' ? (staticPodsOf(node) as Pod[]) : []
      const kubelet = new Kubelet({
        node,
        client,
        registrar: cluster.client(LOOPBACK, 'kubeadm'),
        informers,
        fabric: this.fabric,
        accessFor: (pod) => this.#accessFor(pod),
        clock,
        random,
        signal,
        images,
        staticPods,
        shared,
        onError,
      })
      this.#kubelets.set(node.name, kubelet)
      await kubelet.start()
    }
    // Before the controllers: as upstream, it sees a Pod before the claims that are made for it.
    await new Scheduler(this.#host).start()
    const { caPem } = cluster.authority
    const sign: Sign = (csrPem, wanted) => cluster.authority.signRequest(csrPem, wanted)
    await Promise.all(
      controllers(caPem, sign, (wanted) => this.#tokenFor(wanted)).map((controller) => runController(controller, this.#host)),
    )
    await new GarbageCollector(this.#host).start()
  }

  #accessFor({ metadata, spec }: Pod): ClusterAccess {
    const { cluster } = this.options
    const user = serviceAccountUser(metadata.namespace ?? '', spec.serviceAccountName ?? 'default')
    const { caPem } = cluster.authority
    const identity = { names: API_SERVER_NAMES, issuer: 'kubernetes', caPem }
    return {
      informers: this.#host.informers,
      client: cluster.client(user, metadata.labels?.['app.kubernetes.io/name'] ?? metadata.name),
      apiServer: { answer: apiFront(cluster), identity, take: (connection) => cluster.take(connection) },
    }
  }

  #tokenFor({ namespace, account, secret }: Parameters<IssueForSecret>[0]): string {
    const { tokens, server } = this.options.cluster
    const binding = { kind: 'Secret' as const, name: secret.name, uid: secret.uid }
    const id = server.context.random.uuid()
    const { token } = tokens.issue({
      namespace,
      serviceAccount: account.name,
      uid: account.uid,
      audiences: [ISSUER],
      seconds: ENDLESS_SECONDS,
      id,
      binding,
    })
    return token
  }

  /** What every running Pod uses now. */
  usage(): UsageReport {
    return { pods: [...this.#kubelets.values()].flatMap((kubelet) => kubelet.usage()), system: SYSTEM_LOAD }
  }

  /** Loads an image into every node. */
  addImage(name: string): void {
    for (const kubelet of this.#kubelets.values()) kubelet.images.add(name)
  }

  async close(): Promise<void> {
    this.#kubelets.clear()
  }
}
