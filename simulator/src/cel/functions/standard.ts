/** Operators and functions of the language itself. Models cel-go common/stdlib. */
import { compilePattern } from '../../objects/pattern.js'
import { makeText, touch } from '../effort.js'
import {
  type CelMap,
  compare,
  Duration,
  EvaluationError,
  equals,
  Optional,
  sizeOf,
  Timestamp,
  TypeValue,
  typeNameOf,
  Uint,
  type Value,
} from '../values.js'
import {
  comparison,
  concatenation,
  type Declaration,
  expression,
  global,
  listConcatenation,
  member,
  membership,
  search,
  traversal,
} from './declare.js'
import { placeOf } from './letters.js'
import { formatDouble, parseDuration, parseTimestamp, timeIn } from './times.js'

const MOST = 9223372036854775807n
const LEAST = -9223372036854775808n
const MOST_UINT = 18446744073709551615n

export const checkedInt = (value: bigint): bigint => {
  if (value > MOST || value < LEAST) throw new EvaluationError('integer overflow')
  return value
}
const checkedUint = (value: bigint): Uint => {
  if (value < 0n || value > MOST_UINT) throw new EvaluationError('unsigned integer overflow')
  return new Uint(value)
}
const divisor = (value: bigint, what: string): bigint => {
  if (value === 0n) throw new EvaluationError(what)
  return value
}
const BYZERO = 'division by zero'
const MODULUS = 'modulus by zero'

const joinBytes = (left: Uint8Array, right: Uint8Array): Uint8Array => Buffer.concat([left, right])

function joinTexts(left: string, right: string): string {
  makeText(left.length + right.length)
  return left + right
}

const arithmetic: Declaration[] = [
  global('_+_', '(bytes, bytes): bytes', joinBytes, concatenation),
  global('_+_', '(double, double): double', (a: number, b: number) => a + b),
  global('_+_', '(duration, duration): duration', (a: Duration, b: Duration) => new Duration(a.nanos + b.nanos)),
  global('_+_', '(duration, timestamp): timestamp', (a: Duration, b: Timestamp) => new Timestamp(a.nanos + b.nanos)),
  global('_+_', '(timestamp, duration): timestamp', (a: Timestamp, b: Duration) => new Timestamp(a.nanos + b.nanos)),
  global('_+_', '(int, int): int', (a: bigint, b: bigint) => checkedInt(a + b)),
  global('_+_', '(list(A), list(A)): list(A)', (a: Value[], b: Value[]) => a.concat(b), listConcatenation),
  global('_+_', '(string, string): string', joinTexts, concatenation),
  global('_+_', '(uint, uint): uint', (a: Uint, b: Uint) => checkedUint(a.value + b.value)),
  global('_-_', '(double, double): double', (a: number, b: number) => a - b),
  global('_-_', '(duration, duration): duration', (a: Duration, b: Duration) => new Duration(a.nanos - b.nanos)),
  global('_-_', '(int, int): int', (a: bigint, b: bigint) => checkedInt(a - b)),
  global('_-_', '(timestamp, duration): timestamp', (a: Timestamp, b: Duration) => new Timestamp(a.nanos - b.nanos)),
  global('_-_', '(timestamp, timestamp): duration', (a: Timestamp, b: Timestamp) => new Duration(a.nanos - b.nanos)),
  global('_-_', '(uint, uint): uint', (a: Uint, b: Uint) => checkedUint(a.value - b.value)),
  global('_*_', '(double, double): double', (a: number, b: number) => a * b),
  global('_*_', '(int, int): int', (a: bigint, b: bigint) => checkedInt(a * b)),
  global('_*_', '(uint, uint): uint', (a: Uint, b: Uint) => checkedUint(a.value * b.value)),
  global('_/_', '(double, double): double', (a: number, b: number) => a / b),
  global('_/_', '(int, int): int', (a: bigint, b: bigint) => checkedInt(a / divisor(b, BYZERO))),
  global('_/_', '(uint, uint): uint', (a: Uint, b: Uint) => new Uint(a.value / divisor(b.value, BYZERO))),
  global('_%_', '(int, int): int', (a: bigint, b: bigint) => a % divisor(b, MODULUS)),
  global('_%_', '(uint, uint): uint', (a: Uint, b: Uint) => new Uint(a.value % divisor(b.value, MODULUS))),
  global('-_', '(int): int', (a: bigint) => checkedInt(-a)),
  global('-_', '(double): double', (a: number) => -a),
  global('!_', '(bool): bool', (a: boolean) => !a),
]

const ORDERED = ['bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration']
const MIXED = ['int', 'uint', 'double']

