/** What the client wants to read: plain objects, a Table, or metadata alone. @see apiserver/pkg/endpoints/handlers/negotiation */
import { ApiError } from '../../objects/status.js'

export type Shape = 'object' | 'table' | 'metadata'

export interface Accepted {
  shape: Shape
  yaml: boolean
}

/** Media types that answers can have. Protobuf is read and not written: every client of Kubernetes that asks for it takes JSON too. */
const WRITTEN = ['application/json', 'application/yaml']
const PLAIN: Accepted = { shape: 'object', yaml: false }
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
function formOf({ media, options }: Clause): Accepted | undefined {
  const yaml = media === 'application/yaml'
  if (!yaml && !['application/json', 'application/*', '*/*'].includes(media)) return undefined
  if (!options.as) return { shape: 'object', yaml }
  const shape = SHAPES[options.as]
  if (!shape || (options.g ?? 'meta.k8s.io') !== 'meta.k8s.io' || (options.v ?? 'v1') !== 'v1') return undefined
  return { shape, yaml }
}

/** More clauses than any client names. */
const MOST_CLAUSES = 50

/** The first of the accepted forms that we speak. @throws ApiError 406 where there is none */
export function readAccept(header: string | undefined): Accepted {
  if (!header?.trim()) return PLAIN
  const clauses = header.split(',', MOST_CLAUSES).map(readClause)
  for (const clause of clauses.sort((a, b) => b.weight - a.weight)) {
    const form = clause.weight > 0 ? formOf(clause) : undefined
    if (form) return form
  }
  throw new ApiError(406, 'NotAcceptable', `only the following media types are accepted: ${WRITTEN.join(', ')}`)
}

/** The version of aggregated discovery that the client understands, where it does. */
export function wantsAggregated(header: string | undefined): 'v2' | 'v2beta1' | undefined {
  const match = /as=APIGroupDiscoveryList/.test(header ?? '') ? /v=(v2beta1|v2)/.exec(header ?? '') : null
  return match ? (match[1] as 'v2' | 'v2beta1') : undefined
}
