/** Events, which two groups show: core/v1 is what is stored, events.k8s.io/v1 is converted. */
import type { FieldErrors } from '../../objects/field-errors.js'
import { qualifiedName } from '../../objects/names.js'
import type { JsonObject } from '../../objects/object.js'
import type { ObjectMeta } from '../../schema/kubernetes.generated.js'
import { follow } from '../checks.js'
import { ageOf } from '../columns.js'
import { type Column, defineKind } from '../define.js'
import { immutable } from '../metadata.js'

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

const LONGEST = { reportingInstance: 128, action: 128, reason: 128, message: 1024 }

/** What an event with an event time must say, after the form of both groups. */
function validateNew(event: CoreEvent, reporter: string, errors: FieldErrors): void {
  const { reportingComponent = '', reportingInstance, action, reason } = event
  if (!reportingComponent) errors.required(reporter)
  follow(qualifiedName, reportingComponent, reporter, errors)
  for (const [name, value] of Object.entries({ reportingInstance, action, reason, message: event.message })) {
    const longest = LONGEST[name as keyof typeof LONGEST]
    if (!value && name !== 'message') errors.required(name)
    if ((value?.length ?? 0) > longest) errors.invalid(name, '', `can have at most ${longest} characters`)
  }
}

/** @see pkg/apis/core/validation/events.go: legacyValidateEvent */
function validateEither(event: CoreEvent, reporter: string, errors: FieldErrors): void {
  const own = event.metadata.namespace ?? ''
  const { namespace = '' } = event.involvedObject
  const isPlaceless = own === 'default' || (Boolean(event.eventTime) && own === 'kube-system')
  if (namespace ? !event.eventTime && namespace !== own : !isPlaceless)
    errors.invalid('involvedObject.namespace', namespace, 'does not match event.namespace')
  if (event.eventTime) validateNew(event, reporter, errors)
}

export const event = defineKind<CoreEvent>('', 'Event', {
  fields,
  columns,
  validate: (object, errors) => validateEither(object, 'reportingComponent', errors),
})

/** @see pkg/apis/core/validation/events.go: ValidateEventCreate */
function validateStrictly(event: CoreEvent, errors: FieldErrors): void {
  const { series, source = {} } = event
  if (series && (series.count ?? 0) < 2) errors.invalid('series.count', '', 'should be at least 2')
  if (series && !series.lastObservedTime) errors.required('series.lastObservedTime')
  if (!event.eventTime) errors.required('eventTime')
  if (event.type !== 'Normal' && event.type !== 'Warning') errors.invalid('type', '', `has invalid value: ${event.type ?? ''}`)
  const unset = { firstTimestamp: event.firstTimestamp, lastTimestamp: event.lastTimestamp, count: event.count }
  for (const [name, value] of Object.entries(unset)) if (value) errors.invalid(name, '', 'needs to be unset')
  if (source.component || source.host) errors.invalid('source', '', 'needs to be unset')
}

const LASTING = ['involvedObject', 'reason', 'message', 'source', 'firstTimestamp', 'lastTimestamp', 'count', 'type'] as const
const LASTING_NEW = ['eventTime', 'action', 'reportingComponent', 'reportingInstance'] as const

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
  validate(object, errors, { old }) {
    validateEither(object, 'reportingController', errors)
    if (!old) validateStrictly(object, errors)
  },
  validateUpdate(object, old, errors) {
    for (const name of [...LASTING, ...LASTING_NEW])
      immutable(object[name], old[name], name === 'reportingComponent' ? 'reportingController' : name, errors)
  },
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
