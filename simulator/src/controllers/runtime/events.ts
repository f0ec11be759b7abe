/** Records Events about objects, counting what repeats. @see client-go/tools/record */
import type { Client } from '../../client/client.js'
import type { CoreEvent } from '../../kinds/core/event.js'
import type { KubeObject } from '../../objects/object.js'
import { isNotFound } from '../../objects/status.js'
import { type Clock, microTimestamp, timestamp } from '../../time/clock.js'
import { EventBudget, Recent, SimilarEvents } from './event-flood.js'

export interface EventSubject {
  object: KubeObject
  /** A part of it, such as `spec.containers{web}`. */
  fieldPath?: string
}

export interface EventNote {
  type: 'Normal' | 'Warning'
  reason: string
  message: string
  action?: string
}

/** Repetitions within this time belong to one series. */
const SAME_WITHIN_MS = 600_000
/** @see client-go/tools/events: refreshTime, halved so that no reader takes the series for finished */
const SERIES_REFRESH_MS = 180_000

interface Seen {
  key: string
  count: number
  firstAt: number
  at: number
  /** When its series was last written. */
  toldAt?: number
}

/** The last nanoseconds that bear an Event's name, by clock: those of kubelets apart. */
const lastNanos = [new WeakMap<Clock, bigint>(), new WeakMap<Clock, bigint>()] as const

/**
 * The time that ends an Event's name. A clock counts milliseconds: within one, Events of a cluster keep the order in which they were
 * recorded, whoever records them, and kubelets come after those whose work they take up.
 */
function nextNanos(clock: Clock, now: number, isOfKubelet: boolean): bigint {
  const lasts = lastNanos[isOfKubelet ? 1 : 0]
  const first = BigInt(Math.round(now)) * 1_000_000n + (isOfKubelet ? 500_000n : 0n)
  const last = lasts.get(clock) ?? 0n
  const next = first > last ? first : last + 1n
  lasts.set(clock, next)
  return next
}

export class EventRecorder {
  readonly #seen = new Recent<Seen>()
  readonly #similar = new SimilarEvents()
  readonly #budget = new EventBudget()
  constructor(
    readonly client: Client,
    readonly clock: Clock,
    readonly source: { component: string; host?: string },
    /** Set by components that use the newer form, with an action and an event time. */
    readonly style: 'counted' | 'series' = 'counted',
  ) {}

  /** Never throws: an Event that cannot be written is not worth a failed reconcile. */
  record(subject: EventSubject | KubeObject, note: EventNote): void {
    const { object, fieldPath = '' } = 'object' in subject ? (subject as EventSubject) : { object: subject as KubeObject }
    void this.#write({ object, fieldPath }, note).catch(() => {})
  }

  #write(subject: Required<EventSubject>, note: EventNote): Promise<void> {
    return this.style === 'series' ? this.#writeSeries(subject, note) : this.#writeCounted(subject, note)
  }

  /** @see client-go/tools/record/events_cache.go: EventCorrelate */
  async #writeCounted(subject: Required<EventSubject>, note: EventNote): Promise<void> {
    const now = this.clock.now()
    const { kind, metadata } = subject.object
    const about = [kind, metadata.namespace, metadata.name, metadata.uid, note.type]
    const group = JSON.stringify([...about, note.reason])
    const { message, isCombined } = this.#similar.place(group, note.message, now)
    const event = { ...this.#make(subject, { ...note, message }, now), ...(isCombined ? { reportingComponent: '' } : {}) }
    const seen = this.#count(isCombined ? group : JSON.stringify([group, subject.fieldPath, message]), event, now)
    // What is not told is counted all the same.
    if (!this.#budget.take(JSON.stringify(about), now)) return
    if (seen.count === 1) await this.client.create('Event', event)
    else {
      const change = { count: seen.count, lastTimestamp: timestamp(now), message }
      await this.client.patch('Event', seen.key, change).catch((error) => this.#tellAnew(error, event, seen))
    }
  }

  async #writeSeries(subject: Required<EventSubject>, note: EventNote): Promise<void> {
    const now = this.clock.now()
    const event = this.#make(subject, note, now)
    const identity = seriesIdentity(subject, note)
    const before = this.#seen.get(identity)
    if (before && now - before.at >= SAME_WITHIN_MS) this.#seen.delete(identity)
    const seen = this.#count(identity, event, now)
    if (seen.count === 1) await this.client.create('Event', event)
    else await this.#continueSeries(seen, now).catch((error) => this.#tellAnew(error, event, seen))
  }

  #count(identity: string, { metadata }: CoreEvent, now: number): Seen {
    const seen = this.#seen.get(identity) ?? { key: `${metadata.namespace}/${metadata.name}`, count: 0, firstAt: now, at: now }
    seen.count++
    seen.at = now
    this.#seen.set(identity, seen)
    return seen
  }

  /** Somebody has deleted it: it comes again as it would be by now. @see client-go/tools/record: recordEvent */
  async #tellAnew(error: unknown, event: CoreEvent, seen: Seen): Promise<void> {
    if (!isNotFound(error)) throw error
    const name = seen.key.slice(seen.key.indexOf('/') + 1)
    const counted = this.style === 'counted' ? { count: seen.count, firstTimestamp: timestamp(seen.firstAt) } : {}
    await this.client.create('Event', { ...event, ...counted, metadata: { ...event.metadata, name } })
  }

  /** That it has begun is told at once, how it goes on only from time to time. */
  async #continueSeries(seen: Seen, now: number): Promise<void> {
    if (seen.toldAt !== undefined && now - seen.toldAt < SERIES_REFRESH_MS) return
    seen.toldAt = now
    const series = { count: seen.count, lastObservedTime: microTimestamp(now) }
    await this.client.patch('Event', seen.key, { series })
  }

  #make({ object, fieldPath }: Required<EventSubject>, note: EventNote, now: number): CoreEvent {
    const { name, namespace, uid, resourceVersion } = object.metadata
    const at = timestamp(now)
    const isSeries = this.style === 'series'
    const regarding = {
      kind: object.kind,
      name,
      uid,
      apiVersion: object.apiVersion,
      ...(namespace ? { namespace } : {}),
      ...(resourceVersion ? { resourceVersion } : {}),
      ...(fieldPath ? { fieldPath } : {}),
    }
    const metadata = {
      name: `${name}.${nextNanos(this.clock, now, this.source.host !== undefined).toString(16)}`,
      namespace: namespace || 'default',
    } as CoreEvent['metadata']
    const { component, host } = this.source
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata,
      involvedObject: regarding,
      reason: note.reason,
      message: note.message,
      type: note.type,
      ...(isSeries
        ? {
            eventTime: `${new Date(now).toISOString().slice(0, 23)}000Z`,
            action: note.action ?? '',
            firstTimestamp: null,
            lastTimestamp: null,
            source: {},
          }
        : { source: { component, ...(host ? { host } : {}) }, firstTimestamp: at, lastTimestamp: at, count: 1, eventTime: null }),
      reportingComponent: component,
      reportingInstance: isSeries ? `${component}-controlplane` : (host ?? ''),
    }
  }
}

/** A series is about one version of an object, whatever its Events say. @see client-go/tools/events: getKey */
function seriesIdentity({ object, fieldPath }: Required<EventSubject>, { type, reason, action }: EventNote): string {
  const { uid, resourceVersion } = object.metadata
  return JSON.stringify([uid, fieldPath, type, reason, action, resourceVersion])
}
