/** One object from now on, by a list and a watch of it alone, as client-go's informers have it. */
import { decode, LineReader } from '../../containers/stream.js'
import { durationMs } from '../../network/gateway/duration.js'
import { isObject, type JsonObject } from '../../objects/object.js'
import { deadline } from '../../shell/commands/network/deadline.js'
import { KubectlError, pathOf } from './api.js'
import type { Call } from './call.js'
import type { Chosen } from './chosen.js'

/** Shows each state of the object until `seen` says that it is enough. @throws KubectlError where it goes, or where time is up */
export async function follow(
  call: Call,
  { kind, name, namespace }: Chosen,
  seen: (object: JsonObject) => Promise<boolean>,
): Promise<void> {
  const { api } = call
  const search = new URLSearchParams({ fieldSelector: `metadata.name=${name}` })
  const path = pathOf(kind, namespace)
  const list = (await api.json('GET', `${path}?${search}`)) as unknown as {
    items: JsonObject[]
    metadata: { resourceVersion: string }
  }
  const [first] = list.items
  if (!first)
    throw new KubectlError(
      `Error from server (NotFound): ${kind.resource}${kind.group && `.${kind.group}`} ${JSON.stringify(name)} not found`,
    )
  if (await seen(first)) return
  search.set('watch', 'true')
  search.set('resourceVersion', list.metadata.resourceVersion)
  const { stream } = await api.send('GET', `${path}?${search}`)
  if (!stream) throw new KubectlError('error: the server watches nothing')
  const limit = deadline(api.process, (durationMs(call.flags.get('timeout')) ?? 0) / 1000)
  limit.signal.addEventListener('abort', () => stream.close(), { once: true })
  try {
    const lines = new LineReader(stream)
    for (let line = await lines.next(); line !== null; line = await lines.next()) {
      const event = JSON.parse(decode(line)) as { type: string; object: JsonObject }
      if (event.type === 'DELETED') throw new KubectlError('error: object has been deleted')
      if (isObject(event.object) && (await seen(event.object))) return
    }
    if (limit.hasPassed()) throw new KubectlError('error: timed out waiting for the condition')
  } finally {
    limit.clear()
    stream.close()
  }
}
