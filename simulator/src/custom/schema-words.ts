/** Words of JSON schema that definitions may not use, or not so. @see apis/apiextensions/validation: ValidateCustomResourceDefinitionOpenAPISchema */
import type { FieldErrors } from '../objects/field-errors.js'
import { isObject } from '../objects/object.js'
import type { JsonSchema } from './json-schema.js'
import { checkRuleForm, isFieldPath } from './rule-problems.js'

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string']
const UNSUPPORTED = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref']
const LIST_TYPES = ['atomic', 'set', 'map']
const MAP_TYPES = ['atomic', 'granular']

/** Adds every problem of a schema and of all below it. */
export function checkWords(schema: JsonSchema, path: string, errors: FieldErrors): void {
  if (schema.type && !TYPES.includes(schema.type)) errors.notSupported(`${path}.type`, schema.type, TYPES)
  const words = schema as Record<string, unknown>
  for (const word of UNSUPPORTED) if (words[word] !== undefined) errors.forbidden(`${path}.${word}`, `${word} is not supported`)
  if (schema.type === 'null') errors.forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative')
  if (Array.isArray(schema.items)) errors.forbidden(`${path}.items`, 'items must be a schema object and not an array')
  if (words.uniqueItems)
    errors.forbidden(`${path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic')
  checkBelow(schema, path, errors)
  checkMapType(schema, path, errors)
  checkListType(schema, path, errors)
  checkRules(schema, path, errors)
}

function checkBelow(schema: JsonSchema, path: string, errors: FieldErrors): void {
  const { properties = {}, additionalProperties, items } = schema
  if (Object.keys(properties).length && additionalProperties !== undefined && additionalProperties !== true)
    errors.forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive')
  if (isObject(additionalProperties)) checkWords(additionalProperties as JsonSchema, `${path}.additionalProperties`, errors)
  for (const [name, inner] of Object.entries(properties)) checkWords(inner, `${path}.properties[${name}]`, errors)
  if (schema.not) checkWords(schema.not, `${path}.not`, errors)
  for (const word of ['allOf', 'oneOf', 'anyOf'] as const)
    for (const [index, each] of (schema[word] ?? []).entries()) checkWords(each, `${path}.${word}[${index}]`, errors)
  if (items && !Array.isArray(items)) checkWords(items, `${path}.items`, errors)
}

/** A type that only fits one kind of extension. */
function checkTypeFor(
  schema: JsonSchema,
  wanted: string,
  { path, word }: { path: string; word: string },
  errors: FieldErrors,
): boolean {
  if (schema.type === wanted) return true
  const why = `must be ${wanted} if ${word} is specified`
  if (schema.type) errors.invalid(`${path}.type`, schema.type, why)
  else errors.required(`${path}.type`, why)
  return false
}

function checkMapType(schema: JsonSchema, path: string, errors: FieldErrors): void {
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    errors.invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined')
  const kind = schema['x-kubernetes-map-type']
  if (kind === undefined) return
  checkTypeFor(schema, 'object', { path, word: 'x-kubernetes-map-type' }, errors)
  if (!MAP_TYPES.includes(kind)) errors.notSupported(`${path}.x-kubernetes-map-type`, kind, MAP_TYPES)
}

function checkListType(schema: JsonSchema, path: string, errors: FieldErrors): void {
  const kind = schema['x-kubernetes-list-type']
  const at = `${path}.x-kubernetes-list-type`
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  if (kind !== undefined) {
    const isList = checkTypeFor(schema, 'array', { path, word: 'x-kubernetes-list-type' }, errors)
    if (isList && kind === 'set') checkSetItems(schema, path, errors)
    if (!LIST_TYPES.includes(kind)) errors.notSupported(at, kind, LIST_TYPES)
  }
  if (keys.length && kind === undefined) errors.required(at, 'must be map if x-kubernetes-list-map-keys is non-empty')
  else if (keys.length && kind !== 'map') errors.invalid(at, kind, 'must be map if x-kubernetes-list-map-keys is non-empty')
  if (kind === 'map') checkKeys(schema, keys, path, errors)
}

function checkSetItems({ items }: JsonSchema, path: string, errors: FieldErrors): void {
  const why = 'must be atomic as item of a list with x-kubernetes-list-type=set'
  const { type, 'x-kubernetes-list-type': list, 'x-kubernetes-map-type': map } = items ?? {}
  if (type === 'array' && list !== undefined && list !== 'atomic')
    errors.invalid(`${path}.items.x-kubernetes-list-type`, list, why)
  if (type === 'object' && map !== 'atomic') errors.invalid(`${path}.items.x-kubernetes-map-type`, list ?? null, why)
}

function checkKeys({ items }: JsonSchema, keys: string[], path: string, errors: FieldErrors): void {
  const at = `${path}.x-kubernetes-list-map-keys`
  if (!keys.length) errors.required(at, 'must not be empty if x-kubernetes-list-type is map')
  if (!items) {
    errors.required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map')
    return
  }
  if (items.type !== 'object') {
    errors.invalid(`${path}.items.type`, items.type ?? '', "must be object if parent array's x-kubernetes-list-type is map")
    return
  }
  for (const [index, key] of keys.entries()) {
    const inner = items.properties?.[key]
    if (!inner) errors.invalid(at, keys, 'entries must all be names of item properties')
    else if (inner.type === 'array' || inner.type === 'object')
      errors.invalid(
        `${path}.items.properties[${key}].type`,
        items.type,
        "must be a scalar type if parent array's x-kubernetes-list-type is map",
      )
    if (keys.indexOf(key) < index) errors.invalid(at, keys, 'must not contain duplicate entries')
  }
}

function checkRules(schema: JsonSchema, path: string, errors: FieldErrors): void {
  for (const [index, rule] of (schema['x-kubernetes-validations'] ?? []).entries()) {
    const at = `${path}.x-kubernetes-validations[${index}]`
    checkRuleForm(rule, at, errors)
    if (rule.fieldPath && !isFieldPath(schema, rule.fieldPath))
      errors.invalid(`${at}.fieldPath`, rule.fieldPath, 'must be a valid path')
  }
}
