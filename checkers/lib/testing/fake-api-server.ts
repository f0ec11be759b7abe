/**
 * A very small API server for tests: objects by path, lists, selectors, patches, watches, and exec. It validates nothing, has no
 * controllers and never refuses; a real API server does all of that, so whatever hangs on it is tested on a real one too.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import type { KubernetesObject } from '../api/json.js'
import { BUILT_IN, pathOf, type Resource } from '../api/kinds.js'
import type { ApiAccess } from '../api/transport.js'
import { listenHere } from '../listen.js'
import { matchesLabels } from '../read/labels.js'

export interface FakeExec {
  namespace: string
  pod: string
  argv: string[]
}

type Stored = KubernetesObject & Record<string, unknown>

interface FakeRequest {
  method: string
  url: URL
  body: Stored | undefined
  /** Whose name the request bears. */
  asker: { user: string; groups: string[] }
}

function askerOf({ headersDistinct }: IncomingMessage): FakeRequest['asker'] {
  const { 'impersonate-user': user = [], 'impersonate-group': groups = [] } = headersDistinct
  return { user: user[0] ?? '', groups }
}

interface Watcher {
  collection: string
  response: ServerResponse
}

export class FakeApiServer {
  /** Requests as `METHOD /path`, in order. */
  readonly requests: string[] = []
  /** How many connections have been opened to it. */
  connections = 0
  /** What a command in a container prints; an exit code other than 0 with it. */
  onExec: (exec: FakeExec) => { stdout?: string; stderr?: string; exitCode?: number } | 'never ends' = () => ({})
  /** Requests that it takes, and never answers. */
  leavesOpen: (path: string) => boolean = () => false
  /** What `selfsubjectrulesreviews` answers to whom. */
  rulesOf: (asker: { user: string; groups: string[] }) => object[] = () => []
  /** While true, every connection is cut. */
  silent = false
  readonly #server: Server
  readonly #objects = new Map<string, Stored>()
  readonly #watchers = new Set<Watcher>()
  #version = 1

