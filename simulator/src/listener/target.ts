/** What a connection is about. */
import type { Connections } from '../api/connections.js'
import type { ApiServer } from '../api/server.js'
import type { HttpAnswer, HttpRequest } from '../api/wire/http.js'
import { failure } from '../objects/status.js'
import type { Pod } from '../schema/kubernetes.generated.js'

type Answer = Extract<HttpAnswer, { type: 'connect' }>

export interface Connection {
  server: ApiServer
  connections: Connections
  answer: Answer
  http: HttpRequest
}

/** @throws ApiError 404 */
export function podOf({ server, answer }: Connection): Pod {
  const { resource, namespace, name } = answer.request
  const pod = resource.storage === 'pods' ? server.context.store.get('pods', `${namespace}/${name}`) : undefined
  if (!pod) throw failure.notFound(resource, name)
  return pod as Pod
}

/** The container that is meant: the named one, or the only one. @throws ApiError 400 with upstream's text where that is not clear */
export function containerOf(pod: Pod, wanted: string | null | undefined): string {
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? []), ...(pod.spec.ephemeralContainers ?? [])]
  const { name } = pod.metadata
  if (wanted) {
    if (all.some((container) => container.name === wanted)) return wanted
    throw failure.badRequest(`container ${wanted} is not valid for pod ${name}`)
  }
  const [only, ...more] = pod.spec.containers
  if (only && more.length === 0) return only.name
  const names = [...(pod.spec.initContainers ?? []), ...pod.spec.containers, ...(pod.spec.ephemeralContainers ?? [])]
  const list = names.map((container) => container.name).join(' ')
  throw failure.badRequest(`a container name must be specified for pod ${name}, choose one of: [${list}]`)
}
