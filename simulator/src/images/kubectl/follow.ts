/** One object from now on, by a list and a watch of it alone, as client-go's informers have it. */
import { decode, LineReader } from '../../containers/stream.js'
import { durationMs } from '../../network/gateway/duration.js'
import type { JsonObject } from '../../objects/object.js'
import { deadline } from '../../shell/commands/network/deadline.js'
import { KubectlError, pathOf } from './api.js'
import type { Call } from './call.js'
import type { Chosen } from './chosen.js'

interface List {
  items: JsonObject[]
  metadata: { resourceVersion: string }
}

/** Shows each state of the object until `seen` says that it is enough. @throws KubectlError where it goes, or where time is up */
export async function follow(
  call: Call,
  { kind, name, namespace }: Chosen,
  seen: (object: JsonObject) => Promise<boolean>,
): Promise<void> {
  const { api } = call
  const search = new URLSearchParams({ fieldSelector: `metadata.name=${name}` })
  const path = pathOf(kind, namespace)
  const list = (await api.json('GET', `${path}?${search}`)) as unknown as List
  const [first] = list.items
  if (!first)
    throw new KubectlError(
      `Error from server (NotFound): ${kind.resource}${kind.group && `.${kind.group}`} ${JSON.stringify(name)} not found`,
    )
  if (await seen(first)) return
  search.set('resourceVersion', list.metadata.resourceVersion)
  await watch<JsonObject>(call, { path, search }, async ({ type, object }) => {
    if (type === 'DELETED') throw new KubectlError('error: object has been deleted')
    return seen(object)
  })
}

export interface WatchEvent<T> {
  type: string
  object: T
}

/** Every event of a watch until `seen` says that it is enough, or the program ends. @throws KubectlError where the watch fails, or time is up */
export async function watch<T>(
  { api, flags }: Call,
  { path, search, accept }: { path: string; search: URLSearchParams; accept?: string },
  seen: (event: WatchEvent<T>) => Promise<boolean>,
): Promise<void> {
  search.set('watch', 'true')
  const { stream } = await api.send('GET', `${path}?${search}`, accept ? { accept } : {})
  if (!stream) throw new KubectlError('error: the server watches nothing')
  const limit = deadline(api.process, (durationMs(flags.get('timeout')) ?? 0) / 1000)
  limit.signal.addEventListener('abort', () => stream.close(), { once: true })
  try {
    const lines = new LineReader(stream)
    for (let line = await lines.next(); line !== null; line = await lines.next()) {
      const event = JSON.parse(decode(line)) as WatchEvent<T>
      if (event.type === 'ERROR')
        throw new KubectlError(`error: ${String((event.object as { message?: string }).message ?? 'the watch has ended')}`)
      if (await seen(event)) return
    }
    if (limit.hasPassed()) throw new KubectlError('error: timed out waiting for the condition')
  } finally {
    limit.clear()
    stream.close()
  }
}

/** Until an object is gone, for as long as one may look. @see kubectl/pkg/cmd/wait: IsDeleted */
export async function waitUntilGone(call: Call, { kind, name, namespace }: Chosen): Promise<void> {
  const search = new URLSearchParams({ fieldSelector: `metadata.name=${name}` })
  const path = pathOf(kind, namespace)
  try {
    const list = (await call.api.json('GET', `${path}?${search}`)) as unknown as List
    if (list.items.length === 0) return
    search.set('resourceVersion', list.metadata.resourceVersion)
    await watch(call, { path, search }, async ({ type }) => type === 'DELETED')
  } catch (error) {
    // Who may not look has deleted all the same.
    if (!(error instanceof KubectlError) || !error.message.includes('(Forbidden)')) throw error
  }
}
