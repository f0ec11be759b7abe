/** Durations, points in time and doubles as Go reads and writes them. */
import { Duration, EvaluationError, Timestamp } from '../values.js'

const UNITS: Record<string, bigint> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
}
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y

/** Letters. A longer one would be none that Go can hold, or one with more digits than count. */
const LONGEST = 1000

/** Go's time.ParseDuration; undefined where it is none. */
export function parseDuration(text: string): Duration | undefined {
  if (text.length > LONGEST) return undefined
  const [, sign, body = ''] = /^([+-]?)(.+)$/.exec(text) ?? []
  if (body === '0') return new Duration(0n)
  let nanos = 0n
  let at = 0
  while (at < body.length) {
    PART.lastIndex = at
    const part = PART.exec(body)
    if (!part) return undefined
    const [whole = '', number = '', unit = ''] = part
    const [integer = '', fraction = ''] = number.split('.')
    const scale = UNITS[unit] ?? 1n
    nanos += BigInt(integer || '0') * scale + (fraction ? (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length) : 0n)
    at += whole.length
  }
  return at === 0 ? undefined : new Duration(sign === '-' ? -nanos : nanos)
}

const TIME = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})$/

/** RFC 3339; undefined where it is none. */
export function parseTimestamp(text: string): Timestamp | undefined {
  if (text.length > LONGEST) return undefined
  const match = TIME.exec(text)
  const ms = match ? Date.parse(`${match[1]}T${match[2]}${match[4]?.toUpperCase()}`) : Number.NaN
  if (Number.isNaN(ms)) return undefined
  return new Timestamp(BigInt(ms) * 1_000_000n + BigInt((match?.[3] ?? '').padEnd(9, '0').slice(0, 9)))
}

/** Go's `%g`. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (value === 0) return '0'
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  const power = Number(exponent)
  // Shortest digits, and an exponent from a million on.
  if (power >= -4 && power < 6) return String(value)
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

const DAY_MS = 86_400_000
const OFFSET = /^([+-]?)(\d{1,2}):(\d{2})$/

/** The same moment with the zone's own wall clock as if it were UTC. */
function wallClock(time: Timestamp, zone: string): Date {
  const { date } = time
  if (zone === 'UTC' || zone === '') return date
  const offset = OFFSET.exec(zone)
  if (offset) {
    const minutes = (Number(offset[2]) * 60 + Number(offset[3])) * (offset[1] === '-' ? -1 : 1)
    return new Date(date.getTime() + minutes * 60_000)
  }
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    const part = Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
    return new Date(Date.UTC(year, month - 1, day, hour, minute, second, date.getUTCMilliseconds()))
  } catch {
    throw new EvaluationError(`unknown time zone ${zone}`)
  }
}

/** The parts of a time in a zone, as CEL counts them: months, days of month and of year from 0. */
export function timeIn(time: Timestamp, zone: string) {
  const date = wallClock(time, zone)
  const year = date.getUTCFullYear()
  return {
    FullYear: BigInt(year),
    Month: BigInt(date.getUTCMonth()),
    DayOfYear: BigInt(Math.floor((date.getTime() - Date.UTC(year, 0, 1)) / DAY_MS)),
    DayOfMonth: BigInt(date.getUTCDate() - 1),
    Date: BigInt(date.getUTCDate()),
    DayOfWeek: BigInt(date.getUTCDay()),
    Hours: BigInt(date.getUTCHours()),
    Minutes: BigInt(date.getUTCMinutes()),
    Seconds: BigInt(date.getUTCSeconds()),
    Milliseconds: BigInt(date.getUTCMilliseconds()),
  }
}
