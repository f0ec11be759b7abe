/** The verbs of the API over any kind, built in or not. Knows nothing of checks. */

import type { KubernetesObject } from './json.js'
import { apiVersionOf, builtInKind, type Place, pathOf, type Resource } from './kinds.js'
import { type ApiAccess, ApiError, type ApiRequest, readJson, Transport } from './transport.js'

export interface Selection {
  namespace?: string | undefined
  /** `app=web,tier!=db` */
  labels?: string | undefined
  /** `metadata.name=web` */
  fields?: string | undefined
}

interface ResourceList {
  resources: { name: string; kind: string; namespaced: boolean; verbs: string[] }[]
}

export class ApiClient {
  readonly transport: Transport
  readonly #begun = new Map<string, Promise<string>>()
  readonly #discovered = new Map<string, Promise<Resource[]>>()

  /** @param maxSockets connections at once; each watch holds one */
  constructor(access: ApiAccess, maxSockets?: number) {
    this.transport = new Transport(access, maxSockets)
  }

  /**
   * The resource behind a kind: `Deployment`, or `group/version/Kind` (`v1/Kind` for the core group) for any other.
   *
   * @throws ApiError 404 where the cluster serves no such kind
   */
  async resource(kind: string): Promise<Resource> {
    const builtIn = builtInKind(kind)
    if (builtIn) return builtIn
    const cut = kind.lastIndexOf('/')
    if (cut < 0) throw new TypeError(`kind "${kind}": write it as group/version/Kind, since it is not one of the common kinds`)
    return this.resourceFor(kind.slice(0, cut), kind.slice(cut + 1))
  }

  /** The resource of an object by its `apiVersion` and `kind`. @throws ApiError 404 */
  async resourceFor(apiVersion: string, kind: string): Promise<Resource> {
    const builtIn = builtInKind(kind)
    if (builtIn && apiVersionOf(builtIn) === apiVersion) return builtIn
    const found = (await this.#served(apiVersion)).find((resource) => resource.kind === kind)
    if (found) return found
    this.#discovered.delete(apiVersion)
    throw new ApiError(404, 'NotFound', `the server serves no kind ${kind} in ${apiVersion}`)
  }

  /** Every resource of every preferred group version, for emptying a namespace. Not cached. */
  async allResources(): Promise<Resource[]> {
    const groups = await this.transport.json<{ groups: { preferredVersion: { groupVersion: string } }[] }>({ path: '/apis' })
    const versions = ['v1', ...groups.groups.map((group) => group.preferredVersion.groupVersion)]
    // An aggregated API whose backend is down must not keep us from the others.
    const lists = await Promise.allSettled(versions.map((version) => this.#discover(version)))
    return lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : []))
  }

  get<T = KubernetesObject>(resource: Resource, place: Place): Promise<T> {
    return this.#read<T>({ path: pathOf(resource, place) })
  }

  async list<T = KubernetesObject>(resource: Resource, { namespace, labels, fields }: Selection = {}): Promise<T[]> {
    const query = { labelSelector: labels, fieldSelector: fields }
    const answer = await this.#read<{ items?: T[] }>({ path: pathOf(resource, { namespace }), query })
    // Items of a list leave out what the list itself says.
    return (answer.items ?? []).map((item) => ({ apiVersion: apiVersionOf(resource), kind: resource.kind, ...item }))
  }

  create<T = KubernetesObject>(resource: Resource, namespace: string | undefined, body: unknown): Promise<T> {
    return this.transport.json<T>({ method: 'POST', path: pathOf(resource, { namespace }), body })
  }

  close(): void {
    this.transport.close()
  }

  /**
   * Reads that begin in the same turn are one request, since the checks of a task run side by side and look at the same objects. Each
   * reader has objects of its own.
   */
  async #read<T>(request: Pick<ApiRequest, 'path' | 'query'>): Promise<T> {
    const what = JSON.stringify(request)
    const begun = this.#begun.get(what) ?? this.transport.text(request)
    if (!this.#begun.has(what)) setImmediate(() => this.#begun.delete(what))
    this.#begun.set(what, begun)
    return readJson<T>(await begun, request)
  }

  #served(apiVersion: string): Promise<Resource[]> {
    const known = this.#discovered.get(apiVersion)
    if (known) return known
    const asked = this.#discover(apiVersion)
    this.#discovered.set(apiVersion, asked)
    asked.catch(() => this.#discovered.delete(apiVersion))
    return asked
  }

  async #discover(apiVersion: string): Promise<Resource[]> {
    const [group, version] = apiVersion.includes('/') ? (apiVersion.split('/') as [string, string]) : ['', apiVersion]
    const path = group ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    const list = await this.transport.json<ResourceList>({ path })
    return list.resources
      .filter((resource) => !resource.name.includes('/'))
      .map(({ name, kind, namespaced, verbs }) => ({ kind, group, version, plural: name, namespaced, verbs }))
  }
}
