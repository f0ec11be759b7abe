/**
 * Values of CEL at run time. bool, string, null and list are JavaScript's own; an int is a bigint, a double a number, bytes are a
 * Uint8Array, and the rest are the classes below.
 */
import { lookThrough, touch } from './effort.js'
import { type CelType, formatType } from './types.js'

export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | readonly Value[]
  | Uint
  | Timestamp
  | Duration
  | CelMap
  | Optional
  | TypeValue
  | Opaque

/** Letters of a text that is looked through in no time. */
const SHORT = 256
/** Elements that could be touched in the time of a comparison. */
const COMPARISON = 3

/** A fault of an evaluation that `||` and `&&` may absorb. The text is cel-go's. */
export class EvaluationError extends Error {}
export const noSuchOverload = (): EvaluationError => new EvaluationError('no such overload')

export class Uint {
  constructor(readonly value: bigint) {}
}

const NANOS = 1_000_000_000n

/** Nanoseconds since 1970. */
export class Timestamp {
  constructor(readonly nanos: bigint) {}
  get date(): Date {
    return new Date(Number(this.nanos / 1_000_000n))
  }
  toString(): string {
    const seconds = this.nanos / NANOS - (this.nanos % NANOS < 0n ? 1n : 0n)
    const fraction = String(this.nanos - seconds * NANOS)
      .padStart(9, '0')
      .replace(/0+$/, '')
    return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}${fraction ? `.${fraction}` : ''}Z`
  }
}

/** Nanoseconds. */
export class Duration {
  constructor(readonly nanos: bigint) {}
  toString(): string {
    const sign = this.nanos < 0n ? '-' : ''
    const nanos = this.nanos < 0n ? -this.nanos : this.nanos
    const fraction = String(nanos % NANOS)
      .padStart(9, '0')
      .replace(/0+$/, '')
    return `${sign}${nanos / NANOS}${fraction ? `.${fraction}` : ''}s`
  }
}

export class Optional {
  private constructor(
    readonly isPresent: boolean,
    readonly held: Value,
  ) {}
  static of(value: Value): Optional {
    return new Optional(true, value)
  }
  static readonly none = new Optional(false, null)
  /** @throws EvaluationError where there is none */
  get value(): Value {
    if (!this.isPresent) throw new EvaluationError('optional.none() dereference')
    return this.held
  }
}

export class TypeValue {
  constructor(readonly name: string) {}
}

/** A value that its library alone looks into, such as a quantity. */
export class Opaque<T = unknown> {
  constructor(
    readonly typeName: string,
    readonly inner: T,
    /** As a string, for `==` and messages. */
    readonly text: string,
  ) {}
}

const keyText = (key: Value): string | undefined => {
  if (typeof key === 'string') return `s${key}`
  if (typeof key === 'bigint') return `n${key}`
  if (key instanceof Uint) return `n${key.value}`
  if (typeof key === 'number') return Number.isInteger(key) ? `n${BigInt(key)}` : undefined
  return typeof key === 'boolean' ? `b${key}` : undefined
}

/** A map, or an object with fields. */
export abstract class CelMap {
  /** Of the fields' owner; `map` where it is none. */
  readonly typeName: string = 'map'
  abstract get(key: Value): Value | undefined
  abstract keys(): Value[]
  get size(): number {
    return this.keys().length
  }
}

export class EntryMap extends CelMap {
  readonly #entries = new Map<string, [Value, Value]>()
  /** @throws EvaluationError where the key cannot be one */
  set(key: Value, value: Value): void {
    const text = keyText(key)
    if (text === undefined) throw new EvaluationError('unsupported key type')
    this.#entries.set(text, [key, value])
  }
  get(key: Value): Value | undefined {
    const text = keyText(key)
    return text === undefined ? undefined : this.#entries.get(text)?.[1]
  }
  keys(): Value[] {
    return [...this.#entries.values()].map(([key]) => key)
  }
  override get size(): number {
    return this.#entries.size
  }
}

/** The fields of an object, made when they are asked for. */
export class FieldMap extends CelMap {
  readonly #known = new Map<string, Value>()
  constructor(
    override readonly typeName: string,
    readonly names: readonly string[],
    readonly read: (name: string) => Value | undefined,
  ) {
    super()
  }
  get(key: Value): Value | undefined {
    if (typeof key !== 'string') return undefined
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const value = this.read(key)
    if (value !== undefined) this.#known.set(key, value)
    return value
  }
  keys(): Value[] {
    return [...this.names]
  }
  override get size(): number {
    return this.names.length
  }
}

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value)
export const isNumber = (value: Value): value is bigint | number | Uint =>
  typeof value === 'bigint' || typeof value === 'number' || value instanceof Uint

/** As `type()` and errors name it. */
export function typeNameOf(value: Value): string {
  if (value === null) return 'null_type'
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'bigint':
      return 'int'
    case 'number':
      return 'double'
    case 'string':
      return 'string'
  }
  if (isList(value)) return 'list'
  if (value instanceof Uint8Array) return 'bytes'
  if (value instanceof Uint) return 'uint'
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp'
  if (value instanceof Duration) return 'google.protobuf.Duration'
  if (value instanceof Optional) return 'optional_type'
  if (value instanceof TypeValue) return 'type'
  return (value as CelMap | Opaque).typeName
}

const RUNTIME_NAME: Record<string, string> = {
  null: 'null_type',
  duration: 'google.protobuf.Duration',
  timestamp: 'google.protobuf.Timestamp',
  optional: 'optional_type',
}

/** Whether a value may be given for a parameter; what is inside of lists and maps is not looked at. */
export function accepts(type: CelType, value: Value): boolean {
  switch (type.kind) {
    case 'dyn':
    case 'param':
    case 'error':
      return true
    case 'map':
      return value instanceof CelMap
    case 'object':
      return value instanceof CelMap
    case 'opaque':
      return value instanceof Opaque && value.typeName === type.name
    case 'list':
    case 'type':
      return typeNameOf(value) === type.kind
    default:
      return typeNameOf(value) === (RUNTIME_NAME[type.kind] ?? formatType(type))
  }
}

/** Comparing a bigint with a number is exact in JavaScript; nothing equals NaN. */
function sameNumber(left: bigint | number | Uint, right: bigint | number | Uint): boolean {
  const [a = 0, b = 0] = [left, right].map((each) => (each instanceof Uint ? each.value : each))
  return a >= b && a <= b
}

export function equals(left: Value, right: Value): boolean {
  touch(1)
  if (isNumber(left) && isNumber(right)) return sameNumber(left, right)
  if (isList(left))
    return isList(right) && left.length === right.length && left.every((each, index) => equals(each, right[index] ?? null))
  if (left instanceof CelMap) {
    if (!(right instanceof CelMap) || left.size !== right.size) return false
    return left.keys().every((key) => {
      const [mine, theirs] = [left.get(key), right.get(key)]
      return mine !== undefined && theirs !== undefined && equals(mine, theirs)
    })
  }
  if (left instanceof Uint8Array) {
    lookThrough(left.length)
    return right instanceof Uint8Array && Buffer.compare(left, right) === 0
  }
  if (typeof left === 'string' && left.length > SHORT) lookThrough(left.length)
  if (left instanceof Timestamp) return right instanceof Timestamp && left.nanos === right.nanos
  if (left instanceof Duration) return right instanceof Duration && left.nanos === right.nanos
  if (left instanceof TypeValue) return right instanceof TypeValue && left.name === right.name
  if (left instanceof Opaque) return right instanceof Opaque && left.typeName === right.typeName && left.text === right.text
  if (left instanceof Optional)
    return right instanceof Optional && left.isPresent === right.isPresent && (!left.isPresent || equals(left.held, right.held))
  return left === right
}

/** Units of UTF-16 in the order of the letters that they stand for, as Go compares bytes of UTF-8. */
const rank = (code: number): number => (code >= 0xe000 ? code - 0x800 : code >= 0xd800 ? code + 0x2000 : code)

function compareTexts(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  if (length > SHORT) lookThrough(length)
  for (let index = 0; index < length; index++) {
    const difference = rank(left.charCodeAt(index)) - rank(right.charCodeAt(index))
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** Below zero, zero or above. @throws EvaluationError where the two have no order */
export function compare(left: Value, right: Value): number {
  touch(COMPARISON)
  const order = (a: bigint | number | string | boolean, b: bigint | number | string | boolean) => (a < b ? -1 : a > b ? 1 : 0)
  if (isNumber(left) && isNumber(right)) {
    const [a = 0, b = 0] = [left, right].map((each) => (each instanceof Uint ? each.value : each))
    return order(a, b)
  }
  if (typeof left === 'string' && typeof right === 'string') return compareTexts(left, right)
  if (typeof left === 'boolean' && typeof right === 'boolean') return order(left, right)
  if (left instanceof Timestamp && right instanceof Timestamp) return order(left.nanos, right.nanos)
  if (left instanceof Duration && right instanceof Duration) return order(left.nanos, right.nanos)
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right)
  throw noSuchOverload()
}

/** Letters of a string, as Go counts its runes. */
export function countLetters(text: string): number {
  let count = text.length
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code >= 0xd800 && code < 0xdc00) count--
  }
  return count
}

/** The same within an evaluation. @throws CostLimitError where it has counted too many */
export function letterCount(text: string): number {
  if (text.length > SHORT) lookThrough(text.length)
  return countLetters(text)
}

/** What costs are counted by. @see cel-go interpreter/runtimecost.go: actualSize */
export function sizeOf(value: Value): number {
  if (typeof value === 'string') return letterCount(value)
  if (isList(value) || value instanceof Uint8Array) return value.length
  if (value instanceof CelMap) return value.size
  if (value instanceof Optional && value.isPresent) return sizeOf(value.held)
  return 1
}
