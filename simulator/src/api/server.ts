/**
 * The API server of one cluster, after transport and before storage: authorization, then the verb. It knows no controller; controllers,
 * scheduler and kubelets reach it as every client does.
 */
import { type AdmissionPlugin, admitPart } from '../admission/admission.js'
import { withWebhooks } from '../admission/webhooks/round.js'
import { inPiece } from '../cel/pieces.js'
import type { Resource, Resources } from '../kinds/resource.js'
import { fieldsOf, isObject, type JsonObject, type KubeObject } from '../objects/object.js'
import { failure } from '../objects/status.js'
import type { Store } from '../storage/store.js'
import type { Clock } from '../time/clock.js'
import type { Random } from '../time/random.js'
import { readComponents } from './component-status.js'
import type { ConnectOptions } from './connect-options.js'
import type { ApiContext, Attributes, Authorizer, ClusterFacts } from './context.js'
import { storageHooks } from './hooks/index.js'
import { readMetrics } from './metrics.js'
import type { ApiRequest, ApiResult } from './request.js'
import { RequestMetrics } from './request-metrics.js'
import { subresources } from './subresources/index.js'
import { admitted, partOf } from './subresources/part.js'
import { type Virtual, virtualResources } from './subresources/virtual.js'
import { deleteCollection, deleteObject } from './verbs/delete.js'
import { patchObject } from './verbs/patch.js'
import { getObject, listObjects } from './verbs/read.js'
import { watchObjects } from './verbs/watch.js'
import { createObject, updateObject } from './verbs/write.js'

export interface ApiServerOptions {
  store: Store
  resources: Resources
  clock: Clock
  random: Random
  authorizer: Authorizer
  admission: AdmissionPlugin[]
  facts: ClusterFacts
}

export class ApiServer {
  readonly context: ApiContext
  /** What came over the wire. */
  readonly requests: RequestMetrics
  constructor(options: ApiServerOptions) {
    this.context = { ...options, hooks: storageHooks }
    this.requests = new RequestMetrics(options.clock.now())
  }

  /**
   * Runs one request. @throws ApiError for every refusal and fault that a client may see, and WebhookNeeded where a webhook has to be
   * asked before it can go on: `performAsking` does that
   */
  perform(request: ApiRequest): ApiResult {
    this.authorize(attributesOf(request))
    return this.execute(request)
  }

  /** Runs one request with all the webhooks that it needs. @throws ApiError */
  performAsking(request: ApiRequest): Promise<ApiResult> {
    return withWebhooks(this.context, request, () => {
      request.warnings.length = 0
      return inPiece(request.round?.evaluations, () => this.perform(request))
    })
  }

  /** @throws ApiError 403 */
  authorize(attributes: Attributes): void {
    const refusal = this.context.authorizer.refuse(attributes)
    if (!refusal) return
    const { group, resource, name, path } = attributes
    if (path !== undefined) throw failure.forbidden({ group: '', resource: '' }, '', refusal)
    throw failure.forbidden({ group, resource }, name, refusal)
  }

  /** Runs a request that needs no leave, such as one of the cluster's own making. */
  execute(request: ApiRequest): ApiResult {
    const { resource, subresource, verb } = request
    const allowed = subresource ? resource.subresources.get(subresource)?.verbs : resource.verbs
    if (!allowed) throw failure.pathNotFound()
    if (!allowed.includes(verb)) throw hasSuchPath(request, allowed) ? failure.noSuchMethod() : failure.pathNotFound()
    if (subresource && subresource !== 'status') return this.#executeSubresource(request)
    const computed = computedResources.get(resource.storage)
    if (computed) return computed(this.context, request)
    const virtual = virtualResources.get(resource.storage)
    if (virtual) return { type: 'object', code: 201, object: this.#ask(virtual, request) }
    return this.#executeVerb(request)
  }

  /** What is asked and not stored passes admission too: its old Binding does so as the subresource that it stands for. */
  #ask(virtual: Virtual, request: ApiRequest): JsonObject {
    const context = this.#contextOf(request)
    if (request.resource.storage === 'bindings') return virtual(context, request)
    const body = admitted(context, request, { object: partOf(request, request.body) })
    return virtual(context, { ...request, body: { ...request.body, ...(body.spec === undefined ? {} : { spec: body.spec }) } })
  }

