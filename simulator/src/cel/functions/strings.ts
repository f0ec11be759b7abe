/** The functions of texts. Models cel-go ext/strings.go (version 2) and Kubernetes' library of regular expressions. */
import { CelMap, Duration, EvaluationError, isList, Timestamp, TypeValue, typeNameOf, Uint, type Value } from '../values.js'
import { type Declaration, expression, global, joining, member, replacing, splitting, traversal } from './declare.js'
import { patternOf } from './standard.js'
import { formatDouble } from './times.js'

const outOfRange = (index: bigint | number): EvaluationError => new EvaluationError(`index out of range: ${index}`)

function charAt(text: string, index: bigint): string {
  const letters = [...text]
  if (index < 0n || index > BigInt(letters.length)) throw outOfRange(index)
  return letters[Number(index)] ?? ''
}

function indexOf(text: string, part: string, offset = 0n): bigint {
  if (part === '') return offset
  if (offset < 0n) throw outOfRange(offset)
  const letters = [...text]
  if (offset >= BigInt(letters.length)) return -1n
  const skipped = letters.slice(0, Number(offset)).join('').length
  const found = text.indexOf(part, skipped)
  return found < 0 ? -1n : BigInt([...text.slice(0, found)].length)
}

function lastIndexOf(text: string, part: string, offset?: bigint): bigint {
  const letters = [...text]
  if (part === '') return offset ?? BigInt(letters.length)
  if (offset === undefined && letters.length === 0) return -1n
  const from = offset ?? BigInt(letters.length - 1)
  if (from < 0n) throw outOfRange(from)
  if (from >= BigInt(letters.length)) return -1n
  const found = text.lastIndexOf(part, letters.slice(0, Number(from)).join('').length)
  return found < 0 ? -1n : BigInt([...text.slice(0, found)].length)
}

function substring(text: string, start: bigint, end?: bigint): string {
  const letters = [...text]
  const length = BigInt(letters.length)
  if (end !== undefined && start > end) throw new EvaluationError(`invalid substring range. start: ${start}, end: ${end}`)
  if (start < 0n || start > length) throw outOfRange(start)
  if (end !== undefined && (end < 0n || end > length)) throw outOfRange(end)
  return letters.slice(Number(start), end === undefined ? undefined : Number(end)).join('')
}

const lower = (text: string): string => text.replace(/[A-Z]+/g, (part) => part.toLowerCase())
const upper = (text: string): string => text.replace(/[a-z]+/g, (part) => part.toUpperCase())

/** Go's strings.Replace: below zero means all. */
const replace = (text: string, from: string, to: string, limit = -1n): string =>
  replaceSome(text, from, to, limit < 0n ? Number.POSITIVE_INFINITY : Number(limit))

function replaceSome(text: string, from: string, to: string, limit: number): string {
  if (limit === 0) return text
  if (from === '') {
    const letters = [...text]
    const parts = letters.map((letter, index) => (index < limit ? `${to}${letter}` : letter))
    return parts.join('') + (letters.length < limit ? to : '')
  }
  const parts = text.split(from)
  const most = Math.min(limit, parts.length - 1)
  return parts.slice(0, most + 1).join(to) + (most + 1 < parts.length ? `${from}${parts.slice(most + 1).join(from)}` : '')
}

/** Go's strings.SplitN: below zero means all. */
function split(text: string, separator: string, limit = -1n): string[] {
  if (limit === 0n) return []
  const parts = separator === '' ? [...text] : text.split(separator)
  if (limit < 0n || BigInt(parts.length) <= limit) return parts
  const most = Number(limit) - 1
  return [...parts.slice(0, most), parts.slice(most).join(separator)]
}

function join(list: Value[], separator = ''): string {
  const odd = list.find((each) => typeof each !== 'string')
  if (odd !== undefined) throw new EvaluationError(`join: invalid input: ${textOf(odd)}`)
  return list.join(separator)
}

const QUOTED: Record<string, string> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
}
const quote = (text: string): string => `"${[...text].map((letter) => QUOTED[letter] ?? letter).join('')}"`

/** What stands in a list or map of a formatted text: a literal of CEL. */
function literalOf(value: Value): string {
  if (typeof value === 'string') return quote(value)
  if (value instanceof Uint8Array) return `b${quote(Buffer.from(value).toString())}`
  if (value instanceof Timestamp) return `timestamp(${quote(value.toString())})`
  if (value instanceof Duration) return `duration(${quote(value.toString())})`
  if (typeof value === 'number') return value.toFixed(6)
  return textOf(value)
}

