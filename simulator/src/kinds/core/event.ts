/** Events, which two groups show: core/v1 is what is stored, events.k8s.io/v1 is converted. */
import type { JsonObject } from '../../objects/object.js'
import type { ObjectMeta } from '../../schema/kubernetes.generated.js'
import { ageOf } from '../columns.js'
import { type Column, defineKind } from '../define.js'

/** core/v1 Event; the generated name is the one of events.k8s.io. */
export interface CoreEvent {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  involvedObject: {
    kind?: string
    namespace?: string
    name?: string
    uid?: string
    apiVersion?: string
    resourceVersion?: string
    fieldPath?: string
  }
  reason?: string
  message?: string
  source?: { component?: string; host?: string }
  firstTimestamp?: string | null
  lastTimestamp?: string | null
  eventTime?: string | null
  count?: number
  type?: string
  action?: string
  series?: { count?: number; lastObservedTime?: string }
  reportingComponent?: string
  reportingInstance?: string
}

const firstSeen = (event: CoreEvent, now: number) => ageOf(event.firstTimestamp ?? event.eventTime, now)
function lastSeen(event: CoreEvent, now: number): string {
  if (event.series?.lastObservedTime) return ageOf(event.series.lastObservedTime, now)
  return event.lastTimestamp ? ageOf(event.lastTimestamp, now) : firstSeen(event, now)
}
const subject = ({ involvedObject }: CoreEvent) => `${(involvedObject.kind ?? '').toLowerCase()}/${involvedObject.name ?? ''}`
const source = (event: CoreEvent): string => {
  const component = event.source?.component || event.reportingComponent || ''
  const host = event.source?.host || event.reportingInstance || ''
  return component && host ? `${component}, ${host}` : component
}

const column = (name: string, value: Column<CoreEvent>['value'], priority: 0 | 1 = 0): Column<CoreEvent> => ({
  name,
  value,
  ...(priority ? { priority } : {}),
})

const columns = [
  column('Last Seen', lastSeen),
  column('Type', (event) => event.type ?? ''),
  column('Reason', (event) => event.reason ?? ''),
  column('Object', subject),
  column('Subobject', (event) => event.involvedObject.fieldPath ?? '', 1),
  column('Source', source, 1),
  column('Message', (event) => (event.message ?? '').trim()),
  column('First Seen', firstSeen, 1),
  { ...column('Count', (event) => event.series?.count ?? event.count ?? 1, 1), type: 'integer' as const },
  column('Name', (event) => event.metadata.name, 1),
]

const fields: Record<string, (event: CoreEvent) => string> = {
  'involvedObject.kind': (event) => event.involvedObject.kind ?? '',
  'involvedObject.namespace': (event) => event.involvedObject.namespace ?? '',
  'involvedObject.name': (event) => event.involvedObject.name ?? '',
  'involvedObject.uid': (event) => event.involvedObject.uid ?? '',
  'involvedObject.apiVersion': (event) => event.involvedObject.apiVersion ?? '',
  'involvedObject.resourceVersion': (event) => event.involvedObject.resourceVersion ?? '',
  'involvedObject.fieldPath': (event) => event.involvedObject.fieldPath ?? '',
  reason: (event) => event.reason ?? '',
  reportingComponent: (event) => event.reportingComponent ?? '',
  source: (event) => event.source?.component || event.reportingComponent || '',
  type: (event) => event.type ?? '',
}

export const event = defineKind<CoreEvent>('', 'Event', {
  fields,
  columns,
  validate(object, errors) {
    const namespace = object.involvedObject.namespace ?? ''
    if (namespace ? namespace !== object.metadata.namespace : object.metadata.namespace !== 'default')
      errors.invalid('involvedObject.namespace', namespace, 'does not match event.namespace')
  },
})

/** From one group's names to the other's. */
const RENAMED: [core: string, events: string][] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
]

function rename(object: JsonObject, pairs: [string, string][], apiVersion: string): JsonObject {
  const result: JsonObject = { ...object, apiVersion }
  for (const [from, to] of pairs) {
    if (result[from] === undefined) continue
    result[to] = result[from]
    delete result[from]
  }
  return result
}

export const eventsEvent = defineKind<CoreEvent>('events.k8s.io', 'Event', {
  storedAs: 'events',
  conversions: {
    v1: {
      toStored: (object) =>
        rename(
          object,
          RENAMED.map(([core, events]) => [events, core]),
          'v1',
        ),
      fromStored: (object) => rename(object, RENAMED, 'events.k8s.io/v1'),
    },
  },
  columns,
})
