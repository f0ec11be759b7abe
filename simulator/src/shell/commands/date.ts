/** `date`: the clock of the cluster, always UTC. */
import { FileError } from '../../containers/file-system.js'
import { holds } from '../../containers/kernel-view.js'
import type { Process } from '../../containers/process.js'
import { command, complain, type Options, readOptions, resolve, WordError } from './command.js'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const LONG_DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const LONG_MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function formatDate(format: string, ms: number): string {
  const time = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  const fields: Record<string, string> = {
    Y: String(time.getUTCFullYear()),
    m: two(time.getUTCMonth() + 1),
    d: two(time.getUTCDate()),
    H: two(time.getUTCHours()),
    M: two(time.getUTCMinutes()),
    S: two(time.getUTCSeconds()),
    s: String(Math.floor(ms / 1000)),
    a: DAYS[time.getUTCDay()] ?? '',
    b: MONTHS[time.getUTCMonth()] ?? '',
    e: String(time.getUTCDate()).padStart(2),
    A: LONG_DAYS[time.getUTCDay()] ?? '',
    B: LONG_MONTHS[time.getUTCMonth()] ?? '',
    h: MONTHS[time.getUTCMonth()] ?? '',
    j: String(Math.floor((ms - Date.UTC(time.getUTCFullYear(), 0)) / 86_400_000) + 1).padStart(3, '0'),
    y: two(time.getUTCFullYear() % 100),
    I: two(time.getUTCHours() % 12 || 12),
    p: time.getUTCHours() < 12 ? 'AM' : 'PM',
    u: String(time.getUTCDay() || 7),
    w: String(time.getUTCDay()),
    n: '\n',
    t: '\t',
    N: `${String(time.getUTCMilliseconds()).padStart(3, '0')}000000`,
    z: '+0000',
    Z: 'UTC',
  }
  const long = format
    .replace(/%T/g, '%H:%M:%S')
    .replace(/%R/g, '%H:%M')
    .replace(/%F/g, '%Y-%m-%d')
    .replace(/%D/g, '%m/%d/%y')
    .replace(/%c/g, '%a %b %e %H:%M:%S %Y')
  return long.replace(/%([a-zA-Z%])/g, (all, letter: string) => (letter === '%' ? '%' : (fields[letter] ?? all)))
}

/**
 * The forms in which BusyBox takes a time: `@SECONDS`, `hh:mm[:ss]`, `YYYY-MM-DD [hh:mm[:ss]]`, `[[[YY]YY]MM]DDhhmm[.ss]`.
 * @returns milliseconds; undefined where it is none
 */
export function timeIn(text: string, nowMs: number): number | undefined {
  if (/^@\d+$/.test(text)) return Number(text.slice(1)) * 1000
  const now = new Date(nowMs).toISOString()
  const [, day, hours] = /^(?:(\d{4}-\d\d-\d\d))?[ T]?(\d\d:\d\d(?::\d\d)?)?Z?$/.exec(text) ?? []
  const [, year, month, date, hour, minute, second = '00'] =
    /^(\d{4}|\d\d)?(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d\d))?$/.exec(text) ?? []
  if (!day && !hours && !minute) return undefined
  const full = (year?.length === 2 ? `20${year}` : year) ?? now.slice(0, 4)
  const time = minute
    ? Date.parse(`${full}-${month}-${date}T${hour}:${minute}:${second}Z`)
    : Date.parse(`${day ?? now.slice(0, 10)}T${hours ?? '00:00'}Z`)
  return Number.isNaN(time) ? undefined : time
}

/** The time that is shown: of `-d`, of a file, or now. @throws WordError, FileError */
function shownTime(process: Process, values: Map<string, string>): number {
  const now = process.machine.clock.now()
  const path = values.get('r')
  const text = values.get('d')
  if (path !== undefined) {
    const node = process.machine.fs.stat(resolve(process, path))
    if (!node) throw new FileError('ENOENT', path)
    return node.type === 'link' ? now : node.mtimeMs
  }
  const time = text === undefined ? now : timeIn(text, now)
  if (time === undefined) throw new WordError(`invalid date '${text}'`)
  return time
}

const ISO: Record<string, string> = {
  date: '%F',
  hours: '%FT%H+00:00',
  minutes: '%FT%R+00:00',
  seconds: '%FT%T+00:00',
  ns: '%FT%T,%N+00:00',
}

/** How the time is shown. @throws WordError */
function formatOf({ flags, values, operands }: Options, iso: string | undefined): string {
  const given = operands.find((operand) => operand.startsWith('+'))
  if (given !== undefined) return given.slice(1)
  if (flags.has('R')) return '%a, %d %b %Y %T +0000'
  const spec = values.get('iso-8601') ?? iso
  if (spec === undefined && !flags.has('iso-8601')) return '%a %b %e %T UTC %Y'
  const format = Object.entries(ISO).find(([name]) => name.startsWith(spec || 'date'))?.[1]
  if (!format) throw new WordError(`invalid argument '${spec}' to '-I'`)
  return format
}

const setTime = (process: Process): number => {
  const mayNot = !holds(process.machine.kernel, 'SYS_TIME')
  complain(process, `can't set date: ${mayNot ? 'Operation not permitted' : 'the clock of a simulated node cannot be set'}`)
  return 1
}

const USAGE = '[-uR] [-I[SPEC]] [--iso-8601[=SPEC]] [-d TIME] [-r FILE] [-s TIME] [+FMT] [TIME]'

const LONG = { long: { utc: 'u', universal: 'u', date: 'd', reference: 'r', set: 's', 'rfc-2822': 'R', 'rfc-email': 'R' } }

/** `-I` bears its value, if any, in the same word. */
export const date = command(
  async (process, all) => {
    const iso = all.find((arg) => /^-I/.test(arg))?.slice(2)
    const options = readOptions(
      all.filter((arg) => !/^-I/.test(arg)),
      USAGE.replace('[-I[SPEC]] ', ''),
      LONG,
    )
    const [other] = options.operands.filter((operand) => !operand.startsWith('+'))
    const timeMs = shownTime(process, options.values)
    if (other !== undefined && timeIn(other, timeMs) === undefined) throw new WordError(`invalid date '${other}'`)
    if (other !== undefined || options.values.has('s')) return setTime(process)
    await process.stdout.write(`${formatDate(formatOf(options, iso), timeMs)}\n`)
    return 0
  },
  { usage: USAGE },
)
