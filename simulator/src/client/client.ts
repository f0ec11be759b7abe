/**
 * The one interface through which controllers, scheduler and kubelets reach an API server: the one in this process, or any other
 * over HTTPS. Objects that it returns may be shared: never change one, make a copy.
 */

import type { Definition } from '../custom/definition.js'
import type { CoreEvent } from '../kinds/core/event.js'
import type { FlowSchema, PriorityLevelConfiguration } from '../kinds/other/flow-control.js'
import type { Draft, KubeObject } from '../objects/object.js'
import type * as k8s from '../schema/kubernetes.generated.js'

/** The kinds that our components use, with the type of each. */
export interface Kinds {
  CertificateSigningRequest: k8s.CertificateSigningRequest
  ClusterRole: k8s.ClusterRole
  ConfigMap: k8s.ConfigMap
  ControllerRevision: k8s.ControllerRevision
  CronJob: k8s.CronJob
  CustomResourceDefinition: Definition
  DaemonSet: k8s.DaemonSet
  Deployment: k8s.Deployment
  EndpointSlice: k8s.EndpointSlice
  Endpoints: k8s.Endpoints
  Event: CoreEvent
  FlowSchema: FlowSchema
  HorizontalPodAutoscaler: k8s.HorizontalPodAutoscaler
  IPAddress: k8s.IPAddress
  Ingress: k8s.Ingress
  IngressClass: k8s.IngressClass
  Job: k8s.Job
  Lease: k8s.Lease
  Namespace: k8s.Namespace
  NetworkPolicy: k8s.NetworkPolicy
  Node: k8s.Node
  PersistentVolume: k8s.PersistentVolume
  PersistentVolumeClaim: k8s.PersistentVolumeClaim
  Pod: k8s.Pod
  PodDisruptionBudget: k8s.PodDisruptionBudget
  PriorityLevelConfiguration: PriorityLevelConfiguration
  ReplicaSet: k8s.ReplicaSet
  ReplicationController: k8s.ReplicationController
  ResourceQuota: k8s.ResourceQuota
  Secret: k8s.Secret
  Service: k8s.Service
  ServiceAccount: k8s.ServiceAccount
  ServiceCIDR: k8s.ServiceCIDR
  StatefulSet: k8s.StatefulSet
  StorageClass: k8s.StorageClass
  ValidatingAdmissionPolicy: k8s.ValidatingAdmissionPolicy
  VolumeAttachment: k8s.VolumeAttachment
}
export type KindName = keyof Kinds

/** Any served resource, for code that learns at run time what there is (garbage collection, namespace deletion). */
export interface ResourceRef {
  group: string
  version: string
  resource: string
  kind: string
  namespaced: boolean
}

export type Target = KindName | ResourceRef
export type ObjectOf<K extends Target> = K extends KindName ? Kinds[K] : KubeObject

export interface ListQuery {
  namespace?: string
  labelSelector?: string
  fieldSelector?: string
}

export interface ClientEvent<T = KubeObject> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  object: T
}

export interface DeleteQuery {
  uid?: string
  graceSeconds?: number
  propagation?: 'Background' | 'Foreground' | 'Orphan'
}

export interface Client {
  list<K extends Target>(target: K, query?: ListQuery): Promise<{ items: ObjectOf<K>[]; resourceVersion: string }>
  /** Events after `resourceVersion`, until the signal is aborted or the server ends it. @throws ApiError 410 where it is too old */
  watch<K extends Target>(
    target: K,
    query: ListQuery & { resourceVersion: string; signal: AbortSignal },
  ): AsyncIterable<ClientEvent<ObjectOf<K>>>
  /** @throws ApiError 404 */
  get<K extends Target>(target: K, key: string): Promise<ObjectOf<K>>
  /** `namespace` is the one in the object's metadata. */
  create<K extends Target>(target: K, object: Draft<ObjectOf<K>>): Promise<ObjectOf<K>>
  /** @throws ApiError 409 where the object has changed since it was read */
  update<K extends Target>(target: K, object: ObjectOf<K>): Promise<ObjectOf<K>>
  updateStatus<K extends Target>(target: K, object: ObjectOf<K>): Promise<ObjectOf<K>>
  /** A merge patch. */
  patch<K extends Target>(target: K, key: string, patch: object, options?: { subresource?: string }): Promise<ObjectOf<K>>
  delete<K extends Target>(target: K, key: string, query?: DeleteQuery): Promise<void>
  /** Creates at a subresource, such as `binding`, `eviction` or `token`. */
  createSub<K extends Target>(target: K, key: string, sub: { name: string; body: object }): Promise<unknown>
  /** Replaces through a subresource, such as `finalize`. */
  updateSub<K extends Target>(target: K, key: string, sub: { name: string; body: object }): Promise<unknown>
  /** Everything that the server serves and that can be listed and deleted. */
  resources(): Promise<ResourceRef[]>
}
