/** What `printf` makes of one value, in the shell and in awk: `%-05.2f` and its kin. */

export interface Conversion {
  flags: string
  width: number
  precision: number | undefined
  kind: string
}

/** Nothing is printed so wide; a learner's mistake must not fill the memory of the others. */
const WIDEST = 65_536
/** As far as JavaScript writes numbers out. */
const MOST_DIGITS = 100

export class FormatError extends Error {}

function padded(text: string, { flags, width }: Conversion, isNumber: boolean): string {
  if (width > WIDEST) throw new FormatError('out of memory')
  if (flags.includes('-')) return text.padEnd(width)
  if (!isNumber || !flags.includes('0')) return text.padStart(width)
  const sign = /^[-+ ]?(?:0[xX])?/.exec(text)?.[0] ?? ''
  return sign + text.slice(sign.length).padStart(width - sign.length, '0')
}

export function formatText(text: string, conversion: Conversion): string {
  const { precision } = conversion
  return padded(precision === undefined ? text : text.slice(0, precision), conversion, false)
}

const exponent = (text: string): string => text.replace(/e([-+])(\d)$/, 'e$10$2')

/** Without zeros at the end, and as a power where that is shorter. */
function general(value: number, precision: number): string {
  const digits = Math.max(1, precision)
  const power = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(Number(value.toPrecision(digits)))))
  if (power < -4 || power >= digits)
    return exponent(
      value
        .toExponential(digits - 1)
        .replace(/(\.\d*?)0+e/, '$1e')
        .replace('.e', 'e'),
    )
  return String(Number(value.toPrecision(digits)))
}

const BASES: Record<string, number> = { x: 16, X: 16, o: 8 }
const PREFIXES: Record<string, string> = { x: '0x', X: '0X', o: '0' }

function whole(value: number, { kind, precision, flags }: Conversion): string {
  const number = BigInt(Number.isFinite(value) ? Math.trunc(value) : 0)
  const base = BASES[kind.toLowerCase()]
  const unsigned = base !== undefined || kind === 'u' ? BigInt.asUintN(64, number) : number
  const digits = unsigned.toString(base ?? 10).replace('-', '')
  const text = digits.padStart(Math.min(precision ?? 1, WIDEST), '0')
  const prefix = flags.includes('#') && number !== 0n ? (PREFIXES[kind] ?? '') : ''
  return `${unsigned < 0n ? '-' : ''}${prefix}${kind === 'X' ? text.toUpperCase() : text}`
}

/** A value in the middle of two goes to the even one, as C rounds. */
function fixed(value: number, precision: number): string {
  const scaled = value * 10 ** precision
  if (Math.abs(scaled % 1) !== 0.5) return value.toFixed(precision)
  const down = Math.floor(scaled)
  return ((down % 2 === 0 ? down : down + 1) / 10 ** precision).toFixed(precision)
}

function digitsOf(value: number, conversion: Conversion): string {
  const { kind } = conversion
  const precision = Math.min(conversion.precision ?? 6, MOST_DIGITS)
  if (!'fFeEgG'.includes(kind)) return whole(value, conversion)
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf'
  if (kind === 'f' || kind === 'F') return fixed(value, precision)
  const text = kind.toLowerCase() === 'e' ? exponent(value.toExponential(precision)) : general(value, precision)
  return kind === kind.toUpperCase() ? text.toUpperCase() : text
}

/** @throws FormatError */
export function formatNumber(value: number, conversion: Conversion): string {
  const { flags, kind, precision } = conversion
  const digits = digitsOf(value, conversion)
  const isSigned = !'xXou'.includes(kind) && !digits.startsWith('-')
  const sign = !isSigned ? '' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  const isWhole = !'fFeEgG'.includes(kind)
  // A precision of a whole number takes the place of zeros in front.
  const shown = isWhole && precision !== undefined ? { ...conversion, flags: flags.replaceAll('0', '') } : conversion
  return padded(`${sign}${digits}`, shown, true)
}

/** Flags, width, precision and kind of each conversion; `*` takes a value for a width. */
export const CONVERSION = /%([-+ 0#]*)(\d+|\*)?(?:(\.)(\d+|\*)?)?[hlLjzt]*([sdicfFeEgGoxXub%])/
