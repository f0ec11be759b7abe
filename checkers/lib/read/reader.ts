/** Reads any kind for a check: records what was read, gives objects their provenance, and turns "not there" into words. */

import type { ApiClient, Selection } from '../api/client.js'
import type { Kind, Kinds, KubernetesObject } from '../api/json.js'
import type { Resource } from '../api/kinds.js'
import { ApiError } from '../api/transport.js'
import { currentAttempt } from '../run/attempt.js'
import { Unmet } from '../unmet.js'
import { message } from '../words.js'
import { listProvenance, objectProvenance, plain, remember, rememberItem } from './provenance.js'

export type ObjectOf<K extends string> = K extends Kind ? Kinds[K] : KubernetesObject & Record<string, unknown>

/** Namespace and name; a kind outside namespaces takes the name alone. */
export type Address = [namespace: string, name: string] | [name: string]

/** Kinds that may be there in a moment without anybody's doing. */
const MADE_BY_CONTROLLERS = new Set([
  'Pod',
  'ReplicaSet',
  'ControllerRevision',
  'EndpointSlice',
  'PersistentVolume',
  'Job',
  'Event',
  'Lease',
])

export class Reader {
  constructor(readonly client: ApiClient) {}

  /** @throws Unmet `absent` where there is no such object */
  async get<K extends string>(kind: K, ...address: Address): Promise<ObjectOf<K>> {
    const found = await this.find(kind, ...address)
    if (found !== undefined) return found
    const { subject, seeWith } = objectProvenance(await this.#known(kind), placeOf(address))
    const evidence = { holds: false, subject, expected: message('expected.exists'), found: message('found.absent'), seeWith }
    throw new Unmet('absent', evidence, !MADE_BY_CONTROLLERS.has(kind))
  }

  /** As `get`, and undefined where there is no such object. */
  async find<K extends string>(kind: K, ...address: Address): Promise<ObjectOf<K> | undefined> {
    const resource = await this.#known(kind)
    const place = placeOf(address)
    const object = await this.client.get<ObjectOf<K>>(resource, place).catch(absentIfNotFound)
    const attempt = currentAttempt()
    const provenance = objectProvenance(resource, place, object)
    attempt.saw(resource, place, object ? [object] : [])
    attempt.lastSeenWith = provenance.seeWith
    return object && remember(object, provenance)
  }

  /** Every object of a kind, in one namespace or in all. */
  async list<K extends string>(kind: K, selection: Selection = {}): Promise<ObjectOf<K>[]> {
    const resource = await this.#known(kind)
    const objects = await this.client.list<ObjectOf<K>>(resource, selection)
    const attempt = currentAttempt()
    attempt.saw(resource, { namespace: selection.namespace, labels: selection.labels }, objects)
    const provenance = listProvenance(resource, selection)
    attempt.lastSeenWith = provenance.seeWith
    for (const object of objects) rememberItem(resource, object)
    return remember(objects, provenance)
  }

  /** A kind that the cluster does not serve (its CRD is not there yet) is absent, not a fault. */
  async #known(kind: string): Promise<Resource> {
    try {
      return await this.client.resource(kind)
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error
      throw new Unmet('absent', {
        holds: false,
        subject: plain(kind),
        expected: message('expected.exists'),
        found: message('found.absent'),
        seeWith: 'kubectl api-resources',
      })
    }
  }
}

const placeOf = (address: Address): { namespace?: string; name: string } =>
  address.length === 1 ? { name: address[0] } : { namespace: address[0], name: address[1] }

function absentIfNotFound(error: unknown): undefined {
  if (error instanceof ApiError && error.status === 404) return undefined
  throw error
}
