/** What the client wants to read: plain objects, a Table, or metadata alone. */

export type Shape = 'object' | 'table' | 'metadata'

export interface Accepted {
  shape: Shape
  yaml: boolean
}

/** The first of the accepted forms that we speak; an object where none is. */
export function readAccept(header: string | undefined): Accepted {
  for (const part of (header ?? '').split(',')) {
    const [media = '', ...parameters] = part.split(';').map((text) => text.trim())
    const options = Object.fromEntries(parameters.map((text) => text.split('=') as [string, string]))
    if (media === 'application/yaml') return { shape: 'object', yaml: true }
    if (media !== 'application/json' && media !== '*/*' && media !== 'application/*') continue
    if (options.as === 'Table') return { shape: 'table', yaml: false }
    if (options.as === 'PartialObjectMetadata' || options.as === 'PartialObjectMetadataList')
      return { shape: 'metadata', yaml: false }
    if (!options.as) return { shape: 'object', yaml: false }
  }
  return { shape: 'object', yaml: false }
}

/** The version of aggregated discovery that the client understands, where it does. */
export function wantsAggregated(header: string | undefined): 'v2' | 'v2beta1' | undefined {
  const match = /as=APIGroupDiscoveryList/.test(header ?? '') ? /v=(v2beta1|v2)/.exec(header ?? '') : null
  return match ? (match[1] as 'v2' | 'v2beta1') : undefined
}
