/** Values of awk, which are numbers and texts at once. */

/** Text that came from the input: a number where it looks like one. */
export class Read {
  constructor(readonly text: string) {}
}
export type Value = number | string | Read

/** Of a variable that was never set: zero and empty. */
export const UNSET = new Read('')

const NUMBER = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/

export function toNumber(value: Value): number {
  if (typeof value === 'number') return value
  return Number(NUMBER.exec(textOf(value))?.[0] ?? 0)
}

export const textOf = (value: Value): string => {
  if (typeof value === 'string') return value
  if (value instanceof Read) return value.text
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)))
}

const isNumeric = (value: Value): boolean =>
  typeof value === 'number' ||
  value === UNSET ||
  (value instanceof Read && value.text.trim() !== '' && value.text.replace(NUMBER, '').trim() === '' && NUMBER.test(value.text))

export const isTrue = (value: Value): boolean => (isNumeric(value) ? toNumber(value) !== 0 : textOf(value) !== '')

/** As numbers where both are, else as texts. */
export function compare(left: Value, right: Value): number {
  if (isNumeric(left) && isNumeric(right)) return toNumber(left) - toNumber(right)
  const [a, b] = [textOf(left), textOf(right)]
  return a < b ? -1 : a > b ? 1 : 0
}

/** `%-10s|%5.2f|%d%%` */
export function sprintf(format: string, args: Value[]): string {
  const rest = [...args]
  return format.replace(
    /%([-+ 0#]*)(\d+|\*)?(?:\.(\d+))?([sdicfgeoxXu%])/g,
    (_all, flags: string, width: string, precision, kind: string) => {
      if (kind === '%') return '%'
      const size = width === '*' ? toNumber(rest.shift() ?? 0) : Number(width ?? 0)
      return padded(converted(rest.shift() ?? UNSET, kind, precision), { flags, size, isNumber: !'sc'.includes(kind) })
    },
  )
}

function converted(value: Value, kind: string, precision: string | undefined): string {
  const number = toNumber(value)
  const digits = Number(precision ?? 6)
  if (kind === 's') return precision === undefined ? textOf(value) : textOf(value).slice(0, Number(precision))
  if (kind === 'c') return typeof value === 'number' ? String.fromCharCode(value) : textOf(value).slice(0, 1)
  if (kind === 'f') return number.toFixed(digits)
  if (kind === 'e') return number.toExponential(digits).replace(/e([-+])(\d)$/, 'e$10$2')
  if (kind === 'g') return String(Number(number.toPrecision(digits || 1)))
  if (kind === 'x') return Math.trunc(number).toString(16)
  if (kind === 'X') return Math.trunc(number).toString(16).toUpperCase()
  return kind === 'o' ? Math.trunc(number).toString(8) : String(Math.trunc(number))
}

function padded(text: string, { flags, size, isNumber }: { flags: string; size: number; isNumber: boolean }): string {
  const signed = isNumber && flags.includes('+') && !text.startsWith('-') ? `+${text}` : text
  if (flags.includes('-')) return signed.padEnd(size)
  if (!isNumber || !flags.includes('0')) return signed.padStart(size)
  const sign = /^[-+]/.exec(signed)?.[0] ?? ''
  return sign + signed.slice(sign.length).padStart(size - sign.length, '0')
}
