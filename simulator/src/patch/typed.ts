/** Whether an applied configuration fits its schema, in the words of structured-merge-diff/typed/validate.go. */
import { isObject, type Json } from '../objects/object.js'
import { childField, type Field, factsOf, structOf } from '../schema/types.js'
import { itemSegment, readable, valueSegment } from './field-set.js'

interface Problem {
  path: string
  text: string
}

/** @returns upstream's sentence; undefined where it fits */
export function typeProblem(value: Json, field: Field | undefined): string | undefined {
  const lines = problemsOf(value, field).map(({ path, text }) => (path ? `${path}: ${text}` : text))
  return lines.length > 1 ? ['errors:', ...lines.map((line) => `  ${line}`)].join('\n') : lines[0]
}

const below = (segment: string, problems: Problem[]): Problem[] =>
  problems.map(({ path, text }) => ({ path: segment + path, text }))

function problemsOf(value: Json, field: Field | undefined): Problem[] {
  if (!field || value === null) return []
  if (isStruct(field) || field.type === 'map') return isObject(value) ? inMap(value, field) : [wrong('map', value)]
  if (field.type === 'array') return Array.isArray(value) ? inList(value, field) : [wrong('list', value)]
  const text = scalarProblem(value, field)
  return text ? [{ path: '', text }] : []
}

const isStruct = (field: Field): boolean => Boolean(field.fields ?? structOf(field)?.fields)
const wrong = (wanted: string, value: Json): Problem => ({ path: '', text: `expected ${wanted}, got &{${goValue(value)}}` })

function inMap(value: { [key: string]: Json | undefined }, field: Field): Problem[] {
  const problems: Problem[] = []
  for (const [name, inner] of Object.entries(value)) {
    const child = childField(field, name)
    // Upstream looks at nothing that comes after a field that it does not know.
    if (!child && isClosed(field)) return [...problems, { path: `.${name}`, text: 'field not declared in schema' }]
    problems.push(...below(`.${name}`, problemsOf(inner ?? null, child)))
  }
  return problems
}

/** A custom resource may hold more than its schema tells: what is not kept is pruned later. */
const isClosed = (field: Field): boolean => structOf(field) !== undefined && !factsOf(field.ref ?? '')?.unknown

function inList(list: Json[], field: Field): Problem[] {
  const isKeyed = field.list === 'map' && Boolean(field.keys?.length)
  const seen = new Set<string>()
  const problems: Problem[] = []
  for (const [index, item] of list.entries()) {
    const refused = isKeyed ? keyProblem(item, field) : field.list === 'set' ? setProblem(item) : undefined
    if (refused) return [...problems, { path: '', text: `element ${index}: ${refused}` }]
    const segment = isKeyed ? itemSegment(field, item) : field.list === 'set' ? valueSegment(item) : ''
    const shown = segment ? readable(segment) : `[${index}]`
    if (segment && seen.has(segment)) problems.push({ path: '', text: `duplicate entries for key ${shown}` })
    seen.add(segment)
    problems.push(...below(shown, problemsOf(item, field.items)))
  }
  return problems
}

function keyProblem(item: Json, field: Field): string | undefined {
  if (item === null) return 'associative list with keys may not have a null element'
  if (!isObject(item)) return 'associative list with keys may not have non-map elements'
  if (itemSegment(field, item) !== 'k:{}') return undefined
  const keys = (field.keys ?? []).map((key) => JSON.stringify(key)).join(' ')
  return `associative list with keys has an element that omits all key fields [${keys}] (and doesn't have default values for any key fields)`
}

function setProblem(item: Json): string | undefined {
  if (isObject(item)) return "associative list without keys has an element that's a map type"
  if (Array.isArray(item)) return 'not supported: associative list with lists as elements'
  return item === null ? "associative list without keys has an element that's an explicit null" : undefined
}

function scalarProblem(value: Json, field: Field): string | undefined {
  switch (field.type) {
    case 'string':
      return typeof value === 'string' ? undefined : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`
    case 'integer':
    case 'number':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goType(value)}`
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got &{${goValue(value)}}`
    default:
      return undefined
  }
}

/** The type in which Go's decoder holds a value of no type of its own. */
export function goType(value: Json): string {
  if (value === null) return '<nil>'
  if (Array.isArray(value)) return '[]interface {}'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'bool' : 'map[string]interface {}'
}

/** A value as Go prints it: `map[a:1 b:[x y]]`. */
export function goValue(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`
  if (isObject(value))
    return `map[${Object.keys(value)
      .sort()
      .map((name) => `${name}:${goValue(value[name])}`)
      .join(' ')}]`
  return value === null || value === undefined ? '<nil>' : String(value)
}

/** A value as Go's source would have it. */
function goSyntax(value: Json | undefined): string {
  if (value === null || value === undefined) return 'interface {}(nil)'
  if (Array.isArray(value)) return `${goType(value)}{${value.map(goSyntax).join(', ')}}`
  if (!isObject(value)) return JSON.stringify(value)
  const entries = Object.keys(value).sort()
  return `${goType(value)}{${entries.map((name) => `${JSON.stringify(name)}:${goSyntax(value[name])}`).join(', ')}}`
}
