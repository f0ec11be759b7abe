/**
 * Where a value came from: remembered beside the value, not in it, so that authors handle plain objects and evidence still says
 * "Deployment shop/web" and the command that shows it.
 */
import type { Message } from '@wheelhouse/protocol'
import type { Selection } from '../api/client.js'
import type { KubernetesObject } from '../api/json.js'
import { apiVersionOf, kubectlName, type Resource } from '../api/kinds.js'
import { message } from '../words.js'
import { jsonPath, parsePath, valueAt } from './path.js'

export interface Provenance {
  /** `Deployment shop/web` */
  subject: Message
  seeWith: string
  /** What `expectThat(value, 'some.path')` looks at. Absent where a value has no inside. */
  at?: (path: string) => { value: unknown; subject: Message; seeWith: string }
}

const known = new WeakMap<object, Provenance>()

export const plain = (text: string): Message => message('subject.plain', { text })

export function remember<T extends object>(value: T, provenance: Provenance): T {
  known.set(value, provenance)
  return value
}

export const provenanceOf = (value: unknown): Provenance | undefined =>
  typeof value === 'object' && value !== null ? known.get(value) : undefined

const scope = (namespace: string | undefined) => (namespace === undefined ? '' : `-n ${namespace} `)

/** One object: what it is called and how to see it. */
export function objectProvenance(
  resource: Resource,
  place: { namespace?: string | undefined; name: string },
  object?: KubernetesObject,
): Provenance {
  const name = place.namespace === undefined ? place.name : `${place.namespace}/${place.name}`
  const subject = `${resource.kind} ${name}`
  const get = `kubectl ${scope(place.namespace)}get ${kubectlName(resource)} ${place.name}`
  return {
    subject: plain(subject),
    seeWith: get,
    at: (path) => {
      const steps = parsePath(path)
      const see = `${get} -o jsonpath='${jsonPath(steps)}'`
      return { value: valueAt(object, steps), subject: plain(`${subject} ${path}`), seeWith: see }
    },
  }
}

/** A list: what was asked for. */
export function listProvenance(resource: Resource, { namespace, labels, fields }: Selection): Provenance {
  const selectors = [labels && `-l '${labels}'`, fields && `--field-selector '${fields}'`].filter(Boolean).join(' ')
  const where = namespace === undefined && resource.namespaced ? '-A ' : scope(namespace)
  const words = [resource.plural, namespace && `in ${namespace}`, labels && `with ${labels}`, fields && `where ${fields}`]
  return {
    subject: plain(words.filter(Boolean).join(' ')),
    seeWith: `kubectl ${where}get ${kubectlName(resource)}${selectors ? ` ${selectors}` : ''}`,
  }
}

/** What an object says of itself, for objects taken out of a list. */
export function rememberItem<T extends KubernetesObject>(resource: Resource, item: T): T {
  const name = item.metadata?.name ?? ''
  const placed = { ...item, apiVersion: apiVersionOf(resource), kind: resource.kind }
  return remember(item, objectProvenance(resource, { namespace: item.metadata?.namespace, name }, placed))
}
