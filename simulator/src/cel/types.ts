/** The types of CEL, and when one may stand for another. Models cel-go checker/types.go. */

/** What costs are estimated by: how many elements (or letters) a value can have, and its least bytes as JSON. */
export interface SizeBounds {
  most?: number
  leastBytes?: number
}

export type CelType = SizeBounds &
  (
    | { kind: SimpleKind }
    | { kind: 'list'; item: CelType }
    | { kind: 'map'; key: CelType; value: CelType }
    | { kind: 'optional'; of: CelType }
    | { kind: 'type'; of?: CelType }
    | { kind: 'object'; name: string; fields: Readonly<Record<string, CelType>> }
    | { kind: 'opaque'; name: string }
    | { kind: 'param'; name: string }
  )

export type SimpleKind =
  | 'dyn'
  | 'error'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'null'
  | 'duration'
  | 'timestamp'

const SIMPLE: readonly SimpleKind[] = [
  'dyn',
  'error',
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'null',
  'duration',
  'timestamp',
]

export const simple = (kind: SimpleKind): CelType => ({ kind })
export const DYN = simple('dyn')
export const ERROR = simple('error')
export const BOOL = simple('bool')
export const INT = simple('int')
export const STRING = simple('string')
export const listOf = (item: CelType): CelType => ({ kind: 'list', item })
export const mapOf = (key: CelType, value: CelType): CelType => ({ kind: 'map', key, value })
export const optionalOf = (of: CelType): CelType => ({ kind: 'optional', of })

/** Reads `list(map(string, A))`: one capital letter is a parameter, an unknown name an opaque type. */
export function parseType(text: string): CelType {
  const trimmed = text.trim()
  const open = trimmed.indexOf('(')
  if (open < 0) {
    if (/^[A-Z]$/.test(trimmed)) return { kind: 'param', name: trimmed }
    return SIMPLE.includes(trimmed as SimpleKind)
      ? { kind: trimmed as SimpleKind }
      : trimmed === 'type'
        ? { kind: 'type' }
        : { kind: 'opaque', name: trimmed }
  }
  const parts = splitTop(trimmed.slice(open + 1, -1)).map(parseType)
  const [first = DYN, second = DYN] = parts
  switch (trimmed.slice(0, open)) {
    case 'list':
      return listOf(first)
    case 'map':
      return mapOf(first, second)
    case 'optional':
      return optionalOf(first)
    default:
      return { kind: 'type', of: first }
  }
}

/** Splits at the commas outside of parentheses. */
export function splitTop(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (const [index, letter] of [...text].entries()) {
    if (letter === '(') depth++
    else if (letter === ')') depth--
    else if (letter === ',' && depth === 0) {
      parts.push(text.slice(from, index))
      from = index + 1
    }
  }
  return text.trim() ? [...parts, text.slice(from)] : []
}

/** As cel-go prints a type in its errors. */
export function formatType(type: CelType): string {
  switch (type.kind) {
    case 'error':
      return '!error!'
    case 'list':
      return `list(${formatType(type.item)})`
    case 'map':
      return `map(${formatType(type.key)}, ${formatType(type.value)})`
    case 'optional':
      return `optional_type(${formatType(type.of)})`
    case 'type':
      return type.of ? `type(${formatType(type.of)})` : 'type'
    case 'object':
    case 'opaque':
    case 'param':
      return type.name
    default:
      return type.kind
  }
}

const isDyn = (type: CelType): boolean => type.kind === 'dyn'
export const isDynOrError = (type: CelType): boolean => type.kind === 'dyn' || type.kind === 'error'

/** The types inside of a type. */
function parametersOf(type: CelType): CelType[] {
  switch (type.kind) {
    case 'list':
      return [type.item]
    case 'map':
      return [type.key, type.value]
    case 'optional':
      return [type.of]
    case 'type':
      return type.of ? [type.of] : []
    default:
      return []
  }
}

const nameOf = (type: CelType): string => ('name' in type ? type.name : type.kind)

export function sameType(left: CelType, right: CelType): boolean {
  if (left === right) return true
  if (left.kind !== right.kind || nameOf(left) !== nameOf(right)) return false
  const [mine, theirs] = [parametersOf(left), parametersOf(right)]
  return mine.length === theirs.length && mine.every((each, index) => sameType(each, theirs[index] ?? DYN))
}

