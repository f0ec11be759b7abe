/**
 * Schedules of CronJobs: `30 6-16/4 * * mon-fri`, `@daily`, `@every 1h30m`, in a time zone.
 * The same forms, meaning and complaints as github.com/robfig/cron/v3, which upstream reads them with.
 */

export interface Schedule {
  /** The first time after `ms`, in milliseconds since the epoch; undefined where there is none in five years. */
  next(ms: number): number | undefined
}

/** A schedule that cannot be read; the message is upstream's. */
export class ScheduleError extends Error {}

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const YEARS_AHEAD = 5
const names = (text: string, first: number) => new Map(text.split(' ').map((name, index) => [name, first + index]))

interface Bounds {
  min: number
  max: number
  names?: Map<string, number>
}
const FIELDS: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: names('jan feb mar apr may jun jul aug sep oct nov dec', 1) },
  { min: 0, max: 6, names: names('sun mon tue wed thu fri sat', 0) },
]
const DESCRIPTORS: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

interface Field {
  values: Set<number>
  /** Written as `*`: of two days, the other decides alone. */
  any: boolean
}

/** @param timeZone IANA name; UTC by default. @throws ScheduleError */
export function parseSchedule(text: string, timeZone = 'UTC'): Schedule {
  if (text === '') throw new ScheduleError('empty spec string')
  const zoned = /^(?:CRON_)?TZ=(\S+)\s+(.*)$/.exec(text)
  if (zoned) return parseSchedule(zoned[2] ?? '', zoned[1])
  if (!isTimeZone(timeZone)) throw new ScheduleError(`provided bad location ${timeZone}: unknown time zone ${timeZone}`)
  if (text.startsWith('@every ')) return every(text)
  const fields = text.startsWith('@') ? DESCRIPTORS[text]?.split(' ') : text.trim().split(/\s+/).filter(Boolean)
  if (!fields) throw new ScheduleError(`unrecognized descriptor: ${text}`)
  if (fields.length !== FIELDS.length)
    throw new ScheduleError(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`)
  const parsed = FIELDS.map((bounds, index) => parseField(fields[index] ?? '', bounds))
  return { next: (ms) => nextTime(parsed, ms, timeZone) }
}

function parseField(text: string, bounds: Bounds): Field {
  const field: Field = { values: new Set(), any: false }
  for (const part of text.split(',').filter(Boolean)) {
    const { first, last, step, any } = parseRange(part, bounds)
    if (any) field.any = true
    for (let value = first; value <= last; value += step) field.values.add(value)
  }
  return field
}

function parseRange(text: string, bounds: Bounds): { first: number; last: number; step: number; any: boolean } {
  const [range = '', stepText, ...more] = text.split('/')
  const ends = range.split('-')
  const isAny = ends[0] === '*' || ends[0] === '?'
  if (!isAny && ends.length > 2) throw new ScheduleError(`too many hyphens: ${text}`)
  const first = isAny ? bounds.min : numberOf(ends[0] ?? '', bounds.names)
  let last = isAny ? bounds.max : ends.length === 2 ? numberOf(ends[1] ?? '', bounds.names) : first
  if (more.length > 0) throw new ScheduleError(`too many slashes: ${text}`)
  const step = stepText === undefined ? 1 : numberOf(stepText)
  // `5/10` goes on to the end.
  if (stepText !== undefined && ends.length === 1) last = bounds.max
  const outside = (what: string) => new ScheduleError(`${what}: ${text}`)
  if (first < bounds.min) throw outside(`beginning of range (${first}) below minimum (${bounds.min})`)
  if (last > bounds.max) throw outside(`end of range (${last}) above maximum (${bounds.max})`)
  if (first > last) throw outside(`beginning of range (${first}) beyond end of range (${last})`)
  if (step === 0) throw outside('step of range should be a positive number')
  return { first, last, step, any: isAny && step === 1 }
}

function numberOf(text: string, known?: Map<string, number>): number {
  const named = known?.get(text.toLowerCase())
  if (named !== undefined) return named
  if (!/^[+-]?\d+$/.test(text))
    throw new ScheduleError(`failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
  if (Number(text) < 0) throw new ScheduleError(`negative number (${Number(text)}) not allowed: ${text}`)
  return Number(text)
}

const UNITS: Record<string, number> = { h: 3_600_000, m: MINUTE_MS, s: 1000, ms: 1 }

function every(text: string): Schedule {
  const duration = text.slice('@every '.length)
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)]
  if (parts.length === 0 || parts.map(([all]) => all).join('') !== duration)
    throw new ScheduleError(`failed to parse duration ${text}: time: invalid duration ${JSON.stringify(duration)}`)
  const ms = parts.reduce((sum, [, count, unit = 's']) => sum + Number(count) * (UNITS[unit] ?? 0), 0)
  const delay = Math.max(1000, Math.floor(ms / 1000) * 1000)
  return { next: (from) => Math.floor(from / 1000) * 1000 + delay }
}

