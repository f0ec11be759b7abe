/** What the client wants to read: plain objects, a Table, or metadata alone. @see apiserver/pkg/endpoints/handlers/negotiation */
import { ApiError } from '../../objects/status.js'
import { PROTOBUF } from '../../schema/messages.js'
import { type Clause, clausesOf, takes } from './accept-clauses.js'

export type Shape = 'object' | 'table' | 'metadata'

export type Media = 'json' | 'yaml' | 'protobuf'

export interface Accepted {
  shape: Shape
  media: Media
}

const PLAIN: Accepted = { shape: 'object', media: 'json' }
/** Media types that answers can have, the best first. */
const MEDIA: [string, Media][] = [
  ['application/json', 'json'],
  ['application/yaml', 'yaml'],
  [PROTOBUF, 'protobuf'],
]
const SHAPES: ReadonlyMap<string, Shape> = new Map([
  ['Table', 'table'],
  ['PartialObjectMetadata', 'metadata'],
  ['PartialObjectMetadataList', 'metadata'],
])

/** The parameters that change what is answered. */
interface Wanted {
  kind: string
  group: string
  version: string
}

/** @returns what the object is to be turned into; undefined where it stays what it is, `false` where the clause cannot be served */
function wantedOf({ options }: Clause): Wanted | undefined | false {
  const { as, g, v, stream, sv } = options
  if (sv || (stream && stream !== 'watch')) return false
  return as === undefined && g === undefined && v === undefined ? undefined : { kind: as ?? '', group: g ?? '', version: v ?? '' }
}

/** The first of the accepted forms that can be served. @param serve what a clause makes of a media type; undefined where it cannot be */
function firstForm<T>(header: string, serve: (wanted: Wanted | undefined, media: Media) => T | undefined): T | undefined {
  for (const clause of clausesOf(header)) {
    const wanted = wantedOf(clause)
    if (wanted === false) continue
    for (const [name, media] of MEDIA) {
      const served = takes(clause, name) ? serve(wanted, media) : undefined
      if (served !== undefined) return served
    }
  }
  return undefined
}

function notAcceptable(hasProtobuf: boolean): ApiError {
  const written = MEDIA.filter(([, media]) => hasProtobuf || media !== 'protobuf').map(([name]) => name)
  return new ApiError(406, 'NotAcceptable', `only the following media types are accepted: ${written.join(', ')}`)
}

/**
 * The first of the accepted forms that we speak.
 * @param hasProtobuf whether what is asked for is defined as protobuf
 * @throws ApiError 406 where there is none
 */
export function readAccept(header: string | undefined, hasProtobuf: boolean): Accepted {
  if (!header) return PLAIN
  const accepted = firstForm(header, (wanted, media): Accepted | undefined => {
    if (media === 'protobuf' && !hasProtobuf) return undefined
    if (!wanted) return { shape: 'object', media }
    const shape = wanted.group === 'meta.k8s.io' && wanted.version === 'v1' ? SHAPES.get(wanted.kind) : undefined
    // A Table is no message.
    return !shape || (shape === 'table' && media === 'protobuf') ? undefined : { shape, media }
  })
  if (!accepted) throw notAcceptable(hasProtobuf)
  return accepted
}

/** The media type of a document that has no other shape. @throws ApiError 406 */
export function readPlainAccept(header: string | undefined): Media {
  if (!header) return 'json'
  const media = firstForm(header, (wanted, each) => (wanted ? undefined : each))
  if (!media) throw notAcceptable(true)
  return media
}

export interface AggregatedForm {
  version: 'v2' | 'v2beta1'
  media: Media
}

/** How the client takes aggregated discovery, where it does: that goes before every other form. @see discovery/aggregated/wrapper.go */
export function readAggregated(header: string | undefined): AggregatedForm | undefined {
  return firstForm(header ?? '', (wanted, media) => {
    if (wanted?.group !== 'apidiscovery.k8s.io' || wanted.kind !== 'APIGroupDiscoveryList') return undefined
    const { version } = wanted
    return version === 'v2' || version === 'v2beta1' ? { version, media } : undefined
  })
}

/** The first of these media types that the client takes; none where it takes none. @param header absent means any */
export function pickMedia<T extends string>(header: string | undefined, served: readonly T[]): T | undefined {
  for (const clause of clausesOf(header || '*/*')) {
    const found = served.find((each) => takes(clause, each))
    if (found) return found
  }
  return undefined
}
