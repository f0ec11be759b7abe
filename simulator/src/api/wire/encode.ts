/** Answers in the form that the client accepts: objects, Tables, metadata alone; as JSON, YAML or protobuf. */
import { apiVersionOf } from '../../kinds/resource.js'
import type { KubeObject } from '../../objects/object.js'
import { hasMessage } from '../../schema/messages.js'
import type { ApiRequest, ApiResult } from '../request.js'
import type { ApiServer } from '../server.js'
import { type Accepted, readAccept } from './accept.js'
import { type HttpAnswer, type HttpRequest, header, type JsonForm } from './http.js'
import { partialObject, SCALE, tableOf } from './table.js'

interface Encoding {
  parsed: ApiRequest
  accepted: Accepted
  isFirst?: boolean
}

/** People read what curl and browsers show. */
export function isPretty(request: HttpRequest): boolean {
  const asked = request.query.get('pretty')
  if (asked !== null) return asked === 'true' || asked === '1'
  return /^(curl|Wget|Mozilla\/5\.0)/.test(header(request, 'user-agent') ?? '')
}

/** Whether what is asked for has a form in protobuf. */
function isMessage({ resource, subresource }: ApiRequest): boolean {
  const { kind, ...version } = resource.subresources.get(subresource)?.kind ?? resource
  return !resource.custom && hasMessage(apiVersionOf(version), kind)
}

/** @throws ApiError 406 before anything is done */
export function encoderFor(server: ApiServer, request: HttpRequest, parsed: ApiRequest): (result: ApiResult) => HttpAnswer {
  const accepted = readAccept(header(request, 'accept'), isMessage(parsed))
  const form: JsonForm = accepted.media !== 'json' ? accepted.media : isPretty(request) ? 'pretty' : 'compact'
  return (result) => {
    if (result.type === 'watch')
      return {
        type: 'watch',
        form: accepted.media === 'protobuf' ? 'protobuf' : 'json',
        start: result.start,
        encode: (object, isFirst) => encodeObject(server, { parsed, accepted, isFirst }, object),
      }
    if (result.type === 'list')
      return { type: 'json', code: 200, value: encodeList(server, { parsed, accepted }, result.list), form }
    const { object, code } = result
    const isStatus = (object as { kind?: string }).kind === 'Status'
    const value = isStatus ? object : encodeObject(server, { parsed, accepted }, object as KubeObject)
    return { type: 'json', code, value, form }
  }
}

/** How a refusal is written: as its client reads answers. @see handlers/responsewriters: ErrorNegotiated */
export function errorForm(accept: string | undefined): JsonForm {
  try {
    const { media } = readAccept(accept, true)
    return media === 'json' ? 'compact' : media
  } catch {
    return 'compact'
  }
}

/** Kind and version first, as Go writes them. */
const inOrder = ({ kind, apiVersion, metadata, ...rest }: KubeObject) => ({ kind, apiVersion, metadata, ...rest })

function encodeObject(server: ApiServer, encoding: Encoding, object: KubeObject): unknown {
  const { parsed, accepted, isFirst = true } = encoding
  if (accepted.shape === 'metadata') return partialObject(object)
  const isScale = object.kind === 'Scale'
  if (accepted.shape !== 'table' || (object.kind !== parsed.resource.kind && !isScale))
    // All readers of a watch share the object, and the text that is made of it.
    return parsed.verb === 'watch' || parsed.resource.custom ? object : inOrder(object)
  const options = { include: parsed.list?.include || 'Metadata', nowMs: server.context.clock.now(), withColumns: isFirst }
  return tableOf(isScale ? SCALE : parsed.resource, [object], { resourceVersion: object.metadata.resourceVersion }, options)
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
