/** The functions of texts. Models cel-go ext/strings.go (version 2) and Kubernetes' library of regular expressions. */
import { makeText, touch } from '../effort.js'
import {
  CelMap,
  Duration,
  EvaluationError,
  isList,
  letterCount,
  Timestamp,
  TypeValue,
  typeNameOf,
  Uint,
  type Value,
} from '../values.js'
import { type Declaration, expression, global, joining, member, replacing, splitting, traversal } from './declare.js'
import { lettersBefore, occurrences, placeOf, unitsBefore } from './letters.js'
import { matcherOf } from './standard.js'
import { formatDouble } from './times.js'

const outOfRange = (index: bigint | number): EvaluationError => new EvaluationError(`index out of range: ${index}`)

function charAt(text: string, index: bigint): string {
  if (index < 0n || index > BigInt(letterCount(text))) throw outOfRange(index)
  const code = text.codePointAt(unitsBefore(text, Number(index)))
  return code === undefined ? '' : String.fromCodePoint(code)
}

function indexOf(text: string, part: string, offset = 0n): bigint {
  if (part === '') return offset
  if (offset < 0n) throw outOfRange(offset)
  if (offset >= BigInt(letterCount(text))) return -1n
  const found = placeOf(text, part, unitsBefore(text, Number(offset)))
  return found < 0 ? -1n : BigInt(lettersBefore(text, found))
}

function lastIndexOf(text: string, part: string, offset?: bigint): bigint {
  const count = BigInt(letterCount(text))
  if (part === '') return offset ?? count
  if (offset === undefined && count === 0n) return -1n
  const from = offset ?? count - 1n
  if (from < 0n) throw outOfRange(from)
  if (from >= count) return -1n
  const found = text.lastIndexOf(part, unitsBefore(text, Number(from)))
  return found < 0 ? -1n : BigInt(lettersBefore(text, found))
}

function substring(text: string, start: bigint, end?: bigint): string {
  const length = BigInt(letterCount(text))
  if (end !== undefined && start > end) throw new EvaluationError(`invalid substring range. start: ${start}, end: ${end}`)
  if (start < 0n || start > length) throw outOfRange(start)
  if (end !== undefined && (end < 0n || end > length)) throw outOfRange(end)
  const to = end === undefined ? text.length : unitsBefore(text, Number(end))
  return text.slice(unitsBefore(text, Number(start)), to)
}

const lower = (text: string): string => text.replace(/[A-Z]+/g, (part) => part.toLowerCase())
const upper = (text: string): string => text.replace(/[a-z]+/g, (part) => part.toUpperCase())

/** Go's strings.Replace: below zero means all. */
function replace(text: string, from: string, to: string, limit = -1n): string {
  const places = from === '' ? letterCount(text) + 1 : occurrences(text, from)
  const most = limit < 0n ? places : Math.min(places, Number(limit))
  touch(most * ELEMENTS_A_PLACE)
  makeText(text.length + most * (to.length - from.length))
  if (most === 0) return text
  return from === '' ? woven(text, to, most) : replaced(text, { from, to, most })
}

/** Elements that are touched in the time in which one place is replaced. */
const ELEMENTS_A_PLACE = 7

/** In front of each letter, and behind the last. */
function woven(text: string, to: string, most: number): string {
  const letters = [...text]
  const parts = letters.map((letter, index) => (index < most ? `${to}${letter}` : letter))
  return parts.join('') + (letters.length < most ? to : '')
}

function replaced(text: string, { from, to, most }: { from: string; to: string; most: number }): string {
  const parts: string[] = []
  let at = 0
  for (let count = 0; count < most; count++) {
    const found = placeOf(text, from, at)
    parts.push(text.slice(at, found), to)
    at = found + from.length
  }
  return parts.join('') + text.slice(at)
}

/** Go's strings.SplitN: below zero means all. */
function split(text: string, separator: string, limit = -1n): string[] {
  if (limit === 0n) return []
  touch(separator === '' ? text.length : occurrences(text, separator))
  const parts = separator === '' ? [...text] : text.split(separator)
  if (limit < 0n || BigInt(parts.length) <= limit) return parts
  const most = Number(limit) - 1
  return [...parts.slice(0, most), parts.slice(most).join(separator)]
}

function join(list: Value[], separator = ''): string {
  let length = separator.length * Math.max(0, list.length - 1)
  for (const each of list) {
    if (typeof each !== 'string') throw new EvaluationError(`join: invalid input: ${textOf(each)}`)
    length += each.length
  }
  makeText(length)
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
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is quoted
const TO_QUOTE = /[\x07\b\f\n\r\t\v\\"]/g
function quote(text: string): string {
  makeText(text.length)
  return `"${text.replace(TO_QUOTE, (letter) => QUOTED[letter] ?? letter)}"`
}

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
    const written = clauseOf(letter, digits === undefined ? 6 : Number(digits), list[next++] ?? null)
    makeText(written.length)
    return written
  })
}

/** @throws EvaluationError where the pattern is none */
function findAll(text: string, pattern: string, limit = -1n): string[] {
  const matcher = matcherOf(text, pattern)
  const found: string[] = []
  while ((limit < 0n || BigInt(found.length) < limit) && matcher.find()) {
    touch(ELEMENTS_A_MATCH)
    found.push(matcher.group() ?? '')
  }
  return found
}

/** Elements that are touched in the time in which a match is begun and kept. */
const ELEMENTS_A_MATCH = 50

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
