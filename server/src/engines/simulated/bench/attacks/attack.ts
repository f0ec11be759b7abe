/** What one kind of bad input does, and what all kinds share. */
import type { BenchApi } from '../api.js'

export interface Attack {
  /** What goes on, for the name of a figure. */
  saying: string
  prepare?: (api: BenchApi) => Promise<unknown>
  /** Done again and again by `atOnce` askers; a refusal is an answer. */
  again: (api: BenchApi, round: number) => Promise<unknown>
  atOnce: number
}

export const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
export const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'
export const PODS = '/api/v1/namespaces/default/pods'
export const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

export const post = (body: object | string | Uint8Array) => ({ method: 'POST', body })

/** `count` of what `make` makes. */
export const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))
export const fieldsOf = <T>(count: number, make: (index: number) => [string, T]): Record<string, T> =>
  Object.fromEntries(many(count, make))

/** What takes a while to make is made by who needs it. */
export function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

const OBJECTS = 5000

/** Objects enough for a long list. */
export async function fill(api: BenchApi): Promise<void> {
  let next = 0
  const writer = async () => {
    for (let index = next++; index < OBJECTS; index = next++)
      await api.ask(
        CONFIG_MAPS,
        post({
          metadata: { name: `note-${index}`, labels: { index: `${index}`, app: 'note' } },
          data: { text: 'x'.repeat(500) },
        }),
      )
  }
  await Promise.all(many(8, writer))
}

export const deployment = (name: string, replicas: number, env: { name: string; value: string }[] = []) => ({
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'main', image: 'nginx:1.28', ...(env.length ? { env } : {}) }] },
    },
  },
})
