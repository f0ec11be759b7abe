/**
 * A schema as CEL sees it: the types of its fields with their greatest sizes, and values of these types.
 * Models k8s.io/apiserver/pkg/cel/common/schemas.go and values.go.
 */

import { parseDuration, parseTimestamp } from '../cel/functions/times.js'
import { fromJson } from '../cel/json.js'
import { BOOL, type CelType, DYN, INT, simple } from '../cel/types.js'
import { FieldMap, type Value } from '../cel/values.js'
import { isObject, type Json } from '../objects/object.js'
import { type JsonSchema, propertyOf } from './json-schema.js'

/** Bytes of the largest request. @see apiserver/pkg/apis/cel/config.go: MaxRequestSizeBytes */
const MAX_REQUEST_BYTES = 3 * 1024 * 1024

const RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
)

/** A field's name as CEL can say it; undefined where it cannot. @see apiserver/pkg/cel/escaping.go */
export function escapeName(name: string): string | undefined {
  if (RESERVED.has(name)) return `__${name}__`
  if (!/^[a-zA-Z_./-][a-zA-Z0-9_./-]*$/.test(name)) return undefined
  const escapes: Record<string, string> = { __: '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__' }
  return name.replace(/__|[-./]/g, (part) => escapes[part] ?? part)
}

const STRING_SCHEMA: JsonSchema = { type: 'string' }

/** Identity is always there at the root of a resource. */
export function withIdentity(schema: JsonSchema): JsonSchema {
  const metadata: JsonSchema = { type: 'object', properties: { name: STRING_SCHEMA, generateName: STRING_SCHEMA } }
  return {
    ...schema,
    type: 'object',
    properties: { ...schema.properties, apiVersion: STRING_SCHEMA, kind: STRING_SCHEMA, metadata },
  }
}

const additionalOf = (schema: JsonSchema): JsonSchema | undefined =>
  isObject(schema.additionalProperties) ? (schema.additionalProperties as JsonSchema) : undefined

const inner = (schema: JsonSchema): JsonSchema => (schema['x-kubernetes-embedded-resource'] ? withIdentity(schema) : schema)

function stringType(schema: JsonSchema): CelType {
  const { format, maxLength, enum: values } = schema
  if (format === 'duration') return { kind: 'duration', most: 32, leastBytes: 3 }
  if (format === 'date') return { kind: 'timestamp', most: 12, leastBytes: 12 }
  if (format === 'date-time') return { kind: 'timestamp', most: 32, leastBytes: 21 }
  if (format === 'byte') return { kind: 'bytes', most: maxLength ?? MAX_REQUEST_BYTES - 2, leastBytes: 2 }
  const longest = values?.length ? Math.max(...values.map((each) => (typeof each === 'string' ? each.length : 0))) : undefined
  const most = maxLength === undefined ? (longest ?? MAX_REQUEST_BYTES - 2) : Math.max(0, maxLength) * 4
  return { kind: 'string', most, leastBytes: 2 }
}

function objectType(schema: JsonSchema, name: string): CelType | undefined {
  const values = additionalOf(schema)
  if (values) {
    const value = typeOf(inner(values), `${name}.@elem`)
    const most = schema.maxProperties ?? Math.floor((MAX_REQUEST_BYTES - 2) / ((value?.leastBytes ?? 0) + 6))
    return value && { kind: 'map', key: simple('string'), value, most, leastBytes: 2 }
  }
  const fields: Record<string, CelType> = {}
  let leastBytes = 2
  for (const [property, each] of Object.entries(schema.properties ?? {})) {
    const type = typeOf(inner(each), `${name}.${property}`)
    if (!type) continue
    const escaped = escapeName(property)
    if (escaped !== undefined) fields[escaped] = type
    if (schema.required?.includes(property) && each.default === undefined)
      leastBytes += property.length + (type.leastBytes ?? 0) + 4
  }
  return { kind: 'object', name, fields, leastBytes }
}

/** @returns undefined where the schema tells too little */
export function typeOf(schema: JsonSchema, name: string): CelType | undefined {
  if (schema['x-kubernetes-int-or-string'])
    return { ...DYN, most: schema.maxLength === undefined ? MAX_REQUEST_BYTES - 2 : schema.maxLength * 4, leastBytes: 1 }
  switch (schema.type) {
    case 'array': {
      const item = schema.items && typeOf(inner(schema.items), `${name}.@idx`)
      const most = schema.maxItems ?? Math.floor((MAX_REQUEST_BYTES - 2) / ((item?.leastBytes ?? 0) + 1))
      return item && { kind: 'list', item, most, leastBytes: 2 }
    }
    case 'object':
      return objectType(schema, name)
    case 'string':
      return stringType(schema)
    case 'boolean':
      return { ...BOOL, leastBytes: 4 }
    case 'number':
      return { kind: 'double', leastBytes: 1 }
    case 'integer':
      return { ...INT, leastBytes: 1 }
    default:
      return undefined
  }
}

function stringValue(schema: JsonSchema, text: string): Value {
  const time = (full: string) => parseTimestamp(full) ?? text
  if (schema.format === 'date-time') return time(text)
  if (schema.format === 'date') return time(`${text}T00:00:00Z`)
  if (schema.format === 'duration') return parseDuration(text) ?? text
  return schema.format === 'byte' ? Uint8Array.from(Buffer.from(text, 'base64')) : text
}

/** The value of a field that the schema describes. */
export function celValueOf(schema: JsonSchema | undefined, json: Json): Value {
  if (!schema || schema['x-kubernetes-int-or-string']) return fromJson(json)
  if (typeof json === 'string') return stringValue(schema, json)
  if (typeof json === 'number') return schema.type === 'number' ? json : fromJson(json)
  if (Array.isArray(json)) return json.map((item) => celValueOf(schema.items && inner(schema.items), item))
  if (!isObject(json)) return json
  if (additionalOf(schema) || !schema.properties) {
    const names = Object.keys(json)
    return new FieldMap('map', names, (name) =>
      Object.hasOwn(json, name) ? celValueOf(propertyOf(schema, name), json[name] ?? null) : undefined,
    )
  }
  const own = new Map<string, string>()
  for (const name of Object.keys(schema.properties)) {
    const escaped = json[name] === undefined ? undefined : escapeName(name)
    if (escaped !== undefined) own.set(escaped, name)
  }
  return new FieldMap('object', [...own.keys()], (escaped) => {
    const name = own.get(escaped)
    const field = name === undefined ? undefined : schema.properties?.[name]
    return name === undefined || !field ? undefined : celValueOf(inner(field), json[name] ?? null)
  })
}
