/**
 * What Go's converter says of a patched object that does not fit its types: the strategic merge patch goes through it, and not through
 * the decoder. Models fromUnstructured of apimachinery/pkg/runtime/converter.go.
 */
import { isObject, type Json } from '../objects/object.js'
import { type Field, structOf } from './types.js'

/** The first problem, in the order of Go's fields; undefined where there is none. */
export function conversionProblem(value: Json | undefined, field: Field | undefined): string | undefined {
  if (value === null || value === undefined || !field) return undefined
  const fields = field.fields ?? structOf(field)?.fields
  if (fields) return structProblem(value, fields)
  if (field.type === 'array') return listProblem(value, field)
  if (field.type === 'map') {
    if (!isObject(value)) return `cannot restore map from ${kindOf(value)}`
    return first(Object.values(value), (item) => conversionProblem(item, field.items))
  }
  return scalarProblem(value, field)
}

function first<T>(items: Iterable<T>, problemOf: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const problem = problemOf(item)
    if (problem) return problem
  }
  return undefined
}

function structProblem(value: Json, fields: Record<string, Field>): string | undefined {
  if (!isObject(value)) return `cannot restore struct from: ${kindOf(value)}`
  return first(Object.entries(fields), ([name, field]) => conversionProblem(value[name], field))
}

function listProblem(value: Json, { items }: Field): string | undefined {
  if (!Array.isArray(value)) return `cannot restore slice from ${kindOf(value)}`
  return first(value, (item) => conversionProblem(item, items))
}

function kindOf(value: Json): string {
  if (Array.isArray(value)) return 'slice'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'bool' : 'map'
}

function scalarProblem(value: Json, field: Field): string | undefined {
  const kind = kindOf(value)
  // Bytes are a slice of Go; what is wrong in their text the decoder tells.
  if (field.type === 'string' && field.format === 'byte')
    return kind === 'string' ? undefined : `cannot restore slice from ${kind}`
  if (field.type === 'string') return kind === 'string' ? undefined : otherKind(kind, 'string', kind.endsWith('64'))
  if (field.type === 'boolean') return kind === 'bool' ? undefined : otherKind(kind, 'bool', false)
  const wanted = field.format === 'int64' ? 'int64' : 'int32'
  if (field.type === 'integer') return kind === 'int64' ? undefined : otherKind(kind, wanted, kind === 'float64')
  if (field.type === 'number') return kind.endsWith('64') ? undefined : otherKind(kind, 'float64', false)
  return undefined
}

/** Go could convert a number to a text; JSON does not. */
const otherKind = (kind: string, wanted: string, isConvertible: boolean): string =>
  isConvertible && !(kind === 'float64' && wanted === 'string')
    ? `cannot convert ${kind} to ${wanted}`
    : `unrecognized type: ${wanted}`
