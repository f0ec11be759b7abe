/** Validation of a value by a structural schema, with the texts of kube-openapi. @see apiextensions-apiserver/pkg/apiserver/validation */
import { mayRest } from '../cel/pieces.js'
import type { FieldErrors } from '../objects/field-errors.js'
import { FieldErrors as Collector } from '../objects/field-errors.js'
import { isObject, type Json, type JsonObject, sameJson } from '../objects/object.js'
import { isCompiled, safePattern } from '../objects/pattern.js'
import { failure } from '../objects/status.js'
import { matchesFormat } from './formats.js'
import { counterpart, type JsonSchema, propertyOf } from './json-schema.js'
import { readPatterns } from './patterns.js'

const child = (path: string, name: string): string => (path ? `${path}.${name}` : name)
/** The root has no name among the fields. */
const field = (path: string): string => path || '<nil>'
const say = (path: string, text: string): string => `${path} in body ${text}`

const typeOf = (value: Json): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

const fits = (wanted: string, actual: string): boolean => wanted === actual || (wanted === 'number' && actual === 'integer')

function checkType(schema: JsonSchema, value: Json, path: string, errors: FieldErrors): boolean {
  if (value === null && schema.nullable) return false
  const actual = typeOf(value)
  const refuse = (wanted: string) =>
    errors.typeInvalid(field(path), actual, say(path, `must be of type ${wanted}: ${JSON.stringify(actual)}`))
  if (schema['x-kubernetes-int-or-string']) {
    if (actual === 'integer' || actual === 'string') return true
    refuse('integer,string')
    return false
  }
  if (!schema.type || fits(schema.type, actual)) return true
  refuse(schema.type)
  return false
}

/** Upstream ends at the first problem of a text. */
function textProblem(schema: JsonSchema, value: string, path: string): string | undefined {
  if (schema.minLength !== undefined && [...value].length < schema.minLength)
    return say(path, `should be at least ${schema.minLength} chars long`)
  return schema.pattern && !isMatch(schema.pattern, value) ? say(path, `should match '${schema.pattern}'`) : undefined
}

/** Letters that the patterns of one object may look at: more would make others wait. */
const MOST_MATCHED_LETTERS = 400_000
let lettersLeft = MOST_MATCHED_LETTERS
/** The whole schema that an object is judged by now. */
let judging: JsonSchema = {}

/** @throws ApiError 413, Rest */
function isMatch(pattern: string, value: string): boolean {
  // All at once: whoever begins anew for each would begin thousands of times.
  if (mayRest() && !isCompiled(pattern)) readPatterns(judging)
  lettersLeft -= value.length
  if (lettersLeft < 0) throw failure.requestTooLarge(`limit is ${MOST_MATCHED_LETTERS} letters to be matched with patterns`)
  return safePattern(pattern)(value)
}

function checkString(schema: JsonSchema, value: string, path: string, errors: FieldErrors): void {
  if (schema.maxLength !== undefined && [...value].length > schema.maxLength) errors.tooLong(field(path), schema.maxLength)
  else {
    const problem = textProblem(schema, value, path)
    if (problem) errors.invalid(field(path), value, problem)
  }
  if (schema.format && !matchesFormat(schema.format, value))
    errors.invalid(field(path), value, say(path, `must be of type ${schema.format}: ${JSON.stringify(value)}`))
}

const INT32 = 2 ** 31

/** @see kube-openapi/pkg/validation/validate/values.go: IsValueValidAgainstRange, whose error names no field */
function checkRange({ type, format }: JsonSchema, value: number, path: string, errors: FieldErrors): void {
  if (type !== 'integer') return
  const isWithin = format !== 'int32' || (value >= -INT32 && value < INT32)
  if (Number.isInteger(value) && isWithin) return
  const form = format ? `with format ${format}` : '(default format)'
  errors.invalid(field(''), '', `Checked value must be of type integer ${form} in ${path}`)
}

function checkNumber(schema: JsonSchema, value: number, path: string, errors: FieldErrors): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
  checkRange(schema, value, path, errors)
  if (multipleOf && !Number.isInteger(value / multipleOf))
    errors.invalid(field(path), value, say(path, `should be a multiple of ${multipleOf}`))
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum))
    errors.invalid(field(path), value, say(path, `should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`))
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum))
    errors.invalid(field(path), value, say(path, `should be less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`))
}

