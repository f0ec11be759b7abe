/** From an HTTP request for a resource to what is asked for. */
import { apiVersionOf, type GroupVersionKind, type Resource } from '../../kinds/resource.js'
import { failure } from '../../objects/status.js'
import type { ApiRequest, Verb } from '../request.js'
import { readBody, readPatch } from './body.js'
import { type HttpRequest, header } from './http.js'
import { deleteOptions, flag, listOptions, writeOptions } from './options.js'
import type { ResourceRoute } from './route.js'

/** @throws ApiError 405 for a method that the path does not take */
export function verbOf(method: string, { name, subresource }: ResourceRoute, isWatch = false): Verb {
  switch (method) {
    case 'GET':
      if (isWatch) return 'watch'
      return name ? 'get' : 'list'
    case 'POST':
      if (name && !subresource) throw failure.noSuchMethod()
      return 'create'
    case 'PUT':
    case 'PATCH':
      if (!name) throw failure.noSuchMethod()
      return method === 'PUT' ? 'update' : 'patch'
    case 'DELETE':
      return name ? 'delete' : 'deletecollection'
    default:
      throw failure.noSuchMethod()
  }
}

/** @throws ApiError 400, 405, 415, 422 */
export function readRequest(request: HttpRequest, route: ResourceRoute, resource: Resource): ApiRequest {
  const { query } = request
  const verb = verbOf(request.method, route, route.isWatch || flag(query.get('watch')) === true)
  const parsed: ApiRequest = {
    verb,
    resource,
    subresource: route.subresource,
    namespace: route.namespace,
    name: route.name,
    user: request.user,
    round: request.round,
    warnings: [],
  }
  const type = header(request, 'content-type')
  const agent = header(request, 'user-agent') ?? ''
  if (verb === 'patch') {
    parsed.patch = readPatch(request.body, type)
    Object.assign(parsed, writeOptions({ verb, query, agent, patch: parsed.patch.type }))
  } else if (verb === 'create' || verb === 'update') {
    Object.assign(parsed, writeOptions({ verb, query, agent }))
    const { kind, ...version } = kindOf(parsed)
    Object.assign(parsed, readBody(request.body, type, { kind, apiVersion: apiVersionOf(version) }))
  } else if (verb === 'delete' || verb === 'deletecollection') {
    const body = request.body.length > 0 ? readBody(request.body, type).body : {}
    Object.assign(parsed, deleteOptions(query, body))
  }
  if (verb === 'get')
    parsed.list = { resourceVersion: query.get('resourceVersion') ?? undefined, include: query.get('includeObject') ?? undefined }
  else if (verb === 'create' || verb === 'update' || verb === 'patch')
    parsed.list = { include: query.get('includeObject') ?? undefined }
  else if (verb !== 'delete') parsed.list = listOptions(query, verb === 'watch')
  return parsed
}

const kindOf = ({ resource, subresource }: ApiRequest): GroupVersionKind =>
  resource.subresources.get(subresource)?.kind ?? resource

/** A connection has options of its own, which its handler reads, and a body that is not ours. */
export function readConnection(request: HttpRequest, route: ResourceRoute, resource: Resource): ApiRequest {
  const verb = verbOf(request.method, route)
  if (route.subresource === 'log' && verb !== 'get') throw failure.methodNotAllowed(resource, verb)
  const { subresource, namespace, name } = route
  return { verb, resource, subresource, namespace, name, user: request.user, round: request.round, warnings: [] }
}
