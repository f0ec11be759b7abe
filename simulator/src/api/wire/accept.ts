/** What the client wants to read: plain objects, a Table, or metadata alone. @see apiserver/pkg/endpoints/handlers/negotiation */
import { ApiError } from '../../objects/status.js'
import { PROTOBUF } from '../../schema/messages.js'

export type Shape = 'object' | 'table' | 'metadata'

export type Media = 'json' | 'yaml' | 'protobuf'

export interface Accepted {
  shape: Shape
  media: Media
}

/** Media types that answers can have. */
const WRITTEN = ['application/json', 'application/yaml']
const PLAIN: Accepted = { shape: 'object', media: 'json' }
const MEDIA: Record<string, Media> = {
  'application/json': 'json',
  'application/*': 'json',
  '*/*': 'json',
  'application/yaml': 'yaml',
  [PROTOBUF]: 'protobuf',
}
const SHAPES: Record<string, Shape> = {
  Table: 'table',
  PartialObjectMetadata: 'metadata',
  PartialObjectMetadataList: 'metadata',
}

interface Clause {
  media: string
  options: Record<string, string>
  weight: number
}

function readClause(text: string): Clause {
  const [media = '', ...parameters] = text.split(';').map((part) => part.trim())
  const options = Object.fromEntries(parameters.map((part) => part.split('=') as [string, string]))
  const weight = Number(options.q ?? 1)
  return { media: media.toLowerCase(), options, weight: Number.isNaN(weight) ? 1 : weight }
}

/** The form that a clause asks for; undefined where we do not speak it. */
function formOf({ media: name, options }: Clause, hasProtobuf: boolean): Accepted | undefined {
  const media = Object.hasOwn(MEDIA, name) ? MEDIA[name] : undefined
  if (!media || (media === 'protobuf' && !hasProtobuf)) return undefined
  if (!options.as) return { shape: 'object', media }
  const shape = SHAPES[options.as]
  if (!shape || (options.g ?? 'meta.k8s.io') !== 'meta.k8s.io' || (options.v ?? 'v1') !== 'v1') return undefined
  // A Table is no message.
  return shape === 'table' && media === 'protobuf' ? undefined : { shape, media }
}

/** More clauses than any client names. */
const MOST_CLAUSES = 50

/**
 * The first of the accepted forms that we speak.
 * @param hasProtobuf whether what is asked for is defined as protobuf
 * @throws ApiError 406 where there is none
 */
export function readAccept(header: string | undefined, hasProtobuf: boolean): Accepted {
  if (!header?.trim()) return PLAIN
  const clauses = header.split(',', MOST_CLAUSES).map(readClause)
  for (const clause of clauses.sort((a, b) => b.weight - a.weight)) {
    const form = clause.weight > 0 ? formOf(clause, hasProtobuf) : undefined
    if (form) return form
  }
  const written = hasProtobuf ? [...WRITTEN, PROTOBUF] : WRITTEN
  throw new ApiError(406, 'NotAcceptable', `only the following media types are accepted: ${written.join(', ')}`)
}

/** The version of aggregated discovery that the client understands, where it does. */
export function wantsAggregated(header: string | undefined): 'v2' | 'v2beta1' | undefined {
  const match = /as=APIGroupDiscoveryList/.test(header ?? '') ? /v=(v2beta1|v2)/.exec(header ?? '') : null
  return match ? (match[1] as 'v2' | 'v2beta1') : undefined
}
