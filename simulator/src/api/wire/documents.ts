/** What is no resource: discovery, OpenAPI, health, metrics, the version and the list of paths. */
import { apiVersionOf } from '../../kinds/resource.js'
import type { KubeObject } from '../../objects/object.js'
import { ApiError } from '../../objects/status.js'
import { httpDate } from '../../time/clock.js'
import { VERSION } from '../../version.js'
import type { ApiContext } from '../context.js'
import type { ApiServer } from '../server.js'
import { aboutAnswer, aboutPaths, serverAddress } from './about.js'
import { type Media, pickMedia, readAggregated, readPlainAccept } from './accept.js'
import { aggregatedDiscovery, type Discovered, groupsOf, legacyDiscovery } from './discovery.js'
import { isPretty } from './encode.js'
import { healthAnswer, healthPaths } from './health.js'
import { type HttpAnswer, type HttpRequest, header, type JsonForm, textAnswer } from './http.js'
import { openApiAddress, openApiDocument, openApiDocumentBytes, openApiHash, openApiIndex } from './openapi.js'
import { openApiV2 } from './openapi-v2.js'
import { render } from './render.js'
import { documentMark, markOf, type Tagged, taggedAnswer } from './tagged.js'

/** The media types of OpenAPI; the second of protobuf is an older name of the first. */
const openApiMedia = (version: 'v2' | 'v3') => {
  const name = `application/com.github.proto-openapi.spec.${version}`
  return { protobuf: `${name}.v1.0+protobuf`, all: ['application/json', `${name}.v1.0+protobuf`, `${name}@v1.0+protobuf`] }
}
const OPEN_API = { v2: openApiMedia('v2'), v3: openApiMedia('v3') }
const METRICS = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores'

/** A few documents are always written for people. */
const indented = (value: unknown): HttpAnswer => textAnswer('application/json', JSON.stringify(value, null, 2))
export const pageNotFound = (): HttpAnswer => textAnswer('text/plain; charset=utf-8', '404 page not found\n', 404)

type Form = 'json' | 'protobuf'

interface OpenApiContent {
  version: 'v2' | 'v3'
  bytes: (form: Form) => Uint8Array
  /** That of the bytes where there is none. */
  mark?: string
}

/** @see kube-openapi/pkg/handler, handler3 */
function openApiBytes(request: HttpRequest, content: OpenApiContent, headers: Record<string, string> = {}): HttpAnswer {
  const { protobuf, all } = OPEN_API[content.version]
  const media = pickMedia(header(request, 'accept'), all)
  if (!media) return textAnswer('text/plain; charset=utf-8', '', 406)
  const form: Form = media === 'application/json' ? 'json' : 'protobuf'
  const contentType = form === 'json' ? media : protobuf
  const bytes = content.bytes(form)
  return taggedAnswer(request, { contentType, content: bytes, mark: content.mark ?? documentMark(bytes) }, headers)
}

/** What APIServices hand on to a Service: none is aggregated. */
function unreachable({ store, resources }: ApiContext): Discovered['unreachable'] {
  const aggregated = store.list('apiregistration.k8s.io/apiservices') as (KubeObject & { spec: APIServiceSpec })[]
  const named = aggregated
    .filter(({ spec }) => spec.service)
    .map(({ spec: { group = '', version = '' } }) => ({ group, version }))
  if (named.length === 0) return named
  const served = resources.all()
  return named.filter(({ group, version }) => !served.some((each) => each.group === group && each.version === version))
}

interface APIServiceSpec {
  group?: string
  version?: string
  service?: object
}

const discoveredIn = (context: ApiContext): Discovered => ({ resources: context.resources, unreachable: unreachable(context) })