/** `%s` */
function textOf(value: Value): string {
  if (value === null) return 'null'
  if (typeof value === 'number') return formatDouble(value)
  if (value instanceof Uint) return String(value.value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString()
  if (value instanceof TypeValue) return value.name
  if (isList(value)) return `[${value.map(literalOf).join(', ')}]`
  if (value instanceof CelMap) {
    const entries = value.keys().map((key) => [literalOf(key), literalOf(value.get(key) ?? null)] as const)
    return `{${entries
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map((entry) => entry.join(': '))
      .join(', ')}}`
  }
  if (typeof value !== 'object' || value instanceof Timestamp || value instanceof Duration) return String(value)
  throw new EvaluationError(
    `error during formatting: string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given ${typeNameOf(value)}`,
  )
}

const wrong = (clause: string, kinds: string, value: Value): EvaluationError =>
  new EvaluationError(`error during formatting: ${clause} clause can only be used on ${kinds}, was given ${typeNameOf(value)}`)

function inBase(value: Value, base: number, kinds: [string, string]): string {
  if (typeof value === 'boolean' && base === 2) return value ? '1' : '0'
  if (typeof value === 'bigint') return value.toString(base)
  if (value instanceof Uint) return value.value.toString(base)
  if (base === 16 && (typeof value === 'string' || value instanceof Uint8Array))
    return Buffer.from(value as string).toString('hex')
  throw wrong(kinds[0], kinds[1], value)
}

/** Go writes at least two digits of an exponent. */
const scientific = (value: number, digits: number): string =>
  value.toExponential(digits).replace(/e([+-])(\d)$/, (_whole, sign, digit) => `e${sign}0${digit}`)

function clauseOf(letter: string, digits: number, value: Value): string {
  switch (letter) {
    case 's':
      return textOf(value)
    case 'd':
      if (typeof value === 'bigint' || value instanceof Uint) return inBase(value, 10, ['decimal', ''])
      throw wrong('decimal', 'integers', value)
    case 'f':
    case 'e': {
      const special = { NaN: Number.NaN, Infinity: Number.POSITIVE_INFINITY, '-Infinity': Number.NEGATIVE_INFINITY }
      const number = typeof value === 'string' ? special[value as 'NaN'] : value
      if (typeof number !== 'number') throw wrong(letter === 'f' ? 'fixed-point' : 'scientific', 'doubles', value)
      if (!Number.isFinite(number)) return Number.isNaN(number) ? 'NaN' : number > 0 ? '∞' : '-∞'
      return letter === 'f' ? number.toFixed(digits) : scientific(number, digits)
    }
    case 'b':
      return inBase(value, 2, ['binary', 'integers and bools'])
    case 'o':
      return inBase(value, 8, ['octal', 'integers'])
    case 'x':
      return inBase(value, 16, ['hex', 'integers, byte buffers, and strings'])
    case 'X':
      return inBase(value, 16, ['hex', 'integers, byte buffers, and strings']).toUpperCase()
    default:
      throw new EvaluationError(`could not parse formatting clause: unrecognized formatting clause ${JSON.stringify(letter)}`)
  }
}

const CLAUSE = /%(?:(%)|(?:\.(\d+))?([\s\S]))/g

function format(text: string, list: Value[]): string {
  let next = 0
  return text.replace(CLAUSE, (_whole, percent: string | undefined, digits: string | undefined, letter: string) => {
    if (percent) return '%'
    if (next >= list.length) throw new EvaluationError(`index ${next} out of range`)
    return clauseOf(letter, digits === undefined ? 6 : Number(digits), list[next++] ?? null)
  })
}

/** @throws EvaluationError where the pattern is none */
function findAll(text: string, pattern: string, limit = -1n): string[] {
  const matcher = patternOf(pattern).matcher(text)
  const found: string[] = []
  while ((limit < 0n || BigInt(found.length) < limit) && matcher.find()) found.push(matcher.group() ?? '')
  return found
}

const keeps = traversal(undefined, true)

export const stringFunctions: Declaration[] = [
  member('string', 'charAt(int): string', charAt),
  member('string', 'indexOf(string): int', indexOf, traversal()),
  member('string', 'indexOf(string, int): int', indexOf, traversal()),
  member('string', 'lastIndexOf(string): int', lastIndexOf, traversal()),
  member('string', 'lastIndexOf(string, int): int', lastIndexOf, traversal()),
  member('string', 'lowerAscii(): string', lower, keeps),
  member('string', 'upperAscii(): string', upper, keeps),
  member('string', 'trim(): string', (text: string) => text.trim(), keeps),
  member('string', 'substring(int): string', substring, keeps),
  member('string', 'substring(int, int): string', substring, keeps),
  member('string', 'replace(string, string): string', replace, replacing),
  member('string', 'replace(string, string, int): string', replace, replacing),
  member('string', 'split(string): list(string)', split, splitting),
  member('string', 'split(string, int): list(string)', split, splitting),
  member('string', 'format(list(dyn)): string', format, traversal()),
  member('list(string)', 'join(): string', join, joining),
  member('list(string)', 'join(string): string', join, joining),
  global('strings.quote', '(string): string', quote, traversal()),
  member(
    'string',
    'find(string): string',
    (text: string, pattern: string) => findAll(text, pattern, 1n)[0] ?? '',
    expression(true),
  ),
  member('string', 'findAll(string): list(string)', findAll, expression(true)),
  member('string', 'findAll(string, int): list(string)', findAll, expression(true)),
]