  private constructor() {
    this.#server = createServer((request, response) => this.#handle(request, response))
    this.#server.on('connection', () => {
      this.connections += 1
    })
    const sockets = new WebSocketServer({ server: this.#server, handleProtocols: () => 'v4.channel.k8s.io' })
    sockets.on('connection', (socket, request) => {
      const url = new URL(request.url ?? '', 'http://fake')
      const [, namespace = '', pod = ''] = /namespaces\/([^/]+)\/pods\/([^/]+)\/exec$/.exec(url.pathname) ?? []
      const printed = this.onExec({ namespace, pod, argv: url.searchParams.getAll('command') })
      if (printed === 'never ends') return
      const { stdout = '', stderr = '', exitCode = 0 } = printed
      const frame = (channel: number, text: string) => socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text)]))
      if (stdout) frame(1, stdout)
      if (stderr) frame(2, stderr)
      const failure = { status: 'Failure', details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] } }
      frame(3, JSON.stringify(exitCode === 0 ? { status: 'Success' } : failure))
      socket.close()
    })
  }

  static async start(): Promise<FakeApiServer> {
    const fake = new FakeApiServer()
    await listenHere(fake.#server)
    return fake
  }

  get access(): ApiAccess {
    return { server: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}` }
  }

  get kubeconfig(): string {
    const cluster = { name: 'fake', cluster: { server: this.access.server } }
    const context = { name: 'fake', context: { cluster: 'fake', user: 'fake' } }
    return JSON.stringify({
      'current-context': 'fake',
      clusters: [cluster],
      contexts: [context],
      users: [{ name: 'fake', user: {} }],
    })
  }

  /** Puts an object there, as if its controllers had done their work. */
  put(object: Stored): void {
    const resource = BUILT_IN.find((one) => one.kind === object.kind)
    if (!resource) throw new Error(`the fake serves no ${object.kind}`)
    const { namespace, name } = object.metadata ?? {}
    this.#store(pathOf(resource, { namespace, name }), object)
  }

  get(kind: string, namespace: string | undefined, name: string): Stored | undefined {
    const resource = BUILT_IN.find((one) => one.kind === kind)
    return resource && this.#objects.get(pathOf(resource, { namespace, name }))
  }

  remove(kind: string, namespace: string | undefined, name: string): void {
    const resource = BUILT_IN.find((one) => one.kind === kind)
    if (resource) this.#delete(pathOf(resource, { namespace, name }))
  }

  /** Ends every watch, as an API server does when it restarts. */
  cutWatches(): void {
    for (const { response } of this.#watchers) response.destroy()
    this.#watchers.clear()
  }

  get watches(): string[] {
    return [...this.#watchers].map((watcher) => watcher.collection).sort()
  }

  async close(): Promise<void> {
    this.cutWatches()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #store(path: string, object: Stored): Stored {
    const before = this.#objects.get(path)
    this.#version += 1
    const metadata = {
      uid: `uid-${this.#version}`,
      creationTimestamp: new Date().toISOString(),
      ...before?.metadata,
      ...object.metadata,
      resourceVersion: String(this.#version),
    }
    const stored = { ...object, metadata }
    this.#objects.set(path, stored)
    this.#tell(path, before ? 'MODIFIED' : 'ADDED', stored)
    return stored
  }

  #delete(path: string): void {
    const before = this.#objects.get(path)
    this.#version += 1
    if (this.#objects.delete(path) && before) this.#tell(path, 'DELETED', before)
  }

  #tell(path: string, type: string, object: Stored): void {
    for (const { collection, response } of this.#watchers) {
      if (isIn(path, collection)) response.write(`${JSON.stringify({ type, object })}\n`)
    }
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    if (this.silent) {
      request.socket.destroy()
      return
    }
    const url = new URL(request.url ?? '', 'http://fake')
    this.requests.push(`${request.method} ${url.pathname}`)
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      this.#answer(
        {
          method: request.method ?? 'GET',
          url,
          body: text === '' ? undefined : (JSON.parse(text) as Stored),
          asker: askerOf(request),
        },
        response,
      )
    })
  }

  #answer({ method, url, body, asker }: FakeRequest, response: ServerResponse): void {
    const path = url.pathname
    if (this.leavesOpen(path)) return
    const reply = (value: unknown, status = 200) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(value))
    }
    if (path === '/readyz') reply('ok')
    else if (discovery(path)) reply(discovery(path))
    else if (path.endsWith('/subjectaccessreviews')) reply({ status: { allowed: false, reason: 'the fake allows nothing' } })
    else if (path.endsWith('/selfsubjectrulesreviews'))
      reply({ status: { resourceRules: this.rulesOf(asker), incomplete: true } })
    else if (method === 'POST' && body) reply(this.#store(`${path}/${body.metadata?.name}`, body), 201)
    else if (method === 'PATCH' && body) reply(this.#store(path, merged(this.#objects.get(path) ?? {}, body)))
    else if (method === 'DELETE') reply(this.#deleteAll(path, url))
    else if (url.searchParams.get('watch') === 'true') this.#watch(path, response)
    else if (isCollection(path)) reply({ metadata: { resourceVersion: String(this.#version) }, items: this.#list(path, url) })
    else reply(this.#objects.get(path) ?? notFound(path), this.#objects.has(path) ? 200 : 404)
  }

  #list(collection: string, url: URL): Stored[] {
    const labels = url.searchParams.get('labelSelector') ?? ''
    const fields = url.searchParams.get('fieldSelector') ?? ''
    return [...this.#objects]
      .filter(([path, object]) => isIn(path, collection) && matchesLabels(labels, object.metadata?.labels))
      .map(([, object]) => object)
      .filter(
        ({ metadata }) => !fields.startsWith('metadata.name!=') || metadata?.name !== fields.slice('metadata.name!='.length),
      )
  }

  #deleteAll(path: string, url: URL): unknown {
    if (!isCollection(path)) this.#delete(path)
    else
      for (const [object, value] of this.#objects)
        if (isIn(object, path) && this.#list(path, url).includes(value)) this.#delete(object)
    return { status: 'Success' }
  }

  #watch(collection: string, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.flushHeaders()
    const watcher = { collection, response }
    this.#watchers.add(watcher)
    response.on('close', () => this.#watchers.delete(watcher))
  }
}

const plurals = new Map(BUILT_IN.map((resource) => [resource.plural, resource]))
const isCollection = (path: string) => plurals.has(path.split('/').at(-1) ?? '')

/** Of the collection of one namespace, or of all. */
function isIn(path: string, collection: string): boolean {
  const [parent, name] = [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)]
  if (name === '' || parent === collection) return parent === collection
  const anywhere = parent.replace(/\/namespaces\/[^/]+(?=\/[^/]+$)/, '')
  return anywhere === collection
}

function merged(into: Record<string, unknown>, patch: Record<string, unknown>): Stored {
  const entries = Object.entries(patch).map(([key, value]): [string, unknown] => {
    const before = into[key]
    const deep = isMap(value) && isMap(before)
    return [key, deep ? merged(before, value) : value]
  })
  const all = { ...into, ...Object.fromEntries(entries) }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null))
}
const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const notFound = (path: string) => ({
  kind: 'Status',
  status: 'Failure',
  reason: 'NotFound',
  message: `${path} not found`,
  code: 404,
})

function discovery(path: string): unknown {
  if (path === '/apis') {
    const versions = new Set(BUILT_IN.filter((one) => one.group).map((one) => `${one.group}/${one.version}`))
    return { groups: [...versions].map((groupVersion) => ({ preferredVersion: { groupVersion } })) }
  }
  const match = /^\/(?:api\/(v1)|apis\/([^/]+)\/([^/]+))$/.exec(path)
  if (!match) return undefined
  const [, core, group = '', version = core] = match
  const served = BUILT_IN.filter((one: Resource) => one.group === group && one.version === version)
  const verbs = ['get', 'list', 'watch', 'create', 'patch', 'delete', 'deletecollection']
  return { resources: served.map(({ plural, kind, namespaced }) => ({ name: plural, kind, namespaced, verbs })) }
}
