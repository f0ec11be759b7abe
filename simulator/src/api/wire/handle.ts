/** One HTTP request, free of sockets: from method, path, headers and body to what is to be answered. */
import { apiVersionOf, type Resource, type Resources } from '../../kinds/resource.js'
import { isObject, type JsonObject, type KubeObject } from '../../objects/object.js'
import { ApiError, failure } from '../../objects/status.js'
import type { ApiRequest, ApiResult, DeleteOptions, ListOptions, User, Verb } from '../request.js'
import type { ApiServer } from '../server.js'
import { findResource } from '../server.js'
import { type Accepted, readAccept, wantsAggregated } from './accept.js'
import { readBody, readPatch } from './body.js'
import { aggregatedDiscovery, legacyDiscovery } from './discovery.js'
import { openApiDocument, openApiIndex } from './openapi.js'
import { openApiV2 } from './openapi-v2.js'
import { parsePath, type Route } from './route.js'
import { partialObject, tableOf } from './table.js'

export interface HttpRequest {
  method: string
  path: string
  query: URLSearchParams
  headers: Record<string, string | string[] | undefined>
  body: Uint8Array
  user: User
}

export type HttpAnswer =
  | { type: 'json'; code: number; value: unknown; yaml?: boolean }
  | { type: 'bytes'; code: number; contentType: string; bytes: Uint8Array | string }
  | {
      type: 'watch'
      start: Extract<ApiResult, { type: 'watch' }>['start']
      encode(object: KubeObject, isFirst: boolean): unknown
    }
  /** For what reaches into a Pod or a node; the listener knows how. */
  | { type: 'connect'; request: ApiRequest; rest: string }

export interface Handled {
  answer: HttpAnswer
  warnings: string[]
}

export const VERSION = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.2',
  gitCommit: 'simulated',
  gitTreeState: 'clean',
  buildDate: '2026-06-10T00:00:00Z',
  goVersion: 'go1.26.4',
  compiler: 'gc',
  platform: 'linux/amd64',
}

/** Subresources that are a connection and not an object. */
const CONNECTIONS = new Set(['log', 'exec', 'attach', 'portforward', 'proxy'])
const UPGRADED = new Set(['exec', 'attach', 'portforward'])

const header = (request: HttpRequest, name: string): string | undefined => {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** @throws ApiError */
export function handle(server: ApiServer, request: HttpRequest): Handled {
  const route = parsePath(request.path)
  if (route.type === 'path') return { answer: handlePath(server, request, route.path), warnings: [] }
  const resource = findResource(server.context, route)
  if (CONNECTIONS.has(route.subresource)) return { answer: connect(server, request, { route, resource }), warnings: [] }
  const parsed = readRequest(request, route, resource)
  const result = server.perform(parsed)
  return { answer: answerOf(server, request, { parsed, result }), warnings: parsed.warnings }
}

type ResourceRoute = Extract<Route, { type: 'resource' }>

/** Checks that the caller may connect; the listener does the rest. */
function connect(
  server: ApiServer,
  request: HttpRequest,
  { route, resource }: { route: ResourceRoute; resource: Resource },
): HttpAnswer {
  const { subresource, namespace, name } = route
  if (!resource.subresources.has(subresource)) throw failure.pathNotFound()
  const verb = verbOf(request.method, name, false)
  if (subresource === 'log' && verb !== 'get') throw failure.methodNotAllowed(resource, verb)
  const parsed: ApiRequest = { verb, resource, subresource, namespace, name, user: request.user, warnings: [] }
  server.authorize({ ...attributes(parsed), verb })
  // A WebSocket comes by GET: what it may do is what a POST may. @see pkg/registry/core/pod/rest/authorize.go
  if (verb === 'get' && UPGRADED.has(subresource)) server.authorize({ ...attributes(parsed), verb: 'create' })
  return { type: 'connect', request: parsed, rest: route.rest }
}

const attributes = ({ user, resource, subresource, namespace, name }: ApiRequest) => ({
  user,
  group: resource.group,
  resource: resource.resource,
  subresource,
  namespace,
  name,
})

function verbOf(method: string, name: string, isWatch: boolean): Verb {
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (isWatch) return 'watch'
      return name ? 'get' : 'list'
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    case 'DELETE':
      return name ? 'delete' : 'deletecollection'
    default:
      throw new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource')
  }
}

