/**
 * A client of any API server over HTTP. How bytes travel is the caller's: the simulator opens no connection of its own. With it each
 * component runs against a real API server, which is how we know that they are right.
 */
import { fieldsOf, type KubeObject, splitKey } from '../objects/object.js'
import { ApiError } from '../objects/status.js'
import type { Client, ClientEvent, DeleteQuery, ListQuery, ObjectOf, ResourceRef, Target } from './client.js'
import { refOf } from './kind-table.js'

export interface HttpCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With its query. */
  path: string
  headers: Record<string, string>
  body?: string
  signal?: AbortSignal
}
/** Sends one request; rejects where no answer comes. The body is read as it arrives, until it ends or the signal is aborted. */
export type Transport = (call: HttpCall) => Promise<{ status: number; body: AsyncIterable<Uint8Array> }>

interface Status {
  code?: number
  reason?: string
  message?: string
  details?: ApiError['details']
}

type Query = Record<string, string | undefined>

const apiVersionOf = ({ group, version }: ResourceRef): string => (group ? `${group}/${version}` : version)

function pathOf(
  ref: ResourceRef,
  where: { namespace?: string | undefined; name?: string; sub?: string },
  query: Query = {},
): string {
  const { namespace, name, sub } = where
  const parts = [ref.group ? `/apis/${ref.group}/${ref.version}` : `/api/${ref.version}`]
  if (namespace) parts.push('namespaces', namespace)
  parts.push(ref.resource)
  if (name) parts.push(name)
  if (sub) parts.push(sub)
  const asked = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) if (value) asked.set(key, value)
  return `${parts.join('/')}${asked.size > 0 ? `?${asked}` : ''}`
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line) yield line
  }
}

function errorOf(status: number, text: string): ApiError {
  let said: Status = {}
  try {
    said = JSON.parse(text) as Status
  } catch {
    // A proxy on the way answers in its own words.
  }
  return new ApiError(said.code ?? status, said.reason ?? '', said.message ?? (text || `HTTP ${status}`), said.details)
}

export class HttpClient implements Client {
  /** @param fieldManager as which what it writes is noted */
  constructor(
    readonly send: Transport,
    readonly fieldManager: string,
  ) {}

