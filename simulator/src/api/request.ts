/** A request after its path, query and body were read: what both the listener and the clients inside the process hand to the API server. */

import type { WebhookRound } from '../admission/webhooks/round.js'
import type { Resource } from '../kinds/resource.js'
import type { JsonMarks } from '../objects/json-marks.js'
import type { JsonObject, KubeObject } from '../objects/object.js'

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

export interface User {
  name: string
  uid?: string
  groups: string[]
  extra?: Record<string, string[]>
}

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply'

export interface DeleteOptions {
  gracePeriodSeconds?: number | undefined
  propagationPolicy?: string | undefined
  orphanDependents?: boolean | undefined
  preconditions?: { uid?: string | undefined; resourceVersion?: string | undefined } | undefined
}

export interface ListOptions {
  labelSelector?: string | undefined
  fieldSelector?: string | undefined
  limit?: number | undefined
  continue?: string | undefined
  resourceVersion?: string | undefined
  resourceVersionMatch?: string | undefined
  allowWatchBookmarks?: boolean | undefined
  sendInitialEvents?: boolean | undefined
  timeoutSeconds?: number | undefined
  /** Of a Table: what each row carries beside its cells. */
  include?: string | undefined
}

/** What a body said beside its object. */
export interface BodyMarks extends JsonMarks {
  /** The JSON that it came as. */
  text?: string | undefined
  /** What Go's strict reader of YAML says of keys that came twice. */
  yamlProblem?: string | undefined
}

export interface ApiRequest {
  verb: Verb
  resource: Resource
  subresource: string
  /** Empty for a cluster-wide request. */
  namespace: string
  /** Empty for a collection. */
  name: string
  user: User
  body?: JsonObject | undefined
  /** Of the body; absent where there is nothing to tell. */
  marks?: BodyMarks | undefined
  patch?: { type: PatchType; document: unknown } | undefined
  list?: ListOptions | undefined
  deletion?: DeleteOptions | undefined
  dryRun?: boolean | undefined
  fieldManager?: string | undefined
  /** The subresource through which the fields were written, where the request itself is one for the whole object. */
  trackedAs?: string | undefined
  /** Take over fields of other managers in a server-side apply. */
  force?: boolean | undefined
  /** `Strict`, `Warn` or `Ignore`. Absent: the caller is ours and sends what it means. */
  fieldValidation?: string | undefined
  /** The answers of webhooks so far, where the request had to wait for one. */
  round?: WebhookRound | undefined
  /** Sentences for `Warning` headers, added to as the request goes on. */
  warnings: string[]
}

export interface ObjectList {
  items: KubeObject[]
  resourceVersion: string
  continue?: string | undefined
  remaining?: number | undefined
}

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  object: KubeObject | ReturnType<import('../objects/status.js').ApiError['toStatus']>
  /** What a large object takes of memory; absent of all others. */
  memory?: number
}

/** A started watch. Events come in order until `stop` is called or `onEnd` was. */
export interface WatchHandle {
  stop(): void
}
export interface WatchListener {
  onEvent(event: WatchEvent): void
  onEnd(): void
}

export type ApiResult =
  | { type: 'object'; code: number; object: KubeObject | JsonObject }
  | { type: 'list'; list: ObjectList }
  | { type: 'watch'; start(listener: WatchListener): WatchHandle }
