/** The schema of a custom resource, as its CustomResourceDefinition carries it. */
import { clone, isObject, type Json, type JsonObject } from '../objects/object.js'
import { type Field, OBJECT_META, rootField } from '../schema/types.js'

export interface ValidationRule {
  rule: string
  message?: string
  messageExpression?: string
  reason?: string
  fieldPath?: string
  /** `oldSelf` is an optional, and the rule runs for new objects too. */
  optionalOldSelf?: boolean
}

export interface JsonSchema {
  type?: string
  format?: string
  description?: string
  nullable?: boolean
  default?: Json
  enum?: Json[]
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  exclusiveMinimum?: boolean
  exclusiveMaximum?: boolean
  multipleOf?: number
  minItems?: number
  maxItems?: number
  minProperties?: number
  maxProperties?: number
  required?: string[]
  items?: JsonSchema
  properties?: Record<string, JsonSchema>
  additionalProperties?: JsonSchema | boolean
  allOf?: JsonSchema[]
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  not?: JsonSchema
  'x-kubernetes-preserve-unknown-fields'?: boolean
  'x-kubernetes-embedded-resource'?: boolean
  'x-kubernetes-int-or-string'?: boolean
  'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map'
  'x-kubernetes-list-map-keys'?: string[]
  'x-kubernetes-map-type'?: 'granular' | 'atomic'
  'x-kubernetes-validations'?: ValidationRule[]
}

const IDENTITY = ['apiVersion', 'kind', 'metadata']

const additional = (schema: JsonSchema): JsonSchema | undefined =>
  isObject(schema.additionalProperties) ? (schema.additionalProperties as JsonSchema) : undefined

/** The schema of one field of an object; undefined where there is none. */
export const propertyOf = (schema: JsonSchema | undefined, name: string): JsonSchema | undefined =>
  schema?.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : schema && additional(schema)

interface Pruning {
  /** Paths of what was dropped, as the strict decoder names them. */
  dropped: string[]
  path: string
  /** At the root of a resource, where its identity is not the schema's matter. */
  isResource: boolean
}

/** A copy without the fields that the schema does not know. */
export function prune(schema: JsonSchema | undefined, value: Json, { dropped, path, isResource }: Pruning): Json {
  if (Array.isArray(value))
    return value.map((item, index) => prune(schema?.items, item, { dropped, path: `${path}[${index}]`, isResource: false }))
  if (!isObject(value)) return value
  const keepsUnknown = schema?.['x-kubernetes-preserve-unknown-fields'] === true
  const embedded = isResource || schema?.['x-kubernetes-embedded-resource'] === true
  const result: JsonObject = {}
  for (const [name, item] of Object.entries(value)) {
    if (item === undefined) continue
    const at = path ? `${path}.${name}` : name
    const inner = propertyOf(schema, name)
    if (embedded && IDENTITY.includes(name)) result[name] = item
    else if (inner) result[name] = prune(inner, item, { dropped, path: at, isResource: false })
    else if (keepsUnknown) result[name] = item
    else dropped.push(at)
  }
  return result
}

/** Fills in defaults, and in place of nulls that the schema does not allow. Changes the value in place. */
export function applyDefaults(schema: JsonSchema | undefined, value: Json): void {
  if (!schema) return
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      if (item === null && schema.items?.default !== undefined && !schema.items.nullable)
        value[index] = clone(schema.items.default)
      applyDefaults(schema.items, value[index] ?? null)
    }
    return
  }
  if (!isObject(value)) return
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    const present = value[name]
    if (present === null && !inner.nullable) delete value[name]
    if (value[name] === undefined && inner.default !== undefined) value[name] = clone(inner.default)
  }
  for (const name of Object.keys(value)) applyDefaults(propertyOf(schema, name), value[name] ?? null)
}

/** Items of a list by their keys, made once for all that look for one. */
const indexes = new WeakMap<Json[], { keys: readonly string[]; items: Map<string, Json> }>()

const idOf = (item: JsonObject, keys: readonly string[]): string => JSON.stringify(keys.map((key) => item[key] ?? null))

function indexOf(list: Json[], keys: readonly string[]): Map<string, Json> {
  const known = indexes.get(list)
  if (known?.keys === keys) return known.items
  const items = new Map<string, Json>()
  for (const item of list) if (isObject(item) && !items.has(idOf(item, keys))) items.set(idOf(item, keys), item)
  indexes.set(list, { keys, items })
  return items
}

/** The earlier form of an item of a list that is a map by keys; other lists cannot be compared item by item. */
export function counterpart(schema: JsonSchema, old: Json | undefined, item: Json): Json | undefined {
  const keys = schema['x-kubernetes-list-map-keys']
  if (!keys || !Array.isArray(old) || !isObject(item)) return undefined
  return indexOf(old, keys).get(idOf(item, keys))
}

const fields = new WeakMap<JsonSchema, Field>()

function fieldOf(schema: JsonSchema): Field {
  const map = schema['x-kubernetes-map-type']
  const values = additional(schema)
  if (schema.type === 'array') {
    const keys = schema['x-kubernetes-list-map-keys']
    return {
      type: 'array',
      list: schema['x-kubernetes-list-type'] ?? 'atomic',
      ...(schema.items ? { items: fieldOf(schema.items) } : {}),
      ...(keys ? { keys } : {}),
    }
  }
  if (values) return { type: 'map', items: fieldOf(values), ...(map ? { map } : {}) }
  const inner = Object.entries(schema.properties ?? {}).map(([name, each]): [string, Field] => [name, fieldOf(each)])
  const written = { ...(map ? { map } : {}), ...(schema.default === undefined ? {} : { default: schema.default }) }
  return inner.length ? { type: 'object', fields: Object.fromEntries(inner), ...written } : { type: 'any', ...written }
}

/** A resource as server-side apply sees it. */
export function appliedField(schema: JsonSchema): Field {
  const known = fields.get(schema)
  if (known) return known
  const root = fieldOf(schema)
  const made: Field = { ...root, type: 'object', fields: { ...root.fields, metadata: rootField(OBJECT_META) } }
  fields.set(schema, made)
  return made
}