  async #call<T>(method: HttpCall['method'], path: string, body?: { type?: string; value: unknown }): Promise<T> {
    const answer = await this.send({
      method,
      path,
      headers: { accept: 'application/json', ...(body ? { 'content-type': body.type ?? 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body.value) } : {}),
    })
    const text = await textOf(answer.body)
    if (answer.status >= 400) throw errorOf(answer.status, text)
    return JSON.parse(text) as T
  }

  async list<K extends Target>(target: K, query: ListQuery = {}): Promise<{ items: ObjectOf<K>[]; resourceVersion: string }> {
    const { namespace, labelSelector, fieldSelector } = query
    const ref = refOf(target)
    const path = pathOf(ref, { namespace }, { labelSelector, fieldSelector })
    const list = await this.#call<{ items: object[] | null; metadata: { resourceVersion: string } }>('GET', path)
    // The items of a list do not say what they are.
    const type = { apiVersion: apiVersionOf(ref), kind: ref.kind }
    const items = (list.items ?? []).map((item) => ({ ...type, ...item })) as unknown as ObjectOf<K>[]
    return { items, resourceVersion: list.metadata.resourceVersion }
  }

  async *watch<K extends Target>(
    target: K,
    query: ListQuery & { resourceVersion: string; signal: AbortSignal },
  ): AsyncIterable<ClientEvent<ObjectOf<K>>> {
    const { namespace, signal, ...asked } = query
    const path = pathOf(refOf(target), { namespace }, { ...asked, watch: '1', allowWatchBookmarks: 'true' })
    const answer = await this.send({ method: 'GET', path, headers: { accept: 'application/json' }, signal })
    if (answer.status >= 400) throw errorOf(answer.status, await textOf(answer.body))
    try {
      for await (const line of linesOf(answer.body)) {
        const event = JSON.parse(line) as ClientEvent<ObjectOf<K>> | { type: 'ERROR'; object: Status }
        if (event.type === 'ERROR') throw errorOf(event.object.code ?? 500, JSON.stringify(event.object))
        yield event
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  get<K extends Target>(target: K, key: string): Promise<ObjectOf<K>> {
    return this.#call('GET', pathOf(refOf(target), splitKey(key)))
  }

  create<K extends Target>(target: K, object: object): Promise<ObjectOf<K>> {
    const ref = refOf(target)
    const { namespace } = (object as KubeObject).metadata
    const value = { ...fieldsOf(object), apiVersion: apiVersionOf(ref), kind: ref.kind }
    return this.#call('POST', pathOf(ref, { namespace }, this.#managed), { value })
  }

  get #managed(): Query {
    return { fieldManager: this.fieldManager }
  }

  #put<K extends Target>(target: K, object: ObjectOf<K>, sub = ''): Promise<ObjectOf<K>> {
    const { namespace, name } = (object as KubeObject).metadata
    return this.#call('PUT', pathOf(refOf(target), { namespace, name, sub }, this.#managed), { value: object })
  }
  update<K extends Target>(target: K, object: ObjectOf<K>): Promise<ObjectOf<K>> {
    return this.#put(target, object)
  }
  updateStatus<K extends Target>(target: K, object: ObjectOf<K>): Promise<ObjectOf<K>> {
    return this.#put(target, object, 'status')
  }

  patch<K extends Target>(target: K, key: string, patch: object, options: { subresource?: string } = {}): Promise<ObjectOf<K>> {
    const path = pathOf(refOf(target), { ...splitKey(key), sub: options.subresource ?? '' }, this.#managed)
    return this.#call('PATCH', path, { type: 'application/merge-patch+json', value: patch })
  }

  async delete<K extends Target>(target: K, key: string, query: DeleteQuery = {}): Promise<void> {
    const value = {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      ...(query.graceSeconds === undefined ? {} : { gracePeriodSeconds: query.graceSeconds }),
      ...(query.propagation ? { propagationPolicy: query.propagation } : {}),
      ...(query.uid ? { preconditions: { uid: query.uid } } : {}),
    }
    await this.#call('DELETE', pathOf(refOf(target), splitKey(key)), { value })
  }

  createSub<K extends Target>(target: K, key: string, { name: sub, body }: { name: string; body: object }): Promise<unknown> {
    return this.#call('POST', pathOf(refOf(target), { ...splitKey(key), sub }, this.#managed), { value: body })
  }
  updateSub<K extends Target>(target: K, key: string, { name: sub, body }: { name: string; body: object }): Promise<unknown> {
    return this.#call('PUT', pathOf(refOf(target), { ...splitKey(key), sub }, this.#managed), { value: body })
  }

  async resources(): Promise<ResourceRef[]> {
    const { groups } = await this.#call<{ groups: { preferredVersion: { groupVersion: string } }[] }>('GET', '/apis')
    const versions = ['v1', ...groups.map((group) => group.preferredVersion.groupVersion)]
    const all = await Promise.all(versions.map((version) => this.#served(version)))
    return all.flat()
  }

  async #served(groupVersion: string): Promise<ResourceRef[]> {
    const [first = '', second] = groupVersion.split('/')
    const [group, version] = second === undefined ? ['', first] : [first, second]
    const path = group ? `/apis/${group}/${version}` : `/api/${version}`
    const { resources } = await this.#call<{ resources: Served[] }>('GET', path)
    return resources
      .filter(({ name, verbs }) => !name.includes('/') && verbs.includes('list') && verbs.includes('delete'))
      .map(({ name, kind, namespaced }) => ({ group, version, resource: name, kind, namespaced }))
  }
}

interface Served {
  name: string
  kind: string
  namespaced: boolean
  verbs: string[]
}
