/** For tests of parts that only look: informers that hold what a test gives them, without a cluster. */
import type { KindName, Kinds } from '../client/client.js'
import type { Informers } from '../controllers/runtime/informer.js'

/** Fields that a test leaves out are absent. */
export type Held = {
  [K in KindName]?: {
    metadata: { name: string; namespace?: string; labels?: Record<string, string> }
    [field: string]: unknown
  }[]
}

export function informersWith(held: Held): Informers {
  const list = <K extends KindName>(kind: K, namespace = ''): Kinds[K][] =>
    (held[kind] ?? []).filter(({ metadata }) => !namespace || metadata.namespace === namespace) as never
  return { list } as Informers
}

export const heldNode = (name: string, address: string) => ({
  metadata: { name },
  status: {
    addresses: [
      { type: 'Hostname', address: name },
      { type: 'InternalIP', address },
    ],
  },
})
