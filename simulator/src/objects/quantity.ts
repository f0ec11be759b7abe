/** Resource quantities (`100m`, `1Gi`, `1e3`), as exact thousandths of a thousandth in a bigint. @see apimachinery/pkg/api/resource */

const PATTERN = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\d+)?$/
/** The message of upstream for what is no quantity. */
export const QUANTITY_MESSAGE = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

const NANO = 1_000_000_000n
const BINARY: Record<string, bigint> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n }
/** Upstream's cap of binary quantities. */
const MOST_BINARY = (2n ** 63n - 1n) * NANO
const DECIMAL: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }

type Format = 'binary' | 'decimal' | 'exponent'
export interface Quantity {
  /** Billionths of one. */
  nanos: bigint
  format: Format
}

const cache = new Map<string, Quantity | null>()
/** Enough for every quantity in use; an attacker's millionth is parsed each time. */
const CACHE_SIZE = 5000
/** Letters. Upstream reads longer ones too, in a time that grows with the square of their digits. */
const LONGEST = 1000
const LONGEST_KEPT = 40

/** Parses a quantity; null where it is none. Numbers are taken as their decimal text. */
export function parseQuantity(text: string | number | undefined | null): Quantity | null {
  if (text === undefined || text === null) return null
  const source = String(text)
  if (source.length > LONGEST) return null
  const known = cache.get(source)
  if (known !== undefined) return known
  const parsed = parse(source)
  if (cache.size < CACHE_SIZE && source.length <= LONGEST_KEPT) cache.set(source, parsed)
  return parsed
}

function parse(source: string): Quantity | null {
  const match = PATTERN.exec(source)
  if (!match) return null
  const [, sign, digits = '0', suffix = ''] = match
  const [whole = '', fraction = ''] = digits.split('.')
  const isExponent = /^[eE][+-]?\d/.test(suffix)
  const shift = BINARY[suffix]
  const power = shift === undefined ? (isExponent ? Number(suffix.slice(1)) : (DECIMAL[suffix] ?? 0)) : 0
  if (Math.abs(power) > 100) return null
  let nanos = scale(BigInt(`${whole}${fraction}` || '0'), 9 - fraction.length + power)
  if (shift !== undefined) nanos = nanos << shift > MOST_BINARY ? MOST_BINARY : nanos << shift
  // Less than one is no number of bytes.
  const isBinary = shift !== undefined && (nanos === 0n || nanos >= NANO)
  const format: Format = isBinary ? 'binary' : isExponent ? 'exponent' : 'decimal'
  return { nanos: sign === '-' ? -nanos : nanos, format }
}

/** Rounds up, as upstream does below a nano. */
function scale(value: bigint, power: number): bigint {
  if (power >= 0) return value * 10n ** BigInt(power)
  const divisor = 10n ** BigInt(-power)
  return (value + divisor - 1n) / divisor
}

const DECIMAL_SUFFIXES: [bigint, string][] = [
  [10n ** 27n, 'E'],
  [10n ** 24n, 'P'],
  [10n ** 21n, 'T'],
  [10n ** 18n, 'G'],
  [10n ** 15n, 'M'],
  [10n ** 12n, 'k'],
  [10n ** 9n, ''],
  [10n ** 6n, 'm'],
  [10n ** 3n, 'u'],
  [1n, 'n'],
]

/** The canonical text, as upstream writes a quantity back. */
export function formatQuantity({ nanos, format }: Quantity): string {
  if (nanos === 0n) return '0'
  const sign = nanos < 0n ? '-' : ''
  const size = nanos < 0n ? -nanos : nanos
  if (format === 'binary' && size % NANO === 0n && size >= 1024n * NANO) return sign + formatBinary(size / NANO)
  for (const [unit, suffix] of DECIMAL_SUFFIXES) {
    if (size % unit !== 0n) continue
    return `${sign}${size / unit}${format === 'exponent' ? exponentOf(suffix) : suffix}`
  }
  return `${sign}${size}n`
}

function formatBinary(value: bigint): string {
  for (const [suffix, shift] of Object.entries(BINARY).reverse()) {
    if (value % (1n << shift) === 0n) return `${value >> shift}${suffix}`
  }
  return String(value)
}

function exponentOf(suffix: string): string {
  const power = DECIMAL[suffix] ?? 0
  return power === 0 ? '' : `e${power}`
}

/** The canonical text of a quantity that may be written in another way; the text itself where it is none. */
export const canonicalQuantity = (text: string | number): string => {
  const parsed = parseQuantity(text)
  return parsed ? formatQuantity(parsed) : String(text)
}

/** Whole units, rounded up; for bytes and counts. 0 where absent. */
export const unitsOf = (text: string | number | undefined): number => {
  const parsed = parseQuantity(text)
  return parsed ? Number((parsed.nanos + NANO - 1n) / NANO) : 0
}
/** Thousandths, rounded up; for CPU. 0 where absent. */
export const milliOf = (text: string | number | undefined): number => {
  const parsed = parseQuantity(text)
  return parsed ? Number((parsed.nanos + 999_999n) / 1_000_000n) : 0
}
/** Below, at or above zero; 0 where either is no quantity. */
export function compareQuantities(left: string | number, right: string | number): number {
  const a = parseQuantity(left)
  const b = parseQuantity(right)
  if (!a || !b || a.nanos === b.nanos) return 0
  return a.nanos < b.nanos ? -1 : 1
}
export function addQuantities(left: string | number, right: string | number): string {
  const a = parseQuantity(left) ?? { nanos: 0n, format: 'decimal' as const }
  const b = parseQuantity(right) ?? { nanos: 0n, format: 'decimal' as const }
  return formatQuantity({ nanos: a.nanos + b.nanos, format: a.nanos === 0n ? b.format : a.format })
}

export const wholeNumber = (text: string | number): boolean => (parseQuantity(text)?.nanos ?? 0n) % NANO === 0n
