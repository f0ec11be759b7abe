/** Where each kind lives in the API. Facts of Kubernetes 1.36; kinds that are not here are found by discovery (`discovery.ts`). */
import type { Kind } from './json.js'

export interface Resource {
  kind: string
  /** Empty for the core group. */
  group: string
  version: string
  /** `deployments` */
  plural: string
  namespaced: boolean
  /** Verbs that discovery names; absent in the table below, where every kind has them all. */
  verbs?: string[]
}

const TABLE: Record<Kind, [group: string, version: string, plural: string, scope: 'namespaced' | 'cluster']> = {
  Pod: ['', 'v1', 'pods', 'namespaced'],
  Service: ['', 'v1', 'services', 'namespaced'],
  ConfigMap: ['', 'v1', 'configmaps', 'namespaced'],
  Secret: ['', 'v1', 'secrets', 'namespaced'],
  ServiceAccount: ['', 'v1', 'serviceaccounts', 'namespaced'],
  PersistentVolumeClaim: ['', 'v1', 'persistentvolumeclaims', 'namespaced'],
  PersistentVolume: ['', 'v1', 'persistentvolumes', 'cluster'],
  Node: ['', 'v1', 'nodes', 'cluster'],
  Namespace: ['', 'v1', 'namespaces', 'cluster'],
  Event: ['', 'v1', 'events', 'namespaced'],
  ResourceQuota: ['', 'v1', 'resourcequotas', 'namespaced'],
  LimitRange: ['', 'v1', 'limitranges', 'namespaced'],
  ReplicationController: ['', 'v1', 'replicationcontrollers', 'namespaced'],
  Deployment: ['apps', 'v1', 'deployments', 'namespaced'],
  ReplicaSet: ['apps', 'v1', 'replicasets', 'namespaced'],
  StatefulSet: ['apps', 'v1', 'statefulsets', 'namespaced'],
  DaemonSet: ['apps', 'v1', 'daemonsets', 'namespaced'],
  ControllerRevision: ['apps', 'v1', 'controllerrevisions', 'namespaced'],
  Job: ['batch', 'v1', 'jobs', 'namespaced'],
  CronJob: ['batch', 'v1', 'cronjobs', 'namespaced'],
  HorizontalPodAutoscaler: ['autoscaling', 'v2', 'horizontalpodautoscalers', 'namespaced'],
  PodDisruptionBudget: ['policy', 'v1', 'poddisruptionbudgets', 'namespaced'],
  EndpointSlice: ['discovery.k8s.io', 'v1', 'endpointslices', 'namespaced'],
  Ingress: ['networking.k8s.io', 'v1', 'ingresses', 'namespaced'],
  IngressClass: ['networking.k8s.io', 'v1', 'ingressclasses', 'cluster'],
  NetworkPolicy: ['networking.k8s.io', 'v1', 'networkpolicies', 'namespaced'],
  StorageClass: ['storage.k8s.io', 'v1', 'storageclasses', 'cluster'],
  Role: ['rbac.authorization.k8s.io', 'v1', 'roles', 'namespaced'],
  RoleBinding: ['rbac.authorization.k8s.io', 'v1', 'rolebindings', 'namespaced'],
  ClusterRole: ['rbac.authorization.k8s.io', 'v1', 'clusterroles', 'cluster'],
  ClusterRoleBinding: ['rbac.authorization.k8s.io', 'v1', 'clusterrolebindings', 'cluster'],
  PriorityClass: ['scheduling.k8s.io', 'v1', 'priorityclasses', 'cluster'],
  CertificateSigningRequest: ['certificates.k8s.io', 'v1', 'certificatesigningrequests', 'cluster'],
  CustomResourceDefinition: ['apiextensions.k8s.io', 'v1', 'customresourcedefinitions', 'cluster'],
  Lease: ['coordination.k8s.io', 'v1', 'leases', 'namespaced'],
}

export const BUILT_IN: readonly Resource[] = Object.entries(TABLE).map(([kind, [group, version, plural, scope]]) => ({
  kind,
  group,
  version,
  plural,
  namespaced: scope === 'namespaced',
}))

const byKind = new Map(BUILT_IN.map((resource) => [resource.kind, resource]))
const byPlural = new Map(BUILT_IN.map((resource) => [resource.plural, resource]))

export const builtInKind = (kind: string): Resource | undefined => byKind.get(kind)
export const builtInPlural = (plural: string): Resource | undefined => byPlural.get(plural)

/** `v1`, `apps/v1` */
export const apiVersionOf = (resource: Pick<Resource, 'group' | 'version'>): string =>
  resource.group ? `${resource.group}/${resource.version}` : resource.version

export interface Place {
  namespace?: string | undefined
  name?: string | undefined
  subresource?: string | undefined
}

/** The path of a resource, of its collection in one namespace (or in all), or of one object of it. */
export function pathOf(resource: Resource, { namespace, name, subresource }: Place = {}): string {
  const root = resource.group ? `/apis/${resource.group}/${resource.version}` : `/api/${resource.version}`
  const parts = [root]
  if (namespace !== undefined && resource.namespaced) parts.push('namespaces', encodeURIComponent(namespace))
  parts.push(resource.plural)
  if (name !== undefined) parts.push(encodeURIComponent(name))
  if (subresource !== undefined) parts.push(subresource)
  return parts.join('/')
}

/** What one types after `kubectl get`: the kind in small letters, with its group where the name alone could mean another. */
export const kubectlName = (resource: Resource): string =>
  byKind.has(resource.kind) ? resource.kind.toLowerCase() : `${resource.plural}.${resource.group}`