  /** Shows a connection to admission. @returns its options as admission leaves them @throws ApiError */
  admitConnection(request: ApiRequest, options: JsonObject): ConnectOptions {
    const object = options as unknown as KubeObject
    admitPart({ context: this.#contextOf(request), request, operation: 'CONNECT', object })
    return options as ConnectOptions
  }

  #contextOf({ round }: ApiRequest): ApiContext {
    return round ? round.over(this.context) : this.context
  }

  #executeVerb(request: ApiRequest): ApiResult {
    const context = this.#contextOf(request)
    if (READS.has(request.verb)) context.hooks.get(request.resource.storage)?.beforeRead?.(context, request)
    switch (request.verb) {
      case 'get':
        return { type: 'object', code: 200, object: getObject(context, request) }
      case 'list':
        return { type: 'list', list: listObjects(context, request) }
      case 'watch':
        return { type: 'watch', start: watchObjects(context, request) }
      case 'create':
        return { type: 'object', code: 201, object: createObject(context, request) }
      case 'update':
        return { type: 'object', code: 200, object: updateObject(context, request) }
      case 'patch': {
        const { object, created } = patchObject(context, request)
        return { type: 'object', code: created ? 201 : 200, object }
      }
      case 'delete':
        return deleteObject(context, request)
      case 'deletecollection':
        return deleteCollection(context, request)
    }
  }

  #executeSubresource(request: ApiRequest): ApiResult {
    const handler =
      subresources.get(`${request.resource.storage}/${request.subresource}`) ?? subresources.get(`*/${request.subresource}`)
    const run = handler?.[request.verb as 'get' | 'create' | 'update' | 'patch']
    if (!run) throw failure.notImplemented(`${request.verb} of ${request.resource.resource}/${request.subresource}`)
    return { type: 'object', code: request.verb === 'create' ? 201 : 200, object: run(this.#contextOf(request), request) }
  }
}

/** What is worked out for each request and never stored, by shelf. */
const computedResources: ReadonlyMap<string, (context: ApiContext, request: ApiRequest) => ApiResult> = new Map([
  ['metrics.k8s.io/pods', readMetrics],
  ['metrics.k8s.io/nodes', readMetrics],
  ['componentstatuses', readComponents],
])

const READS = new Set(['get', 'list', 'watch'])
const OF_ONE = ['get', 'update', 'patch', 'delete']

/** A kind that can only be created has no path for one object of it. */
const hasSuchPath = ({ verb, subresource }: ApiRequest, allowed: readonly string[]): boolean =>
  subresource !== '' || !OF_ONE.includes(verb) || allowed.some((each) => OF_ONE.includes(each))

const ONE_NAME = /(?:^|,)metadata\.name==?([^,!=]+)/

/** A list or a watch of one name is about that object. */
export function attributesOf({
  user,
  verb,
  resource,
  subresource,
  namespace,
  name,
  list,
}: Pick<ApiRequest, 'user' | 'verb' | 'resource' | 'subresource' | 'namespace' | 'name' | 'list'>): Attributes {
  const what = { user, verb, group: resource.group, resource: resource.resource, subresource, namespace, name }
  if (verb !== 'list' && verb !== 'watch') return what
  const { fieldSelector, labelSelector } = list ?? {}
  return { ...what, name: name || (ONE_NAME.exec(fieldSelector ?? '')?.[1] ?? ''), fieldSelector, labelSelector }
}

/** @throws ApiError 404 where the cluster serves no such resource, 503 where an APIService names who should and does not */
export function findResource(context: ApiContext, address: { group: string; version: string; resource: string }): Resource {
  const { group, version, resource } = address
  const found = context.resources.find(group, version, resource)
  if (found) return found
  const aggregated = group ? context.store.get('apiregistration.k8s.io/apiservices', `${version}.${group}`) : undefined
  if (aggregated && isObject(fieldsOf(aggregated).spec) && (fieldsOf(aggregated).spec as { service?: object }).service)
    throw failure.unavailable('service unavailable')
  throw failure.pathNotFound()
}