const number = (text: string | null): number | undefined => (text ? Number(text) : undefined)
const flag = (text: string | null): boolean | undefined =>
  text === null ? undefined : text === 'true' || text === '1' || text === ''

function listOptions(query: URLSearchParams): ListOptions {
  return {
    labelSelector: query.get('labelSelector') ?? undefined,
    fieldSelector: query.get('fieldSelector') ?? undefined,
    limit: number(query.get('limit')),
    continue: query.get('continue') ?? undefined,
    resourceVersion: query.get('resourceVersion') ?? undefined,
    resourceVersionMatch: query.get('resourceVersionMatch') ?? undefined,
    allowWatchBookmarks: flag(query.get('allowWatchBookmarks')),
    sendInitialEvents: flag(query.get('sendInitialEvents')),
    timeoutSeconds: number(query.get('timeoutSeconds')),
    include: query.get('includeObject') ?? undefined,
  }
}

function readRequest(request: HttpRequest, route: ResourceRoute, resource: Resource): ApiRequest {
  const { query } = request
  const isWatch = route.isWatch || flag(query.get('watch')) === true
  const verb = verbOf(request.method, route.name, isWatch)
  const parsed: ApiRequest = {
    verb,
    resource,
    subresource: route.subresource,
    namespace: route.namespace,
    name: route.name,
    user: request.user,
    dryRun: readDryRun(query),
    fieldManager: query.get('fieldManager') || managerFromAgent(header(request, 'user-agent')),
    fieldValidation: query.get('fieldValidation') || 'Warn',
    force: flag(query.get('force')),
    list: listOptions(query),
    warnings: [],
  }
  const type = header(request, 'content-type')
  if (verb === 'patch') {
    parsed.patch = readPatch(request.body, type)
    if (parsed.patch.type === 'apply') parsed.fieldManager = query.get('fieldManager') ?? ''
  } else if (verb === 'create' || verb === 'update') {
    if (request.body.length > 0) parsed.body = readBody(request.body, type)
    else throw failure.badRequest('the body of the request is empty')
  } else if (verb === 'delete' || verb === 'deletecollection') readDeletion(parsed, request, type)
  return parsed
}

function readDryRun(query: URLSearchParams): boolean {
  const values = query.getAll('dryRun').filter(Boolean)
  const wrong = values.find((value) => value !== 'All')
  if (wrong)
    throw failure.badRequest(
      `Invalid value: "[${wrong}]": dryRun: Unsupported value: ${JSON.stringify(wrong)}: supported values: "All"`,
    )
  return values.length > 0
}

/** `kubectl/v1.36.2 (linux/amd64)` manages as `kubectl`. */
const managerFromAgent = (agent: string | undefined): string => (agent ?? '').split('/')[0]?.slice(0, 128) || 'unknown'

function readDeletion(parsed: ApiRequest, request: HttpRequest, type: string | undefined): void {
  const { query } = request
  const body: JsonObject = request.body.length > 0 ? readBody(request.body, type) : {}
  if (Array.isArray(body.dryRun) && body.dryRun.includes('All')) parsed.dryRun = true
  const deletion: DeleteOptions = {
    gracePeriodSeconds: (body.gracePeriodSeconds as number | undefined) ?? number(query.get('gracePeriodSeconds')),
    propagationPolicy: (body.propagationPolicy as string | undefined) ?? query.get('propagationPolicy') ?? undefined,
    orphanDependents: (body.orphanDependents as boolean | undefined) ?? flag(query.get('orphanDependents')),
    preconditions: isObject(body.preconditions) ? (body.preconditions as DeleteOptions['preconditions']) : undefined,
  }
  parsed.deletion = deletion
}

interface Performed {
  parsed: ApiRequest
  result: ApiResult
}

function answerOf(server: ApiServer, request: HttpRequest, { parsed, result }: Performed): HttpAnswer {
  const accepted = readAccept(header(request, 'accept'))
  if (result.type === 'watch')
    return {
      type: 'watch',
      start: result.start,
      encode: (object, isFirst) => encodeObject(server, { parsed, accepted, isFirst }, object),
    }
  if (result.type === 'list')
    return { type: 'json', code: 200, value: encodeList(server, { parsed, accepted }, result.list), yaml: accepted.yaml }
  const { object, code } = result
  const isStatus = (object as { kind?: string }).kind === 'Status'
  const value = isStatus ? object : encodeObject(server, { parsed, accepted, isFirst: true }, object as KubeObject)
  return { type: 'json', code, value, yaml: accepted.yaml }
}