function checkUnique(schema: JsonSchema, value: Json[], path: string, errors: FieldErrors): void {
  const kind = schema['x-kubernetes-list-type']
  if (kind !== 'set' && kind !== 'map') return
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const seen = new Set<string>()
  for (const [index, item] of value.entries()) {
    const shown = kind === 'set' ? item : Object.fromEntries(keys.flatMap((key) => (isObject(item) ? [[key, item[key]]] : [])))
    const id = JSON.stringify(shown)
    if (seen.has(id)) errors.duplicate(`${path}[${index}]`, shown)
    seen.add(id)
  }
}

function checkArray(schema: JsonSchema, value: Json[], { path, old }: Place, errors: FieldErrors): void {
  for (const [index, item] of value.entries())
    if (schema.items)
      validateValue(schema.items, item, { path: `${path}[${index}]`, old: counterpart(schema, old, item) }, errors)
  if (schema.minItems !== undefined && value.length < schema.minItems)
    errors.invalid(field(path), value.length, say(path, `should have at least ${schema.minItems} items`))
  if (schema.maxItems !== undefined && value.length > schema.maxItems) errors.tooMany(field(path), value.length, schema.maxItems)
  checkUnique(schema, value, path, errors)
}

function checkObject(schema: JsonSchema, value: JsonObject, { path, old }: Place, errors: FieldErrors): void {
  const names = Object.keys(value).filter((name) => value[name] !== undefined)
  if (schema.minProperties !== undefined && names.length < schema.minProperties)
    errors.invalid(field(path), names.length, say(path, `should have at least ${schema.minProperties} properties`))
  if (schema.maxProperties !== undefined && names.length > schema.maxProperties)
    errors.tooMany(field(path), names.length, schema.maxProperties)
  for (const name of names) {
    const inner = propertyOf(schema, name)
    if (inner)
      validateValue(inner, value[name] ?? null, { path: child(path, name), old: isObject(old) ? old[name] : undefined }, errors)
  }
  for (const name of schema.required ?? []) if (value[name] === undefined) errors.required(child(path, name))
}

const accepts = (schema: JsonSchema, value: Json): boolean => {
  const trial = new Collector()
  validateValue(schema, value, { path: '' }, trial)
  return !trial.any
}

function checkCombinations(schema: JsonSchema, value: Json, path: string, errors: FieldErrors): void {
  for (const each of schema.allOf ?? []) validateValue(each, value, { path }, errors)
  if (schema.anyOf?.length && !schema.anyOf.some((each) => accepts(each, value)))
    errors.invalid(path, '', `${JSON.stringify(path)} must validate at least one schema (anyOf)`)
  const matching = (schema.oneOf ?? []).filter((each) => accepts(each, value)).length
  if (schema.oneOf?.length && matching !== 1)
    errors.invalid(
      path,
      '',
      `${JSON.stringify(path)} must validate one and only one schema (oneOf). Found ${matching === 0 ? 'none valid' : `${matching} valid alternatives`}`,
    )
  if (schema.not && accepts(schema.not, value))
    errors.invalid(path, '', `${JSON.stringify(path)} must not validate the schema (not)`)
}

interface Place {
  /** Empty at the root. */
  path: string
  /** What stood there before, where it can be told: what has not changed is not judged anew. */
  old?: Json | undefined
}

/** Adds every problem of the value, in the order in which kube-openapi looks for them. @throws ApiError 413, Rest */
export function validateWhole(schema: JsonSchema, value: Json, old: Json | undefined, errors: FieldErrors): void {
  lettersLeft = MOST_MATCHED_LETTERS
  judging = schema
  validateValue(schema, value, { path: '', old }, errors)
}

function validateValue(schema: JsonSchema, value: Json, { path, old }: Place, errors: FieldErrors): void {
  if (old !== undefined && sameJson(value, old)) return
  const isOfType = checkType(schema, value, path, errors)
  if (value === null && schema.nullable) return
  if (isOfType) {
    checkCombinations(schema, value, path, errors)
    if (typeof value === 'string') checkString(schema, value, path, errors)
    else if (typeof value === 'number') checkNumber(schema, value, path, errors)
    else if (Array.isArray(value)) checkArray(schema, value, { path, old }, errors)
  } else if (typeof value === 'number') checkRange(schema, value, path, errors)
  if (schema.enum && !schema.enum.some((each) => sameJson(each, value))) {
    const supported = schema.enum.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)))
    errors.notSupported(field(path), value, supported)
  }
  if (isOfType && isObject(value)) checkObject(schema, value, { path, old }, errors)
}
