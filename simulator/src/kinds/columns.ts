/** What the columns of many kinds have in common. @see pkg/printers/internalversion/printers.go */
import type { KubeObject } from '../objects/object.js'
import { parseTime } from '../time/clock.js'
import type { Column } from './define.js'

/** `42s`, `5m10s`, `3h20m`, `4d`: apimachinery/pkg/util/duration.HumanDuration. */
export function humanDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  if (hours < 192) return withRest(Math.floor(hours / 24), 'd', hours % 24, 'h')
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24)}d`
  if (hours < 24 * 365 * 8) return withRest(Math.floor(hours / 24 / 365), 'y', Math.floor(hours / 24) % 365, 'd')
  return `${Math.floor(hours / 24 / 365)}y`
}

const withRest = (value: number, unit: string, rest: number, restUnit: string) =>
  rest === 0 ? `${value}${unit}` : `${value}${unit}${rest}${restUnit}`

/** The time since a timestamp, as `kubectl get` shows it. */
export function ageOf(time: string | undefined | null, nowMs: number): string {
  const at = parseTime(time)
  return Number.isNaN(at) ? '<unknown>' : humanDuration(nowMs - at)
}

export const nameColumn: Column<KubeObject> = { name: 'Name', format: 'name', value: (object) => object.metadata.name }
export const ageColumn: Column<KubeObject> = {
  name: 'Age',
  value: (object, now) => ageOf(object.metadata.creationTimestamp, now),
}

/** Name, what is given, Age: the frame of nearly every table. Wide columns come after Age. */
export function columns<T extends KubeObject>(...inner: Column<T>[]): Column<T>[] {
  const narrow = inner.filter((column) => !column.priority)
  const wide = inner.filter((column) => column.priority)
  return [nameColumn as Column<T>, ...narrow, ageColumn as Column<T>, ...wide]
}

/** A text column; an empty value shows as given in `empty`. */
export const column = <T>(
  name: string,
  value: (object: T, nowMs: number) => string | undefined | null,
  empty = '<none>',
): Column<T> => ({
  name,
  value: (object, now) => value(object, now) || empty,
})
export const integerColumn = <T>(name: string, value: (object: T) => number | undefined): Column<T> => ({
  name,
  type: 'integer',
  value: (object) => value(object) ?? 0,
})
export const wide = <T>(inner: Column<T>): Column<T> => ({ ...inner, priority: 1 })

/** Labels as `a=1,b=2`. */
export const formatMap = (map: Record<string, string> | undefined): string =>
  Object.entries(map ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',') || '<none>'

export const defaultColumns: Column<KubeObject>[] = [
  nameColumn,
  { name: 'Created At', value: (object) => object.metadata.creationTimestamp ?? '' },
]
