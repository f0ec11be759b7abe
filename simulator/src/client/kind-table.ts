import type { KindName, ResourceRef, Target } from './client.js'

const row = (group: string, version: string, resource: string, namespaced = true) => ({ group, version, resource, namespaced })

const TABLE: Record<KindName, Omit<ResourceRef, 'kind'>> = {
  CertificateSigningRequest: row('certificates.k8s.io', 'v1', 'certificatesigningrequests', false),
  ClusterRole: row('rbac.authorization.k8s.io', 'v1', 'clusterroles', false),
  ConfigMap: row('', 'v1', 'configmaps'),
  ControllerRevision: row('apps', 'v1', 'controllerrevisions'),
  CronJob: row('batch', 'v1', 'cronjobs'),
  CustomResourceDefinition: row('apiextensions.k8s.io', 'v1', 'customresourcedefinitions', false),
  DaemonSet: row('apps', 'v1', 'daemonsets'),
  Deployment: row('apps', 'v1', 'deployments'),
  EndpointSlice: row('discovery.k8s.io', 'v1', 'endpointslices'),
  Endpoints: row('', 'v1', 'endpoints'),
  Event: row('', 'v1', 'events'),
  FlowSchema: row('flowcontrol.apiserver.k8s.io', 'v1', 'flowschemas', false),
  HorizontalPodAutoscaler: row('autoscaling', 'v2', 'horizontalpodautoscalers'),
  IPAddress: row('networking.k8s.io', 'v1', 'ipaddresses', false),
  Ingress: row('networking.k8s.io', 'v1', 'ingresses'),
  IngressClass: row('networking.k8s.io', 'v1', 'ingressclasses', false),
  Job: row('batch', 'v1', 'jobs'),
  Lease: row('coordination.k8s.io', 'v1', 'leases'),
  Namespace: row('', 'v1', 'namespaces', false),
  NetworkPolicy: row('networking.k8s.io', 'v1', 'networkpolicies'),
  Node: row('', 'v1', 'nodes', false),
  PersistentVolume: row('', 'v1', 'persistentvolumes', false),
  PersistentVolumeClaim: row('', 'v1', 'persistentvolumeclaims'),
  Pod: row('', 'v1', 'pods'),
  PodDisruptionBudget: row('policy', 'v1', 'poddisruptionbudgets'),
  PriorityLevelConfiguration: row('flowcontrol.apiserver.k8s.io', 'v1', 'prioritylevelconfigurations', false),
  ReplicaSet: row('apps', 'v1', 'replicasets'),
  ReplicationController: row('', 'v1', 'replicationcontrollers'),
  ResourceQuota: row('', 'v1', 'resourcequotas'),
  Secret: row('', 'v1', 'secrets'),
  Service: row('', 'v1', 'services'),
  ServiceAccount: row('', 'v1', 'serviceaccounts'),
  ServiceCIDR: row('networking.k8s.io', 'v1', 'servicecidrs', false),
  StatefulSet: row('apps', 'v1', 'statefulsets'),
  StorageClass: row('storage.k8s.io', 'v1', 'storageclasses', false),
  ValidatingAdmissionPolicy: row('admissionregistration.k8s.io', 'v1', 'validatingadmissionpolicies', false),
  VolumeAttachment: row('storage.k8s.io', 'v1', 'volumeattachments', false),
}

/** Where a kind is served. */
export const refOf = (target: Target): ResourceRef => (typeof target === 'string' ? { ...TABLE[target], kind: target } : target)
