/** A client of the API server in this process: the whole pipeline, without text and sockets between. */

import { WebhookNeeded } from '../admission/webhooks/round.js'
import type { ApiRequest, ApiResult, User, Verb, WatchEvent } from '../api/request.js'
import type { ApiServer } from '../api/server.js'
import type { Resource } from '../kinds/resource.js'
import { fieldsOf, type JsonObject, type KubeObject, splitKey } from '../objects/object.js'
import { ApiError, failure } from '../objects/status.js'
import type { Client, ClientEvent, DeleteQuery, ListQuery, ObjectOf, ResourceRef, Target } from './client.js'
import { refOf } from './kind-table.js'

type Extra = Partial<Pick<ApiRequest, 'body' | 'patch' | 'list' | 'deletion' | 'subresource'>>

export class InProcessClient implements Client {
  constructor(
    readonly server: ApiServer,
    readonly user: User,
    readonly fieldManager: string,
  ) {}

  #resource(target: Target): Resource {
    const { group, version, resource } = refOf(target)
    const found = this.server.context.resources.find(group, version, resource)
    if (!found) throw failure.pathNotFound()
    return found
  }

  #request(target: Target, verb: Verb, where: { namespace?: string | undefined; name?: string } & Extra): ApiRequest {
    const { namespace = '', name = '', subresource = '', ...extra } = where
    return {
      verb,
      resource: this.#resource(target),
      subresource,
      namespace,
      name,
      user: this.user,
      fieldManager: this.fieldManager,
      warnings: [],
      ...extra,
    }
  }

  #perform(target: Target, verb: Verb, where: { namespace?: string | undefined; name?: string } & Extra): ApiResult {
    return this.server.perform(this.#request(target, verb, where))
  }

  /** At once where no webhook has to be asked. */
  #write(
    target: Target,
    verb: Verb,
    where: { namespace?: string | undefined; name?: string } & Extra,
  ): ApiResult | Promise<ApiResult> {
    const request = this.#request(target, verb, where)
    try {
      return this.server.perform(request)
    } catch (error) {
      if (error instanceof WebhookNeeded) return this.server.performAsking(request)
      throw error
    }
  }

  #object<K extends Target>(
    target: K,
    verb: Verb,
    where: { namespace?: string | undefined; name?: string } & Extra,
  ): ObjectOf<K> | Promise<ObjectOf<K>> {
    const read = (result: ApiResult): ObjectOf<K> => {
      if (result.type !== 'object') throw failure.internal('expected an object')
      return result.object as unknown as ObjectOf<K>
    }
    const result = this.#write(target, verb, where)
    return result instanceof Promise ? result.then(read) : read(result)
  }

  async list<K extends Target>(target: K, query: ListQuery = {}): Promise<{ items: ObjectOf<K>[]; resourceVersion: string }> {
    const { namespace, ...list } = query
    const result = this.#perform(target, 'list', { namespace, list })
    if (result.type !== 'list') throw failure.internal('expected a list')
    return { items: result.list.items as unknown as ObjectOf<K>[], resourceVersion: result.list.resourceVersion }
  }

  async *watch<K extends Target>(
    target: K,
    query: ListQuery & { resourceVersion: string; signal: AbortSignal },
  ): AsyncIterable<ClientEvent<ObjectOf<K>>> {
    const { namespace, signal, ...list } = query
    const result = this.#perform(target, 'watch', { namespace, list })
    if (result.type !== 'watch') throw failure.internal('expected a watch')
    let waiting: WatchEvent[] = []
    let isOver = signal.aborted
    let wake = () => {}
    const handle = result.start({
      onEvent(event) {
        waiting.push(event)
        wake()
      },
      onEnd() {
        isOver = true
        wake()
      },
    })
    const stop = () => {
      isOver = true
      wake()
    }
    signal.addEventListener('abort', stop, { once: true })
    try {
      while (!isOver || waiting.length > 0) {
        if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve))
        if (signal.aborted) return
        const batch = waiting
        waiting = []
        for (const event of batch) yield readEvent(event) as ClientEvent<ObjectOf<K>>
      }
    } finally {
      signal.removeEventListener('abort', stop)
      handle.stop()
    }
  }

  async get<K extends Target>(target: K, key: string): Promise<ObjectOf<K>> {
    return this.#object(target, 'get', splitKey(key))
  }

  async create<K extends Target>(target: K, object: object): Promise<ObjectOf<K>> {
    const { namespace } = (object as KubeObject).metadata
    const { group, version, kind } = refOf(target)
    const body: JsonObject = { ...fieldsOf(object), apiVersion: group ? `${group}/${version}` : version, kind }
    return this.#object(target, 'create', { namespace, body })
  }

  async update<K extends Target>(target: K, object: ObjectOf<K>): Promise<ObjectOf<K>> {
    const { namespace, name } = (object as KubeObject).metadata
    return this.#object(target, 'update', { namespace, name, body: fieldsOf(object as object) })
  }

  async updateStatus<K extends Target>(target: K, object: ObjectOf<K>): Promise<ObjectOf<K>> {
    const { namespace, name } = (object as KubeObject).metadata
    return this.#object(target, 'update', { namespace, name, subresource: 'status', body: fieldsOf(object as object) })
  }

  async patch<K extends Target>(
    target: K,
    key: string,
    patch: object,
    options: { subresource?: string } = {},
  ): Promise<ObjectOf<K>> {
    return this.#object(target, 'patch', { ...splitKey(key), ...options, patch: { type: 'merge', document: patch } })
  }

  async delete<K extends Target>(target: K, key: string, query: DeleteQuery = {}): Promise<void> {
    const deletion = {
      gracePeriodSeconds: query.graceSeconds,
      propagationPolicy: query.propagation,
      ...(query.uid ? { preconditions: { uid: query.uid } } : {}),
    }
    const result = this.#write(target, 'delete', { ...splitKey(key), deletion })
    if (result instanceof Promise) await result
  }

  async createSub<K extends Target>(target: K, key: string, sub: { name: string; body: object }): Promise<unknown> {
    return this.#object(target, 'create', { ...splitKey(key), subresource: sub.name, body: fieldsOf(sub.body) })
  }

  async updateSub<K extends Target>(target: K, key: string, sub: { name: string; body: object }): Promise<unknown> {
    return this.#object(target, 'update', { ...splitKey(key), subresource: sub.name, body: fieldsOf(sub.body) })
  }

  async resources(): Promise<ResourceRef[]> {
    const all = this.server.context.resources.all()
    return all.filter(({ verbs }) => verbs.includes('list') && verbs.includes('delete'))
  }
}

function readEvent(event: WatchEvent): ClientEvent {
  if (event.type !== 'ERROR') return { type: event.type, object: event.object as KubeObject }
  const { code, reason = '', message } = event.object as { code: number; reason?: string; message: string }
  throw new ApiError(code, reason, message)
}
