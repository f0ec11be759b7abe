/**
 * What a connection asks for, as the object that admission sees: the query of its request, by the names and defaults of the kind.
 * @see pkg/apis/core/v1: Convert_url_Values_To_v1_PodExecOptions and its neighbours
 */
import type { JsonObject } from '../objects/object.js'
import { failure } from '../objects/status.js'

/** @see apimachinery/pkg/runtime/converter: Convert_Slice_string_To_bool */
const isOn = (query: URLSearchParams, name: string): boolean => {
  const text = query.get(name)
  return text !== null && !['false', '0'].includes(text.toLowerCase())
}

const STREAMS = ['stdin', 'stdout', 'stderr', 'tty']

function streams(query: URLSearchParams): JsonObject {
  const container = query.get('container')
  return {
    ...Object.fromEntries(STREAMS.filter((name) => isOn(query, name)).map((name) => [name, true])),
    ...(container ? { container } : {}),
  }
}

/** @throws ApiError 400 where one is no number */
function ports(query: URLSearchParams): JsonObject {
  const texts = query.getAll('ports').flatMap((text) => text.split(','))
  const bad = texts.find((text) => !/^[+-]?\d+$/.test(text))
  if (bad !== undefined) throw failure.badRequest(`strconv.ParseInt: parsing ${JSON.stringify(bad)}: invalid syntax`)
  return texts.length > 0 ? { ports: texts.map(Number) } : {}
}

/** By the subresource, some of these; admission may have changed them. */
export interface ConnectOptions {
  stdin?: boolean
  stdout?: boolean
  stderr?: boolean
  tty?: boolean
  container?: string
  command?: string[] | null
  ports?: number[]
  path?: string
}

export interface ConnectionRequest {
  subresource: string
  query: URLSearchParams
  /** The path of the request, and what follows the subresource in it, without its first slash. */
  path: string
  rest: string
}

/** The fields of the options; `proxy` has a path alone, which ends as that of the request does. */
function fieldsFor({ subresource, query, path, rest }: ConnectionRequest): JsonObject {
  switch (subresource) {
    case 'exec': {
      const command = query.getAll('command')
      return { ...streams(query), command: command.length > 0 ? command : null }
    }
    case 'attach':
      return streams(query)
    case 'portforward':
      return ports(query)
    default:
      return rest || path.endsWith('/') ? { path: `/${rest}` } : {}
  }
}

/** @param kind such as `PodExecOptions` @throws ApiError 400 */
export const connectOptions = (kind: string, asked: ConnectionRequest): JsonObject => ({
  kind,
  apiVersion: 'v1',
  ...fieldsFor(asked),
})