const orders: Declaration[] = Object.entries({
  '_<_': (order: number) => order < 0,
  '_<=_': (order: number) => order <= 0,
  '_>_': (order: number) => order > 0,
  '_>=_': (order: number) => order >= 0,
}).flatMap(([name, test]) => {
  const run = (a: Value, b: Value) => test(compare(a, b))
  const same = ORDERED.map((type) => {
    const isText = type === 'string' || type === 'bytes'
    return global(name, `(${type}, ${type}): bool`, run, isText ? comparison : undefined)
  })
  const mixed = MIXED.flatMap((left) =>
    MIXED.filter((right) => right !== left).map((right) => global(name, `(${left}, ${right}): bool`, run)),
  )
  return [...same, ...mixed]
})

/** The evaluator runs these itself, which may not look at every argument; here they have their types. */
const never = (): never => {
  throw new Error('run by the evaluator')
}
const logic: Declaration[] = [
  global('_&&_', '(bool, bool): bool', never),
  global('_||_', '(bool, bool): bool', never),
  global('_?_:_', '(bool, A, A): A', never),
  global('_[_]', '(list(A), int): A', never),
  global('_[_]', '(map(A, B), A): B', never),
  global('_[_]', '(optional(list(A)), int): optional(A)', never),
  global('_[_]', '(optional(map(A, B)), A): optional(B)', never),
  global('_[?_]', '(list(A), int): optional(A)', never),
  global('_[?_]', '(optional(list(A)), int): optional(A)', never),
  global('_[?_]', '(map(A, B), A): optional(B)', never),
  global('_[?_]', '(optional(map(A, B)), A): optional(B)', never),
  global('_==_', '(A, A): bool', (a: Value, b: Value) => equals(a, b), comparison),
  global('_!=_', '(A, A): bool', (a: Value, b: Value) => !equals(a, b), comparison),
  global('@in', '(A, list(A)): bool', (a: Value, list: Value[]) => list.some((each) => equals(a, each)), membership),
  global('@in', '(A, map(A, B)): bool', (a: Value, map: CelMap) => map.get(a) !== undefined),
]

const sizes: Declaration[] = ['bytes', 'list(A)', 'map(A, B)', 'string'].flatMap((type) => {
  const run = (value: Value) => BigInt(sizeOf(value))
  return [global('size', `(${type}): int`, run), member(type, 'size(): int', run)]
})

function conversion(to: string): never {
  throw new EvaluationError(`type conversion error from 'string' to '${to}'`)
}

function integerOf(text: string, to: 'int' | 'uint'): bigint {
  const [, sign, digits] = /^([+-]?)0*(\d{1,20})$/.exec(text) ?? []
  const value = digits === undefined ? undefined : BigInt(sign === '-' ? -BigInt(digits) : digits)
  const [least, most] = to === 'int' ? [LEAST, MOST] : [0n, MOST_UINT]
  return value === undefined || value < least || value > most ? conversion(to) : value
}

function doubleOf(text: string): number {
  const value = Number(text)
  return text.trim() !== text || text === '' || (Number.isNaN(value) && !/^nan$/i.test(text)) ? conversion('double') : value
}

function whole(value: number): bigint {
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 63) throw new EvaluationError('integer overflow')
  return BigInt(Math.trunc(value))
}

function boolOf(text: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false
  return conversion('bool')
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new EvaluationError('invalid UTF-8 in bytes, cannot convert to string')
  }
}

const same = (value: Value) => value
const SECOND = 1_000_000_000n

const conversions: Declaration[] = [
  global('bool', '(bool): bool', same),
  global('bool', '(string): bool', boolOf),
  global('bytes', '(bytes): bytes', same),
  global('bytes', '(string): bytes', (text: string) => Uint8Array.from(Buffer.from(text)), traversal()),
  global('double', '(double): double', same),
  global('double', '(int): double', (value: bigint) => Number(value)),
  global('double', '(string): double', doubleOf),
  global('double', '(uint): double', (value: Uint) => Number(value.value)),
  global('duration', '(duration): duration', same),
  global('duration', '(int): duration', (value: bigint) => new Duration(value)),
  global('duration', '(string): duration', (text: string) => parseDuration(text) ?? conversion('google.protobuf.Duration')),
  global('dyn', '(A): dyn', same),
  global('int', '(int): int', same),
  global('int', '(double): int', whole),
  global('int', '(duration): int', (value: Duration) => value.nanos),
  global('int', '(string): int', (text: string) => integerOf(text, 'int')),
  global('int', '(timestamp): int', (value: Timestamp) => value.nanos / SECOND),
  global('int', '(uint): int', (value: Uint) => checkedInt(value.value)),
  global('string', '(string): string', same),
  global('string', '(bool): string', String),
  global('string', '(bytes): string', textOf, traversal()),
  global('string', '(double): string', formatDouble),
  global('string', '(duration): string', (value: Duration) => value.toString()),
  global('string', '(int): string', String),
  global('string', '(timestamp): string', (value: Timestamp) => value.toString()),
  global('string', '(uint): string', (value: Uint) => String(value.value)),
  global('timestamp', '(timestamp): timestamp', same),
  global('timestamp', '(int): timestamp', (value: bigint) => new Timestamp(value * SECOND)),
  global('timestamp', '(string): timestamp', (text: string) => parseTimestamp(text) ?? conversion('google.protobuf.Timestamp')),
  global('type', '(A): type(A)', (value: Value) => new TypeValue(typeNameOf(value))),
  global('uint', '(uint): uint', same),
  global('uint', '(double): uint', (value: number) => checkedUint(whole(value))),
  global('uint', '(int): uint', (value: bigint) => checkedUint(value)),
  global('uint', '(string): uint', (text: string) => new Uint(integerOf(text, 'uint'))),
]