interface Wall {
  year: number
  month: number
  day: number
  hour: number
  minute: number
}

const formats = new Map<string, Intl.DateTimeFormat | null>()

function formatFor(timeZone: string): Intl.DateTimeFormat | null {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  let format: Intl.DateTimeFormat | null = null
  try {
    const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const
    format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...parts })
  } catch {
    // Not one of the names that the runtime's data base of zones knows.
  }
  formats.set(timeZone, format)
  return format
}

export const isTimeZone = (name: string): boolean => formatFor(name) !== null

/** What a clock on the wall shows, as milliseconds of the same reading in UTC. */
function readingAt(ms: number, timeZone: string): number {
  const format = timeZone === 'UTC' ? null : formatFor(timeZone)
  if (!format) return ms
  const part = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]))
  const get = (type: Intl.DateTimeFormatPartTypes) => part.get(type) ?? 0
  return Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute')) + (ms % MINUTE_MS)
}

/** Minutes that the zone is ahead of UTC then. */
export const zoneOffset = (ms: number, timeZone: string): number => Math.round((readingAt(ms, timeZone) - ms) / MINUTE_MS)

function wallAt(ms: number, timeZone: string): Wall & { weekday: number } {
  const reading = new Date(readingAt(ms, timeZone))
  return {
    year: reading.getUTCFullYear(),
    month: reading.getUTCMonth() + 1,
    day: reading.getUTCDate(),
    hour: reading.getUTCHours(),
    minute: reading.getUTCMinutes(),
    weekday: reading.getUTCDay(),
  }
}

/** When a day begins there. */
function dayStart({ year, month, day }: Pick<Wall, 'year' | 'month' | 'day'>, timeZone: string): number {
  const reading = Date.UTC(year, month - 1, day)
  const guess = reading - zoneOffset(reading, timeZone) * MINUTE_MS
  return reading - zoneOffset(guess, timeZone) * MINUTE_MS
}

function nextTime(fields: Field[], after: number, timeZone: string): number | undefined {
  const [minutes, hours, days, months, weekdays] = fields
  if (!minutes || !hours || !days || !months || !weekdays) return undefined
  let ms = Math.floor(after / MINUTE_MS) * MINUTE_MS + MINUTE_MS
  const limit = ms + YEARS_AHEAD * 366 * DAY_MS
  while (ms <= limit) {
    const wall = wallAt(ms, timeZone)
    const isDay = days.values.has(wall.day)
    const isWeekday = weekdays.values.has(wall.weekday)
    if (!months.values.has(wall.month)) ms = later(ms, dayStart({ ...wall, month: wall.month + 1, day: 1 }, timeZone))
    else if (!(days.any || weekdays.any ? isDay && isWeekday : isDay || isWeekday))
      ms = later(ms, dayStart({ ...wall, day: wall.day + 1 }, timeZone))
    else if (!hours.values.has(wall.hour)) ms += (60 - wall.minute) * MINUTE_MS
    else if (!minutes.values.has(wall.minute)) ms += MINUTE_MS
    else return ms
  }
  return undefined
}

/** Never back, where a zone skips or repeats the hour around midnight. */
const later = (ms: number, next: number): number => (next > ms ? next : ms + MINUTE_MS)