/** What the parameters of generic types stand for, as far as it is known. */
export type Bindings = Map<string, CelType>

export function substitute(bindings: Bindings, type: CelType, freeToDyn = false): CelType {
  switch (type.kind) {
    case 'param': {
      const bound = bindings.get(type.name)
      if (bound) return substitute(bindings, bound, freeToDyn)
      return freeToDyn ? DYN : type
    }
    case 'list':
      return { ...type, item: substitute(bindings, type.item, freeToDyn) }
    case 'map':
      return { ...type, key: substitute(bindings, type.key, freeToDyn), value: substitute(bindings, type.value, freeToDyn) }
    case 'optional':
      return optionalOf(substitute(bindings, type.of, freeToDyn))
    case 'type':
      return type.of ? { kind: 'type', of: substitute(bindings, type.of, freeToDyn) } : type
    default:
      return type
  }
}

function isEqualOrLessSpecific(left: CelType, right: CelType): boolean {
  if (isDyn(left) || left.kind === 'param') return true
  if (isDyn(right) || right.kind === 'param' || left.kind !== right.kind) return false
  if (left.kind === 'type') return true
  const [mine, theirs] = [parametersOf(left), parametersOf(right)]
  if (mine.length === 0) return sameType(left, right)
  return mine.every((each, index) => isEqualOrLessSpecific(each, theirs[index] ?? DYN))
}

export const mostGeneral = (left: CelType, right: CelType): CelType => (isEqualOrLessSpecific(left, right) ? left : right)

function occursIn(bindings: Bindings, name: string, type: CelType): boolean {
  if (type.kind === 'param') {
    if (type.name === name) return true
    const bound = bindings.get(type.name)
    return bound ? occursIn(bindings, name, bound) : false
  }
  return parametersOf(type).some((each) => occursIn(bindings, name, each))
}

const NULLABLE = new Set(['optional', 'opaque', 'object', 'duration', 'timestamp', 'null'])

/** Whether `type` can stand for the parameter; binds it where that is new. */
function bind(bindings: Bindings, type: CelType, parameter: CelType & { kind: 'param' }): { valid: boolean; bound: boolean } {
  if (type.kind === 'param' && type.name === parameter.name) return { valid: true, bound: true }
  const bound = bindings.get(parameter.name)
  if (bound) {
    if (sameType(type, bound)) return { valid: true, bound: true }
    if (!assign(bindings, type, bound)) return { valid: false, bound: true }
    const general = mostGeneral(type, bound)
    if (!occursIn(bindings, parameter.name, general)) bindings.set(parameter.name, general)
    return { valid: true, bound: true }
  }
  if (occursIn(bindings, parameter.name, type)) return { valid: false, bound: false }
  bindings.set(parameter.name, type)
  return { valid: true, bound: false }
}

/** Whether one type can be given where the other is wanted. Adds to the bindings. */
function assign(bindings: Bindings, left: CelType, right: CelType): boolean {
  if (right.kind === 'param') {
    const { valid, bound } = bind(bindings, left, right)
    if (valid) return true
    if (bound) return false
  }
  if (left.kind === 'param') return bind(bindings, right, left).valid
  if (isDynOrError(left) || isDynOrError(right)) return true
  if (left.kind === 'null') return NULLABLE.has(right.kind)
  if (right.kind === 'null') return NULLABLE.has(left.kind)
  if (left.kind !== right.kind) return false
  if (left.kind === 'type') return true
  if (nameOf(left) !== nameOf(right)) return false
  return assignAll(bindings, parametersOf(left), parametersOf(right))
}

const assignAll = (bindings: Bindings, left: CelType[], right: CelType[]): boolean =>
  left.length === right.length && left.every((each, index) => assign(bindings, each, right[index] ?? DYN))

/** The bindings with what the assignment adds; undefined where it is not possible. */
export function assignable(bindings: Bindings, left: CelType[], right: CelType[]): Bindings | undefined {
  const copy = new Map(bindings)
  return assignAll(copy, left, right) ? copy : undefined
}