/** @throws EvaluationError where the pattern cannot be read, CostLimitError where the text is too long to be looked through by it */
export function matcherOf(text: string, pattern: string): ReturnType<ReturnType<typeof compilePattern>['matcher']> {
  touch(text.length * ELEMENTS_A_LETTER)
  try {
    return compilePattern(pattern).matcher(text)
  } catch (error) {
    throw new EvaluationError(error instanceof Error ? error.message : String(error))
  }
}

/** Elements that are touched in the time in which an expression looks at a letter. */
const ELEMENTS_A_LETTER = 7

const matches = (text: string, pattern: string): boolean => matcherOf(text, pattern).find()

const texts: Declaration[] = [
  global('matches', '(string, string): bool', matches, expression()),
  member('string', 'matches(string): bool', matches, expression()),
  member('string', 'contains(string): bool', (text: string, part: string) => placeOf(text, part) >= 0, search),
  member('string', 'endsWith(string): bool', (text: string, part: string) => text.endsWith(part), startCost()),
  member('string', 'startsWith(string): bool', (text: string, part: string) => text.startsWith(part), startCost()),
]

/** The estimate goes by the part that is looked for, the actual cost by the text. */
function startCost() {
  const { actual } = traversal()
  return { actual, estimate: ([, part]: Parameters<typeof search.estimate>[0]) => traversal().estimate(part ? [part] : []) }
}

const PARTS = [
  'FullYear',
  'Month',
  'DayOfYear',
  'DayOfMonth',
  'Date',
  'DayOfWeek',
  'Hours',
  'Minutes',
  'Seconds',
  'Milliseconds',
] as const

const clocks: Declaration[] = [
  ...PARTS.flatMap((part) => [
    member('timestamp', `get${part}(): int`, (time: Timestamp) => timeIn(time, 'UTC')[part]),
    member('timestamp', `get${part}(string): int`, (time: Timestamp, zone: string) => timeIn(time, zone)[part]),
  ]),
  member('duration', 'getHours(): int', (value: Duration) => value.nanos / (3600n * SECOND)),
  member('duration', 'getMinutes(): int', (value: Duration) => value.nanos / (60n * SECOND)),
  member('duration', 'getSeconds(): int', (value: Duration) => value.nanos / SECOND),
  member('duration', 'getMilliseconds(): int', (value: Duration) => (value.nanos / 1_000_000n) % 1000n),
]

const isZero = (value: Value): boolean =>
  value === null ||
  value === false ||
  value === '' ||
  equals(value, 0n) ||
  (value instanceof Duration && value.nanos === 0n) ||
  (typeof value === 'object' && sizeOf(value) === 0)

const optionals: Declaration[] = [
  global('optional.of', '(A): optional(A)', (value: Value) => Optional.of(value)),
  global('optional.ofNonZeroValue', '(A): optional(A)', (value: Value) => (isZero(value) ? Optional.none : Optional.of(value))),
  global('optional.none', '(): optional(A)', () => Optional.none),
  member('optional(A)', 'value(): A', (optional: Optional) => optional.value),
  member('optional(A)', 'hasValue(): bool', (optional: Optional) => optional.isPresent),
  member('optional(A)', 'or(optional(A)): optional(A)', (left: Optional, right: Optional) => (left.isPresent ? left : right)),
  member('optional(A)', 'orValue(A): A', (optional: Optional, other: Value) => (optional.isPresent ? optional.held : other)),
  member('list(A)', 'first(): optional(A)', (list: Value[]) => (list.length ? Optional.of(list[0] ?? null) : Optional.none)),
  member('list(A)', 'last(): optional(A)', (list: Value[]) => (list.length ? Optional.of(list.at(-1) ?? null) : Optional.none)),
  member('list(optional(A))', 'unwrapOpt(): list(A)', (list: Optional[]) =>
    list.filter((each) => each.isPresent).map((each) => each.held),
  ),
  global('optional.unwrap', '(list(optional(A))): list(A)', (list: Optional[]) =>
    list.filter((each) => each.isPresent).map((each) => each.held),
  ),
]

export const standardFunctions: Declaration[] = [
  ...logic,
  ...arithmetic,
  ...orders,
  ...sizes,
  ...conversions,
  ...texts,
  ...clocks,
  ...optionals,
]
