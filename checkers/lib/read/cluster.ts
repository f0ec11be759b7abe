/** What a checker asks the cluster. Reading verbs here; what acts (exec, HTTP, DNS) is in `probe/`. */
import type { EndpointSlice, Kind, Kinds } from '../api/json.js'
import { can, type Permission, type Who } from '../probe/can.js'
import { type CurlOptions, curlFrom, type HttpAnswer } from '../probe/curl.js'
import { type DnsAnswer, resolveFrom } from '../probe/dns.js'
import { type CommandAnswer, execIn } from '../probe/exec.js'
import { type LogAnswer, type LogOptions, logs } from '../probe/logs.js'
import { type RulesAnswer, rulesOf } from '../probe/rules.js'
import { Reader } from './reader.js'

/** Reads one object of a namespace; ends the attempt as "absent" where it is not there. */
type InNamespace<K extends Kind> = (namespace: string, name: string) => Promise<Kinds[K]>
/** Reads one object outside namespaces. */
type OnCluster<K extends Kind> = (name: string) => Promise<Kinds[K]>
/** Reads those of a namespace that bear the labels, or all. */
type ListIn<K extends Kind> = (namespace: string, labels?: string) => Promise<Kinds[K][]>
type ListAll<K extends Kind> = (labels?: string) => Promise<Kinds[K][]>

export class ClusterReader extends Reader {
  readonly pod = this.#one('Pod')
  readonly pods = this.#many('Pod')
  readonly deployment = this.#one('Deployment')
  readonly deployments = this.#many('Deployment')
  readonly replicaSet = this.#one('ReplicaSet')
  readonly replicaSets = this.#many('ReplicaSet')
  readonly statefulSet = this.#one('StatefulSet')
  readonly daemonSet = this.#one('DaemonSet')
  readonly job = this.#one('Job')
  readonly jobs = this.#many('Job')
  readonly cronJob = this.#one('CronJob')
  readonly service = this.#one('Service')
  readonly services = this.#many('Service')
  readonly ingress = this.#one('Ingress')
  readonly networkPolicy = this.#one('NetworkPolicy')
  readonly networkPolicies = this.#many('NetworkPolicy')
  readonly configMap = this.#one('ConfigMap')
  readonly configMaps = this.#many('ConfigMap')
  readonly secret = this.#one('Secret')
  readonly secrets = this.#many('Secret')
  readonly serviceAccount = this.#one('ServiceAccount')
  readonly persistentVolumeClaim = this.#one('PersistentVolumeClaim')
  readonly persistentVolumeClaims = this.#many('PersistentVolumeClaim')
  readonly role = this.#one('Role')
  readonly roles = this.#many('Role')
  readonly roleBinding = this.#one('RoleBinding')
  readonly roleBindings = this.#many('RoleBinding')
  readonly horizontalPodAutoscaler = this.#one('HorizontalPodAutoscaler')
  readonly podDisruptionBudget = this.#one('PodDisruptionBudget')
  readonly resourceQuota = this.#one('ResourceQuota')
  readonly limitRange = this.#one('LimitRange')
  readonly node = this.#oneOfCluster('Node')
  readonly nodes = this.#manyOfCluster('Node')
  readonly namespace = this.#oneOfCluster('Namespace')
  readonly persistentVolume = this.#oneOfCluster('PersistentVolume')
  readonly persistentVolumes = this.#manyOfCluster('PersistentVolume')
  readonly storageClass = this.#oneOfCluster('StorageClass')
  readonly storageClasses = this.#manyOfCluster('StorageClass')
  readonly clusterRole = this.#oneOfCluster('ClusterRole')
  readonly clusterRoles = this.#manyOfCluster('ClusterRole')
  readonly clusterRoleBinding = this.#oneOfCluster('ClusterRoleBinding')
  readonly clusterRoleBindings = this.#manyOfCluster('ClusterRoleBinding')
  readonly priorityClass = this.#oneOfCluster('PriorityClass')

  /** The EndpointSlices of a Service. (The Endpoints API is deprecated.) */
  endpointSlices(namespace: string, service: string): Promise<EndpointSlice[]> {
    return this.list('EndpointSlice', { namespace, labels: `kubernetes.io/service-name=${service}` })
  }

  /** Whether somebody may do something, by the cluster's own judgement (SubjectAccessReview). */
  can(who: Who, permission: Permission) {
    return can(this, who, permission)
  }

  /**
   * All that somebody may do in a namespace (SelfSubjectRulesReview in his name), for "and nothing else".
   *
   * @param beyond what he may, and is not told: `get pods/log`, `patch deployments.apps/scale crane`
   */
  rulesOf(who: Who, namespace: string, beyond: readonly string[] = []): Promise<RulesAnswer> {
    return rulesOf(this, { who, namespace, beyond })
  }

  /**
   * Runs a command in a Pod and waits for its end. A Pod that is not there or does not run ends the attempt with that evidence.
   *
   * @param pod `namespace/name`, or `namespace/label=value` for the first running Pod with that label
   */
  execIn(pod: string, argv: readonly [string, ...string[]], options: { container?: string; timeoutSeconds?: number } = {}) {
    return execIn(this, pod, { argv, ...options }) satisfies Promise<CommandAnswer>
  }

  /** Sends an HTTP request from a Pod that the task's setup placed there; it needs `curl`, or a `wget`. */
  curlFrom(pod: string, url: string, options: CurlOptions = {}): Promise<HttpAnswer> {
    return curlFrom(this, pod, { url, ...options })
  }

  /** Looks a name up from a Pod that has `nslookup`. */
  resolveFrom(pod: string, name: string): Promise<DnsAnswer> {
    return resolveFrom(this, pod, name)
  }

  logs(pod: string, options: LogOptions = {}): Promise<LogAnswer> {
    return logs(this, pod, options)
  }

  #one<K extends Kind>(kind: K): InNamespace<K> {
    return (namespace, name) => this.get(kind, namespace, name) as Promise<Kinds[K]>
  }
  #many<K extends Kind>(kind: K): ListIn<K> {
    return (namespace, labels) => this.list(kind, { namespace, labels }) as Promise<Kinds[K][]>
  }
  #oneOfCluster<K extends Kind>(kind: K): OnCluster<K> {
    return (name) => this.get(kind, name) as Promise<Kinds[K]>
  }
  #manyOfCluster<K extends Kind>(kind: K): ListAll<K> {
    return (labels) => this.list(kind, { labels }) as Promise<Kinds[K][]>
  }
}
