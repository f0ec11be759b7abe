/** What a controller is, and the loop that runs it. */
import type { Client, KindName, Kinds } from '../../client/client.js'
import { controllerOf, fieldsOf, type KubeObject, keyOf } from '../../objects/object.js'
import { selectorOf, selectorOfMap } from '../../objects/selector.js'
import { isConflict, isNotFound } from '../../objects/status.js'
import type { Clock } from '../../time/clock.js'
import type { Random } from '../../time/random.js'
import { nextTurn } from '../../time/steps.js'
import { EventRecorder } from './events.js'
import { Expectations } from './expectations.js'
import type { Change, Informers } from './informer.js'
import { WorkQueue } from './work-queue.js'

export type Outcome = { type: 'done' } | { type: 'requeue'; afterMs: number }
export const done: Outcome = { type: 'done' }
export const requeueAfter = (afterMs: number): Outcome => ({ type: 'requeue', afterMs })

export interface ReconcileContext {
  client: Client
  /** A view that may lag behind `client`; expectations cover the gap. */
  informers: Informers
  expectations: Expectations
  events: EventRecorder
  clock: Clock
  random: Random
}

type KeysOf<K extends KindName> = (change: Change<Kinds[K]>, informers: Informers) => string[]
export type Watches = { [K in KindName]?: KeysOf<K> }

export interface Controller {
  /** As in the name of its ServiceAccount: `replicaset-controller`. */
  name: string
  /** The source of its Events, where that is another name. */
  eventSource?: string
  /** The kind whose keys it is called with. */
  reconciles: KindName
  /** Kinds that it makes: a change of one calls it with the key of the owner that controls it. */
  owns?: KindName[]
  /** Other kinds, and which keys a change of one concerns. */
  watches?: Watches
  /** Kinds that it reads and need not be called for. */
  reads?: KindName[]
  /** Compares state and takes one step. Must stand being called at any time, with old views, again and again. */
  reconcile(context: ReconcileContext, key: string): Promise<Outcome>
}

export const defineController = (controller: Controller): Controller => controller

export interface ControllerHost {
  /** A client that acts as the named controller. */
  clientFor(controller: string): Client
  informers: Informers
  clock: Clock
  random: Random
  signal: AbortSignal
  /** Hears of errors that are neither conflicts nor objects that have gone. */
  onError?: (controller: string, key: string, error: unknown) => void
}

/** Starts the controller; it runs until the host's signal is aborted. Resolves when its informers are ready. */
export async function runController(controller: Controller, host: ControllerHost): Promise<void> {
  const { informers, clock, random } = host
  const client = host.clientFor(controller.name)
  const expectations = new Expectations(clock)
  const events = new EventRecorder(client, clock, { component: controller.eventSource ?? controller.name })
  const context: ReconcileContext = { client, informers, expectations, events, clock, random }
  const queue = new WorkQueue(clock, (key) => runOnce({ controller, context, queue, host }, key))
  host.signal.addEventListener('abort', () => queue.stop(), { once: true })
  await nextTurn()
  const watched = Object.keys(controller.watches ?? {}) as KindName[]
  await informers.ready([controller.reconciles, ...(controller.owns ?? []), ...watched, ...(controller.reads ?? [])])
  if (host.signal.aborted) return
  informers.of(controller.reconciles).onChange(({ type, object }) => {
    if (type === 'DELETED') expectations.forget(keyOf(object))
    queue.add(keyOf(object))
  })
  for (const kind of controller.owns ?? []) followOwned(kind, { controller, informers, expectations, queue })
  for (const kind of watched) {
    const keysOf = controller.watches?.[kind] as KeysOf<KindName>
    informers.of(kind).onChange((change) => {
      for (const key of keysOf(change, informers)) queue.add(key)
    })
  }
}

interface Following {
  controller: Controller
  informers: Informers
  expectations: Expectations
  queue: WorkQueue
}

function followOwned(kind: KindName, { controller, informers, expectations, queue }: Following): void {
  const ownerKey = (object: KubeObject | undefined): string | undefined => {
    const owner = object && controllerOf(object)
    if (owner?.kind !== controller.reconciles) return undefined
    return keyOf({ metadata: { name: owner.name, namespace: object?.metadata.namespace } })
  }
  informers.of(kind).onChange(({ type, object, old }) => {
    const key = ownerKey(object)
    const before = ownerKey(old)
    if (before && before !== key) queue.add(before)
    if (!key) {
      // Whoever's selector matches it may take it over.
      if (type !== 'DELETED' && !controllerOf(object))
        for (const owner of informers.list(controller.reconciles, object.metadata.namespace))
          if (selects(owner, object)) queue.add(keyOf(owner))
      return
    }
    if (type === 'ADDED') expectations.sawCreated(key, object.metadata.uid)
    if (type === 'DELETED' || object.metadata.deletionTimestamp) expectations.sawDeleted(key, object.metadata.uid)
    queue.add(key)
  })
}

/** A selector in either form; what has none takes nothing over. */
function selects(owner: KubeObject, { metadata }: KubeObject): boolean {
  const { selector } = (fieldsOf(owner).spec ?? {}) as { selector?: Record<string, unknown> }
  if (!selector || Object.keys(selector).length === 0) return false
  const isMap = !('matchLabels' in selector || 'matchExpressions' in selector)
  return isMap ? selectorOfMap(selector as Record<string, string>)(metadata.labels) : selectorOf(selector)(metadata.labels)
}

interface Running {
  controller: Controller
  context: ReconcileContext
  queue: WorkQueue
  host: ControllerHost
}

async function runOnce({ controller, context, queue, host }: Running, key: string): Promise<void> {
  try {
    const outcome = await controller.reconcile(context, key)
    queue.succeed(key)
    if (outcome.type === 'requeue') queue.addAfter(key, outcome.afterMs)
  } catch (error) {
    if (host.signal.aborted) return
    if (!isConflict(error) && !isNotFound(error)) host.onError?.(controller.name, key, error)
    queue.retry(key)
  }
}
