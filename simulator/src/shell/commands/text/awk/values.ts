/** Values of awk, which are numbers and texts at once. */
import { CONVERSION, formatNumber, formatText } from '../../../format.js'

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

const CONVERSIONS = new RegExp(CONVERSION.source, 'g')

/** `%-10s|%5.2f|%d%%` @throws FormatError */
export function sprintf(format: string, args: Value[]): string {
  const rest = [...args]
  const size = (text: string | undefined) => (text === '*' ? toNumber(rest.shift() ?? 0) : Number(text ?? 0))
  return format.replace(CONVERSIONS, (_all, flags: string, width, dot, digits, kind: string) => {
    if (kind === '%') return '%'
    const wide = size(width)
    const conversion = {
      flags: wide < 0 ? `${flags}-` : flags,
      width: Math.abs(wide),
      precision: dot ? size(digits) : undefined,
      kind,
    }
    const value = rest.shift() ?? UNSET
    if (kind === 's') return formatText(textOf(value), conversion)
    if (kind !== 'c') return formatNumber(toNumber(value), conversion)
    return formatText(typeof value === 'number' ? String.fromCharCode(value & 255) : textOf(value).slice(0, 1), conversion)
  })
}
