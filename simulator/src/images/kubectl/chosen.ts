/** Which objects a call is about. */
import type { JsonObject } from '../../objects/object.js'
import { type Kind, KubectlError, pathOf } from './api.js'
import type { Call } from './call.js'
import { manifests, named } from './options.js'

export interface Chosen {
  kind: Kind
  name: string
  namespace: string | undefined
}

export function query(flags: Map<string, string>, more: Record<string, string | undefined> = {}): string {
  const wanted = { labelSelector: flags.get('selector'), fieldSelector: flags.get('field-selector'), ...more }
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(wanted)) if (value) search.set(key, value)
  return search.size > 0 ? `?${search}` : ''
}

/** The objects that words, a selector or a file name. */
export async function chosen(call: Call): Promise<Chosen[]> {
  const { api, flags, namespace } = call
  const path = flags.get('filename')
  if (path) {
    const objects = await manifests(api.process, path)
    return Promise.all(objects.map((object) => placeOf(call, object)))
  }
  const found = await named(api, call.words)
  const all: Chosen[] = []
  for (const { kind, name } of found) {
    if (name) all.push({ kind, name, namespace })
    else if (flags.has('selector') || flags.has('all')) {
      const { items } = (await api.json('GET', `${pathOf(kind, namespace)}${query(flags)}`)) as unknown as {
        items: { metadata: { name: string } }[]
      }
      all.push(...items.map(({ metadata }) => ({ kind, name: metadata.name, namespace })))
    } else throw new KubectlError('error: resource(s) were provided, but no name was specified')
  }
  return all
}

export async function placeOf({ api, namespace }: Call, object: JsonObject): Promise<Chosen> {
  const {
    apiVersion = '',
    kind: wanted = '',
    metadata,
  } = object as { apiVersion?: string; kind?: string; metadata?: { name?: string; namespace?: string } }
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
  const kind = (await api.kinds()).find((each) => each.kind === wanted && each.group === group)
  if (!kind)
    throw new KubectlError(
      `error: resource mapping not found for name: ${JSON.stringify(metadata?.name ?? '')}: no matches for kind ${JSON.stringify(wanted)} in version ${JSON.stringify(apiVersion)}`,
    )
  return {
    kind: { ...kind, version: version || kind.version },
    name: metadata?.name ?? '',
    namespace: metadata?.namespace ?? namespace,
  }
}
