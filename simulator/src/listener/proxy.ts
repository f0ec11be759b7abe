/** `pods/NAME/proxy` and `services/NAME/proxy`: one HTTP request to a program inside the cluster, with the caller's leave to do so. */
import type { ServerResponse } from 'node:http'
import { failure } from '../objects/status.js'
import type { Endpoints, Pod, Service } from '../schema/kubernetes.generated.js'
import { exchange } from './exchange.js'
import type { Connection } from './target.js'

interface Target {
  address: string
  port: number
}

/** `web`, `web:http`, `http:web:80` -> name and port. @throws ApiError 400, 501. Models SplitSchemeNamePort */
function split(name: string): { name: string; port: string } {
  const parts = name.split(':')
  if (parts.length < 3) return { name: parts[0] ?? '', port: parts[1] ?? '' }
  if (parts.length > 3) throw failure.badRequest(`invalid request: ${JSON.stringify(name)}`)
  const [scheme, target = '', port = ''] = parts
  if (scheme === 'https') throw failure.notImplemented('a proxied request over https')
  return { name: target, port }
}

function podTarget({ server, answer }: Connection): Target {
  const { resource, namespace, name } = answer.request
  const wanted = split(name)
  const pod = server.context.store.get('pods', `${namespace}/${wanted.name}`) as Pod | undefined
  if (!pod) throw failure.notFound(resource, wanted.name)
  const first = pod.spec.containers.flatMap((container) => container.ports ?? [])[0]?.containerPort
  if (!pod.status?.podIP) throw failure.badRequest('address not allowed')
  return { address: pod.status.podIP, port: wanted.port ? Number(wanted.port) : (first ?? 80) }
}

/** One of the addresses that stand behind the Service, by its Endpoints, as upstream has it. */
function serviceTarget({ server, answer }: Connection): Target {
  const { resource, namespace, name } = answer.request
  const { store, random } = server.context
  const wanted = split(name)
  const key = `${namespace}/${wanted.name}`
  const service = store.get('services', key) as Service | undefined
  if (!service) throw failure.notFound(resource, wanted.name)
  let portName = wanted.port
  if (/^\d+$/.test(wanted.port)) {
    const port = service.spec.ports?.find((each) => String(each.port) === wanted.port)
    if (!port) throw failure.unavailable(`no service port ${wanted.port} found for service ${JSON.stringify(wanted.name)}`)
    portName = port.name ?? ''
  }
  const endpoints = store.get('endpoints', key) as Endpoints | undefined
  const found = (endpoints?.subsets ?? []).flatMap(({ addresses = [], ports = [] }) =>
    ports
      .filter((port) => (port.name ?? '') === portName)
      .flatMap(({ port }) => addresses.map(({ ip }) => ({ address: ip, port }))),
  )
  const target = found.length > 0 ? found[random.below(found.length)] : undefined
  if (!target) throw failure.unavailable(`no endpoints available for service ${JSON.stringify(name)}`)
  return target
}

export async function proxy(connection: Connection, response: ServerResponse): Promise<void> {
  const { http, connections, answer } = connection
  const search = http.query.toString()
  const { path: wanted = '/' } = answer.options
  if (wanted === '/' && !http.path.endsWith('/') && http.method === 'GET') {
    // Relative links of the page would lose their last part.
    response.writeHead(301, { Location: `${http.path}/${search ? `?${search}` : ''}` }).end()
    return
  }
  const target = answer.request.resource.storage === 'pods' ? podTarget(connection) : serviceTarget(connection)
  const path = `${wanted}${search ? `?${search}` : ''}`
  const { authorization: _authorization, ...headers } = http.headers
  const host = `${target.address}:${target.port}`
  await exchange({ connections, ...target, method: http.method, path, headers: { ...headers, host }, body: http.body }, response)
}
