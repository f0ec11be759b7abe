/** What a connection is about. */
import type { Connections, ExecOptions, SessionIo } from '../api/connections.js'
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

export interface AskedSession {
  kind: 'exec' | 'attach'
  options: ExecOptions
  stdout: boolean
  stderr: boolean
  run: (io: SessionIo) => Promise<number>
}

/** The session that a client wants. @throws ApiError 400 in upstream's words */
export function sessionOf({ connections, answer }: Connection, pod: Pod): AskedSession {
  const kind = answer.request.subresource === 'exec' ? 'exec' : 'attach'
  const { stdin = false, stdout = false, stderr = false, tty = false } = answer.options
  if (!stdin && !stdout && !stderr) throw failure.badRequest('you must specify at least 1 of stdin, stdout, stderr')
  const options = { container: containerOf(pod, answer.options.container), stdin, tty, command: answer.options.command ?? [] }
  if (kind === 'exec' && options.command.length === 0) throw failure.badRequest('you must specify at least 1 of command')
  const run = (io: SessionIo) => (kind === 'exec' ? connections.exec(pod, options, io) : connections.attach(pod, options, io))
  return { kind, options, stdout, stderr, run }
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
