/** What the verbs of one cluster's API server work on. */
import type { JsonWebKey } from 'node:crypto'
import type { AdmissionPlugin } from '../admission/admission.js'
import type { WebhookCall, WebhookReply } from '../admission/webhooks/round.js'
import type { Resource, Resources } from '../kinds/resource.js'
import type { KubeObject } from '../objects/object.js'
import type { Pod } from '../schema/kubernetes.generated.js'
import type { Store } from '../storage/store.js'
import type { Clock } from '../time/clock.js'
import type { Random } from '../time/random.js'
import type { ApiRequest } from './request.js'

export interface Authorizer {
  /** Undefined where it is allowed; otherwise upstream's sentence why not. */
  refuse(attributes: Attributes): string | undefined
  /** What allows it, in upstream's words; empty where no rule is needed. */
  reasonFor?(attributes: Attributes): string
}

/** What somebody wants to do, as RBAC sees it. */
export interface Attributes {
  user: ApiRequest['user']
  verb: string
  group: string
  resource: string
  subresource: string
  namespace: string
  name: string
  /** Of a list or a watch. */
  fieldSelector?: string | undefined
  labelSelector?: string | undefined
  /** Set instead of the resource fields for requests outside the API groups. */
  path?: string
}

export interface ApiContext {
  readonly store: Store
  readonly resources: Resources
  readonly clock: Clock
  readonly random: Random
  readonly admission: AdmissionPlugin[]
  readonly authorizer: Authorizer
  readonly hooks: ReadonlyMap<string, StorageHooks>
  /** What only this cluster knows, such as its address ranges and certificates. */
  readonly facts: ClusterFacts
}

/** A node with an API server, a controller manager and a scheduler. */
export interface ControlPlane {
  name: string
  address: string
}

export interface ClusterFacts {
  /** First three parts of the service range, `10.96`. */
  serviceRange: string
  nodePorts: { first: number; last: number }
  /** Where its API servers run; absent where nothing runs. */
  controlPlanes?: readonly ControlPlane[]
  caPem: string
  /** Issues a certificate for a signing request. @throws where it cannot be read */
  sign?(request: { csrPem: string; usages: string[]; seconds: number }): string
  /** Issues a ServiceAccount token. */
  issueToken?(claims: TokenRequest): { token: string; expiresAtMs: number }
  /** Calls a webhook inside the cluster's network. @throws Error with Go's words for why it could not be reached */
  callWebhook?(call: WebhookCall): Promise<WebhookReply>
  /** What is in use now; absent where nothing runs. */
  usage?(): UsageReport | undefined
  /** Whom tokens name as their issuer, and the keys by which anybody can check them. */
  issuer?: string
  tokenKeys?(): JsonWebKey[]
  reviewToken?(token: string, audiences: string[]): { user: ApiRequest['user']; audiences: string[] } | undefined
}

/** What running Pods use: CPU in thousandths of a core, memory in bytes. */
export interface UsageReport {
  pods: { pod: Pod; containers: { name: string; cpuMilli: number; memoryBytes: number }[] }[]
  /** Of every node beside its Pods. */
  system: { cpuMilli: number; memoryBytes: number }
}

export interface TokenRequest {
  namespace: string
  serviceAccount: string
  uid: string
  audiences: string[]
  seconds: number
  /** Of the token itself. */
  id: string
  binding?: TokenBinding | undefined
}

/** What a token ends with. */
export interface TokenBinding {
  kind: 'Pod' | 'Secret' | 'Node'
  name: string
  uid: string
  /** Of a Pod that has one. */
  node?: { name: string; uid?: string }
}

export interface WriteEvent {
  context: ApiContext
  request: ApiRequest
  object: KubeObject
  old?: KubeObject
}

/** What the real API server does for a kind beside writing it, such as giving a Service its address. Runs before validation. */
export interface StorageHooks {
  /** Before a get, a list or the beginning of a watch. */
  beforeRead?(context: ApiContext, request: ApiRequest): void
  beforeCreate?(event: WriteEvent): void
  beforeUpdate?(event: WriteEvent): void
  /** After the write; not for a dry run. */
  afterWrite?(event: WriteEvent): void
  afterDelete?(event: WriteEvent): void
  /** After the mark of an object that stays for its finalizers. */
  afterMark?(event: WriteEvent): void
}

export const keyFor = (resource: Resource, namespace: string, name: string): string =>
  resource.namespaced ? `${namespace}/${name}` : name