function pathsOf(context: ApiContext): string[] {
  const versions = groupsOf(discoveredIn(context)).flatMap(({ name, versions: all }) =>
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

const jsonForm = (request: HttpRequest): JsonForm => (isPretty(request) ? 'pretty' : 'compact')
const formFor = (request: HttpRequest, media: Media): JsonForm => (media === 'json' ? jsonForm(request) : media)

interface WantedDiscovery {
  root: 'api' | 'apis'
  version: string
  form: JsonForm
}

/** What a cluster without resources of its own serves is the same in all of them: it is written once. */
const builtInContents = new Map<string, Tagged>()

function aggregatedContent(discovered: Discovered, wanted: WantedDiscovery): Tagged {
  const isBuiltIn = discovered.unreachable.length === 0 && discovered.resources.custom().length === 0
  const key = Object.values(wanted).join(' ')
  const known = isBuiltIn ? builtInContents.get(key) : undefined
  if (known) return known
  const value = aggregatedDiscovery(discovered, wanted.root, wanted.version)
  const { contentType, body } = render({ type: 'json', code: 200, value, form: wanted.form })
  const about = `${contentType};g=apidiscovery.k8s.io;v=${wanted.version};as=APIGroupDiscoveryList`
  const content: Tagged = { contentType: about, content: body, mark: markOf(JSON.stringify(value)) }
  if (isBuiltIn) builtInContents.set(key, content)
  return content
}

/** Absent where the path is no discovery. @throws ApiError 406 */
function discoveryAnswer({ context }: ApiServer, request: HttpRequest, path: string): HttpAnswer | undefined {
  const discovered = discoveredIn(context)
  const accept = header(request, 'accept')
  const aggregated = path === '/api' || path === '/apis' ? readAggregated(accept) : undefined
  if (aggregated) {
    const { version, media } = aggregated
    const wanted = { root: path.slice(1) as 'api' | 'apis', version, form: formFor(request, media) }
    return taggedAnswer(request, aggregatedContent(discovered, wanted), { 'Cache-Control': 'public' })
  }
  const isUnreachable = discovered.unreachable.some((each) => path === `/apis/${apiVersionOf(each)}`)
  if (isUnreachable) return textAnswer('text/plain; charset=utf-8', 'service unavailable\n', 503)
  const value = legacyDiscovery(discovered, path, serverAddress(context))
  return value && { type: 'json', code: 200, value, form: formFor(request, readPlainAccept(accept)) }
}

const YEAR_MS = 365 * 24 * 3600 * 1000

/** A document of one group and version. Who asks for it by its hash may keep it for ever. @see handler3: HandleGroupVersion */
function openApiPart({ context }: ApiServer, request: HttpRequest, path: string): HttpAnswer | undefined {
  const hash = openApiHash(context.resources, path)
  if (!hash) return undefined
  const asked = request.query.get('hash')
  if (asked && asked !== hash) {
    const headers = { Location: openApiAddress(path, hash), Vary: 'Accept' }
    return { type: 'bytes', code: 301, contentType: '', bytes: '', headers }
  }
  const bytes = (form: Form): Uint8Array => {
    const document = openApiDocument(context.resources, path)
    return document ? openApiDocumentBytes(document, form) : new Uint8Array()
  }
  const kept = { 'Cache-Control': 'public, immutable', Expires: httpDate(context.clock.now() + YEAR_MS) }
  return openApiBytes(request, { version: 'v3', bytes, mark: hash }, asked ? kept : {})
}

function openApiAnswer(server: ApiServer, request: HttpRequest, path: string): HttpAnswer | undefined {
  const { resources } = server.context
  if (path === '/openapi/v2') return openApiBytes(request, { version: 'v2', bytes: (form) => openApiV2(resources, form) })
  if (path === '/openapi/v3') return { type: 'json', code: 200, value: openApiIndex(resources) }
  return path.startsWith('/openapi/v3/') ? openApiPart(server, request, path.slice('/openapi/v3/'.length)) : undefined
}

/** @throws ApiError 403, 404, 405 */
export function handlePath(server: ApiServer, request: HttpRequest, path: string): HttpAnswer {
  const verb = request.method === 'GET' || request.method === 'HEAD' ? 'get' : request.method.toLowerCase()
  server.authorize({ user: request.user, verb, group: '', resource: '', subresource: '', namespace: '', name: '', path })
  const clean = path.replace(/\/+$/, '')
  const health = healthAnswer(clean, request.query)
  if (health) return health
  if (verb !== 'get')
    throw new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource')
  if (clean === '') return indented({ paths: pathsOf(server.context) })
  if (clean === '/version') return indented(VERSION)
  if (clean === '/metrics') return textAnswer(METRICS, server.requests.write(server.context))
  return (
    aboutAnswer(server, clean) ??
    openApiAnswer(server, request, clean) ??
    discoveryAnswer(server, request, clean) ??
    pageNotFound()
  )
}
