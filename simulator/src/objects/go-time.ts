/** Reads a time by a layout of Go and says what Go says where it cannot. Models time.Parse, for the two layouts of Kubernetes. */

type Step = (rest: string) => { taken: number } | { range: string } | undefined

const number =
  (digits: number, range?: { name: string; from: number; to: number }): Step =>
  (rest) => {
    const text = rest.slice(0, digits)
    if (text.length < digits || !/^\d+$/.test(text)) return undefined
    if (range && (Number(text) < range.from || Number(text) > range.to)) return { range: range.name }
    return { taken: digits }
  }

const literal =
  (letter: string): Step =>
  (rest) =>
    rest.startsWith(letter) ? { taken: 1 } : undefined

const matching =
  (pattern: RegExp): Step =>
  (rest) => {
    const found = pattern.exec(rest)
    return found ? { taken: found[0].length } : undefined
  }

const ZONE: [string, Step] = ['Z07:00', matching(/^(Z|[+-]\d\d:\d\d)/)]
const SECONDS: [string, Step][] = [
  ['2006', number(4)],
  ['-', literal('-')],
  ['01', number(2, { name: 'month', from: 1, to: 12 })],
  ['-', literal('-')],
  ['02', number(2)],
  ['T', literal('T')],
  ['15', number(2, { name: 'hour', from: 0, to: 23 })],
  [':', literal(':')],
  ['04', number(2, { name: 'minute', from: 0, to: 59 })],
  [':', literal(':')],
  ['05', number(2, { name: 'second', from: 0, to: 59 })],
]
/** Go takes a fraction after the second even where its layout has none. */
const ANY_FRACTION: [string, Step] = ['', matching(/^([.,]\d+)?/)]
const SIX_DIGITS: [string, Step] = ['.000000', matching(/^[.,]\d{6}/)]

const LAYOUTS = {
  seconds: { text: '2006-01-02T15:04:05Z07:00', steps: [...SECONDS, ANY_FRACTION, ZONE] },
  micros: { text: '2006-01-02T15:04:05.000000Z07:00', steps: [...SECONDS, SIX_DIGITS, ZONE] },
}

/** @returns what is wrong with the text, in Go's words; undefined where it is a time */
export function timeProblem(text: string, precision: keyof typeof LAYOUTS): string | undefined {
  const { text: layout, steps } = LAYOUTS[precision]
  const about = `parsing time ${JSON.stringify(text)}`
  let rest = text
  for (const [name, take] of steps) {
    const result = take(rest)
    if (!result) return `${about} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(name)}`
    if ('range' in result) return `${about}: ${result.range} out of range`
    rest = rest.slice(result.taken)
  }
  if (rest) return `${about}: extra text: ${JSON.stringify(rest)}`
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number)
  return day < 1 || day > daysOf(year, month) ? `${about}: day out of range` : undefined
}

const daysOf = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()