interface Encoding {
  parsed: ApiRequest
  accepted: Accepted
  isFirst?: boolean
}

function encodeObject(server: ApiServer, encoding: Encoding, object: KubeObject): unknown {
  const { parsed, accepted, isFirst = true } = encoding
  if (accepted.shape === 'metadata') return partialObject(object)
  if (accepted.shape !== 'table' || parsed.subresource || object.kind !== parsed.resource.kind) return object
  const options = { include: parsed.list?.include || 'Metadata', nowMs: server.context.clock.now(), withColumns: isFirst }
  return tableOf(parsed.resource, [object], { resourceVersion: object.metadata.resourceVersion }, options)
}

function encodeList(server: ApiServer, encoding: Encoding, list: Extract<ApiResult, { type: 'list' }>['list']): unknown {
  const { parsed, accepted } = encoding
  const { resource } = parsed
  const metadata = {
    resourceVersion: list.resourceVersion,
    ...(list.continue ? { continue: list.continue } : {}),
    ...(list.remaining ? { remainingItemCount: list.remaining } : {}),
  }
  if (accepted.shape === 'table') {
    return tableOf(resource, list.items, metadata, {
      include: parsed.list?.include || 'Metadata',
      nowMs: server.context.clock.now(),
      withColumns: true,
    })
  }
  if (accepted.shape === 'metadata') {
    return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items: list.items.map(partialObject) }
  }
  // Items of a list bear no kind of their own, as from the real server.
  const items = list.items.map(({ apiVersion: _apiVersion, kind: _kind, ...rest }) => rest)
  return {
    kind: `${resource.kind}List`,
    apiVersion: apiVersionOf(resource),
    metadata,
    items: resource.custom ? list.items : items,
  }
}

const V2_PROTOBUF = 'application/com.github.proto-openapi.spec.v2'

/** As JSON alone: a client that takes nothing else than protobuf hears that it cannot be had. */
function openApiV2Answer(resources: Resources, accept: string | undefined): HttpAnswer {
  if (accept?.includes(V2_PROTOBUF) && !/application\/json|\*\/\*/.test(accept))
    throw new ApiError(406, 'NotAcceptable', 'only the following media types are accepted: application/json')
  return { type: 'bytes', code: 200, contentType: 'application/json', bytes: openApiV2(resources) }
}

/** Documents and health checks: what is no resource. */
function handlePath(server: ApiServer, request: HttpRequest, path: string): HttpAnswer {
  const verb = request.method === 'GET' || request.method === 'HEAD' ? 'get' : request.method.toLowerCase()
  server.authorize({ user: request.user, verb, group: '', resource: '', subresource: '', namespace: '', name: '', path })
  const { resources } = server.context
  const json = (value: unknown): HttpAnswer => ({ type: 'json', code: 200, value })
  const accept = header(request, 'accept')
  const clean = path.replace(/\/+$/, '')
  if (clean === '/version') return json(VERSION)
  if (/^\/(readyz|livez|healthz)(\/|$)/.test(clean))
    return { type: 'bytes', code: 200, contentType: 'text/plain; charset=utf-8', bytes: 'ok' }
  if (clean === '/openapi/v2') return openApiV2Answer(resources, accept)
  if (clean === '/openapi/v3') return json(openApiIndex(resources))
  if (clean.startsWith('/openapi/v3/'))
    return {
      type: 'bytes',
      code: 200,
      contentType: 'application/json',
      bytes: openApiDocument(resources, clean.slice('/openapi/v3/'.length)),
    }
  const aggregated = wantsAggregated(accept)
  if (aggregated && (clean === '/api' || clean === '/apis')) {
    const document = aggregatedDiscovery(resources, clean.slice(1) as 'api' | 'apis', aggregated)
    const contentType = `application/json;g=apidiscovery.k8s.io;v=${aggregated};as=APIGroupDiscoveryList`
    return { type: 'bytes', code: 200, contentType, bytes: JSON.stringify(document) }
  }
  const legacy = legacyDiscovery(resources, clean)
  if (legacy) return json(legacy)
  if (clean === '')
    return json({ paths: ['/api', '/apis', '/healthz', '/livez', '/openapi/v2', '/openapi/v3', '/readyz', '/version'] })
  throw failure.pathNotFound()
}
