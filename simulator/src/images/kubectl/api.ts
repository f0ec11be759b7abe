/** The API server as kubectl in a Pod reaches it: over the network, with the token of the Pod's ServiceAccount. */

import { ConnectError, type HttpResponse, type SessionStreams, type TlsIdentity } from '../../containers/network.js'
import type { Process } from '../../containers/process.js'
import { addressOf } from '../../containers/resolver.js'
import { decode, encode } from '../../containers/stream.js'
import { isObject, type JsonObject } from '../../objects/object.js'
import { VERSION } from '../../version.js'

const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount'

/** What kubectl prints on its error output before it ends with 1. */
export class KubectlError extends Error {}

export interface Kind {
  group: string
  version: string
  resource: string
  singular: string
  kind: string
  namespaced: boolean
  shortNames: string[]
  categories: string[]
  verbs: string[]
}

export interface Sending {
  body?: object | string
  accept?: string
  contentType?: string
  session?: SessionStreams
}

interface Discovered {
  items: {
    metadata: { name?: string }
    versions: {
      version: string
      resources: {
        resource: string
        responseKind: { kind: string }
        scope: string
        singularResource: string
        shortNames?: string[]
        categories?: string[]
        verbs: string[]
      }[]
    }[]
  }[]
}

export class Api {
  #kinds: Kind[] | undefined
  /** @param asUser whom it acts as, where that is not the Pod's own ServiceAccount */
  constructor(
    readonly process: Process,
    readonly asUser?: string,
  ) {}

  #file(name: string): string {
    const node = this.process.machine.fs.stat(`${FOLDER}/${name}`)
    return node?.type === 'file' ? node.data.trim() : ''
  }
  /** The Pod's own. */
  get namespace(): string {
    return this.#file('namespace') || 'default'
  }

  /** @throws KubectlError where no server answers, or where it refuses */
  async send(method: string, path: string, sending: Sending = {}): Promise<HttpResponse> {
    const response = await this.#exchange(method, path, sending)
    if (response.status >= 400) throw refusal(response)
    return response
  }
  async json(method: string, path: string, sending: Sending = {}): Promise<JsonObject> {
    return JSON.parse(decode((await this.send(method, path, sending)).body)) as JsonObject
  }

  async #exchange(
    method: string,
    path: string,
    { body, accept = 'application/json', contentType, session }: Sending,
  ): Promise<HttpResponse> {
    const { machine, env, signal } = this.process
    const host = env.get('KUBERNETES_SERVICE_HOST')
    const token = this.#file('token')
    if (!host || !token)
      throw new KubectlError('The connection to the server localhost:8080 was refused - did you specify the right host or port?')
    const port = Number(env.get('KUBERNETES_SERVICE_PORT') ?? 443)
    const text = body === undefined ? '' : encode(typeof body === 'string' ? body : JSON.stringify(body))
    const headers = {
      host: `${host}:${port}`,
      authorization: `Bearer ${token}`,
      accept,
      'user-agent': `kubectl/${VERSION.gitVersion} (linux/amd64)`,
      ...(this.asUser ? { 'impersonate-user': this.asUser } : {}),
      ...(text ? { 'content-type': contentType ?? 'application/json', 'content-length': String(text.length) } : {}),
    }
    const authority = this.#file('ca.crt')
    const verify = ({ caPem }: TlsIdentity) =>
      caPem && authority.includes(caPem.trim())
        ? undefined
        : 'tls: failed to verify certificate: x509: certificate signed by unknown authority'
    try {
      const address = await addressOf(machine, host, signal)
      return await machine.network.http(
        { address, port, secure: true },
        { method, path, headers, body: text, ...(session ? { session } : {}) },
        { signal, verify },
      )
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error
      const what = `${method === 'GET' ? 'Get' : method} "https://${host}:${port}${path}"`
      throw new KubectlError(
        error.kind === 'certificate'
          ? `Unable to connect to the server: ${error.detail}`
          : `Unable to connect to the server: ${what}: dial tcp ${host}:${port}: ${error.kind === 'refused' ? 'connect: connection refused' : 'i/o timeout'}`,
      )
    }
  }

  /** Everything that the server serves, the first version of each group. */
  async kinds(): Promise<Kind[]> {
    if (this.#kinds) return this.#kinds
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
    const found: Kind[] = []
    for (const root of ['/api', '/apis']) {
      const { items } = (await this.json('GET', root, { accept })) as unknown as Discovered
      for (const { metadata, versions } of items)
        for (const { version, resources } of versions)
          for (const each of resources) {
            const group = metadata.name ?? ''
            if (found.some((known) => known.group === group && known.resource === each.resource)) continue
            found.push({
              group,
              version,
              resource: each.resource,
              singular: each.singularResource,
              kind: each.responseKind.kind,
              namespaced: each.scope === 'Namespaced',
              shortNames: each.shortNames ?? [],
              categories: each.categories ?? [],
              verbs: each.verbs,
            })
          }
    }
    this.#kinds = found
    return found
  }

  /** `po`, `deployments.apps`, `all` as kinds. @throws KubectlError for a word that names none */
  async kindsOf(word: string): Promise<Kind[]> {
    const [name = '', ...group] = word.toLowerCase().split('.')
    const kinds = await this.kinds()
    const inCategory = kinds.filter(({ categories }) => categories.includes(word))
    if (inCategory.length > 0) return inCategory
    const named = kinds.find(
      (each) =>
        (each.resource === name ||
          each.singular === name ||
          each.shortNames.includes(name) ||
          each.kind.toLowerCase() === name) &&
        (group.length === 0 ||
          `${each.group}.`.startsWith(`${group.join('.')}.`) ||
          group.join('.') === `${each.version}.${each.group}`),
    )
    if (!named) throw new KubectlError(`error: the server doesn't have a resource type ${JSON.stringify(word)}`)
    return [named]
  }
}

function refusal({ status, body }: HttpResponse): KubectlError {
  let answer: unknown
  try {
    answer = JSON.parse(decode(body))
  } catch {
    return new KubectlError(`Error from server: ${decode(body)}`)
  }
  if (!isObject(answer)) return new KubectlError(`Error from server: ${status}`)
  const { reason, message, details } = answer as { reason?: string; message?: string; details?: { causes?: unknown[] } }
  if (reason === 'Unauthorized') return new KubectlError('error: You must be logged in to the server (Unauthorized)')
  if (reason === 'Invalid' && details?.causes)
    return new KubectlError(`The ${(message ?? '').replace(/^(\S+) ("[^"]*")/, '$1 $2')}`)
  return new KubectlError(`Error from server${reason ? ` (${reason})` : ''}: ${message}`)
}

/** The path of a kind's objects, or of one. */
export function pathOf({ group, version, resource, namespaced }: Kind, namespace: string | undefined, name = ''): string {
  const root = group ? `/apis/${group}/${version}` : `/api/${version}`
  const middle = namespaced && namespace !== undefined ? `/namespaces/${namespace}` : ''
  return `${root}${middle}/${resource}${name ? `/${encodeURIComponent(name)}` : ''}`
}

/** `deployment.apps/web`, as kubectl names what it has done something to. */
export const shownName = ({ group, singular }: Kind, name: string): string => `${singular}${group ? `.${group}` : ''}/${name}`
