/** Kubernetes objects as they cross the wire: client-node's types, with times as text, since nothing here turns JSON into classes. */
import type * as k8s from '@kubernetes/client-node'

export type Json<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? Json<Item>[]
    : T extends object
      ? { [Key in keyof T]: Json<T[Key]> }
      : T

export interface KubernetesObject {
  apiVersion?: string
  kind?: string
  metadata?: Json<k8s.V1ObjectMeta>
}

/** The kinds that `cluster.get` and `cluster.list` know by name alone. Any other is asked for as `group/version/Kind`. */
export interface Kinds {
  Pod: Json<k8s.V1Pod>
  Service: Json<k8s.V1Service>
  ConfigMap: Json<k8s.V1ConfigMap>
  Secret: Json<k8s.V1Secret>
  ServiceAccount: Json<k8s.V1ServiceAccount>
  PersistentVolumeClaim: Json<k8s.V1PersistentVolumeClaim>
  PersistentVolume: Json<k8s.V1PersistentVolume>
  Node: Json<k8s.V1Node>
  Namespace: Json<k8s.V1Namespace>
  Event: Json<k8s.CoreV1Event>
  ResourceQuota: Json<k8s.V1ResourceQuota>
  LimitRange: Json<k8s.V1LimitRange>
  ReplicationController: Json<k8s.V1ReplicationController>
  Deployment: Json<k8s.V1Deployment>
  ReplicaSet: Json<k8s.V1ReplicaSet>
  StatefulSet: Json<k8s.V1StatefulSet>
  DaemonSet: Json<k8s.V1DaemonSet>
  ControllerRevision: Json<k8s.V1ControllerRevision>
  Job: Json<k8s.V1Job>
  CronJob: Json<k8s.V1CronJob>
  HorizontalPodAutoscaler: Json<k8s.V2HorizontalPodAutoscaler>
  PodDisruptionBudget: Json<k8s.V1PodDisruptionBudget>
  EndpointSlice: Json<k8s.V1EndpointSlice>
  Ingress: Json<k8s.V1Ingress>
  IngressClass: Json<k8s.V1IngressClass>
  NetworkPolicy: Json<k8s.V1NetworkPolicy>
  StorageClass: Json<k8s.V1StorageClass>
  Role: Json<k8s.V1Role>
  RoleBinding: Json<k8s.V1RoleBinding>
  ClusterRole: Json<k8s.V1ClusterRole>
  ClusterRoleBinding: Json<k8s.V1ClusterRoleBinding>
  PriorityClass: Json<k8s.V1PriorityClass>
  CertificateSigningRequest: Json<k8s.V1CertificateSigningRequest>
  CustomResourceDefinition: Json<k8s.V1CustomResourceDefinition>
  Lease: Json<k8s.V1Lease>
}
export type Kind = keyof Kinds

export type EndpointSlice = Kinds['EndpointSlice']
export type Pod = Kinds['Pod']
export type Deployment = Kinds['Deployment']
