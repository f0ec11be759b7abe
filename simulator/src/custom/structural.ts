/** What a structural schema must be at every level. @see apiextensions-apiserver/pkg/apiserver/schema/validation.go */
import { FieldErrors } from '../objects/field-errors.js'
import { isObject } from '../objects/object.js'
import { patternProblem } from '../objects/pattern.js'
import type { JsonSchema } from './json-schema.js'

type Level = 'root' | 'item' | 'field'

const MISSING_TYPE: Record<Level, string> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
}

/** Adds every problem, in the order of their sentences: upstream sorts them. */
export function checkStructure(schema: JsonSchema, path: string, errors: FieldErrors): void {
  const found = new FieldErrors()
  checkLevel(schema, 'root', path, found)
  const sentence = ({ field, body }: { field: string; body: string }) => `${field}: ${body}`
  errors.list.push(...found.list.sort((left, right) => (sentence(left) < sentence(right) ? -1 : 1)))
}

function checkLevel(schema: JsonSchema, level: Level, path: string, errors: FieldErrors): void {
  if (schema.type === 'array' && !schema.items) errors.required(`${path}.items`, 'must be specified')
  if (schema.items) checkLevel(schema.items, 'item', `${path}.items`, errors)
  for (const [name, inner] of Object.entries(schema.properties ?? {}))
    checkLevel(inner, 'field', `${path}.properties[${name}]`, errors)
  if (schema.additionalProperties !== undefined) checkAdditional(schema, level, path, errors)
  checkExtensions(schema, path, errors)
  checkNested(schema, path, errors)
  checkType(schema, level, path, errors)
  checkIdentity(schema, level, path, errors)
}

function checkAdditional(schema: JsonSchema, level: Level, path: string, errors: FieldErrors): void {
  const at = `${path}.additionalProperties`
  if (level === 'root') errors.forbidden(at, 'must not be used at the root')
  if (isObject(schema.additionalProperties)) checkLevel(schema.additionalProperties as JsonSchema, 'field', at, errors)
  if (schema['x-kubernetes-embedded-resource']) errors.forbidden(at, 'must not be used if x-kubernetes-embedded-resource is set')
}

function checkExtensions(schema: JsonSchema, path: string, errors: FieldErrors): void {
  if (!schema['x-kubernetes-int-or-string']) return
  for (const word of ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const)
    if (schema[word]) errors.invalid(`${path}.${word}`, true, 'must be false if x-kubernetes-int-or-string is true')
}

function checkType(schema: JsonSchema, level: Level, path: string, errors: FieldErrors): void {
  const { type } = schema
  const at = `${path}.type`
  const isFree = schema['x-kubernetes-int-or-string'] || schema['x-kubernetes-preserve-unknown-fields']
  if (schema['x-kubernetes-embedded-resource'] && type !== 'object') {
    const why = 'must be object if x-kubernetes-embedded-resource is true'
    if (type) errors.invalid(at, type, why)
    else errors.required(at, why)
  } else if (!type && !isFree) errors.required(at, MISSING_TYPE[level])
  if (level === 'root' && type && type !== 'object') errors.invalid(at, type, 'must be object at the root')
}

function checkIdentity(schema: JsonSchema, level: Level, path: string, errors: FieldErrors): void {
  const { kind, apiVersion, metadata } = schema.properties ?? {}
  const isResource = level === 'root' || schema['x-kubernetes-embedded-resource'] === true
  if (!isResource) return
  if (kind && kind.type !== 'string') errors.invalid(`${path}.properties[kind].type`, kind.type ?? '', 'must be string')
  if (apiVersion && apiVersion.type !== 'string')
    errors.invalid(`${path}.properties[apiVersion].type`, apiVersion.type ?? '', 'must be string')
  if (!metadata) return
  const at = `${path}.properties[metadata]`
  if (metadata.type !== 'object') errors.invalid(`${at}.type`, metadata.type ?? '', 'must be object')
  const { type: _type, description: _description, properties = {}, ...rest } = metadata
  const names = Object.keys(properties).filter((name) => name !== 'name' && name !== 'generateName')
  if (level === 'root' && (names.length > 0 || Object.keys(rest).length > 0))
    errors.forbidden(at, 'must not specify anything other than name and generateName, but metadata is implicitly specified')
}

const NESTED_FORBIDDEN: [keyof JsonSchema, string][] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
]

/** `anyOf` of an integer and a string, alone or first in `allOf`, may name types. */
const isIntOrString = (schema: JsonSchema): boolean =>
  schema.anyOf?.length === 2 && schema.anyOf.map(({ type }) => type).join() === 'integer,string'

function checkNested(schema: JsonSchema, path: string, errors: FieldErrors): void {
  const problem = schema.pattern === undefined ? undefined : patternProblem(schema.pattern)
  if (problem) errors.invalid(`${path}.pattern`, schema.pattern, `must be a valid regular expression, but isn't: ${problem}`)
  const skipsAny = isIntOrString(schema)
  for (const word of ['anyOf', 'allOf', 'oneOf'] as const) {
    if (word === 'anyOf' && skipsAny) continue
    for (const [index, each] of (schema[word] ?? []).entries()) checkWithin(each, `${path}.${word}[${index}]`, errors)
  }
  if (schema.not) checkWithin(schema.not, `${path}.not`, errors)
}

/** A schema below a combination: it may judge values, and shape none. */
function checkWithin(schema: JsonSchema, path: string, errors: FieldErrors): void {
  checkNested(schema, path, errors)
  if (schema.items) checkWithin(schema.items, `${path}.items`, errors)
  for (const [name, inner] of Object.entries(schema.properties ?? {})) checkWithin(inner, `${path}.properties[${name}]`, errors)
  for (const [word, why] of NESTED_FORBIDDEN) if (schema[word] !== undefined) errors.forbidden(`${path}.${word}`, why)
  if (schema.properties?.metadata) errors.forbidden(`${path}.properties[metadata]`, 'must not be specified in a nested context')
}
