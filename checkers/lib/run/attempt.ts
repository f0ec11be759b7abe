/** One time through a check's function: what it expected, what it read. Lives in an asynchronous context, so checks can run side by side. */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { KubernetesObject } from '../api/json.js'
import type { Resource } from '../api/kinds.js'
import type { Outcome } from '../expect/outcome.js'
import type { Judgement } from '../settle/judgement.js'

/** What a check looked at; live grading watches exactly these. */
export interface Read {
  resource: Pick<Resource, 'group' | 'version' | 'plural' | 'namespaced'>
  namespace?: string | undefined
  /** One object; absent for a list. */
  name?: string | undefined
  labels?: string | undefined
}

export class Attempt {
  outcomes: Outcome[] = []
  readonly reads: Read[] = []
  /** Every object that was seen, by what it is; the settling judge looks at them. */
  readonly objects = new Map<KubernetesObject, Resource>()
  /** What a probe saw of things on their way that no object tells. */
  readonly judgements: Judgement[] = []
  /** The command that shows what was read last: evidence for derived values. */
  lastSeenWith: string | undefined
  /** Milliseconds that `eventually` asked for, where it did. */
  withinMs: number | undefined
  /** Milliseconds of stillness that `eventually` asked for, where it did. */
  quietMs: number | undefined
  /** Whether a pass waits until nothing it looked at is young. */
  steady = true
  /** A command in a Pod did not end in time. */
  timedOut = false
  /** Whether it acted on the cluster (exec, HTTP, DNS) or on a machine. */
  readonly uses = { probe: false, machine: false, unwatched: false }

  saw(resource: Resource, read: Omit<Read, 'resource'>, objects: KubernetesObject[]): void {
    const { group, version, plural, namespaced } = resource
    this.reads.push({ resource: { group, version, plural, namespaced }, ...read })
    for (const object of objects) this.objects.set(object, resource)
  }
}

const storage = new AsyncLocalStorage<Attempt>()

export const inAttempt = <T>(attempt: Attempt, work: () => Promise<T>): Promise<T> => storage.run(attempt, work)

/** @throws Error outside a check: an expectation there would be lost */
export function currentAttempt(): Attempt {
  const attempt = storage.getStore()
  if (!attempt) throw new Error('expectThat and the readers of cluster work only inside a check')
  return attempt
}
