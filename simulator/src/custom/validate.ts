/** Validation of a value by a structural schema, with the texts of kube-openapi. @see apiextensions-apiserver/pkg/apiserver/validation */
import type { FieldErrors } from '../objects/field-errors.js'
import { FieldErrors as Collector } from '../objects/field-errors.js'
import { isObject, type Json, type JsonObject, sameJson } from '../objects/object.js'
import { safePattern } from '../objects/pattern.js'
import { matchesFormat } from './formats.js'
import { counterpart, type JsonSchema, propertyOf } from './json-schema.js'

const child = (path: string, name: string): string => (path ? `${path}.${name}` : name)
/** The root has no name in upstream's sentences. */
const named = (path: string): string => path || '<nil>'

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
  if (schema['x-kubernetes-int-or-string']) {
    if (actual === 'integer' || actual === 'string') return true
    errors.typeInvalid(path, actual, `${named(path)} in body must be of type integer,string: ${JSON.stringify(actual)}`)
    return false
  }
  if (!schema.type || fits(schema.type, actual)) return true
  errors.typeInvalid(path, actual, `${named(path)} in body must be of type ${schema.type}: ${JSON.stringify(actual)}`)
  return false
}

const say = (path: string, text: string): string => `${named(path)} in body ${text}`

function checkString(schema: JsonSchema, value: string, path: string, errors: FieldErrors): void {
  const length = [...value].length
  if (schema.maxLength !== undefined && length > schema.maxLength) errors.tooLong(path, schema.maxLength)
  if (schema.minLength !== undefined && length < schema.minLength)
    errors.invalid(path, value, say(path, `should be at least ${schema.minLength} chars long`))
  if (schema.pattern && !safePattern(schema.pattern)(value))
    errors.invalid(path, value, say(path, `should match '${schema.pattern}'`))
  if (schema.format && !matchesFormat(schema.format, value))
    errors.invalid(path, value, say(path, `must be of type ${schema.format}: ${JSON.stringify(value)}`))
}

function checkNumber(schema: JsonSchema, value: number, path: string, errors: FieldErrors): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum))
    errors.invalid(path, value, say(path, `should be less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`))
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum))
    errors.invalid(path, value, say(path, `should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`))
  if (multipleOf && !Number.isInteger(value / multipleOf))
    errors.invalid(path, value, say(path, `should be a multiple of ${multipleOf}`))
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
  if (schema.maxItems !== undefined && value.length > schema.maxItems) errors.tooMany(path, value.length, schema.maxItems)
  if (schema.minItems !== undefined && value.length < schema.minItems)
    errors.invalid(path, value.length, say(path, `should have at least ${schema.minItems} items`))
  checkUnique(schema, value, path, errors)
  for (const [index, item] of value.entries())
    if (schema.items)
      validateValue(schema.items, item, { path: `${path}[${index}]`, old: counterpart(schema, old, item) }, errors)
}

function checkObject(schema: JsonSchema, value: JsonObject, { path, old }: Place, errors: FieldErrors): void {
  const names = Object.keys(value).filter((name) => value[name] !== undefined)
  if (schema.maxProperties !== undefined && names.length > schema.maxProperties)
    errors.tooMany(path, names.length, schema.maxProperties)
  if (schema.minProperties !== undefined && names.length < schema.minProperties)
    errors.invalid(path, names.length, say(path, `should have at least ${schema.minProperties} properties`))
  for (const name of schema.required ?? []) if (value[name] === undefined) errors.required(child(path, name))
  for (const name of names) {
    const inner = propertyOf(schema, name)
    if (inner)
      validateValue(inner, value[name] ?? null, { path: child(path, name), old: isObject(old) ? old[name] : undefined }, errors)
  }
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

/** Adds every problem of the value. */
export function validateValue(schema: JsonSchema, value: Json, { path, old }: Place, errors: FieldErrors): void {
  if (old !== undefined && sameJson(value, old)) return
  if (!checkType(schema, value, path, errors)) return
  if (schema.enum && !schema.enum.some((each) => sameJson(each, value)))
    errors.notSupported(
      path,
      value,
      schema.enum.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))),
    )
  if (typeof value === 'string') checkString(schema, value, path, errors)
  else if (typeof value === 'number') checkNumber(schema, value, path, errors)
  else if (Array.isArray(value)) checkArray(schema, value, { path, old }, errors)
  else if (isObject(value)) checkObject(schema, value, { path, old }, errors)
  checkCombinations(schema, value, path, errors)
}
