/** One HTTP request, free of sockets: from method, path, headers and body to what is to be answered. */
import { WebhookNeeded } from '../../admission/webhooks/round.js'
import { Rest } from '../../cel/pieces.js'
import { isBuiltIn, type Resource } from '../../kinds/resource.js'
import { ApiError, failure } from '../../objects/status.js'
import { connectOptions } from '../connect-options.js'
import type { ApiRequest } from '../request.js'
import type { Counted } from '../request-metrics.js'
import { type ApiServer, attributesOf, findResource } from '../server.js'
import { handlePath, pageNotFound } from './documents.js'
import { encoderFor } from './encode.js'
import type { Handled, HttpAnswer, HttpRequest } from './http.js'
import { readConnection, readRequest, verbOf } from './read-request.js'
import { parsePath, type ResourceRoute } from './route.js'

/** Subresources that are a connection and not an object. */
const CONNECTIONS = new Set(['log', 'exec', 'attach', 'portforward', 'proxy'])
const UPGRADED = new Set(['exec', 'attach', 'portforward'])

/** @throws ApiError, and WebhookNeeded where a webhook has to be asked first */
export function handle(server: ApiServer, request: HttpRequest): Handled {
  const route = parsePath(request.path)
  if (route.type === 'path') return { answer: handlePath(server, request, route.path), warnings: [] }
  const counted = countedOf(request, route)
  try {
    const resource = find(server, request, route)
    if (!resource) return { answer: pageNotFound(), warnings: [] }
    const handled = CONNECTIONS.has(route.subresource)
      ? connect(server, request, { route, resource })
      : perform(server, request, { route, resource })
    const { answer } = handled
    server.requests.count({ ...counted, code: 'code' in answer ? answer.code : 200 })
    return answer.type === 'watch' ? { ...handled, answer: tracked(server, answer, counted) } : handled
  } catch (error) {
    // What is not served has no place among the labels: a client could make up as many as it likes.
    const isServed = server.context.resources.find(route.group, route.version, route.resource) !== undefined
    // A request that has yet to ask a webhook or to evaluate is counted when it is done.
    if (isServed && !(error instanceof WebhookNeeded || error instanceof Rest))
      server.requests.count({ ...counted, code: error instanceof ApiError ? error.code : 500 })
    throw error
  }
}

interface Target {
  route: ResourceRoute
  resource: Resource
}

function perform(server: ApiServer, request: HttpRequest, { route, resource }: Target): Handled {
  const parsed = readRequest(request, route, resource)
  const deprecation = resource.rules.deprecation ?? resource.custom?.warning
  if (deprecation) parsed.warnings.push(deprecation)
  const encode = encoderFor(server, request, parsed)
  try {
    return { answer: encode(server.perform(parsed)), warnings: parsed.warnings }
  } catch (error) {
    if (error instanceof ApiError) error.warnings = parsed.warnings
    throw error
  }
}

/** A group or version that nobody serves is a page that is not there, and no Status. @throws ApiError 403, 404, 503 */
function find(server: ApiServer, request: HttpRequest, route: ResourceRoute): Resource | undefined {
  const { group, version } = route
  try {
    return findResource(server.context, route)
  } catch (error) {
    server.authorize({ ...route, user: request.user, verb: verbOf(request.method, route, route.isWatch) })
    if (!(error instanceof ApiError) || error.code !== 404 || isBuiltIn(group, version)) throw error
    return undefined
  }
}

/** Checks that the caller may connect, and that admission lets it; the listener does the rest. */
function connect(server: ApiServer, request: HttpRequest, { route, resource }: Target): Handled {
  if (!resource.subresources.has(route.subresource)) throw failure.pathNotFound()
  const parsed: ApiRequest = readConnection(request, route, resource)
  server.authorize(attributesOf(parsed))
  // A WebSocket comes by GET: what it may do is what a POST may. @see pkg/registry/core/pod/rest/authorize.go
  if (parsed.verb === 'get' && UPGRADED.has(route.subresource)) server.authorize({ ...attributesOf(parsed), verb: 'create' })
  const { warnings } = parsed
  if (route.subresource === 'log') return { answer: { type: 'connect', request: parsed, options: {} }, warnings }
  if (request.query.has('dryRun')) throw failure.badRequest('dryRun is not supported')
  const { kind } = resource.subresources.get(route.subresource)?.kind ?? resource
  const { subresource, rest } = route
  const options = connectOptions(kind, { subresource, rest, path: request.path, query: request.query })
  return { answer: { type: 'connect', request: parsed, options: server.admitConnection(parsed, options) }, warnings }
}

const METHODS: Record<string, string> = { create: 'POST', update: 'PUT' }

function countedOf({ method, headers, query }: HttpRequest, route: ResourceRoute): Omit<Counted, 'code'> {
  const { group, version, resource, subresource, namespace, name } = route
  const scope = name ? 'resource' : namespace ? 'namespace' : 'cluster'
  const isApply = method === 'PATCH' && String(headers['content-type'] ?? '').startsWith('application/apply-patch')
  const about = { group, version, resource, subresource, scope, dry_run: query.get('dryRun') ? 'All' : '' }
  try {
    const verb = verbOf(method, route, query.has('watch'))
    return {
      ...about,
      verb: isApply ? 'APPLY' : CONNECTIONS.has(subresource) ? 'CONNECT' : (METHODS[verb] ?? verb.toUpperCase()),
    }
  } catch {
    return { ...about, verb: 'OTHER' }
  }
}

/** The watch counts as running until it ends. */
function tracked(server: ApiServer, answer: Extract<HttpAnswer, { type: 'watch' }>, counted: Omit<Counted, 'code'>): HttpAnswer {
  return {
    ...answer,
    start(listener) {
      const { dry_run: _dryRun, ...about } = counted
      const end = server.requests.begin(about)
      const onEnd = () => {
        end()
        listener.onEnd()
      }
      const handle = answer.start({ onEvent: (event) => listener.onEvent(event), onEnd })
      const stop = () => {
        end()
        handle.stop()
      }
      return { stop }
    },
  }
}
