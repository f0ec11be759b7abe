/** What is no resource: discovery, OpenAPI, health, metrics, the version and the list of paths. */
import { apiVersionOf, type Resources } from '../../kinds/resource.js'
import { ApiError } from '../../objects/status.js'
import type { ApiServer } from '../server.js'
import { aboutAnswer, aboutPaths, serverAddress } from './about.js'
import { wantsAggregated } from './accept.js'
import { aggregatedDiscovery, groupsOf, legacyDiscovery } from './discovery.js'
import { isPretty } from './encode.js'
import { healthAnswer, healthPaths } from './health.js'
import { type HttpAnswer, type HttpRequest, header, textAnswer } from './http.js'
import { openApiDocument, openApiIndex } from './openapi.js'
import { openApiV2 } from './openapi-v2.js'
import { VERSION } from './version.js'

const V2_PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'
const METRICS = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores'

/** A few documents are always written for people. */
const indented = (value: unknown): HttpAnswer => textAnswer('application/json', JSON.stringify(value, null, 2))
export const pageNotFound = (): HttpAnswer => textAnswer('text/plain; charset=utf-8', '404 page not found\n', 404)

function openApiV2Answer(resources: Resources, accept: string | undefined): HttpAnswer {
  const isProtobuf = accept?.includes('application/com.github.proto-openapi.spec.v2') ?? false
  return textAnswer(isProtobuf ? V2_PROTOBUF : 'application/json', openApiV2(resources, isProtobuf ? 'protobuf' : 'json'))
}

function pathsOf(resources: Resources): string[] {
  const versions = groupsOf(resources).flatMap(({ name, versions: all }) =>
    name ? [`/apis/${name}`, ...all.map((version) => `/apis/${apiVersionOf({ group: name, version })}`)] : [],
  )
  const others = [
    ...aboutPaths,
    '/api',
    '/api/v1',
    '/apis',
    '/apis/',
    '/metrics',
    '/openapi/v2',
    '/openapi/v3',
    '/openapi/v3/',
    '/version',
  ]
  return [...others, ...versions, ...healthPaths].sort()
}

/** Absent where the path is no discovery. */
function discoveryAnswer({ context }: ApiServer, request: HttpRequest, path: string): HttpAnswer | undefined {
  const { resources } = context
  const aggregated = wantsAggregated(header(request, 'accept'))
  if (aggregated && (path === '/api' || path === '/apis')) {
    const document = aggregatedDiscovery(resources, path.slice(1) as 'api' | 'apis', aggregated)
    const contentType = `application/json;g=apidiscovery.k8s.io;v=${aggregated};as=APIGroupDiscoveryList`
    return textAnswer(contentType, JSON.stringify(document))
  }
  const legacy = legacyDiscovery(resources, path, serverAddress(context))
  return legacy && { type: 'json', code: 200, value: legacy, form: isPretty(request) ? 'pretty' : 'compact' }
}

function openApiAnswer(resources: Resources, request: HttpRequest, path: string): HttpAnswer | undefined {
  if (path === '/openapi/v2') return openApiV2Answer(resources, header(request, 'accept'))
  if (path === '/openapi/v3') return { type: 'json', code: 200, value: openApiIndex(resources) }
  const document = path.startsWith('/openapi/v3/') && openApiDocument(resources, path.slice('/openapi/v3/'.length))
  return document ? textAnswer('application/json', document) : undefined
}

/** @throws ApiError 403, 404, 405 */
export function handlePath(server: ApiServer, request: HttpRequest, path: string): HttpAnswer {
  const verb = request.method === 'GET' || request.method === 'HEAD' ? 'get' : request.method.toLowerCase()
  server.authorize({ user: request.user, verb, group: '', resource: '', subresource: '', namespace: '', name: '', path })
  const { resources } = server.context
  const clean = path.replace(/\/+$/, '')
  const health = healthAnswer(clean, request.query)
  if (health) return health
  if (verb !== 'get')
    throw new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource')
  if (clean === '') return indented({ paths: pathsOf(resources) })
  if (clean === '/version') return indented(VERSION)
  if (clean === '/metrics') return textAnswer(METRICS, server.requests.write(server.context))
  return (
    aboutAnswer(server, clean) ??
    openApiAnswer(resources, request, clean) ??
    discoveryAnswer(server, request, clean) ??
    pageNotFound()
  )
}
